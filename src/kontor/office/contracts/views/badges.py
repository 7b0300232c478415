"""How offers and contracts stand, in one word."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kontor.kernel.components import Badge, Step
from kontor.kernel.wording import moment
from kontor.office.contracts.actions import offers
from kontor.office.contracts.models import OfferState
from kontor.office.contracts.queries import formation
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.contract_state import ContractState

_WAITS, _CONTRACT = Badge(_("waits for confirmation"), "warn"), Badge(_("contract"), "good")
_ACCEPTED, _EXPIRED = Badge(_("accepted"), "info"), Badge(_("expired"), "bad")
_OPENED, _SENT = Badge(_("opened"), "info"), Badge(_("sent"))
_ANSWERED = {
    OfferState.State.WITHDRAWN: Badge(_("withdrawn")),
    OfferState.State.CONFIRMED: Badge(_("confirmed"), "info"),
}


def offer_badge(
    state: OfferState.State,
    *,
    concluded: bool,
    opened: bool,
    valid_until: date,
    terms: Mapping[str, Any] | None,
    today: date,
) -> Badge:
    """
    Return how an offer stands.

    concluded  whether its contract exists
    terms      the offer's, asked of an accepted one alone: whether it waits for a confirmation
    today      the reader's day
    """
    if concluded:
        return _CONTRACT
    if state is OfferState.State.ACCEPTED:
        assert terms is not None, "an accepted offer is read with its terms"
        return _WAITS if formation.wants_confirmation(pack_of_terms(terms)) else _ACCEPTED
    if state is not OfferState.State.SENT:
        return _ANSWERED[state]
    if valid_until < today:
        return _EXPIRED
    return _OPENED if opened else _SENT


def offer_steps(state: OfferState, *, concluded_at: datetime | None, now: datetime) -> list[Step]:
    """Return the states an offer goes through under its pack, with the moment of each that happened."""
    happened = [(_("Sent"), state.sent_at), (_("Opened"), state.opened_at), (_("Accepted"), state.accepted_at)]
    if formation.wants_confirmation(pack_of_terms(state.offer.terms)):
        happened += [(_("Confirmed"), state.confirmed_at), (_("Received"), state.confirmation_received_at)]
    happened.append((_("Contract"), concluded_at))
    over = state.state == OfferState.State.WITHDRAWN or is_expired(state, now)
    # Whoever accepts has read the offer, by whichever way.
    missing = [
        place for place, (_label, at) in enumerate(happened) if at is None and (place != 1 or not state.accepted_at)
    ]
    waiting = None if over or not missing else missing[0]
    return [
        Step(label, moment(at), "done") if at else Step(label, "", "now" if place == waiting else "")
        for place, (label, at) in enumerate(happened)
    ]


def is_expired(state: OfferState, now: datetime) -> bool:
    """Tell whether nobody accepted the offer in time."""
    return state.state == OfferState.State.SENT and now >= offers.last_moment(state.offer)


def contract_badge(state: ContractState, *, start_on: date, today: date) -> Badge:
    """Return how a contract stands on a day."""
    if today < start_on:
        return Badge(_("begins"), "info")
    if not state.runs_on(today):
        return Badge(_("ended"))
    return Badge(_("ends"), "warn") if state.ends else Badge(_("runs"), "good")
