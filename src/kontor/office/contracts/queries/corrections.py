"""What was worked beside a contract, what its fees were reduced by, and which invoice billed a month."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.db.models import Sum

from kontor.office.contracts.models import Amendment, BilledPeriod, Contract, ExtraWork, FeeReduction, OfferState
from kontor.office.contracts.queries.state import contract_state
from kontor.rulebook.contract_state import Position
from kontor.rulebook.extra_work import REINSTALLATION
from kontor.rulebook.money import Money


def free_reinstallations(contract: Contract, *, year: int) -> int:
    """Return how many reinstallations of a calendar year were free."""
    return ExtraWork.objects.filter(contract=contract, kind=REINSTALLATION, free=True, done_on__year=year).count()


def signed_offer(contract: Contract, number: str) -> bool:
    """Tell whether the contract's customer has accepted an offer of that number."""
    accepted = (OfferState.State.ACCEPTED, OfferState.State.CONFIRMED)
    return OfferState.objects.filter(
        offer__number=number, offer__party_id=contract.party_id, state__in=accepted
    ).exists()


def position_on(contract: Contract, key: str, on: date) -> Position:
    """Return a position as it stood on a day; RefusalError where the contract had none of that key."""
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    return contract_state(rows, on, pack=contract.pack, version=contract.version).value.existing(key, on)


def reduced_before(contract: Contract, position: str, month: date) -> Money:
    """Return by how much a month of a part was reduced already."""
    rows = FeeReduction.objects.filter(contract=contract, position=position, month=month)
    return Money(contract.terms["currency"], rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def billing_of(contract: Contract, position: str, on: date) -> uuid.UUID | None:
    """Return the invoice that billed a position for a day, None where that is still to come."""
    rows = BilledPeriod.objects.filter(contract=contract, item=position, first__lte=on, end__gt=on)
    found: uuid.UUID | None = rows.order_by("first").values_list("invoice_id", flat=True).first()
    return found


def months_reduced_whole(contract: Contract) -> dict[str, list[date]]:
    """Return the months, by their first day, in which each part's fee was reduced to nothing."""
    found: dict[str, list[date]] = {}
    rows = FeeReduction.objects.filter(contract=contract, whole=True).order_by("position", "month")
    for position, month in rows.values_list("position", "month"):
        found.setdefault(position, []).append(month)
    return found


def work_of(contract_id: uuid.UUID, *, own: bool) -> Sequence[ExtraWork]:
    """Return the work done beside a contract, newest first, as the house or its customer may see it."""
    rows = ExtraWork.objects.all() if own else ExtraWork.received.all()
    return list(rows.filter(contract_id=contract_id).order_by("-done_on", "-at"))


def reductions_of(contract_id: uuid.UUID, *, own: bool) -> Sequence[FeeReduction]:
    """Return the reductions of a contract's fees, newest first."""
    rows = FeeReduction.objects.all() if own else FeeReduction.received.all()
    return list(rows.filter(contract_id=contract_id).select_related("credit_note").order_by("-month", "-at"))
