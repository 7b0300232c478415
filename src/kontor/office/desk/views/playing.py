"""Handing out our own videos to a page that plays them, part by part, and their captions."""

import re
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
_PARTIAL, _OUT_OF_RANGE = 206, 416


def played(request: HttpRequest, video: Blob) -> HttpResponse:
    """Answer with a video, or the one part of it that a player asks for (RFC 9110, 14.2)."""
    data = read(video)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or asked.groups() == ("", ""):
        return _sent(data, video)
    first, last = asked.groups()
    begin = int(first) if first else max(len(data) - int(last), 0)
    end = min(int(last), len(data) - 1) if first and last else len(data) - 1
    if begin > end:
        return HttpResponse(status=_OUT_OF_RANGE, headers={"Content-Range": f"bytes */{len(data)}"})
    response = _sent(data[begin : end + 1], video, status=_PARTIAL)
    response.headers["Content-Range"] = f"bytes {begin}-{end}/{len(data)}"
    return response


def captioned(words: str) -> HttpResponse:
    """Answer with captions."""
    return HttpResponse(words, content_type="text/vtt; charset=utf-8")


def _sent(data: bytes, video: Blob, **given: Any) -> HttpResponse:
    response = HttpResponse(data, content_type=video.media_type, **given)
    response.headers["Accept-Ranges"] = "bytes"
    return response
