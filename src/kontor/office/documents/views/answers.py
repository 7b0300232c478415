"""Handing out files that people brought: to be kept, never a page of ours."""

from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_CLOSED: Final = "default-src 'none'; sandbox"


def handed_out(data: bytes, name: str) -> HttpResponse:
    """Answer with a file as a download: no browser shows it, runs it, or guesses what it is."""
    response = HttpResponse(data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return _closed(response)


def pictured(data: bytes, media_type: str = "image/webp") -> HttpResponse:
    """Answer with a picture that we drew ourselves, or that our own camera page took."""
    return _closed(HttpResponse(data, content_type=media_type))


def _closed(response: HttpResponse) -> HttpResponse:
    response.headers["Content-Security-Policy"] = _CLOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
