"""Giving files that came with requests: to be kept, never shown as a page of ours."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def sent(content: bytes, name: str) -> HttpResponse:
    """Answer with a file to be kept; it may be of any kind, so no browser shows it as a page of ours."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
