"""What a corrected month means for the credit that was given: the difference is credited, or charged again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.models import AvailabilityStatement, ClaimDecision
from kontor.office.service_levels.queries.claims import given_before, granted_claim
from kontor.office.service_levels.queries.counting import MonthOfContract
from kontor.rulebook.availability_credit import credit_of
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import said


def correct_credit(
    found: MonthOfContract, statement: AvailabilityStatement, *, at: datetime, actor: Actor
) -> ClaimDecision | None:
    """
    Bring the credit that the rules gave for a month to what its corrected statement gives; None where nothing changes.

    The credit note that was given stays; goodwill is a person's own and stays too.
    """
    claim = granted_claim(statement.contract_id, statement.month)
    if claim is None:
        return None
    fee = contracts.base_fee(statement.contract_id, statement.month)
    given = given_before(statement.contract_id, statement.month, fee.currency, by_rule=True)
    due = credit_of(found.ruling.value, found.promise, fee)
    difference = due.value - given
    if not difference:
        return None
    ruling = due.map(lambda _: abs(difference)).because(working=(_step(given, due.value),))
    notes = _moved(ruling, statement, more=difference.minor > 0, at=at, actor=actor)
    stored = store_ruling(
        ruling, question="service_levels.claim", pack=statement.pack, version=statement.pack_version,
        customer_tenant=statement.customer_tenant_id, at=at,
    )  # fmt: skip
    made = ClaimDecision.objects.create(
        claim=claim, customer_tenant_id=claim.customer_tenant_id, statement=statement,
        outcome=ClaimDecision.Outcome.CORRECTED, reasons=statement.reason, amount_minor=difference.minor,
        currency=difference.currency, notes=notes, ruling=stored, decided_by=actor.name, at=at,
    )  # fmt: skip
    after = {"month": statement.month, "version": statement.version, "difference_minor": difference.minor}
    record("service_levels.credit_corrected", claim, at=at, actor=actor, ruling=stored, after=after)
    return made


def _moved(
    ruling: Ruling[Money], statement: AvailabilityStatement, *, more: bool, at: datetime, actor: Actor
) -> list[str]:
    credit = contracts.Credit(
        key=f"availability-{statement.month:%Y-%m}-{statement.version}", month=statement.month, amount=ruling,
        reason=statement.reason, on=at.astimezone(ZoneInfo(statement.zone)).date(),
    )  # fmt: skip
    if more:
        return [str(each) for each in contracts.credit_month(statement.contract_id, credit, at=at, actor=actor)]
    contracts.charge_credit_again(statement.contract_id, credit, at=at, actor=actor)
    return []


def _step(given: Money, due: Money) -> Text:
    return said(
        "Gegeben waren {given}, nach der Berichtigung sind es {due}.",
        "Given were {given}, after the correction it is {due}.",
        given=given.text,
        due=due.text,
    )
