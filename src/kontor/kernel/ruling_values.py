"""
What a ruling may decide, as JSON and back: exact numbers stay exact and a date stays a date.

>>> from datetime import date
>>> written((Decimal("1.50"), date(2026, 9, 30)))
[{'is': 'Decimal', 'as': '1.50'}, {'is': 'date', 'as': '2026-09-30'}]
>>> read(written((Decimal("1.50"), date(2026, 9, 30))))
(Decimal('1.50'), datetime.date(2026, 9, 30))
"""

import uuid
from collections.abc import Callable, Mapping, Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Final

from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Text


class CannotStoreError(TypeError):
    """A ruling decided something of a kind that JSON cannot hold exactly, such as a float."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A stored value object of the rulebook: its kind and its fields by name."""

    kind: str
    parts: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.parts[name]
        except KeyError:
            raise AttributeError(name) from None

    def __str__(self) -> str:
        return ", ".join(str(part) for part in self.parts.values() if part is not None)


_AS_TEXT: Final[dict[str, tuple[type, Callable[[str], Any]]]] = {
    "Decimal": (Decimal, Decimal),
    "Fraction": (Fraction, Fraction),
    "datetime": (datetime, datetime.fromisoformat),
    "date": (date, date.fromisoformat),
    "timedelta": (timedelta, lambda text: timedelta(microseconds=int(text))),
    "time": (time, time.fromisoformat),
    "UUID": (uuid.UUID, uuid.UUID),
    "Duration": (Duration, Duration.parse),
}


def written(value: Any) -> Any:
    """Return `value` in JSON's terms; CannotStoreError for what would not come back as it was."""
    if isinstance(value, Enum):
        return written(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    for kind, (python, _) in _AS_TEXT.items():
        if isinstance(value, python):
            return {"is": kind, "as": _as_text(value)}
    return _written_whole(value)


def _as_text(value: Any) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value // timedelta(microseconds=1) if isinstance(value, timedelta) else value)


def _written_whole(value: Any) -> Any:
    if isinstance(value, Text):
        return {"is": "Text", "as": [value.de, value.en]}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: written(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, "parts": parts}
    if isinstance(value, Mapping):
        return {"is": "mapping", "as": [[written(key), written(one)] for key, one in value.items()]}
    if isinstance(value, AbstractSet):
        return {"is": "set", "as": sorted((written(one) for one in value), key=str)}
    if isinstance(value, tuple | list):
        return [written(one) for one in value]
    raise CannotStoreError(f"A ruling cannot be stored with a {type(value).__name__} in it: {value!r}.")


def read(value: Any) -> Any:
    """Return what `written` was given; lists come back as tuples, further value objects as `Parts`."""
    if not isinstance(value, dict):
        return tuple(read(one) for one in value) if isinstance(value, list) else value
    kind = value["is"]
    if "parts" in value:
        return _read_parts(kind, {name: read(part) for name, part in value["parts"].items()})
    inside = value["as"]
    if kind in _AS_TEXT:
        return _AS_TEXT[kind][1](inside)
    if kind == "Text":
        return Text(*inside)
    if kind == "mapping":
        return {read(key): read(one) for key, one in inside}
    return frozenset(read(one) for one in inside)


def _read_parts(kind: str, parts: dict[str, Any]) -> Any:
    known: dict[str, Any] = {"Money": Money, "Period": Period}
    return known[kind](**parts) if kind in known else Parts(kind, parts)
