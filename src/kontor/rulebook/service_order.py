"""
Services that only an accepted offer leads to: their amount, their days and how often follow the offer (leisure 9.2).

>>> from kontor.rulebook.terms import load
>>> travel = Service("travel", Decimal(1), Decimal("650.00"), date(2026, 12, 15), Every.MONTH, 3)
>>> offered(travel, load("leisure"), currency="EUR").value.bare()
'650.00'
>>> [day.isoformat() for day in travel.days]
['2026-12-15', '2027-01-15', '2027-02-15']
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kontor.rulebook.currency import price_text
from kontor.rulebook.money import Money
from kontor.rulebook.period import Months, add_months
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import day, said

CONVERSION: Final = "data_conversion"


class Every(StrEnum):
    """How often a service is done and invoiced."""

    ONCE = "once"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """The months between two times."""
        return {Every.ONCE: 0, Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}[self]

    @property
    def spoken(self) -> Text:
        """How often, in words."""
        return {
            Every.ONCE: Text("einmal", "once"),
            Every.MONTH: Text("monatlich", "every month"),
            Every.QUARTER: Text("vierteljährlich", "every quarter"),
            Every.YEAR: Text("jährlich", "every year"),
        }[self]


@dataclass(frozen=True, slots=True)
class Service:
    """
    A service as an offer describes it.

    kind      a key of the terms' list of extra services
    price     net, for one unit, an exact decimal; quantity  units each time
    first_on  the day of the first time; times  how many there are, `every` so often
    """

    kind: str
    quantity: Decimal
    price: Decimal
    first_on: date
    every: Every = Every.ONCE
    times: int = 1

    @property
    def days(self) -> tuple[date, ...]:
        """The day of each time, counted from the first; a month too short gives its last day."""
        months = self.every.months
        return tuple(add_months(self.first_on, months * each, rule=Months.CLAMPING) for each in range(self.times))


def services_of(pack: TermsPack) -> dict[str, Text]:
    """Return what may be offered beside a contract: key -> words, in the terms' order."""
    listed = pack.prices.extra_services if pack.prices else None
    return {item.key: item.label for item in (listed.value if listed else ())}


def offered(service: Service, pack: TermsPack, *, currency: str) -> Ruling[Money]:
    """Return what a service costs each time; RefusalError for what the terms do not list, or what is nothing."""
    listed = pack.prices.extra_services if pack.prices else None
    item = next((each for each in (listed.value if listed else ()) if each.key == service.kind), None)
    if listed is None or item is None:
        raise RefusalError(Text("Diese Bedingungen kennen keine solche Leistung.", "These terms know no such service."))
    if service.quantity <= 0 or service.price <= 0 or service.times < 1:
        raise RefusalError(
            Text("Menge, Preis und Anzahl sind größer als null.", "Quantity, price and number are more than nothing.")
        )
    if service.every is Every.ONCE and service.times > 1:
        raise RefusalError(Text("Einmal ist nicht mehrmals.", "Once is not several times."))
    amount = Money.rounded(Fraction(service.quantity) * Fraction(service.price), currency)
    step = said(
        "{quantity} × {price} = {amount}, {often}, zuerst am {on}, {times} Mal.",
        "{quantity} × {price} = {amount}, {often}, first on {on}, {times} times.",
        quantity=f"{service.quantity.normalize():f}", price=price_text(service.price, currency), amount=amount.text,
        often=service.every.spoken, on=day(service.first_on), times=service.times,
    )  # fmt: skip
    clauses = dict.fromkeys((item.clause or listed.clause, *listed.clauses))
    return Ruling(amount, tuple(clauses), (("kind", service.kind), ("on", service.first_on.isoformat())), (step,))


def refuse_unaccepted(clause: Clause | str, *, accepted: bool) -> None:
    """Refuse to do or invoice a service whose offer the customer has not accepted."""
    if not accepted:
        raise RefusalError(
            said(
                "Diese Leistung braucht ein angenommenes Angebot mit Preis, Tagen und Häufigkeit ({clause}).",
                "This service needs an accepted offer with price, dates and frequency ({clause}).",
                clause=str(clause),
            )
        )
