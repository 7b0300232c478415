"""Confidential papers: filing them, who may open them, each opening, and sharing them with somebody outside."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.queries.blobs import read
from kontor.kernel.rows import exactly_one
from kontor.office.contracts.models import (
    ConfidentialOpening,
    ConfidentialPaper,
    ConfidentialReader,
    ConfidentialSharing,
    Contract,
)
from kontor.office.contracts.queries.contacts import contract_day
from kontor.office.contracts.queries.orders import signs_for
from kontor.office.contracts.queries.secret_letters import asked_mail, shared_mail
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.registers import secrecy_clauses
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file to be filed as confidential, or as it was opened."""

    name: str
    media_type: str
    content: bytes


@transaction.atomic
def file_secret(
    contract_id: uuid.UUID, title: str, paper: Paper, *, readers: Collection[str], by: str, at: datetime, actor: Actor
) -> ConfidentialPaper:
    """
    File a paper as confidential; only the readers may open it, whoever files it included only where named.

    readers  addresses of people of the house or its customer, at least one. RefusalError without any, or where the
    terms say nothing of secrets; MailAddressError for what is no address.
    """
    contract = Contract.objects.get(pk=contract_id)
    clauses = secrecy_clauses(pack_of_terms(contract.terms))
    if not clauses:
        raise RefusalError(
            Text("Diese Bedingungen regeln keine Vertraulichkeit.", "These terms do not regulate confidentiality.")
        )
    if not readers:
        raise RefusalError(Text("Wer darf das Papier öffnen?", "Who may open the paper?"))
    shared = contract.customer_tenant_id
    file = keep(paper.content, name=paper.name, media_type=paper.media_type, customer_tenant=shared, at=at)
    made = ConfidentialPaper.objects.create(
        contract=contract, customer_tenant_id=shared, title=title, file=file, clause=str(clauses[0]), by=by, at=at
    )
    for email in readers:
        _allow(made, email, reason="", at=at)
    after = {"title": title, "readers": sorted(readers)}
    record("contracts.secret_filed", made, at=at, actor=actor, clause=made.clause, after=after)
    _moved(made, at=at)
    return made


@transaction.atomic
def allow_reader(paper_id: uuid.UUID, email: str, *, reason: str, at: datetime, actor: Actor) -> ConfidentialReader:
    """Put somebody on a paper's list; who is on it stays. MailAddressError for what is no address."""
    paper = ConfidentialPaper.objects.get(pk=paper_id)
    made = _allow(paper, email, reason=reason, at=at)
    record("contracts.secret_reader_allowed", paper, at=at, actor=actor, clause=paper.clause, after={"email": email})
    _moved(paper, at=at)
    return made


@transaction.atomic
def remove_reader(reader_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Take somebody off a paper's list; what was opened stays in its log. DoesNotExist for a stranger's."""
    reader = ConfidentialReader.objects.select_related("paper").get(pk=reader_id, until=None)
    exactly_one(ConfidentialReader.objects.filter(pk=reader.pk).update(until=at))
    paper = reader.paper
    before = {"email": reader.email}
    record("contracts.secret_reader_removed", paper, at=at, actor=actor, clause=paper.clause, before=before)
    _moved(paper, at=at)


def open_secret(paper: ConfidentialPaper, *, email: str, at: datetime, actor: Actor) -> Paper | None:
    """
    Give a paper to somebody on its list, None to anybody else; both are logged.

    Nothing is raised, so that the log of an attempt is not rolled back.
    """
    given = ConfidentialReader.objects.filter(paper=paper, email=email.casefold(), until=None).exists()
    ConfidentialOpening.objects.create(
        paper=paper, customer_tenant_id=paper.customer_tenant_id, email=email.casefold(), given=given, at=at
    )
    verb = "contracts.secret_opened" if given else "contracts.secret_refused"
    record(verb, paper, at=at, actor=actor, clause=paper.clause, after={"email": email})
    if not given:
        return None
    return Paper(name=paper.file.name, media_type=paper.file.media_type, content=read(paper.file))


@transaction.atomic
def ask_to_share(
    paper_id: uuid.UUID, to: str, *, purpose: str, by: str, at: datetime, actor: Actor
) -> ConfidentialSharing:
    """Ask the customer whether a paper may go to somebody outside. MailAddressError for what is no address."""
    paper = ConfidentialPaper.objects.select_related("contract").get(pk=paper_id)
    check_address(to)
    sharing = ConfidentialSharing.objects.create(
        paper=paper, customer_tenant_id=paper.customer_tenant_id, to=to, purpose=purpose, asked_by=by, asked_at=at
    )
    letter = asked_mail(sharing)
    address = paper.contract.terms["notice_customer"]
    send_mail(to=address, subject=letter.subject, text=letter.text, about=paper, at=at)
    after = {"to": to, "purpose": purpose}
    record("contracts.secret_sharing_asked", paper, at=at, actor=actor, clause=paper.clause, after=after)
    _moved(paper, at=at)
    return sharing


@transaction.atomic
def answer_sharing(
    sharing: ConfidentialSharing, *, approve: bool, name: str, email: str, at: datetime, actor: Actor
) -> ConfidentialSharing:
    """Approve or refuse, as the customer; RefusalError for somebody who may not, or what is answered already."""
    row = (
        ConfidentialSharing.objects.select_for_update(of=("self",)).select_related("paper__contract").get(pk=sharing.pk)
    )
    contract = row.paper.contract
    if row.approved is not None or not signs_for(contract, email, on=contract_day(contract, at)):
        raise RefusalError(
            Text(
                "Freigeben kann einmal, wer für den Kunden zeichnet.", "The customer's signatory may approve it, once."
            )
        )
    row.approved, row.answered_by, row.answered_at = approve, f"{name} ({email})", at
    row.save(update_fields=["approved", "answered_by", "answered_at"])
    after = {"to": row.to, "approved": approve}
    record("contracts.secret_sharing_answered", row.paper, at=at, actor=actor, clause=row.paper.clause, after=after)
    _moved(row.paper, at=at)
    return row


@transaction.atomic
def share(sharing_id: uuid.UUID, *, at: datetime, actor: Actor) -> ConfidentialSharing:
    """Mail a paper to somebody outside; RefusalError without the customer's approval, or once it was sent."""
    rows = ConfidentialSharing.objects.select_for_update(of=("self",)).select_related("paper__contract", "paper__file")
    row = rows.get(pk=sharing_id)
    if not row.approved or row.sent_at is not None:
        raise RefusalError(
            Text(
                "Nach außen geht das Papier einmal, und nur mit Zustimmung des Kunden.",
                "The paper leaves once, and only with the customer's approval.",
            )
        )
    letter, file = shared_mail(row), row.paper.file
    send_mail(
        to=row.to, subject=letter.subject, text=letter.text, attachments=[(file.name, file.media_type, file)],
        about=row.paper, at=at,
    )  # fmt: skip
    row.sent_at = at
    row.save(update_fields=["sent_at"])
    record("contracts.secret_shared", row.paper, at=at, actor=actor, clause=row.paper.clause, after={"to": row.to})
    _moved(row.paper, at=at)
    return row


def _allow(paper: ConfidentialPaper, email: str, *, reason: str, at: datetime) -> ConfidentialReader:
    check_address(email)
    made, _new = ConfidentialReader.objects.get_or_create(
        paper=paper, email=email.casefold(), until=None,
        defaults={"customer_tenant_id": paper.customer_tenant_id, "reason": reason, "since": at},
    )  # fmt: skip
    return made


def _moved(paper: ConfidentialPaper, *, at: datetime) -> None:
    publish("contracts.secret_moved", {"contract": str(paper.contract_id)}, at=at)
