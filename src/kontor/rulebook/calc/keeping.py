"""`retention`: until when a kind of data is kept, and what happens to it then."""

from collections.abc import Mapping, Sequence
from typing import Final

from kontor.rulebook import retention
from kontor.rulebook.calc.facts import silent
from kontor.rulebook.calc.question import Choice, Kind, Option, Question, Value
from kontor.rulebook.calc.told import Told
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.protection import Kept

_KEPT: Final = Text("wie lange Daten aufbewahrt werden", "how long data is kept")


def _rests_on(pack: TermsPack) -> Mapping[str, Kept]:
    kinds = retention.kinds_of(pack)
    if not kinds:
        raise silent(_KEPT, pack)
    return kinds


def _options(pack: TermsPack) -> Sequence[Option]:
    choices = tuple(Choice(key, Text(kind.label.de, kind.label.en)) for key, kind in retention.kinds_of(pack).items())
    since = Text("Tag, ab dem gezählt wird", "day from which it counts")
    return (
        Option("kind", Kind.CHOICE, Text("Art der Daten", "kind of data"), choices=choices),
        Option("from", Kind.DATE, since),
    )


def _retention(pack: TermsPack, told: Told) -> Ruling[Value]:
    ruling = retention.kept_until(*retention.kind_of(pack, told.choice("kind")), told.day("from"))
    value: Value = {"keep_until": ruling.value.last.isoformat(), "then": ruling.value.then}
    return ruling.map(lambda _: value)


RETENTION: Final = Question(
    "retention", Text("Wie lange bleiben Daten?", "How long is data kept?"), _options, _rests_on, _retention
)
