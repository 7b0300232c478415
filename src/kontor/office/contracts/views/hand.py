"""What the house's day shows as needing a hand."""

from dataclasses import dataclass
from datetime import date, datetime

from kontor.rulebook.ruling import Clause


@dataclass(frozen=True, slots=True)
class Hand:
    """
    Something that needs a hand.

    due    the day it breaks, shown as time left; None where it only waits: then `since` says since when
    do     what the button says; url where it leads
    """

    title: str
    about: str
    do: str
    url: str
    due: date | None = None
    since: datetime | date | None = None
    clause: Clause | None = None
