"""How requests are called in subjects, and how a subject is read."""

import re
from typing import Final

TOKEN: Final = re.compile(r"\[D-([1-9][0-9]{0,8})\]")


def subject_of(number: int, subject: str) -> str:
    """Return a subject that carries the request's number: "[D-17] No printer"."""
    return f"[D-{number}] {TOKEN.sub('', subject).strip()}"


def number_in(subject: str) -> int | None:
    """Return the number that a subject carries, None where it carries none."""
    found = TOKEN.search(subject)
    return int(found[1]) if found else None
