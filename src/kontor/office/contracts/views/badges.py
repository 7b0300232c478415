"""How offers and contracts stand, in one word."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from kontor.kernel.components import Badge, Step
from kontor.kernel.wording import moment
from kontor.office.contracts.actions import offers
from kontor.office.contracts.models import OfferState
from kontor.office.contracts.queries import formation
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.contract_state import ContractState

_WAITS = Badge(_("waits for confirmation"), "warn")


def offer_badge(state: OfferState, *, concluded: bool, today: date) -> Badge:
    """Return how an offer stands; `concluded` tells whether its contract exists, `today` is the reader's."""
    if concluded:
        return Badge(_("contract"), "good")
    if state.state == OfferState.State.WITHDRAWN:
        return Badge(_("withdrawn"))
    if state.state == OfferState.State.CONFIRMED:
        return Badge(_("confirmed"), "info")
    if state.state == OfferState.State.ACCEPTED:
        return (
            _WAITS if formation.wants_confirmation(pack_of_terms(state.offer.terms)) else Badge(_("accepted"), "info")
        )
    if state.offer.valid_until < today:
        return Badge(_("expired"), "bad")
    return Badge(_("opened"), "info") if state.opened_at else Badge(_("sent"))


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
