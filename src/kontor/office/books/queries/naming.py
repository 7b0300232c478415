"""
Finding invoice numbers in what a payer wrote: any case, any spaces and signs between, never half a longer number.

>>> book = NumberBook({"RE-2026-00012": 1, "RE-2026-00120": 2})
>>> book.named("Rechnung re 2026 00012 vom 1.12."), book.named("RE-2026-000120"), book.named("2026-00120")
(Named(full=(1,), short=()), Named(full=(), short=()), Named(full=(), short=(2,)))
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Named(Generic[K]):
    """
    What a text names, in the order of the text.

    full   by its whole number
    short  by its figures alone, "2026-00012", without the word before them
    """

    full: tuple[K, ...]
    short: tuple[K, ...]


class NumberBook(Generic[K]):
    """Numbers and what they stand for, found in texts in time that does not grow with how many there are."""

    def __init__(self, numbers: Mapping[str, K]) -> None:
        """Keep each number squeezed: letters and figures only, in capitals."""
        self._full = {"".join(sign for sign, _ in _squeezed(number)): key for number, key in numbers.items()}
        self._short = {figures: key for number, key in self._full.items() if (figures := _figures(number)) != number}
        self._lengths = sorted({len(number) for number in (*self._full, *self._short)}, reverse=True)

    def named(self, *texts: str) -> Named[K]:
        """Return what these texts name, each once; what is named in full is not named in short as well."""
        full: dict[K, None] = {}
        short: dict[K, None] = {}
        for text in texts:
            signs = list(_squeezed(text))
            for piece in self._pieces(signs):
                if piece in self._full:
                    full[self._full[piece]] = None
                elif piece in self._short:
                    short[self._short[piece]] = None
        return Named(tuple(full), tuple(key for key in short if key not in full))

    def _pieces(self, signs: list[tuple[str, int]]) -> Iterator[str]:
        """Yield what could be a number: as long as one, and not torn out of a longer word or figure."""
        text = "".join(sign for sign, _ in signs)
        for first in range(len(signs)):
            if first and _joined(signs, first - 1):
                continue
            for length in self._lengths:
                end = first + length
                if end <= len(signs) and (end == len(signs) or not _joined(signs, end - 1)):
                    yield text[first:end]


def _squeezed(text: str) -> Iterator[tuple[str, int]]:
    """Yield each letter and figure in capitals with its place in the text."""
    for place, sign in enumerate(text):
        if sign.isascii() and sign.isalnum():
            yield sign.upper(), place


def _joined(signs: list[tuple[str, int]], place: int) -> bool:
    """Whether a sign and the next one stand side by side and are both figures, or both letters."""
    (one, at), (other, then) = signs[place], signs[place + 1]
    return then == at + 1 and one.isdigit() == other.isdigit()


def _figures(number: str) -> str:
    return number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
