"""What a question is: its options, what it rests on, and how its answer is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kontor.rulebook.calc.told import Told
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack

Field = str | int | float | bool | list[dict[str, str | int]] | None
Value = Mapping[str, Field]


class WrongInputError(RefusalError):
    """
    An option that is missing, unknown or cannot be read. `kontor calc` ends with exit code 2.

    option  the option's name without dashes, "WHAT" for the question itself
    """

    def __init__(self, option: str, text: Text) -> None:
        shown = option if option.isupper() else f"--{option}"
        super().__init__(Text(f"{shown}: {text.de}", f"{shown}: {text.en}"))
        self.option = option


class Kind(StrEnum):
    """What an option's text is read as; forms choose their field by it."""

    DATE = "date"
    MOMENT = "moment"
    SPAN = "span"
    AMOUNT = "amount"
    DECIMAL = "decimal"
    NUMBER = "number"
    LENGTH = "length"
    CHOICE = "choice"
    RATE = "rate"
    MONTH = "month"
    OUTAGES = "outages"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the words an option takes, and how people read it."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Option:
    """
    Something a question is told.

    name      as on the command line, without dashes: "billing-interval"
    help      what it means, in a few words
    required  whether this pack's answer needs it
    many      whether it may be given several times
    choices   for CHOICE and OUTAGES: the words this pack knows
    """

    name: str
    kind: Kind
    help: Text
    required: bool = True
    many: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """
    Something a pack can be asked.

    key      "term", as on the command line
    title    the question in words
    options  what this pack must be told; they may differ from pack to pack
    rests_on raises NoAnswerError where neither the pack nor its law can answer, whatever is told
    answer   the answer to options already read
    """

    key: str
    title: Text
    options: Callable[[TermsPack], Sequence[Option]]
    rests_on: Callable[[TermsPack], object]
    answer: Callable[[TermsPack, Told], Ruling[Value]]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What was asked of which pack, and the ruling.

    >>> answer = Answer("index", "leisure", "2026-01", Ruling({"price": "1057.48", "currency": "EUR"}))
    >>> answer.document("en")
    {'what': 'index', 'pack': 'leisure', 'version': '2026-01', 'value': {'price': '1057.48', 'currency': 'EUR'}, \
'clauses': [], 'working': []}
    """

    what: str
    pack: str
    version: str
    ruling: Ruling[Value] = field(repr=False)

    @property
    def value(self) -> Value:
        """The answer's fields, ready for JSON."""
        return self.ruling.value

    def document(self, language: str) -> dict[str, object]:
        """Return the object that `kontor calc --json` and the API print."""
        return {
            "what": self.what,
            "pack": self.pack,
            "version": self.version,
            "value": dict(self.value),
            "clauses": [str(clause) for clause in self.ruling.clauses],
            "working": [step.spoken(language) for step in self.ruling.working],
        }
