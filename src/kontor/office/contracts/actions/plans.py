"""The customer gives its own people the plans it ordered: never more people than seats."""

import uuid
from datetime import date, datetime

from django.db import connection, transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import PlanAssignment
from kontor.office.contracts.queries.plans import UserPlan, user_plans
from kontor.rulebook.ruling import Text


class PlanRefusedError(Exception):
    """A plan cannot be assigned; `text` says why, `plan` is the full one, where it is one."""

    def __init__(self, text: Text, plan: UserPlan | None = None) -> None:
        super().__init__(text.en)
        self.text, self.plan = text, plan


@transaction.atomic
def assign_plan(
    membership_id: uuid.UUID, contract_id: uuid.UUID, item: str, *, today: date, at: datetime, actor: Actor
) -> None:
    """
    Give somebody of the current tenant a plan of a contract, in place of the one they had; "" takes it away.

    PlanRefusedError where all seats are taken or the contract has no such plan; Membership.DoesNotExist for strangers.
    Two at once take turns.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"plans {current_tenant()}"])
    member = Membership.objects.get(pk=membership_id)
    assigned = PlanAssignment.objects.filter(membership=member, contract=contract_id).first()
    before = assigned.item if assigned else ""
    if before == item:
        return
    if item:
        _refuse_full(contract_id, item, today)
        PlanAssignment.objects.update_or_create(
            membership=member, contract=contract_id, defaults={"item": item, "at": at}
        )
    else:
        PlanAssignment.objects.filter(membership=member, contract=contract_id).delete()
    record("contracts.plan_assigned", member, at=at, actor=actor, before={"plan": before}, after={"plan": item})


def _refuse_full(contract_id: uuid.UUID, item: str, today: date) -> None:
    plan = next((each for each in user_plans(today) if (each.contract.pk, each.item) == (contract_id, item)), None)
    if plan is None:
        raise PlanRefusedError(Text("Diesen Tarif hat der Vertrag nicht.", "The contract has no such plan."))
    if not plan.free:
        raise PlanRefusedError(
            Text(
                f"Alle {plan.seats} Plätze von „{plan.name}“ sind vergeben.",
                f"All {plan.seats} seats of “{plan.name}” are taken.",
            ),
            plan,
        )
