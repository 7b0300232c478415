"""
What a terms pack says about one thing, always beside the clause it comes from.

Stated      the text gives the value
Setting     the text is open to reading (or contradicts itself): a default, its reason, what else may be chosen
ToBeAgreed  the text does not contain it: no value, a mandatory field of the offer

All three answer `.value` and `.clause`; only `ToBeAgreed` raises `NotAgreedError` when asked for a value.
A key that a pack does not have at all is silence (`None`): then the law pack is asked, see `given`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, Generic, Literal, NoReturn, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    StringConstraints,
    Tag,
    ValidationInfo,
    model_validator,
)

from kontor.rulebook.ruling import LANGUAGES, Clause, Text
from kontor.rulebook.wording import said

T = TypeVar("T")

Origin = Literal["terms", "setting", "offer"]


class Frozen(BaseModel):
    """A piece of a pack: unknown keys are refused, nothing can be changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True, defer_build=True)


class NoAnswerError(LookupError):
    """There is no value to be had; `text` says why in both languages. `kontor calc` ends with exit code 3."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class SilentError(NoAnswerError):
    """Neither the contract nor its law says anything about `key`."""

    def __init__(self, key: str) -> None:
        super().__init__(
            said(
                "Weder der Vertrag noch sein Recht regeln {key}.",
                "Neither the contract nor its law says anything about {key}.",
                key=key,
            )
        )
        self.key = key


class NotAgreedError(NoAnswerError):
    """The contract leaves this to the offer, and no offer has said it yet."""

    def __init__(self, label: Text, clause: Clause) -> None:
        super().__init__(
            said(
                "„{label}“ ist im Angebot zu vereinbaren ({clause}).",
                "“{label}” is to be agreed in the offer ({clause}).",
                label=label,
                clause=clause.number,
            )
        )
        self.label = label
        self.clause = clause


def _text(found: object) -> Text:
    if isinstance(found, Text):
        return found
    if not isinstance(found, Mapping) or set(found) != set(LANGUAGES):
        raise ValueError('expected a table with exactly "de" and "en"')
    if not all(isinstance(found[language], str) and found[language].strip() for language in LANGUAGES):
        raise ValueError("expected a sentence in both languages")
    return Text(found["de"], found["en"])


def _clause(found: object, info: ValidationInfo) -> Clause:
    if isinstance(found, Clause):
        return found
    if not isinstance(found, str) or not found.strip():
        raise ValueError('expected a clause number such as "4.6.1"')
    context = info.context or {}
    return Clause(context.get("source", ""), found, context.get("version", ""))


def _each_once(found: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(found)) != len(found):
        raise ValueError("expected each entry once")
    return found


def sequence(found: object) -> object:
    return tuple(found) if isinstance(found, list) else found


Wording = Annotated[Text, BeforeValidator(_text)]
Cited = Annotated[Clause, BeforeValidator(_clause)]
Row = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-\d{3}$")]
Rows = Annotated[tuple[Row, ...], BeforeValidator(sequence), AfterValidator(_each_once)]


class Sourced(Frozen):
    """
    Where a value comes from.

    clause  the clause that says it
    also    further clauses that say or limit it
    rows    requirement rows it answers
    note    what a reader must know: a table run together in print, a doubt
    """

    clause: Cited
    also: Annotated[tuple[Cited, ...], BeforeValidator(sequence)] = ()
    rows: Rows = ()
    note: Wording | None = None

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Return every clause cited, the deciding one first."""
        return (self.clause, *self.also)


class Bounded(Sourced, Generic[T]):
    """
    What may be said where the text itself says no single thing.

    choices      what may be chosen, if that can be listed
    least, most  the range, both ends included
    """

    choices: Annotated[tuple[T, ...] | None, BeforeValidator(sequence)] = None
    least: T | None = None
    most: T | None = None

    def admits(self, value: T) -> bool:
        """Say whether `value` may be chosen or agreed."""
        if self.choices is not None:
            return value in self.choices
        return (self.least is None or self.least <= value) and (  # type: ignore[operator]
            self.most is None or value <= self.most  # type: ignore[operator]
        )

    @property
    def admitted(self) -> str:
        """Tell what may be chosen: "one of quarter, year", "at least 12 months"."""
        if self.choices is not None:
            return f"one of {', '.join(map(str, self.choices))}"
        limits = (("at least", self.least), ("at most", self.most))
        return " and ".join(f"{word} {limit}" for word, limit in limits if limit is not None) or "any value"


class Stated(Sourced, Generic[T]):
    """
    A value the text gives.

    origin  "setting" or "offer" once a contract has chosen a reading, filled a blank or agreed otherwise
    """

    value: T
    origin: Origin = "terms"


class Setting(Bounded[T], Generic[T]):
    """
    A value the text leaves open to reading: `setting` is the default, `reason` why.

    `choices` list the readings, or `least` and `most` limit them.
    """

    setting: T
    reason: Wording
    origin: Literal["terms"] = "terms"

    @property
    def value(self) -> T:
        """Return the default."""
        return self.setting

    @model_validator(mode="after")
    def _default_is_admitted(self) -> Self:
        if not self.admits(self.setting):
            raise ValueError("expected a default among its own choices or inside its own range")
        return self


class ToBeAgreed(Bounded[T], Generic[T]):
    """
    A value the text does not contain: a mandatory field of the offer.

    label      what the offer form asks for; `least`, `most`, `choices` where the text limits it
    only_with  asked only when the offer contains this ("hardware", a module's or plan's key)
    """

    agreed: Literal[True]
    label: Wording
    only_with: str | None = None

    @property
    def value(self) -> NoReturn:
        """Raise NotAgreedError: there is no value before the offer has one."""
        raise NotAgreedError(self.label, self.clause)

    @property
    def asks(self) -> str:
        """
        Name the kind of value, so that a form can offer the right field.

        One of "duration", "date", "dates", "percent", "amount", "flag", "number", "text", "choice", "items", "windows",
        "quota", "holidays", "formula".
        """
        (kind,) = type(self).__pydantic_generic_metadata__["args"]
        return kind_of(kind)

    @property
    def options(self) -> tuple[object, ...]:
        """Return the words a choice is made from, () where the value is no choice."""
        (kind,) = type(self).__pydantic_generic_metadata__["args"]
        return self.choices or (get_args(kind) if self.asks == "choice" else ())


def kind_of(annotation: object) -> str:
    """Return the kind of a value's type: the `Kind` it is annotated with, "choice" for a list of words."""
    for part in get_args(annotation):
        if isinstance(part, Kind):
            return part.name
    return {"bool": "flag", "str": "text", "int": "number"}.get(getattr(annotation, "__name__", ""), "choice")


class Kind:
    """The name by which forms know a type of value."""

    def __init__(self, name: str) -> None:
        self.name = name


def _which(found: object) -> str | None:
    if isinstance(found, Mapping):
        present = [key for key in KINDS if key in found]
        return f"<{present[0]}>" if len(present) == 1 else None
    return next((f"<{key}>" for key, kind in KINDS.items() if isinstance(found, kind)), None)


KINDS: Final[Mapping[str, type[Sourced]]] = {"value": Stated, "setting": Setting, "agreed": ToBeAgreed}

if TYPE_CHECKING:
    Value = Stated[T] | Setting[T] | ToBeAgreed[T]
else:

    class Value:
        """`Value[Span]`: a span that is stated, a setting or to be agreed; the table's own key tells which."""

        def __class_getitem__(cls, kind: object) -> object:
            """Return the union for pydantic, which loses the type variable of a generic alias."""
            return Annotated[
                Annotated[Stated[kind], Tag("<value>")]
                | Annotated[Setting[kind], Tag("<setting>")]
                | Annotated[ToBeAgreed[kind], Tag("<agreed>")],
                Discriminator(
                    _which,
                    custom_error_type="one_of_three",
                    custom_error_message="expected a table with exactly one of value, setting, agreed",
                ),
            ]


def given(*answers: Stated[T] | Setting[T] | ToBeAgreed[T] | None, key: str) -> Stated[T] | Setting[T]:
    """
    Return the first answer there is: the contract's, else its law's.

    key      the dotted key, for the error
    errors   SilentError when there is none; NotAgreedError when the first is to be agreed in the offer
    """
    for answer in answers:
        if isinstance(answer, ToBeAgreed):
            raise NotAgreedError(answer.label, answer.clause)
        if answer is not None:
            return answer
    raise SilentError(key)
