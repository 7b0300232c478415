"""A fee that is reduced because an outage lasted: periods that the customer set in writing, then the month's part."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.models import MendingPeriod, Outage
from kontor.rulebook.defect import next_period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@transaction.atomic
def set_period(
    outage_id: uuid.UUID, contract_id: uuid.UUID, *, received_on: date, until: date, proof: str, at: datetime,
    actor: Actor,
) -> MendingPeriod:  # fmt: skip
    """
    Note a period in which a customer wants an outage mended; the second only after the first has passed.

    RefusalError without the writing, for a contract that the outage does not hit, or once it is over.
    """
    outage = _hitting(outage_id, contract_id)
    if outage.ended_at is not None or not proof.strip():
        raise RefusalError(
            Text(
                "Eine Frist wird schriftlich gesetzt, solange der Ausfall dauert.",
                "A period is set in writing, while the outage goes on.",
            )
        )
    before = _periods(outage, contract_id)
    number = next_period(before[-1].until if before else None, len(before), set_on=received_on, until=until)
    made = MendingPeriod.objects.create(
        outage=outage, contract_id=contract_id, received_on=received_on, until=until, proof=proof.strip(), at=at
    )
    after = {"contract": str(contract_id), "number": number, "until": until}
    record("service_levels.period_set", outage, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def reduce_for_outage(
    outage_id: uuid.UUID, contract_id: uuid.UUID, position: str, *, month: date, amount: Decimal, at: datetime,
    actor: Actor,
) -> contracts.Reduced:  # fmt: skip
    """
    Reduce a part's fee for a month in which an outage lasted, once for each part and month (visitor 4.5.3).

    RefusalError before a second period has passed, where the outage was mended within it, for another month, or where
    the terms know no reduction.
    """
    outage = _hitting(outage_id, contract_id)
    zone = ZoneInfo(contracts.supplied(contract_id, month).pack.zone)
    today, began = (each.astimezone(zone).date() for each in (at, outage.started_at))
    over = today if outage.ended_at is None else outage.ended_at.astimezone(zone).date()
    first = month.replace(day=1)
    if not began.replace(day=1) <= first <= over:
        raise RefusalError(Text("In diesem Monat dauerte der Ausfall nicht.", "The outage did not last in that month."))
    second = next(iter(_periods(outage, contract_id)[1:]), None)
    if second is not None and outage.ended_at is not None and over <= second.until:
        raise RefusalError(
            Text("Der Ausfall wurde in der zweiten Frist behoben.", "The outage was mended within the second period.")
        )
    done = contracts.reduce_for_defect(
        contract_id, position, month=first, amount=amount, second_period_until=second.until if second else None,
        key=f"outage-{outage.pk.hex[-12:]}-{first:%Y-%m}-{position}"[:50], reason=outage.title[:300], on=today, at=at,
        actor=actor,
    )  # fmt: skip
    after = {"contract": str(contract_id), "month": first, "amount": done.amount.bare()}
    record("service_levels.fee_reduced", outage, at=at, actor=actor, ruling=done.ruling, after=after)
    return done


def _hitting(outage_id: uuid.UUID, contract_id: uuid.UUID) -> Outage:
    outage = Outage.objects.select_for_update().get(pk=outage_id)
    if not outage.everybody and not outage.contracts.filter(contract_id=contract_id).exists():
        raise RefusalError(
            Text("Dieser Ausfall betrifft den Vertrag nicht.", "This outage does not concern the contract.")
        )
    return outage


def _periods(outage: Outage, contract_id: uuid.UUID) -> list[MendingPeriod]:
    return list(outage.periods.filter(contract_id=contract_id).order_by("until"))
