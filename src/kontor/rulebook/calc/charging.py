"""`seats` and `index`: what added seats cost, and what an index makes of a price."""

from collections.abc import Sequence
from typing import Final

from kontor.rulebook.calc.facts import Said, cited, said_by
from kontor.rulebook.calc.question import Kind, Option, Question, Value, WrongInputError
from kontor.rulebook.calc.told import Told
from kontor.rulebook.indexation import indexed_price
from kontor.rulebook.period import Period
from kontor.rulebook.proration import added_seats
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.commerce import Index, Seats
from kontor.rulebook.terms.units import Rule
from kontor.rulebook.wording import day, said

_ADDED: Final = Text(
    "was hinzukommende Plätze im laufenden Zeitraum kosten", "what added seats cost in the running period"
)
_INDEXED: Final = Text("dass Preise einem Index folgen", "that prices follow an index")


def _seats_section(pack: TermsPack) -> Seats:
    return Seats() if pack.seats is None else pack.seats


def _seats_options(_pack: TermsPack) -> Sequence[Option]:
    price = Text("Preis eines Platzes für den ganzen Zeitraum", "price of one seat for the whole period")
    return (
        Option("price", Kind.AMOUNT, price),
        Option("quantity", Kind.NUMBER, Text("Zahl der hinzukommenden Plätze", "number of added seats")),
        Option("confirmed", Kind.DATE, Text("Tag der Bestellbestätigung", "day of the order confirmation")),
        Option("period-start", Kind.DATE, Text("erster Tag des Zeitraums", "first day of the period")),
        Option("period-end", Kind.DATE, Text("erster Tag nach dem Zeitraum", "first day after the period")),
    )


def _seats_rests_on(pack: TermsPack) -> Said[Rule]:
    return said_by(_seats_section(pack).added_charge, about=_ADDED, pack=pack)


def _seats(pack: TermsPack, told: Told) -> Ruling[Value]:
    charge, section = _seats_rests_on(pack), _seats_section(pack)
    price, currency = told.amount("price")
    confirmed, first, end = told.day("confirmed"), told.day("period-start"), told.day("period-end")
    if end <= first:
        text = said("erwartet wird ein Tag nach dem {first}.", "expected a day after {first}.", first=day(first))
        raise WrongInputError("period-end", text)
    period = Period(first, end)
    if confirmed not in period:
        text = said("erwartet wird ein Tag von {period}.", "expected a day of {period}.", period=period.spoken)
        raise WrongInputError("confirmed", text)
    ruling = added_seats(
        price,
        told.number("quantity"),
        currency=currency,
        confirmed=confirmed,
        period=period,
        clauses=cited(charge, section.added_until, section.added_price),
    )
    value: Value = {
        "amount": ruling.value.amount.bare(),
        "currency": currency,
        "days": ruling.value.days,
        "of_days": ruling.value.of_days,
    }
    return ruling.map(lambda _: value)


def _index_options(_pack: TermsPack) -> Sequence[Option]:
    return (
        Option("price", Kind.AMOUNT, Text("Preis vor der Anpassung, Po", "price before the adjustment, Po")),
        Option("s0", Kind.DECIMAL, Text("Indexwert, der zu Po gehört, So", "index value that belongs to Po, So")),
        Option("s", Kind.DECIMAL, Text("jüngster veröffentlichter Indexwert, S", "latest published index value, S")),
    )


def _index_rests_on(pack: TermsPack) -> Said[Rule]:
    return said_by((Index() if pack.index is None else pack.index).formula, about=_INDEXED, pack=pack)


def _index(pack: TermsPack, told: Told) -> Ruling[Value]:
    formula = _index_rests_on(pack)
    price, currency = told.amount("price")
    ruling = indexed_price(price, told.decimal("s0"), told.decimal("s"), currency=currency, clauses=cited(formula))
    value: Value = {"price": f"{ruling.value:f}", "currency": currency}
    return ruling.map(lambda _: value)


SEATS: Final = Question(
    "seats",
    Text("Was kosten hinzukommende Plätze?", "What do added seats cost?"),
    _seats_options,
    _seats_rests_on,
    _seats,
)
INDEX: Final = Question(
    "index",
    Text("Wie verändert der Index einen Preis?", "What does the index make of a price?"),
    _index_options,
    _index_rests_on,
    _index,
)
