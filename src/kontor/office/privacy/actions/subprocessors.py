"""Sub-processors: entered, announced to every customer with its contract's period, objected to, approved, ended."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.kernel.personal_data import DataContract
from kontor.office.privacy.actions.register import keep_edition
from kontor.office.privacy.models import Subprocessor, SubprocessorNotice
from kontor.office.privacy.queries.contracts import running
from kontor.office.privacy.queries.subprocessors import change_of, standing_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.subprocessors import announced, last_day, rule_of
from kontor.rulebook.terms import ToBeAgreed

_PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubprocessor:
    """What is entered about a sub-processor; the fields are those of the model."""

    name: str
    address: str
    country: str
    task_de: str
    task_en: str
    access: str
    effective_on: date
    safeguards: str = ""
    agreement_on: date | None = None
    ground: str = ""
    ground_since: date | None = None
    ground_until: date | None = None
    ground_document: bytes | None = None
    instruction: str = ""
    late_because: str = ""


@transaction.atomic
def add_subprocessor(
    told: NewSubprocessor, *, at: datetime, actor: Actor, from_the_start: bool = False
) -> Subprocessor:
    """
    Enter a sub-processor and announce it to every customer; RefusalError where one cannot be told in time.

    from_the_start  it stood in annex IV when the contracts that run were concluded: nobody need be told
    """
    given = asdict(told)
    paper = given.pop("ground_document")
    made = Subprocessor.objects.create(**given, ground_document=_kept(paper, told.name, at), made_at=at)
    record("privacy.subprocessor_added", made, at=at, actor=actor, after=given | _proof_of(made))
    for contract in running(at.date()):
        _announce(made, contract, at=at, actor=actor, concluded=from_the_start)
    keep_edition(at=at, actor=actor)
    return made


@transaction.atomic
def complete_subprocessor(
    subprocessor: uuid.UUID, *, agreement_on: date | None, ground: str, ground_since: date | None,
    ground_until: date | None, instruction: str, ground_document: bytes | None = None, at: datetime, actor: Actor,
) -> Subprocessor:  # fmt: skip
    """
    Enter the contract with a sub-processor and what secures its place, once they are there.

    ground_document  a PDF; None leaves the one that is there. RefusalError for anything else
    """
    found = Subprocessor.objects.select_for_update().get(pk=subprocessor)
    given = {
        "agreement_on": agreement_on, "ground": ground, "ground_since": ground_since,
        "ground_until": ground_until, "instruction": instruction,
    }  # fmt: skip
    before = {name: getattr(found, name) for name in given}
    for name, value in given.items():
        setattr(found, name, value)
    before |= _proof_of(found)
    if ground_document is not None:
        found.ground_document = _kept(ground_document, found.name, at)
    found.save(update_fields=[*given, "ground_document"])
    record("privacy.subprocessor_completed", found, at=at, actor=actor, before=before, after=given | _proof_of(found))
    keep_edition(at=at, actor=actor)
    return found


@transaction.atomic
def announce_missing(*, at: datetime, actor: Actor) -> int:
    """Announce the sub-processors to customers who came later; tell how many notices that made."""
    told = set(SubprocessorNotice.objects.values_list("subprocessor_id", "contract"))
    made = 0
    for found in Subprocessor.objects.filter(ended_on=None):
        for contract in running(at.date()):
            if (found.pk, contract.id) not in told:
                _announce(found, contract, at=at, actor=actor, concluded=True)
                made += 1
    return made


@transaction.atomic
def end_subprocessor(subprocessor: uuid.UUID, *, on: date, at: datetime, actor: Actor) -> Subprocessor:
    """Enter the last day on which a sub-processor touches anything."""
    found = Subprocessor.objects.select_for_update().get(pk=subprocessor)
    found.ended_on = on
    found.save(update_fields=["ended_on"])
    record("privacy.subprocessor_ended", found, at=at, actor=actor, after={"on": on})
    keep_edition(at=at, actor=actor)
    return found


def object_as_customer(row: Any, *, reason: str, at: datetime, actor: Actor) -> SubprocessorNotice:
    """Object for the customer: a case opens and the change is on hold; RefusalError after the period or twice."""
    return _objected(row.pk, on=at.date(), by=actor.name, reason=reason, at=at, actor=actor)


@transaction.atomic
def enter_objection(
    notice_id: uuid.UUID, *, received_on: date, by: str, reason: str, at: datetime, actor: Actor
) -> SubprocessorNotice:
    """Enter an objection that came by mail, with the day our server took it; otherwise as the customer's own."""
    return _objected(notice_id, on=received_on, by=by, reason=reason, at=at, actor=actor)


def approve_as_customer(row: Any, *, at: datetime, actor: Actor) -> SubprocessorNotice:
    """Approve for the customer, also what it first objected to; RefusalError where it is approved already."""
    notice = SubprocessorNotice.objects.select_for_update().get(pk=row.pk)
    if notice.approved_at is not None:
        raise RefusalError(Text("Das ist schon genehmigt.", "This is approved already."))
    notice.approved_at, notice.approved_by = at, actor.name
    notice.save(update_fields=["approved_at", "approved_by"])
    record("privacy.subprocessor_approved", notice, at=at, actor=actor)
    publish("privacy.subprocessor_approved", {"notice": str(notice.pk)}, at=at)
    return notice


@transaction.atomic
def settle_objection(notice_id: uuid.UUID, *, how: str, at: datetime, actor: Actor) -> SubprocessorNotice:
    """Close the case of an objection with what was agreed; the party stays off there until the customer approves."""
    notice = SubprocessorNotice.objects.select_for_update().get(pk=notice_id)
    if notice.objected_at is None or notice.settled_at is not None or not how.strip():
        raise RefusalError(
            Text("Ein offener Widerspruch wird mit Worten geklärt.", "An open objection is settled in words.")
        )
    notice.settled_at, notice.settled_how = at, how.strip()
    notice.save(update_fields=["settled_at", "settled_how"])
    record("privacy.objection_settled", notice, at=at, actor=actor, after={"how": how.strip()})
    return notice


def _objected(
    notice_id: uuid.UUID, *, on: date, by: str, reason: str, at: datetime, actor: Actor
) -> SubprocessorNotice:
    notice = SubprocessorNotice.objects.select_for_update().get(pk=notice_id)
    if notice.objected_at is not None or not reason.strip():
        raise RefusalError(Text("Ein Widerspruch nennt seinen Grund, einmal.", "An objection gives its reason, once."))
    if notice.last_day is not None and on > notice.last_day:
        raise RefusalError(standing_of(notice, on).working[-1])
    notice.objected_at, notice.objected_on = at, on
    notice.objected_by, notice.objection = by, reason.strip()
    notice.save(update_fields=["objected_at", "objected_on", "objected_by", "objection"])
    record("privacy.subprocessor_objected", notice, at=at, actor=actor, after={"on": on, "reason": reason.strip()})
    publish("privacy.subprocessor_objected", {"notice": str(notice.pk)}, at=at)
    return notice


def _announce(
    found: Subprocessor, contract: DataContract, *, at: datetime, actor: Actor, concluded: bool = False
) -> SubprocessorNotice:
    """Announce a sub-processor to one customer; one that stands in the annex at the conclusion is approved."""
    rule = rule_of(contract.pack)
    on = at.date()
    if not concluded:
        announced(rule, announced_on=on, effective_on=found.effective_on, reason=found.late_because)
    notice = SubprocessorNotice(
        subprocessor=found, customer_tenant_id=contract.customer_tenant, contract=contract.id,
        contract_number=contract.number, customer_name=contract.customer, name=found.name, address=found.address,
        country=found.country, task_de=found.task_de, task_en=found.task_en, safeguards=found.safeguards,
        mode=rule.mode or "", within=str(rule.within or ""), clauses=[list(each[:2]) for each in _told(rule.clauses)],
        effective_on=found.effective_on, instructed=_instructed(contract), received_on=on, at=at,
        approved_at=at if concluded else None, approved_by=contract.number if concluded else "",
    )  # fmt: skip
    notice.last_day = last_day(change_of(notice))
    notice.ruling = store_ruling(
        standing_of(notice, on).map(str), question="privacy.subprocessor", pack=contract.pack.key,
        version=contract.pack.version, customer_tenant=contract.customer_tenant, at=at,
    )  # fmt: skip
    notice.save(force_insert=True)
    record("privacy.subprocessor_announced", notice, at=at, actor=actor, ruling=notice.ruling)
    if contract.email and not concluded:
        _tell(notice, contract, at=at)
    return notice


def _instructed(contract: DataContract) -> bool:
    """Tell whether the terms let data leave the EEA on documented instruction or by legal duty only."""
    bases = contract.pack.privacy.transfer_bases if contract.pack.privacy else None
    return (
        bases is not None and not isinstance(bases, ToBeAgreed) and "instruction" in {item.key for item in bases.value}
    )


def _kept(paper: bytes | None, name: str, at: datetime) -> Blob | None:
    if paper is None:
        return None
    if not paper.startswith(_PDF):
        raise RefusalError(Text("Das Dokument der Grundlage ist ein PDF.", "The ground's document is a PDF."))
    return keep(paper, name=f"{name.rstrip('.')}.pdf", media_type="application/pdf", at=at)


def _proof_of(found: Subprocessor) -> dict[str, str]:
    """Return the document of the ground as the record keeps it: by its SHA-256."""
    document = found.ground_document
    return {"ground_document": bytes(document.sha256).hex()} if document else {}


def _told(clauses: Any) -> list[tuple[str, str]]:
    return [(clause.source, clause.number) for clause in clauses]


def _tell(notice: SubprocessorNotice, contract: DataContract, *, at: datetime) -> None:
    last = f" bis / until {notice.last_day.isoformat()}" if notice.last_day else ""
    text = (
        f"Neuer Unterauftragsverarbeiter / new sub-processor: {notice.name}, {notice.address}, {notice.country}\n"
        f"Aufgabe / task: {notice.task_de} / {notice.task_en}\n"
        f"Ab / from: {notice.effective_on.isoformat()}\n"
        f"Vertrag / contract: {notice.contract_number}\n"
        f"Widerspruch / objection{last}."
    )
    subject = f"Unterauftragsverarbeiter / sub-processor: {notice.name}"
    send_mail(to=contract.email, to_name=contract.customer, subject=subject, text=text, about=notice, at=at)
