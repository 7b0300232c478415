"""`due` and `collection`: by when an invoice is to be paid, and from when it may be debited."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from kontor.rulebook.calc.facts import Said, cited, counting_of, known, readings, said_by
from kontor.rulebook.calc.question import Choice, Kind, Option, Question, Value, WrongInputError
from kontor.rulebook.calc.told import Told
from kontor.rulebook.calendar import WorkingDays
from kontor.rulebook.due import collection_day, due_date
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.commerce import Invoicing
from kontor.rulebook.wording import day, said, weekday

RENEWAL: Final = "renewal"
_DUE: Final = Text("wann eine Rechnung zu zahlen ist", "when an invoice is to be paid")
_DUE_FROM: Final = Text("ab wann die Zahlungsfrist zählt", "from when the days to pay count")
_COLLECTION: Final = Text("ab wann abgebucht werden darf", "from when a direct debit may be collected")


def _invoicing(pack: TermsPack) -> Invoicing:
    return Invoicing() if pack.invoicing is None else pack.invoicing


def _due_options(pack: TermsPack) -> Sequence[Option]:
    issued = Option("issued", Kind.DATE, Text("Tag, an dem die Rechnung ausgestellt ist", "day the invoice is issued"))
    start = known(_invoicing(pack).due_from)
    by_receipt = start is not None and start.value == "receipt"
    received = Option(
        "received", Kind.DATE, Text("Tag, an dem sie zuging", "day the customer received it"), required=by_receipt
    )
    kind = Option(
        "kind",
        Kind.CHOICE,
        Text("Art der Rechnung, wo sie einen Unterschied macht", "kind of invoice where it makes a difference"),
        required=False,
        choices=(Choice(RENEWAL, Text("Verlängerung", "renewal")),),
    )
    return issued, received, kind


def _due_rests_on(pack: TermsPack) -> object:
    section = _invoicing(pack)
    if section.renewal_due is not None:
        return section.renewal_due
    said_by(section.due, about=_DUE, pack=pack)
    return said_by(section.due_from, about=_DUE_FROM, pack=pack)


def _due(pack: TermsPack, told: Told) -> Ruling[Value]:
    section = _invoicing(pack)
    renews = told.choice_if_given("kind") == RENEWAL and section.renewal_due is not None
    within = said_by(section.renewal_due if renews else section.due, about=_DUE, pack=pack)
    start = said_by(section.renewal_due_from if renews else section.due_from, about=_DUE_FROM, pack=pack)
    issued, received = told.day("issued"), told.day_if_given("received")
    if received is not None and received < issued:
        text = said("erwartet wird ein Tag ab dem {issued}.", "expected a day from {issued} on.", issued=day(issued))
        raise WrongInputError("received", text)
    by_receipt = start.value == "receipt"
    event = told.day("received") if by_receipt else issued
    # Texts that name days count calendar days, which BGB 193 does not move; days an offer names nobody told here.
    ruling = due_date(event, within.value, clauses=cited(within, start, counting_of(pack).day_of_event_counts))
    counted = (
        Text("Die Frist beginnt mit dem Zugang der Rechnung.", "The period begins when the invoice is received.")
        if by_receipt
        else Text(
            "Die Frist beginnt mit der Ausstellung der Rechnung.", "The period begins when the invoice is issued."
        )
    )
    value: Value = {"due": ruling.value.isoformat()}
    steps = (counted, *ruling.working, *_stays(pack, ruling.value), *readings(within, start))
    return Ruling(value, ruling.clauses, ruling.inputs, steps)


def _stays(pack: TermsPack, due: date) -> tuple[Text, ...]:
    """Say that a due day on a weekend stays where it is, where the pack's law would move one not told in days."""
    if counting_of(pack).due_on_day_off is None or due in WorkingDays():
        return ()
    german = "Der Vertrag zählt Kalendertage; {day} wird nicht verschoben."
    return (said(german, "The contract counts calendar days; {day} is not moved.", day=weekday(due)),)


def _collection_options(_pack: TermsPack) -> Sequence[Option]:
    return (
        Option("invoice-date", Kind.DATE, Text("Rechnungsdatum", "date of the invoice")),
        Option("pre-notified", Kind.DATE, Text("Tag der SEPA-Vorabankündigung", "day of the SEPA pre-notification")),
    )


def _collection_rests_on(pack: TermsPack) -> Said[Duration]:
    return said_by(_invoicing(pack).collection_wait, about=_COLLECTION, pack=pack)


def _collection(pack: TermsPack, told: Told) -> Ruling[Value]:
    wait = _collection_rests_on(pack)
    invoiced, announced = told.day("invoice-date"), told.day("pre-notified")
    ruling = collection_day(
        invoiced, announced, wait=wait.value, clauses=cited(wait, counting_of(pack).day_of_event_counts)
    )
    value: Value = {"earliest": ruling.value.isoformat()}
    return ruling.map(lambda _: value)


DUE: Final = Question(
    "due",
    Text("Wann ist eine Rechnung zu zahlen?", "When is an invoice to be paid?"),
    _due_options,
    _due_rests_on,
    _due,
)
COLLECTION: Final = Question(
    "collection",
    Text("Ab wann darf abgebucht werden?", "From when may a direct debit be collected?"),
    _collection_options,
    _collection_rests_on,
    _collection,
)
