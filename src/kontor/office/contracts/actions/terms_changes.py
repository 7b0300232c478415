"""Changing terms by the pack's own procedure: written as a draft, checked, and announced to everybody it concerns."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.links import absolute
from kontor.kernel.pdf import render
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract, TermsChange, TermsNotice, TermsNoticeState
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.terms_changes import (
    apart,
    completeness,
    concerned,
    names_day,
    procedure,
    required_of,
    told_in,
)
from kontor.office.contracts.queries.terms_papers import notice_mail, notice_paper, title_of
from kontor.office.parties import public as parties
from kontor.rulebook import terms
from kontor.rulebook.calc.changes import rule_of
from kontor.rulebook.change_of_terms import change_of_terms, refuse_incomplete
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.conclusion import Change
from kontor.rulebook.wording import day, said

BATCH: Final = 25
PDF: Final = b"%PDF-"
TEMPLATE: Final = "office/contracts/typst/announcement.typ"
RECEIVED: Final = "contracts.terms_notice_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    A change as staff write it.

    version  what the terms are called from then on
    told     language -> element -> the notice's text on it; named_on  the day the notice names
    file     the changed terms as PDF, None where the notice says all of it
    """

    pack: str
    kind: str
    version: str
    title_de: str
    title_en: str
    told: Mapping[str, Mapping[str, str]]
    named_on: date | None = None
    file: bytes | None = None


@transaction.atomic
def write_change(draft: Draft, *, change_id: uuid.UUID | None = None, at: datetime, actor: Actor) -> TermsChange:
    """
    Write a draft, or write it anew; nobody is told yet.

    The newest version on file may be named, where there was one before it: contracts of the earlier ones follow its
    rules from their day on. RefusalError where the pack knows no such change, the version has a change already or is an
    old one, the file is no PDF, or the change has been announced.
    """
    kind = procedure(terms.load(draft.pack), draft.kind)
    if draft.file is not None and not draft.file.startswith(PDF):
        raise RefusalError(Text("Die Datei ist kein PDF.", "The file is no PDF."))
    others = TermsChange.objects.filter(pack=draft.pack, version=draft.version)
    if change_id is not None:
        others = others.exclude(pk=change_id)
    *earlier, newest = terms.versions(draft.pack)
    if others.exists() or draft.version in earlier or (draft.version == newest and not earlier):
        words = "Die Fassung {version} gibt es schon.", "The version {version} exists already."
        raise RefusalError(said(*words, version=draft.version))
    row = TermsChange(at=at) if change_id is None else _draft(change_id)
    row.pack, row.kind, row.version = draft.pack, draft.kind, draft.version
    row.title_de, row.title_en = draft.title_de, draft.title_en
    row.told = {language: dict(texts) for language, texts in draft.told.items()}
    row.named_on = draft.named_on if names_day(kind) else None
    if draft.file is not None:
        name = f"{draft.pack}-{draft.version}.pdf"
        row.file = keep(draft.file, name=name, media_type="application/pdf", at=at)
    row.save()
    after = {"version": row.version, "kind": row.kind, "told": row.told, "named_on": row.named_on}
    record("contracts.terms_change_written", row, at=at, actor=actor, after=after)
    return row


@transaction.atomic
def announce_change(change_id: uuid.UUID, *, at: datetime, actor: Actor) -> TermsChange:
    """
    Announce a change to every running contract under its pack; each notice is made in the background.

    RefusalError where the notice lacks an element, names no day, or one for which the time is too short.
    """
    change = _draft(change_id)
    pack = terms.load(change.pack)
    kind = procedure(pack, change.kind)
    refuse_incomplete(completeness(change, kind), required_of(kind))
    _refuse_early(change, kind, on=at.astimezone(ZoneInfo(pack.zone)).date())
    named, version = change.named_on, change.version
    told = [it.contract.pk for it in concerned(change.pack, kind=change.kind, version=version, named=named, at=at)]
    change.state, change.announced_at, change.contracts = TermsChange.State.ANNOUNCED, at, len(told)
    change.finished_at = None if told else at
    change.save(update_fields=["state", "announced_at", "contracts", "finished_at"])
    batches = [told[place : place + BATCH] for place in range(0, len(told), BATCH)]
    tenant = current_tenant()
    queue_many(
        "contracts.announce_terms",
        [(tenant, {"change": str(change.pk), "contracts": [str(each) for each in batch]}) for batch in batches],
    )
    record("contracts.terms_change_announced", change, at=at, actor=actor, after={"contracts": len(told)})
    return change


@transaction.atomic
def tell_customers(change_id: uuid.UUID, contracts: Collection[uuid.UUID], *, at: datetime) -> list[TermsNotice]:
    """Send the notice to the customers of these contracts; whoever was told is not told again."""
    _one_at_a_time()
    change = TermsChange.objects.select_related("file").get(pk=change_id)
    kind = procedure(terms.load(change.pack), change.kind)
    text = read(change.file) if change.file else None
    told = TermsNotice.objects.filter(change=change).values("contract_id")
    rows = Contract.objects.filter(pk__in=contracts).exclude(pk__in=told).order_by("pk")
    made = [_notice(change, kind, contract, text, at=at) for contract in rows]
    TermsChange.objects.filter(pk=change.pk).update(done=F("done") + len(made))
    TermsChange.objects.filter(pk=change.pk, done__gte=F("contracts"), finished_at=None).update(finished_at=at)
    publish("contracts.terms_moved", {"change": str(change.pk), "made": len(made)}, at=at)
    return made


def _notice(change: TermsChange, kind: Change, contract: Contract, text: bytes | None, *, at: datetime) -> TermsNotice:
    language, customer = contract.terms["language"], contract.customer_tenant_id
    on = at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
    paper = notice_paper(
        change,
        kind,
        contract,
        seller=books.seller_card(contract.seller_id),
        party=parties.card(contract.party_id),
        on=on,
    )
    letter = {"name": f"{contract.number}-{change.version}.pdf", "media_type": "application/pdf"}
    file = keep(render(settings.SOURCE / TEMPLATE, paper, at=at), at=at, customer_tenant=customer, **letter)
    changed = None
    if text is not None:
        named = {"name": f"{change.pack}-{change.version}.pdf", "media_type": "application/pdf"}
        changed = keep(text, at=at, customer_tenant=customer, **named)
    made = TermsNotice.objects.create(
        contract=contract,
        customer_tenant_id=customer,
        change=change,
        kind=change.kind,
        version=change.version,
        title=title_of(change, language),
        told=told_in(change, language),
        apart=apart(kind),
        named_on=change.named_on,
        sent_on=on,
        file=file,
        text=changed,
        at=at,
    )
    TermsNoticeState.objects.create(notice=made, customer_tenant_id=customer)
    _mailed(change, kind, made, at=at)
    return made


def _mailed(change: TermsChange, kind: Change, made: TermsNotice, *, at: datetime) -> None:
    """Send the notice with its letter and the changed terms, and write down that it went out."""
    contract = made.contract
    mail = notice_mail(change, kind, contract, url=absolute("contracts:account-terms-notice", made.pk))
    send_mail(
        to=contract.terms["notice_customer"],
        subject=mail.subject,
        text=mail.text,
        attachments=[(each.name, each.media_type, each) for each in (made.file, made.text) if each is not None],
        about=contract,
        at=at,
        then=(RECEIVED, {"notice": str(made.pk)}),
    )
    record("contracts.terms_notice_sent", contract, at=at, actor=MACHINE, after={"version": change.version})


def _draft(change_id: uuid.UUID) -> TermsChange:
    change = TermsChange.objects.select_for_update(of=("self",)).get(pk=change_id)
    if change.state != TermsChange.State.DRAFT:
        raise RefusalError(Text("Diese Änderung ist schon angekündigt.", "This change has been announced already."))
    return change


def _refuse_early(change: TermsChange, kind: Change, *, on: date) -> None:
    """Refuse a named day that does not leave the customer its time, were the notice received today."""
    if change.named_on is None:
        return
    earliest = change_of_terms(rule_of(kind), on).value.effective
    if change.named_on < earliest:
        raise RefusalError(
            said(
                "Der {named} ist zu früh: Heute zugegangen, kann die Änderung frühestens ab dem {earliest} gelten.",
                "{named} is too early: received today, the change can hold from {earliest} on at the earliest.",
                named=day(change.named_on),
                earliest=day(earliest),
            )
        )


def _one_at_a_time() -> None:
    """Let no two batches of one tenant tell customers at once: the second sees whom the first has told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"terms {current_tenant()}"])
