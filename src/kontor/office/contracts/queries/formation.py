"""When an offer became a contract and when its term begins: the rulebook asked with what happened."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kontor.office.contracts.models import OfferState
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.authority import UNNAMED, contact_clauses
from kontor.rulebook.formation import Event, Formation, Step, formed, term_begins
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.terms import TermsPack, given


def events_of(state: OfferState, zone: ZoneInfo) -> list[Event]:
    """
    Return what happened to an offer, in the contract's zone.

    An acceptance on our own page reaches the provider in the same moment.
    """
    happened = (
        (Step.OFFERED, state.sent_at),
        (Step.ACCEPTED, state.accepted_at),
        (Step.RECEIVED, state.accepted_at),
        (Step.CONFIRMATION_ISSUED, state.confirmed_at),
        (Step.CONFIRMATION_RECEIVED, state.confirmation_received_at),
        (Step.WITHDRAWN, state.withdrawn_at),
    )
    return [Event(step, at.astimezone(zone)) for step, at in happened if at is not None]


def conclusion(state: OfferState) -> Ruling[datetime | None]:
    """Return when the contract came into being under its pack, None with the missing steps in the working."""
    pack = pack_of_terms(state.offer.terms)
    rule = given(pack.formation.formed_by if pack.formation else None, key="formation.formed_by")
    found = formed(Formation(rule.value), events_of(state, ZoneInfo(pack.zone)), clauses=rule.clauses)
    named = contact_clauses(pack)
    if found.value is None or not named or state.contact:
        return found
    unconcluded: Ruling[datetime | None] = replace(found, value=None)
    return unconcluded.because(clauses=named, working=(UNNAMED,))


def begins(state: OfferState) -> Ruling[date | None]:
    """Return the first day of the initial term: the day the offer names, else what the pack counts from."""
    pack = pack_of_terms(state.offer.terms)
    rule = given(pack.formation.formed_by if pack.formation else None, key="formation.formed_by")
    counted = pack.term.counted_from if pack.term else None
    zone = ZoneInfo(pack.zone)
    named = state.offer.terms["start_on"]
    return term_begins(
        None if counted is None or counted.value == "first_billing_interval" else Formation(counted.value),
        events_of(state, zone),
        concluded_by=Formation(rule.value),
        zone=zone,
        day_of_offer=date.fromisoformat(named) if named else None,
        clauses=(*(counted.clauses if counted else ()), *rule.clauses),
    )


def wants_confirmation(pack: TermsPack) -> bool:
    """Tell whether the contract comes into being only with an order confirmation, so that staff must confirm."""
    rule = pack.formation.formed_by if pack.formation else None
    return rule is not None and rule.value in {"confirmation_issued", "confirmation_received"}
