"""
Audits: a controller asks for one and gets sealed evidence; an auditor is let in to look for some days.

The days are the installation's, no contract's: a visit is a matter of days, and ends by itself.
"""

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel import cipher
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import day
from kontor.office.identity import public as identity
from kontor.office.privacy.formats.evidence import folder
from kontor.office.privacy.formats.manifest import PURPOSE
from kontor.office.privacy.models import AuditRequest, AuditVisit
from kontor.office.privacy.queries import evidence
from kontor.rulebook.audit import within_right
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import Stated, load

MOST_DAYS: Final = 30


class AuditRefusedError(RefusalError):
    """An audit or a visit that cannot be; `text` says why in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who is let in, for what, to which pages, for how many days."""

    name: str
    email: str
    company: str
    purpose: str
    language: str
    scope: Collection[str]
    days: int


def audit_as_customer(row: Any, *, scope: str, wished_on: date, at: datetime, actor: Actor) -> AuditRequest:
    """Ask, as the controller, for an audit under its agreement `row`; the evidence is sealed and shared at once."""
    if not scope.strip() or wished_on < at.date():
        raise AuditRefusedError(_WHAT_AND_WHEN)
    earlier = AuditRequest.objects.filter(contract=row.contract).values_list("asked_at", flat=True)
    ruling = _right(row.pack, row.pack_version, asked_on=at.date(), earlier=[each.date() for each in earlier])
    stored = store_ruling(ruling, question="audit", at=at, customer_tenant=row.customer_tenant_id)
    made = AuditRequest.objects.create(
        customer_tenant_id=row.customer_tenant_id, customer_name=row.customer_name, contract=row.contract,
        contract_number=row.contract_number, scope=scope.strip(), wished_on=wished_on, asked_by=actor.name, asked_at=at,
        beyond=not ruling.value, ruling=stored,
    )  # fmt: skip
    told = {"scope": made.scope, "wished_on": wished_on, "beyond": made.beyond}
    record("privacy.audit_requested", made, at=at, actor=actor, clause=str(ruling.clauses[0]), after=told)
    publish("privacy.audit_requested", {"audit": str(made.pk)}, at=at)
    return seal_evidence(made.pk, at=at, actor=actor)


def _right(pack: str, version: str, *, asked_on: date, earlier: list[date]) -> Ruling[bool]:
    told = load(pack, version=version).audit
    allowed = told.audits if told else None
    if not isinstance(allowed, Stated):
        return within_right(asked_on, earlier, allowed=None)
    return within_right(asked_on, earlier, allowed=int(allowed.value.amount), clauses=allowed.clauses)


@transaction.atomic
def seal_evidence(audit_id: uuid.UUID, *, at: datetime, actor: Actor) -> AuditRequest:
    """Put the evidence for a controller together as it stands now, seal it, and share it; an earlier folder stays."""
    found = AuditRequest.objects.select_for_update().get(pk=audit_id)
    assert found.customer_tenant_id is not None, "a request is a customer's"
    files = evidence.of_contract(found.contract, found.customer_tenant_id, at=at)
    says = {"for": found.customer_name, "contract": found.contract_number, "scope": found.scope}
    data = sealed(files, says, at=at)
    name = f"evidence-{found.contract_number}-{at.date().isoformat()}.zip".replace("/", "-")
    found.evidence = keep(
        data, name=name, media_type="application/zip", customer_tenant=found.customer_tenant_id, at=at
    )
    found.sha256, found.sealed_at = hashlib.sha256(data).hexdigest(), at
    found.save(update_fields=["evidence", "sha256", "sealed_at"])
    record("privacy.evidence_sealed", found, at=at, actor=actor, after={"sha256": found.sha256})
    return found


def sealed(files: dict[str, Any], says: dict[str, str], *, at: datetime) -> bytes:
    """Return an evidence folder with its manifest, signed with the current tenant's key."""
    tenant = Tenant.objects.get(pk=current_tenant())
    return folder(files, says={"from": tenant.name, "sealed_at": at.isoformat(), **says}, key=cipher.purposed(PURPOSE))


@transaction.atomic
def finish_audit(audit_id: uuid.UUID, *, done_on: date, result: str, at: datetime, actor: Actor) -> AuditRequest:
    """Keep when an audit was done and what came of it; AuditRefusedError without words, ahead of it, or twice."""
    found = AuditRequest.objects.select_for_update().get(pk=audit_id)
    if found.done_on is not None or not result.strip() or done_on > at.date():
        raise AuditRefusedError(_RESULT)
    found.done_on, found.result = done_on, result.strip()
    found.save(update_fields=["done_on", "result"])
    record("privacy.audit_done", found, at=at, actor=actor, after={"done_on": done_on, "result": found.result})
    return found


@transaction.atomic
def let_in(visit: Visit, *, held: frozenset[str] | None, at: datetime, actor: Actor) -> AuditVisit:
    """
    Let an auditor in to look at the pages of the visit's scope until its last day is over; they are invited by mail.

    held  what whoever lets them in may do, None for everything: nobody opens pages that are shut to them
    """
    if not 1 <= visit.days <= MOST_DAYS or not visit.scope or not visit.purpose.strip():
        raise AuditRefusedError(_DAYS)
    tenant = Tenant.objects.get(pk=current_tenant())
    zone = ZoneInfo(tenant.zone)
    last = at.astimezone(zone).date() + timedelta(days=visit.days)
    until = datetime.combine(last, datetime.min.time(), zone)
    member = identity.admit_auditor(
        email=visit.email, name=visit.name, language=visit.language, permissions=visit.scope, held=held, until=until,
        at=at, actor=actor,
    )  # fmt: skip
    made = AuditVisit.objects.create(
        name=visit.name, email=visit.email, company=visit.company, purpose=visit.purpose.strip(),
        scope=sorted(visit.scope), membership=member, announced_at=at, announced_by=actor.name, until=until,
    )  # fmt: skip
    told = {"name": made.name, "company": made.company, "until": until, "scope": made.scope}
    record("privacy.visit_announced", made, at=at, actor=actor, clause="GDPR Art. 28 (3) h", after=told)
    _announce(made, tenant, visit.language, at=at)
    return made


def _announce(made: AuditVisit, tenant: Tenant, language: str, *, at: datetime) -> None:
    last = day((made.until - timedelta(seconds=1)).astimezone(ZoneInfo(tenant.zone)).date(), language)
    link = absolute("privacy-own:folder")
    subject = Text(f"Ihre Prüfung bei {tenant.name}", f"Your audit at {tenant.name}").spoken(language)
    text = Text(
        f"Guten Tag {made.name},\n\nIhr Zugang zum Prüfen ist offen, bis zum {last}: {made.purpose}\n\nSie sehen, was "
        f"für die Prüfung geöffnet ist, und ändern nichts; jede Seite wird festgehalten. Die Mappe:\n{link}\n",
        f"Hello {made.name},\n\nyour access for the audit is open until {last}: {made.purpose}\n\nYou see what was "
        f"opened for the audit and change nothing; each page is recorded. The folder:\n{link}\n",
    ).spoken(language)
    send_mail(to=made.email, to_name=made.name, subject=subject, text=text, about=made, at=at)


@transaction.atomic
def end_visit(visit_id: uuid.UUID, *, at: datetime, actor: Actor) -> AuditVisit:
    """End a visit before its last day; AuditRefusedError for one that is over."""
    found = AuditVisit.objects.select_for_update().get(pk=visit_id)
    if found.ended_at is not None or found.until <= at:
        raise AuditRefusedError(_OVER)
    found.ended_at, found.ended_by = at, actor.name
    found.save(update_fields=["ended_at", "ended_by"])
    identity.dismiss_auditor(found.membership, at=at, actor=actor)
    record("privacy.visit_ended", found, at=at, actor=actor)
    return found


_WHAT_AND_WHEN: Final = Text(
    "Eine Prüfung nennt ihren Umfang und einen kommenden Tag.", "An audit names its scope and a day to come."
)
_RESULT: Final = Text(
    "Dazu gehören das Ergebnis und ein vergangener Tag, einmal.",
    "The result and a day that is past belong to it, once.",
)
_DAYS: Final = Text(
    f"Ein Besuch nennt Zweck und Seiten und dauert 1 bis {MOST_DAYS} Tage.",
    f"A visit names its purpose and pages, and lasts 1 to {MOST_DAYS} days.",
)
_OVER: Final = Text("Dieser Besuch ist vorbei.", "This visit is over.")
