"""Law packs: the few statutory rules that answer where a contract is silent."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from kontor.rulebook.ruling import Clause
from kontor.rulebook.terms import commerce, conclusion, protection
from kontor.rulebook.terms.pack import Source
from kontor.rulebook.terms.units import Flag, Named, Percent
from kontor.rulebook.terms.value import Cited, Frozen, NoAnswerError, Rows, Value, sequence
from kontor.rulebook.wording import day, said

VatKind = Literal["standard", "intermediate", "reduced", "particular", "zero"]
VatCode = Literal["AE", "K", "G", "O", "E"]


class Rate(Frozen):
    """
    A rate of interest published for a time.

    first      the first day on which it applies
    last       the last one; a half-year nobody has entered yet has no rate
    source     where it is published
    confirmed  false until somebody has compared it with that place
    """

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    percent: Percent
    source: str
    confirmed: bool


class VatRate(Frozen):
    """A rate of value added tax from its first to its last day (none: still in force)."""

    kind: VatKind
    percent: Percent
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date | None, Field(alias="to")] = None
    clause: Cited
    confirmed: bool
    rows: Rows = ()


class Counting(Frozen):
    """How the law counts periods."""

    day_of_event_counts: Value[Flag] | None = None
    month_rule: Value[Literal["rolling", "clamping"]] | None = None
    due_on_day_off: Value[Literal["next_working_day"]] | None = None
    notice_on_day_off: Value[Literal["not_moved"]] | None = None


class LawPack(Source):
    """
    One country's answers. Sections and keys are those of a terms pack, so that `given(pack_value, law_value)` works.

    legal_rates  Germany: the base rate of section 247 BGB; France: the legal rate for claims of businesses
    vat          rates with their days
    vat_grounds  by UNTDID 5305 code of the category: the sections that decide it, most important first
    """

    country: Literal["DE", "FR"]
    notice: conclusion.Notice | None = None
    consumer: conclusion.Consumer | None = None
    invoicing: commerce.Invoicing | None = None
    arrears: commerce.Arrears | None = None
    retention: protection.Retention | None = None
    counting: Counting | None = None
    legal_rates: Annotated[tuple[Rate, ...], BeforeValidator(sequence)] = ()
    vat: Annotated[tuple[VatRate, ...], BeforeValidator(sequence)] = ()
    vat_grounds: Named[VatCode, Annotated[tuple[Cited, ...], BeforeValidator(sequence)]] = {}

    def citations(self) -> Iterator[tuple[str, Clause]]:
        """Yield every clause cited, those of the tables of rates too."""
        yield from super().citations()
        for number, rate in enumerate(self.vat, start=1):
            yield f"vat[{number}]", rate.clause
        for code, clauses in self.vat_grounds.items():
            for clause in clauses:
                yield f"vat_grounds.{code}", clause

    def legal_rate(self, *, on: date) -> Rate:
        """Return the rate in force on a day; NoAnswerError where none is on file."""
        for rate in self.legal_rates:
            if rate.first <= on <= rate.last:
                return rate
        raise NoAnswerError(
            said(
                "Für den {on} ist kein gesetzlicher Zinssatz hinterlegt.",
                "No legal rate of interest is on file for {on}.",
                on=day(on),
            )
        )

    def vat_rate(self, kind: VatKind, *, on: date) -> VatRate:
        """Return the rate of a kind in force on a day; NoAnswerError where the country has none then."""
        for rate in self.vat:
            if rate.kind == kind and rate.first <= on and (rate.last is None or on <= rate.last):
                return rate
        raise NoAnswerError(
            said(
                "Für den {on} ist kein Umsatzsteuersatz „{kind}“ hinterlegt.",
                "No VAT rate “{kind}” is on file for {on}.",
                on=day(on),
                kind=kind,
            )
        )
