"""Keeping a video with its captions: our own storage, no player and no server of anybody else."""

from datetime import datetime
from typing import Final

from kontor.kernel.actions.blobs import keep
from kontor.kernel.models import Blob
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

Video = tuple[str, bytes]  # name and content
WEBM: Final = b"\x1aE\xdf\xa3"  # EBML, with which each WebM file begins
MP4: Final = b"ftyp"  # ISO/IEC 14496-12, 4.3: the name of the first box, after its four bytes of length


def kept_video(video: Video, *, at: datetime) -> Blob:
    """Keep a video; RefusalError for what no browser plays, QuotaExceededError where it does not fit."""
    name, data = video
    if data.startswith(WEBM):
        kind = "video/webm"
    elif data[4:8] == MP4:
        kind = "video/mp4"
    else:
        raise RefusalError(Text("Ein Video ist eine MP4- oder WebM-Datei.", "A video is an MP4 or a WebM file."))
    return keep(data, name=name, media_type=kind, at=at)


def refuse_captions(words: str) -> None:
    """Raise RefusalError for captions that are no WebVTT (W3C, 4.1: the file begins with that word)."""
    if words and not words.startswith("WEBVTT"):
        raise RefusalError(Text("Untertitel beginnen mit der Zeile WEBVTT.", "Captions begin with the line WEBVTT."))
