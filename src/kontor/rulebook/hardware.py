"""
Hardware sold beside the service: when it may leave, when risk and title pass, how long and how its defects are mended.

>>> from kontor.rulebook.duration import Duration
>>> warranty_until(date(2025, 5, 10), Duration.parse("1 year")).value
datetime.date(2026, 5, 10)
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.period import last_day_after
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.units import Item
from kontor.rulebook.wording import day, said

REPAIR: Final = "repair"
REPLACEMENT: Final = "replacement"
INSTRUCTION: Final = "instruction"
RESCISSION: Final = "rescission"
REDUCTION: Final = "reduction"
FIRST: Final = frozenset({REPAIR, REPLACEMENT, INSTRUCTION})
CUSTOMER: Final = "handover_to_customer"


class Owner(StrEnum):
    """Whose property hardware is."""

    PROVIDER = "provider"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Tried:
    """
    How far the mending of a defect has come.

    period_until  last day of the first, reasonable period
    second_until  last day of the further period that the customer set in writing, None without one
    mended        whether a try has mended it
    fault         whether the provider answers for the failure
    """

    period_until: date
    second_until: date | None = None
    mended: bool = False
    fault: bool = True


def knows_hardware(pack: TermsPack) -> bool:
    """Tell whether the terms govern the sale of hardware: how long its defects are mended."""
    return pack.hardware is not None and pack.hardware.warranty is not None


def may_leave(pack: TermsPack, *, manual: str, serials: Collection[str], software: Collection[str]) -> Ruling[bool]:
    """
    Tell whether a delivery may be handed to the carrier.

    manual    language of the manual that goes with it, "" without one
    serials   serial numbers of its devices; software  the version installed in each, "" where unknown
    """
    asked = pack.hardware.manual_language if pack.hardware else None
    clauses = asked.clauses if asked else ()
    inputs = (("manual", manual), ("devices", str(len(serials))))
    if asked and manual != asked.value:
        step = said(
            "Die Dokumentation auf {language} fehlt.", "The documentation in {language} is missing.",
            language=_LANGUAGES[asked.value],
        )  # fmt: skip
        return Ruling(False, clauses, inputs, (step,))
    if not serials or not all(serials):
        step = Text("Es fehlt eine Seriennummer.", "A serial number is missing.")
        return Ruling(False, clauses, inputs, (step,))
    if not all(software):
        step = Text("Es fehlt, welche Software installiert ist.", "Which software is installed is missing.")
        return Ruling(False, clauses, inputs, (step,))
    step = Text("Alles liegt bei.", "Everything goes with it.")
    return Ruling(True, clauses, inputs, (step,))


def risk_passed(pack: TermsPack, *, carrier_on: date | None, customer_on: date | None) -> Ruling[date | None]:
    """Return the day on which the risk of accidental loss passed, None while it lies with the provider."""
    rule = pack.hardware.risk_passes if pack.hardware else None
    if rule is None:
        raise RefusalError(Text("Diese Bedingungen regeln keine Gefahr.", "These terms do not govern any risk."))
    at_customer = rule.value == CUSTOMER
    passed = customer_on if at_customer else carrier_on
    whom = Text("den Kunden", "the customer") if at_customer else Text("das Transportunternehmen", "the carrier")
    step = said(
        "Die Gefahr geht mit der Übergabe an {whom} über: {on}.", "The risk passes with the hand-over to {whom}: {on}.",
        whom=whom, on=day(passed) if passed else Text("noch nicht", "not yet"),
    )  # fmt: skip
    inputs = tuple(
        (name, on.isoformat()) for name, on in (("carrier_on", carrier_on), ("customer_on", customer_on)) if on
    )
    return Ruling(passed, rule.clauses, inputs, (step,))


def title(pack: TermsPack, *, price: Money, open_amount: Money) -> Ruling[Owner]:
    """
    Return whose property hardware is: the customer's once its price is paid in full.

    >>> from kontor.rulebook import terms
    >>> due = Money.parse("100.00", "EUR")
    >>> title(terms.load("visitor"), price=Money.parse("2000.00", "EUR"), open_amount=due).value.value
    'provider'
    """
    rule = pack.hardware.title_passes if pack.hardware else None
    clauses = rule.clauses if rule else ()
    inputs = (("price", price.bare()), ("open", open_amount.bare()), ("currency", price.currency))
    if rule is not None and open_amount.minor > 0:
        step = said(
            "Von {price} sind {open} offen.", "{open} of {price} is open.", price=price.text, open=open_amount.text
        )
        return Ruling(Owner.PROVIDER, clauses, inputs, (step,))
    step = said("{price} sind voll bezahlt.", "{price} is paid in full.", price=price.text)
    return Ruling(Owner.CUSTOMER, clauses, inputs, (step,))


def warranty_until(carrier_on: date, length: Duration, *, clauses: Iterable[Clause] = ()) -> Ruling[date]:
    """Return the last day for claims: a period that begins with the hand-over to the carrier (BGB 187 (1), 188 (2))."""
    last = last_day_after(carrier_on, length)
    step = said(
        "{length} ab der Übergabe an das Transportunternehmen am {on}: bis {last}.",
        "{length} from the hand-over to the carrier on {on}: until {last}.",
        length=length.spoken, on=day(carrier_on), last=day(last),
    )  # fmt: skip
    inputs = (("carrier_on", carrier_on.isoformat()), ("length", str(length)))
    return Ruling(last, tuple(clauses), inputs, (step,))


def claim_in_time(claimed_on: date, until: date, *, clauses: Iterable[Clause] = ()) -> Ruling[bool]:
    """
    Tell whether a claim still has its warranty.

    >>> claim_in_time(date(2026, 5, 11), until=date(2026, 5, 10)).value
    False
    """
    kept = claimed_on <= until
    german = "Gemeldet am {on}, die Mängelrechte {verb} bis {until}."
    english = "Claimed on {on}, the rights {verb} until {until}."
    verb = Text("laufen", "run") if kept else Text("liefen", "ran")
    step = said(german, english, on=day(claimed_on), until=day(until), verb=verb)
    return Ruling(kept, tuple(clauses), (("claimed_on", claimed_on.isoformat()), ("until", until.isoformat())), (step,))


def remedies_open(pack: TermsPack, tried: Tried, *, on: date) -> Ruling[tuple[str, ...]]:
    """
    Return which remedies are open on a day, in the order of the terms.

    The provider chooses how to mend. Rescission and reduction open only after the further period passed without success
    for reasons that the provider answers for.
    """
    listed = pack.hardware.remedies if pack.hardware else None
    if listed is None:
        raise RefusalError(Text("Diese Bedingungen regeln keine Mängel.", "These terms do not govern any defects."))
    failed = tried.second_until is not None and on > tried.second_until and tried.fault
    keys = tuple(item.key for item in listed.value if failed or item.key in FIRST)
    inputs = [("on", on.isoformat()), ("period_until", tried.period_until.isoformat())]
    if tried.second_until:
        inputs.append(("second_until", tried.second_until.isoformat()))
    if tried.mended:
        step = Text("Der Mangel ist behoben.", "The defect is mended.")
        return Ruling((), listed.clauses, tuple(inputs), (step,))
    return Ruling(keys, listed.clauses, tuple(inputs), (_remedy_step(tried, on, failed=failed),))


def may_set_second(tried: Tried, *, on: date) -> bool:
    """Tell whether the customer may set the further period: the first has passed and nothing was mended."""
    return not tried.mended and tried.second_until is None and on > tried.period_until


def events_to_report(pack: TermsPack) -> tuple[Item, ...]:
    """Return what must be reported at once while hardware is not paid in full."""
    listed = pack.hardware.report_while_unpaid if pack.hardware else None
    return tuple(listed.value) if listed else ()


def reduced_price(price: Money, asked: Money) -> Money:
    """Return a reduction of a price; RefusalError for nothing, or for more than the price."""
    if asked.minor <= 0 or asked > price:
        raise RefusalError(
            said(
                "Gemindert wird um einen Betrag bis zum Preis von {price}.",
                "A reduction is an amount up to the price of {price}.",
                price=price.text,
            )
        )
    return asked


def _remedy_step(tried: Tried, on: date, *, failed: bool) -> Text:
    if failed:
        assert tried.second_until is not None, "nothing failed without a second period"
        return said(
            "Auch die weitere Frist bis {until} verstrich: Rücktritt oder Minderung sind möglich.",
            "The further period until {until} passed as well: rescission or reduction are possible.",
            until=day(tried.second_until),
        )
    if tried.second_until is not None and on > tried.second_until:
        return Text(
            "Die weitere Frist verstrich, ohne dass der Anbieter es zu vertreten hat.",
            "The further period passed for reasons that the provider does not answer for.",
        )
    until = tried.second_until or tried.period_until
    return said("Nacherfüllung bis {until}.", "To be mended until {until}.", until=day(until))


_LANGUAGES: Final = {
    "de": Text("Deutsch", "German"),
    "en": Text("Englisch", "English"),
    "fr": Text("Französisch", "French"),
}
