"""How a pack's values are said to a reader, in both languages."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from kontor.rulebook.currency import number
from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day

_WORDS: Final[Mapping[str, Text]] = {
    "month": Text("monatlich", "monthly"),
    "quarter": Text("vierteljährlich", "quarterly"),
    "year": Text("jährlich", "yearly"),
    "written": Text("schriftlich", "in writing"),
    "text": Text("in Textform", "in text form"),
    "email": Text("per E-Mail", "by e-mail"),
    "registered_letter": Text("per Einschreiben mit Rückschein", "by registered letter with receipt"),
    "informal": Text("formlos", "informally"),
    "self_service": Text("selbst auf der Plattform", "oneself on the platform"),
    "sent": Text("ab Absendung", "from sending"),
    "received": Text("ab Zugang", "from receipt"),
    "receipt": Text("ab Zugang", "from receipt"),
    "issue": Text("ab Ausstellung", "from issue"),
    "term_end": Text("zum Laufzeitende", "at the end of the term"),
    "any_time": Text("jederzeit", "at any time"),
}


def spoken_value(value: object) -> Text:
    """
    Return a value as a reader says it; lists by their labels, unknown words as they stand.

    >>> spoken_value(Duration.parse("3 months"))
    Text(de='3 Monate', en='3 months')
    >>> spoken_value(True), spoken_value("quarter").de
    (Text(de='ja', en='yes'), 'vierteljährlich')
    """
    if isinstance(value, bool):
        return Text("ja", "yes") if value else Text("nein", "no")
    if isinstance(value, Duration):
        return value.spoken
    if isinstance(value, Money):
        return value.text
    if isinstance(value, int | Decimal):
        return number(Decimal(value))
    if isinstance(value, date):
        return day(value)
    if isinstance(value, str):
        return _WORDS.get(value, Text(value, value))
    if isinstance(value, Sequence):
        parts = [spoken_value(part) for part in value]
        return Text(", ".join(part.de for part in parts), ", ".join(part.en for part in parts))
    if hasattr(value, "spoken") and isinstance(value.spoken, Text):
        return value.spoken
    if hasattr(value, "de") and hasattr(value, "en"):
        return Text(value.de, value.en)
    return Text(str(value), str(value))
