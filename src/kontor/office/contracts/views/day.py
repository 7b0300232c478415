"""The day as a line: what happened until now, what runs out at its end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import spoken
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.day import Happening, happened, offers_ending
from kontor.office.contracts.queries.step_sources import NextStep

EARLIEST, LATEST = 7, 19  # hours that are always drawn
_LETTER, _FRAME, _LINE = 7, 40, 1024  # pixels: of a letter, of a chip's frame, of the whole line at its narrowest
_ROWS: Final = 2


@dataclass(frozen=True, slots=True)
class Chip:
    """Something on the line: where, its words, its page; `low` on the second row, `ends` drawn to its left."""

    place: Fraction
    words: str
    url: str
    tone: str
    more: int = 0
    low: bool = False
    ends: bool = False


def day_context(
    request: TenantRequest, steps: Sequence[tuple[Contract, NextStep]], today: date, *, count_today: int
) -> dict[str, Any]:
    """
    Return the line of the reader's day: hours, the past, now, and what stands on it.

    count_today  how many steps there are today in all, of which `steps` has the first
    """
    zone, now = timezone.get_current_timezone(), timezone.localtime(request.at)
    midnight = datetime.combine(today, time(), tzinfo=zone)
    modules = [key for key in ("books", "contracts") if _sees(request, f"{key}.see")]
    told = happened(midnight, midnight + timedelta(days=1), modules=modules)
    hours = [EARLIEST, LATEST, now.hour, *(timezone.localtime(each.at).hour for each in told)]
    first, last = min(hours), max(hours) + 1
    chips = in_rows([*_past(told, first, last), *_ending(request, steps, today, count_today)])
    return {
        "day_chips": chips,
        "day_hours": [(hour, Fraction(hour - first, last - first)) for hour in range(first, last)],
        "day_now": _place(now, first, last),
        "day_clock": f"{now:%H:%M}",
        "day_label": _("The day from %(first)s to %(last)s") % {"first": f"{first}:00", "last": f"{last}:00"},
    }


def _sees(request: TenantRequest, permission: str) -> bool:
    return request.standing.unlocked(permission) and request.standing.may(permission)


def _place(at: datetime, first: int, last: int) -> Fraction:
    minutes = (at.hour - first) * 60 + at.minute
    return Fraction(min(max(minutes, 0), (last - first) * 60), (last - first) * 60)


def _past(told: Iterable[Happening], first: int, last: int) -> Iterable[Chip]:
    for each in told:
        at = timezone.localtime(each.at)
        times = f" ({each.count}×)" if each.count > 1 else ""
        yield Chip(_place(at, first, last), f"{at.hour}:{at:%M} {spoken(each.text)}{times}", _page(each.kind), "still")


def _page(kind: str) -> str:
    if kind.startswith("books."):
        return reverse("books:invoices")
    return reverse("contracts:offers" if kind.startswith("contracts.offer") else "contracts:contracts")


def _ending(
    request: TenantRequest, steps: Sequence[tuple[Contract, NextStep]], today: date, count_today: int
) -> Iterable[Chip]:
    """Yield what runs out with the day, which is its end on the line; the last step counts those that are not told."""
    end, told = Fraction(1), [(contract, step) for contract, step in steps if step.on == today]
    for left, (contract, step) in zip(reversed(range(len(told))), told, strict=True):
        words = f"{spoken(step.title)}: {contract.number}"
        more = 0 if left else count_today - len(told)
        yield Chip(end, words, reverse("contracts:contract", args=(contract.pk,)), "soon", more=more, ends=True)
    if offers := offers_ending(today):
        words = ngettext("%(count)s offer ends", "%(count)s offers end", offers) % {"count": offers}
        yield Chip(end, words, reverse("contracts:offers"), "soon", ends=True)
    if _sees(request, "books.see") and (due := books.due_on_day(today)):
        words = ngettext("%(count)s invoice is due", "%(count)s invoices are due", due) % {"count": due}
        yield Chip(end, words, reverse("books:invoices"), "", ends=True)


def in_rows(chips: Sequence[Chip]) -> list[Chip]:
    """Put each chip on the first row with room for it; one that finds none is counted by the one before it."""
    rows: list[list[Chip]] = [[] for _row in range(_ROWS)]
    for chip in sorted(chips, key=lambda it: (it.place, it.ends)):
        drawn = replace(chip, ends=chip.ends or _right(chip) > 1)
        row = next((row for row in rows if not row or _right(row[-1]) <= _left(drawn)), None)
        if row is None:
            last = max(rows, key=lambda it: it[-1].place)
            last[-1] = replace(last[-1], more=last[-1].more + 1 + chip.more)
        else:
            row.append(replace(drawn, low=row is rows[1]))
    return sorted((chip for row in rows for chip in row), key=lambda it: it.place)


def _width(chip: Chip) -> Fraction:
    return Fraction(len(chip.words) * _LETTER + _FRAME, _LINE)


def _left(chip: Chip) -> Fraction:
    return chip.place - _width(chip) if chip.ends else chip.place


def _right(chip: Chip) -> Fraction:
    return chip.place if chip.ends else chip.place + _width(chip)
