"""
The words in a file and a picture of its first page, read by a process of its own that may take little and not long.

A file that people hand in may be made to break whatever reads it. So the reader runs apart, without this process's
environment, with limits of memory, time and files; if it dies, the file is kept and merely has no words.
"""

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECONDS: Final = 40  # until a reader is ended
LONGEST: Final = 200_000  # bytes of words that are kept; PostgreSQL takes 1 MB for three languages
ANSWER: Final = 8 * 10**6  # bytes of an answer
_READER: Final = Path(__file__).with_name("reading.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """
    What was read in a file.

    picture  a WebP of its first page, b"" for none
    unread   why there are no words: "kind", "locked", "limit", "broken"; "" where they were read
    """

    text: str = ""
    pages: int | None = None
    picture: bytes = b""
    unread: str = ""


def read_contents(data: bytes, media_type: str) -> Contents:
    """Return what can be read in a file; never raises for what is in it."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_READER), media_type],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        return Contents(unread="limit")
    if done.returncode < 0:
        return Contents(unread="limit")
    if done.returncode or len(done.stdout) > ANSWER:
        return Contents(unread="broken")
    told = json.loads(done.stdout)
    plain = "".join(each if each.isprintable() else " " for each in told["text"])
    return Contents(
        text=plain.encode()[:LONGEST].decode(errors="ignore"),
        pages=told["pages"],
        picture=base64.b64decode(told["picture"]),
        unread=told["unread"],
    )
