"""Suspending the processing: reported, ordered by the controller, put right, lifted (visitor Anlage 3, Klausel 10)."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import AgreementSignature, ProcessingAgreement, Suspension
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

State = Suspension.State
CLAUSE = "Anlage 3, Klausel 10 a"
_WORDS = Text("Sagen Sie in Worten, worum es geht.", "Say in words what it is about.")
_ORDER = Text("Das geht in diesem Stand nicht.", "Not in this state.")
_ONCE = Text("Die Verarbeitung ist schon ausgesetzt.", "The processing is suspended already.")
_UNSIGNED = Text(
    "Ausgesetzt wird nach einer Vereinbarung, die beide unterschrieben haben.",
    "One suspends under an agreement that both have signed.",
)


@transaction.atomic
def report_inability(agreement: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> Suspension:
    """Tell the controller without delay that we cannot comply with the clauses; it then decides whether to suspend."""
    found = ProcessingAgreement.objects.get(pk=agreement)
    _check(found, because)
    made = Suspension.objects.create(
        agreement=found, customer_tenant_id=found.customer_tenant_id, state=State.REPORTED, because=because.strip(),
        reported_by=actor.name, reported_at=at,
    )  # fmt: skip
    record("privacy.inability_reported", made, at=at, actor=actor, clause=CLAUSE, after={"because": because.strip()})
    _tell(
        made, "Wir können die Klauseln nicht einhalten / we cannot comply with the clauses",
        "Sie können die Verarbeitung aussetzen / you may suspend the processing:", because, at=at,
    )  # fmt: skip
    return made


def suspend_as_customer(row: Any, *, because: str, at: datetime, actor: Actor) -> Suspension:
    """Suspend the processing for the controller; `row` is its agreement. Everything but storage stops."""
    _check(row, because)
    told = row.suspensions.select_for_update()
    if told.filter(state__in=Suspension.HOLDS).exists():
        raise RefusalError(_ONCE)
    made = told.filter(state=State.REPORTED).order_by("-reported_at").first() or Suspension(
        agreement=row, customer_tenant_id=row.customer_tenant_id, because=because.strip()
    )
    made.state, made.ordered_by, made.ordered_at = State.ORDERED, actor.name, at
    made.save()
    record("privacy.processing_suspended", made, at=at, actor=actor, clause=CLAUSE, after={"because": because.strip()})
    publish("privacy.processing_suspended", {"suspension": str(made.pk)}, at=at)
    _follow(row)
    return made


@transaction.atomic
def restore_compliance(suspension: uuid.UUID, *, how: str, at: datetime, actor: Actor) -> Suspension:
    """Say how we comply again; the controller is told, and lets the processing go on."""
    found = Suspension.objects.select_for_update().get(pk=suspension)
    if found.state != State.ORDERED or not how.strip():
        raise RefusalError(_ORDER if how.strip() else _WORDS)
    found.state, found.restored_by, found.restored_at = State.RESTORED, actor.name, at
    found.restored_how = how.strip()
    found.save()
    record("privacy.compliance_restored", found, at=at, actor=actor, clause=CLAUSE, after={"how": how.strip()})
    _tell(
        found, "Die Klauseln werden wieder eingehalten / the clauses are complied with again",
        "Heben Sie die Aussetzung auf, damit es weitergeht / lift the suspension to let it go on:", how, at=at,
    )  # fmt: skip
    return found


def lift_as_customer(row: Any, *, at: datetime, actor: Actor) -> Suspension:
    """Let the processing go on for the controller; `row` is its suspension."""
    found = Suspension.objects.select_for_update().get(pk=row.pk)
    if found.state not in Suspension.HOLDS:
        raise RefusalError(_ORDER)
    found.state, found.lifted_by, found.lifted_at = State.LIFTED, actor.name, at
    found.save()
    record("privacy.suspension_lifted", found, at=at, actor=actor, clause=CLAUSE)
    publish("privacy.suspension_lifted", {"suspension": str(found.pk)}, at=at)
    _follow(found.agreement)
    return found


def _check(agreement: ProcessingAgreement, words: str) -> None:
    if not words.strip():
        raise RefusalError(_WORDS)
    if agreement.signatures.count() != len(AgreementSignature.Side):
        raise RefusalError(_UNSIGNED)


def _follow(agreement: ProcessingAgreement) -> None:
    """Have what the contract opens follow."""
    for module in registry.modules():
        if module.on_agreement:
            queue(module.on_agreement, current_tenant(), contract=agreement.contract)


def _tell(row: Suspension, subject: str, lead: str, words: str, *, at: datetime) -> None:
    email = row.agreement.annexes["I"]["controller"].get("email", "")
    if email:
        number = row.agreement.contract_number
        send_mail(to=email, subject=f"{subject}: {number}", text=f"{lead}\n\n{words.strip()}", about=row, at=at)
