"""
When a contract comes into being, by each pack's own rule.

>>> from datetime import UTC
>>> def on(day): return datetime(2026, 3, day, 12, tzinfo=UTC)
>>> events = [Event(Step.OFFERED, on(1)), Event(Step.ACCEPTED, on(3)), Event(Step.RECEIVED, on(6))]
>>> formed(Formation.SIGNED_OFFER_RECEIVED, events, clauses=[Clause("leisure", "Art. 4")]).value == on(6)
True
>>> waiting = formed(Formation.CONFIRMATION_RECEIVED, events, clauses=[Clause("visitor", "3.1")])
>>> waiting.value, waiting.working[-1].en
(None, 'Still missing: the order confirmation; its receipt by the customer')
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Final

from kontor.rulebook.moment import utc
from kontor.rulebook.period import next_month
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, moment, said


class Step(StrEnum):
    """
    What can happen between an offer and a contract.

    OFFERED                the offer went to the customer
    ACCEPTED               the customer signed the offer or order form, or placed the order
    RECEIVED               that declaration reached the provider; on our own page the moment of acceptance
    CONFIRMATION_ISSUED    the provider issued its order confirmation
    CONFIRMATION_RECEIVED  the confirmation reached the customer
    WITHDRAWN              the provider took the offer back, or the customer declined it
    """

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RECEIVED = "received"
    CONFIRMATION_ISSUED = "confirmation_issued"
    CONFIRMATION_RECEIVED = "confirmation_received"
    WITHDRAWN = "withdrawn"


class Formation(StrEnum):
    """The rules that packs know, by the words they use for them (`formation.formed_by`)."""

    ACCEPTANCE = "acceptance"
    ORDER_SIGNED = "order_signed"
    SIGNED_OFFER_RECEIVED = "signed_offer_received"
    CONFIRMATION_ISSUED = "confirmation_issued"
    CONFIRMATION_RECEIVED = "confirmation_received"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and the moment, which names its zone."""

    step: Step
    at: datetime


_ORDERED: Final = (Step.OFFERED, Step.ACCEPTED)
_STEPS: Final = {
    Formation.ACCEPTANCE: (*_ORDERED, Step.RECEIVED),
    Formation.ORDER_SIGNED: _ORDERED,
    Formation.SIGNED_OFFER_RECEIVED: (*_ORDERED, Step.RECEIVED),
    Formation.CONFIRMATION_ISSUED: (*_ORDERED, Step.RECEIVED, Step.CONFIRMATION_ISSUED),
    Formation.CONFIRMATION_RECEIVED: (
        *_ORDERED,
        *(Step.RECEIVED, Step.CONFIRMATION_ISSUED, Step.CONFIRMATION_RECEIVED),
    ),
}
_NAMES: Final = {
    Step.OFFERED: Text("das Angebot", "the offer"),
    Step.ACCEPTED: Text("die Annahme durch den Kunden", "the customer's acceptance"),
    Step.RECEIVED: Text("ihr Zugang beim Anbieter", "its receipt by the provider"),
    Step.CONFIRMATION_ISSUED: Text("die Auftragsbestätigung", "the order confirmation"),
    Step.CONFIRMATION_RECEIVED: Text("ihr Zugang beim Kunden", "its receipt by the customer"),
}
_REASONS: Final = {
    Formation.ACCEPTANCE: Text("mit der Annahme", "by acceptance"),
    Formation.ORDER_SIGNED: Text("mit der Unterschrift unter das Bestellformular", "by signature of the order form"),
    Formation.SIGNED_OFFER_RECEIVED: Text(
        "mit dem Zugang des unterschriebenen Angebots beim Anbieter",
        "by receipt of the signed offer by the provider",
    ),
    Formation.CONFIRMATION_ISSUED: Text(
        "mit der Ausstellung der Auftragsbestätigung", "by issue of the order confirmation"
    ),
    Formation.CONFIRMATION_RECEIVED: Text(
        "mit dem Zugang der Auftragsbestätigung beim Kunden",
        "by receipt of the order confirmation by the customer",
    ),
}


def formed(
    rule: Formation,
    events: Iterable[Event],
    *,
    clauses: Iterable[Clause],
    open_until: datetime | None = None,
) -> Ruling[datetime | None]:
    """
    Return the moment the contract came into being, or None while a step is missing; the working says which.

    Each step counts only after the one before it; of one step told twice the first that counts. The customer's
    acceptance must take effect by `open_until`, where the offer names an end, and before the offer is withdrawn: what
    comes later accepts nothing. A moment without a zone raises MomentError.
    """
    known = sorted(events, key=lambda event: utc(event.at))
    found, refusal = _walk(rule, known, open_until)
    inputs = tuple((event.step.value, event.at.isoformat()) for event in known)
    if refusal:
        return Ruling(None, tuple(clauses), inputs, (refusal,))
    missing = _STEPS[rule][len(found) :]
    if missing:
        waiting = said(
            "Der Vertrag kommt {reason} zustande.",
            "The contract comes into being {reason}.",
            reason=_REASONS[rule],
        )
        lacking = Text("; ".join(_NAMES[step].de for step in missing), "; ".join(_NAMES[step].en for step in missing))
        step = said("Es fehlt noch: {lacking}", "Still missing: {lacking}", lacking=lacking)
        return Ruling(None, tuple(clauses), inputs, (waiting, step))
    concluded = found[-1].at
    step = said(
        "Der Vertrag ist {reason} zustande gekommen: {at}.",
        "The contract came into being {reason}: {at}.",
        reason=_REASONS[rule],
        at=moment(concluded),
    )
    return Ruling(concluded, tuple(clauses), inputs, (step,))


def missing_steps(rule: Formation, events: Iterable[Event], *, open_until: datetime | None = None) -> tuple[Step, ...]:
    """
    Return the steps that still have to happen, in order; none once the contract stands.

    An offer withdrawn or expired unaccepted needs a new offer first: all steps are missing.
    """
    found, refusal = _walk(rule, sorted(events, key=lambda event: utc(event.at)), open_until)
    return _STEPS[rule] if refusal else _STEPS[rule][len(found) :]


def term_begins(
    counted_from: Formation | None,
    events: Sequence[Event],
    *,
    concluded_by: Formation,
    zone: tzinfo,
    day_of_offer: date | None = None,
    clauses: Iterable[Clause],
) -> Ruling[date | None]:
    """
    Return the first day of the initial term, or None while what it is counted from has not happened.

    counted_from  the event whose civil day in `zone` is the first; None: the first billing interval, that is the
                  change of month that follows the day of conclusion
    concluded_by  the rule by which the contract comes into being
    day_of_offer  a day the offer names, which goes before all others; the contract must stand nevertheless
    """
    cited = tuple(clauses)
    concluded = formed(concluded_by, events, clauses=cited)
    if concluded.value is None:
        return concluded.map(lambda _: None)
    if day_of_offer is not None:
        step = said("Das Angebot nennt den {first}.", "The offer names {first}.", first=day(day_of_offer))
        return Ruling(day_of_offer, cited, (("day_of_offer", day_of_offer.isoformat()),), (step,))
    if counted_from is None:
        signed = concluded.value.astimezone(zone).date()
        step = said(
            "Der Monatswechsel zum {signed} oder danach ist der {first}.",
            "The change of month at or after {signed} is {first}.",
            signed=day(signed),
            first=day(next_month(signed)),
        )
        return Ruling(next_month(signed), cited, concluded.inputs, (step,))
    counted = formed(counted_from, events, clauses=cited)
    return counted.map(lambda at: at.astimezone(zone).date() if at else None)


def _walk(
    rule: Formation, known: Sequence[Event], open_until: datetime | None
) -> tuple[tuple[Event, ...], Text | None]:
    steps = _STEPS[rule]
    effective = Step.RECEIVED if Step.RECEIVED in steps else Step.ACCEPTED
    withdrawn = next((event for event in known if event.step is Step.WITHDRAWN), None)
    found: list[Event] = []
    for step in steps:
        last = utc(found[-1].at) if found else None
        event = next((it for it in known if it.step is step and (last is None or utc(it.at) >= last)), None)
        accepting = step in (Step.ACCEPTED, effective)
        if accepting and withdrawn and (event is None or utc(event.at) >= utc(withdrawn.at)):
            return (), said(
                "Das Angebot wurde zurückgezogen: {at}.", "The offer was withdrawn: {at}.", at=moment(withdrawn.at)
            )
        if accepting and event and open_until and utc(event.at) > utc(open_until):
            return (), said(
                "Das Angebot galt nur bis {until}; die Annahme kam später: {at}.",
                "The offer was open until {until} only; the acceptance came later: {at}.",
                until=moment(open_until),
                at=moment(event.at),
            )
        if event is None:
            break
        found.append(event)
    return tuple(found), None
