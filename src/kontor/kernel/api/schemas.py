"""What many endpoints answer with: amounts, decisions with their clauses, files; and days and switches as they ask."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from django.utils.translation import get_language
from ninja import Query, Schema
from pydantic import BeforeValidator, ConfigDict, Field

from kontor.kernel.queries.rulings import Reasons
from kontor.kernel.wording import spoken
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Ruling

DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
FIGURES: Final = r"^-?[0-9]{1,15}([.][0-9]{1,6})?$"


def _as_day(given: Any) -> Any:
    """Read 2027-05-09 alone: a number of seconds is no day."""
    if isinstance(given, date):
        return given
    if not isinstance(given, str) or not DAY.fullmatch(given):
        raise ValueError("is no day such as 2027-05-09")
    return given


def _as_truth(given: Any) -> Any:
    if given not in (True, False, "true", "false"):
        raise ValueError("is neither true nor false")
    return given


Day = Annotated[date, BeforeValidator(_as_day)]
Truth = Annotated[bool, BeforeValidator(_as_truth)]
# ninja types Query twice
WHY: Any = Query(False, description="With `true` the decisions come along.")  # type: ignore[type-arg]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


class Body(Schema):
    """What a request brings; a field that is not declared is refused and named (visitor 6.4.6)."""

    model_config = ConfigDict(extra="forbid")


class Amount(Schema):
    """An amount of money: exact figures as text, and the currency (ISO 4217)."""

    amount: Annotated[str, Field(pattern=FIGURES, examples=["119.00"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]

    @classmethod
    def of(cls, money: Money) -> Self:
        """Return a sum of money."""
        return cls(amount=f"{money.amount:f}", currency=money.currency)

    @classmethod
    def each(cls, price: Decimal, currency: str) -> Self:
        """Return a unit price, with its decimals and no nought behind them beyond the second."""
        whole, _, rest = f"{price:f}".partition(".")
        return cls(amount=f"{whole}.{rest.rstrip('0').ljust(2, '0')}", currency=currency)


class ClauseShown(Schema):
    """A place in the terms or in a law."""

    source: str
    number: str
    version: str

    @classmethod
    def of(cls, clause: Clause) -> Self:
        """Return a clause."""
        return cls(source=clause.source, number=clause.number, version=clause.version)


class Why(Schema):
    """A decision: its answer, the clauses that gave it, and the working, in the language that the request accepts."""

    value: str
    clauses: list[ClauseShown]
    working: list[str]

    @classmethod
    def of(cls, decided: Ruling[Any] | Reasons) -> Self:
        """Return a decision, stored or fresh."""
        language = get_language() or "de"
        return cls(
            value=spoken(decided.value),
            clauses=[ClauseShown.of(clause) for clause in decided.clauses],
            working=[step.spoken(language) for step in decided.working],
        )


@dataclass(frozen=True, slots=True)
class FileGiven:
    """A file as an endpoint gives it."""

    name: str
    media_type: str
    content: bytes
