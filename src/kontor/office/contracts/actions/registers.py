"""Keeping the registers of a contract: entries are opened, what becomes known is added, nothing is overwritten."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.office.contracts.models import Amendment, Contract, RegisterEntry, RegisterFacts
from kontor.office.contracts.queries.register_letters import claim_told_mail
from kontor.office.contracts.queries.registers import Entry, entries_of, facts_as_json
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.registers import REGISTERS, registers_of
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

PDF: Final = b"%PDF-"
INFRINGEMENTS: Final = "infringements"
Proof = tuple[str, bytes] | Blob  # a file's name and its bytes, or a file that both sides may read already


@transaction.atomic
def open_entry(
    contract_id: uuid.UUID,
    register: str,
    facts: Mapping[str, Any],
    *,
    key: uuid.UUID,
    proof: Proof | None = None,
    by: str = "",
    at: datetime,
    actor: Actor,
) -> RegisterEntry:
    """
    Open an entry in a register of a contract; the same key again is the entry there is.

    facts  by the register's fields: dates, Money, words, true. RefusalError where the contract's terms regulate no such
           register or a required fact is missing; Contract.DoesNotExist for a stranger's contract.
    """
    contract = Contract.objects.get(pk=contract_id)
    _one_at_a_time(contract)
    if known := RegisterEntry.objects.filter(contract=contract, key=key).first():
        return known
    if register not in {each.key for each in registers_of(pack_of_terms(contract.terms))}:
        raise RefusalError(
            Text("Diese Bedingungen regeln kein solches Verzeichnis.", "These terms regulate no such register.")
        )
    entry = RegisterEntry.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, register=register, key=key, at=at
    )
    _add(contract, entry, facts, number=1, closed=False, proof=proof, by=by, at=at, actor=actor)
    if register == INFRINGEMENTS:
        _tell_claim(contract, facts, at=at)
    return entry


@transaction.atomic
def note_facts(
    entry_id: uuid.UUID,
    facts: Mapping[str, Any],
    *,
    after: int,
    close: bool = False,
    proof: Proof | None = None,
    by: str = "",
    at: datetime,
    actor: Actor,
) -> RegisterFacts:
    """
    Add what has become known of an entry; all facts are given, the former ones stay in its history.

    after  the number of the facts that were read. RefusalError where somebody was faster, the entry is closed, or it is
           to be closed while something lacks; RegisterEntry.DoesNotExist for a stranger's entry.
    """
    entry = RegisterEntry.objects.select_related("contract").get(pk=entry_id)
    _one_at_a_time(entry.contract)
    latest = entry.facts.order_by("-number")[0]
    if latest.closed or latest.number != after:
        raise RefusalError(
            Text(
                "Der Eintrag ist inzwischen geändert oder abgeschlossen; laden Sie ihn neu.",
                "The entry was changed or closed meanwhile; load it again.",
            )
        )
    return _add(entry.contract, entry, facts, number=after + 1, closed=close, proof=proof, by=by, at=at, actor=actor)


def _add(
    contract: Contract,
    entry: RegisterEntry,
    facts: Mapping[str, Any],
    *,
    number: int,
    closed: bool,
    proof: Proof | None,
    by: str,
    at: datetime,
    actor: Actor,
) -> RegisterFacts:
    register = REGISTERS[entry.register]
    content = facts_as_json(register, contract, facts)
    missing = [f.label for f in register.fields(pack_of_terms(contract.terms)) if f.required and f.key not in content]
    if missing:
        raise RefusalError(said("Es fehlt: {field}.", "Missing: {field}.", field=missing[0]))
    made = RegisterFacts(
        entry=entry,
        customer_tenant_id=contract.customer_tenant_id,
        number=number,
        content=content,
        closed=closed,
        ruling=uuid.UUID(int=0),
        by=by,
        at=at,
    )
    if proof is not None:
        made.file = _kept(contract, proof, at=at)
    standing = _decided(contract, entry, made, at=at)
    if standing.ruling.value.refused is not None:
        raise RefusalError(standing.ruling.value.refused)
    if closed and not standing.ruling.value.can_close:
        lacks = standing.ruling.value.lacks[0]
        raise RefusalError(said("Zum Abschluss fehlt {what}.", "To be closed it lacks {what}.", what=lacks))
    made.ruling = store_ruling(
        standing.ruling.map(lambda it: it.state),
        question=f"contracts.register.{register.key}",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=at,
    )
    made.save(force_insert=True)
    after = {"register": register.key, "number": number, "closed": closed}
    record("contracts.register_noted", contract, at=at, actor=actor, ruling=made.ruling, after=after)
    publish("contracts.register_noted", {"contract": str(contract.pk), "register": register.key}, at=at)
    return made


def _tell_claim(contract: Contract, facts: Mapping[str, Any], *, at: datetime) -> None:
    """Tell the customer at once that others assert something (visitor 6.6, crm §8, leisure Art. 14)."""
    letter = claim_told_mail(contract, what=facts["what"], claimant=facts["claimant"])
    address = contract.terms["notice_customer"]
    send_mail(to=address, subject=letter.subject, text=letter.text, about=contract, at=at)


def _decided(contract: Contract, entry: RegisterEntry, made: RegisterFacts, *, at: datetime) -> Entry:
    """Return how the entry stands with the facts that are about to be added."""
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    today = at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
    return next(
        each
        for each in entries_of(contract, rows, own=True, today=today, instead={entry.pk: made})
        if each.row.pk == entry.pk
    )


def _kept(contract: Contract, proof: Proof, *, at: datetime) -> Any:
    if isinstance(proof, Blob):
        return proof
    name, content = proof
    if not content.startswith(PDF):
        raise RefusalError(Text("Der Nachweis ist kein PDF.", "The proof is no PDF."))
    return keep(content, name=name, media_type="application/pdf", customer_tenant=contract.customer_tenant_id, at=at)


def _one_at_a_time(contract: Contract) -> None:
    """Let no two people write in one contract's registers at once: the second sees what the first has added."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"registers {contract.pk}"])
