"""
A list of outages read from JSON, each refusal a sentence that names the entry and what is expected.

>>> entries('[{"from": "2026-10-05T08:00", "to": "2026-10-05T11:43", "excuse": null}]')
[{'from': '2026-10-05T08:00', 'to': '2026-10-05T11:43', 'excuse': None}]
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from kontor.rulebook.calc.question import Option, WrongInputError
from kontor.rulebook.calc.told import ToldOutage
from kontor.rulebook.moment import MomentError, Span
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

EXPECTED: Final = Text(
    'eine Liste in JSON wie [{"from": "2026-10-05T08:00", "to": "2026-10-05T11:43", "noticed": null, "excuse": null}]',
    'a list in JSON such as [{"from": "2026-10-05T08:00", "to": "2026-10-05T11:43", "noticed": null, "excuse": null}]',
)
_MOST: Final = 10_000
_KEYS: Final = frozenset({"from", "to", "noticed", "excuse"})

ReadMoment = Callable[[str], datetime]


def entries(text: str) -> list[dict[str, Any]] | None:
    """Return the entries as they stand; None where the text is no list of objects with these keys."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or len(found) > _MOST:
        return None
    return found if all(isinstance(each, dict) and set(each) <= _KEYS for each in found) else None


def outages_of(option: Option, text: str, read: ReadMoment) -> tuple[ToldOutage, ...]:
    """
    Return the outages a text lists; WrongInputError where it cannot be read.

    read  reads one moment; it raises WrongInputError for what is none
    """
    found = entries(text)
    if found is None:
        raise WrongInputError(option.name, said("erwartet wird {what}.", "expected {what}.", what=EXPECTED))
    return tuple(_outage(option, number, each, read) for number, each in enumerate(found, start=1))


def _outage(option: Option, number: int, entry: dict[str, Any], read: ReadMoment) -> ToldOutage:
    start, end = (_moment(option, number, entry, key, read) for key in ("from", "to"))
    noticed = None if entry.get("noticed") is None else _moment(option, number, entry, "noticed", read)
    excuse = entry.get("excuse")
    known = [choice.key for choice in option.choices]
    if excuse is not None and excuse not in known:
        words = (
            "im Eintrag {number} wird als „excuse“ null oder eines von {known} erwartet.",
            "entry {number}: expected null or one of {known} as “excuse”.",
        )
        raise WrongInputError(option.name, said(*words, number=number, known=", ".join(known)))
    try:
        return ToldOutage(Span(start, end), noticed, excuse)
    except MomentError as backwards:
        words = "im Eintrag {number}: {why}", "entry {number}: {why}"
        raise WrongInputError(option.name, said(*words, number=number, why=backwards.text)) from backwards


def _moment(option: Option, number: int, entry: dict[str, Any], key: str, read: ReadMoment) -> datetime:
    text = entry.get(key)
    if isinstance(text, str):
        try:
            return read(text.strip())
        except WrongInputError as wrong:
            why = Text(*(each.removeprefix(f"--{option.name}: ") for each in wrong.text))
    else:
        why = Text("erwartet wird ein Zeitpunkt.", "expected a moment.")
    words = "im Eintrag {number} unter „{key}“: {why}", "entry {number}, “{key}”: {why}"
    raise WrongInputError(option.name, said(*words, number=number, key=key, why=why))
