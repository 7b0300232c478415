"""Giving notice, noting its receipt, and withdrawing it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.actions.ending import Ending, EndingRefusedError, drop_tasks, end_contract, tell_both
from kontor.office.contracts.actions.entitling import follow
from kontor.office.contracts.models import Amendment, Contract, ContractNotice, NoticeWithdrawal
from kontor.office.contracts.queries.ending import ends_of, rows_of, rule_of
from kontor.office.contracts.queries.ending_letters import notice_mail, withdrawn_mail
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.amendments import Revoke
from kontor.rulebook.authority import contact_clauses, not_authorised
from kontor.rulebook.contract_state import ChangeQuantity
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.notice import Given, NoticeAnswer, Outcome, decide_notice, withdrawal
from kontor.rulebook.ending.told import Side
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.ruling import Ruling, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that proves something: the letter, the return receipt, the mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """
    A notice as somebody enters it.

    given     means, days, wish and parts, as the rulebook reads them
    side      who gives it; given_by  the person's name
    authorised  whether that person may declare for the customer; else it waits until somebody who may confirms it
    proof     the file that proves it, None on the platform
    """

    given: Given
    side: Side
    given_by: str
    proof: Upload | None = None
    authorised: bool = True


@transaction.atomic
def give_notice(contract: Contract, notice: NewNotice, *, at: datetime, actor: Actor) -> ContractNotice:
    """
    Write a notice down, decide what it does, do it, and tell both sides.

    What lacks the form is written down with its ruling and changes nothing; so is what was only sent where receipt
    counts, and what somebody gave who may not declare for the customer (visitor 6.1).
    EndingRefusedError where the contract has a known end already, or a part is not in it; NoAnswerError where
    the terms do not say when notice takes effect.
    """
    rows = rows_of(contract)
    _refuse_ended(contract, rows)
    _refuse_unknown_parts(contract, rows, notice.given.parts)
    decided = decide_notice(rule_of(contract, rows, _told_on(notice.given, at)), notice.given)
    pack = terms_on(contract, _told_on(notice.given, at))
    if not notice.authorised and decided.value.outcome is not Outcome.REFUSED and contact_clauses(pack):
        decided = not_authorised(pack, notice.given_by)
    return _written(contract, notice, decided, rows=rows, before=None, at=at, actor=actor)


@transaction.atomic
def confirm_notice(
    notice_id: uuid.UUID, *, on: date, proof: Upload | None, at: datetime, actor: Actor
) -> ContractNotice:
    """
    Confirm a notice of somebody who was not authorised: it is received on the day of the confirmation, not before.

    EndingRefusedError where it was authorised, or is confirmed already; the contract's known end refuses it too.
    """
    known = ContractNotice.objects.select_related("contract").get(pk=notice_id)
    if known.outcome != Outcome.UNAUTHORISED.value or known.receipts.exists():
        raise EndingRefusedError(Text("Zu bestätigen ist hier nichts.", "There is nothing to confirm here."))
    contract, rows = known.contract, rows_of(known.contract)
    _refuse_ended(contract, rows)
    given = Given(Means(known.means), sent=on, received=on, wished=known.wished_on, parts=tuple(known.parts))
    notice = NewNotice(given=given, side=Side(known.side), given_by=known.given_by, proof=proof)
    decided = decide_notice(rule_of(contract, rows, on), given)
    return _written(contract, notice, decided, rows=rows, before=known, at=at, actor=actor)


@transaction.atomic
def note_receipt(
    notice_id: uuid.UUID, *, received_on: date, proof: Upload | None, at: datetime, actor: Actor
) -> ContractNotice:
    """Note the day on which a notice that was only sent was received; EndingRefusedError where it is known already."""
    known = ContractNotice.objects.select_related("contract").get(pk=notice_id)
    if known.received_on or known.receipts.exists() or known.outcome == Outcome.UNAUTHORISED.value:
        raise EndingRefusedError(Text("Der Zugang ist schon eingetragen.", "The receipt has been noted already."))
    contract = known.contract
    rows = rows_of(contract)
    given = Given(
        Means(known.means), sent=known.sent_on, received=received_on, wished=known.wished_on, parts=tuple(known.parts)
    )
    if not known.amendment_id:
        _refuse_ended(contract, rows)
    notice = NewNotice(given=given, side=Side(known.side), given_by=known.given_by, proof=proof)
    decided = decide_notice(rule_of(contract, rows, received_on), given)
    return _written(contract, notice, decided, rows=rows, before=known, at=at, actor=actor)


@transaction.atomic
def withdraw_notice(
    notice_id: uuid.UUID, *, on: date, consented_on: date | None, proof: Upload | None, at: datetime, actor: Actor
) -> NoticeWithdrawal:
    """
    Take a notice back: before it takes effect, and with the other side's consent where it has been received.

    The amendment is revoked, not removed. EndingRefusedError says why it cannot be withdrawn.
    """
    notice = ContractNotice.objects.select_related("contract", "amendment").get(pk=notice_id)
    if notice.withdrawals.exists():
        raise EndingRefusedError(Text("Sie ist schon zurückgenommen.", "It has been withdrawn already."))
    contract, pack = notice.contract, terms_on(notice.contract, on)
    form = pack.notice.form if pack.notice else None
    ruling = withdrawal(ends=notice.ends_on, on=on, consented=consented_on, clauses=(form.clause,) if form else ())
    if not ruling.value:
        raise EndingRefusedError(ruling.working[-1])
    stored = _store(contract, ruling, "contracts.withdrawal", at=at)
    row = NoticeWithdrawal.objects.create(
        notice=notice,
        customer_tenant_id=contract.customer_tenant_id,
        withdrawn_on=on,
        consented_on=consented_on,
        proof=kept_proof(proof, contract, at=at),
        ruling=stored,
        at=at,
    )
    if notice.amendment is not None:
        _revoke(contract, notice.amendment, on=on, ruling=ruling, at=at, actor=actor)
    record("contracts.notice_withdrawn", contract, at=at, actor=actor, ruling=stored, after={"on": on})
    publish("contracts.notice_withdrawn", {"number": contract.number}, at=at)
    tell_both(contract, withdrawn_mail(contract, ruling), at=at)
    return row


def _written(
    contract: Contract,
    notice: NewNotice,
    decided: Ruling[NoticeAnswer],
    *,
    rows: Sequence[Amendment],
    before: ContractNotice | None,
    at: datetime,
    actor: Actor,
) -> ContractNotice:
    """Carry a decided notice out, keep it with its proof and ruling, and tell both sides."""
    given, answer = notice.given, decided.value
    amendment = before.amendment if before else None
    if amendment is None and answer.ends is not None:
        amendment = _carried_out(contract, given, decided, rows=rows, at=at, actor=actor)
    row = ContractNotice.objects.create(
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        side=notice.side.value,
        means=given.means.value,
        sent_on=given.sent,
        received_on=given.received,
        wished_on=given.wished,
        parts=list(given.parts),
        given_by=notice.given_by,
        proof=kept_proof(notice.proof, contract, at=at),
        receipt_of=before,
        outcome=answer.outcome.value,
        counted_on=answer.counted,
        ends_on=answer.ends,
        amendment=amendment,
        clause=str(decided.clauses[0]) if decided.clauses else "",
        ruling=_store(contract, decided, "contracts.notice", at=at),
        at=at,
    )
    after = {"outcome": row.outcome, "ends": answer.ends, "means": given.means.value, "by": notice.side.value}
    record("contracts.notice_given", contract, at=at, actor=actor, clause=row.clause, ruling=row.ruling, after=after)
    publish("contracts.notice_given", {"number": contract.number, "outcome": row.outcome}, at=at)
    _tell(contract, row, decided, at=at)
    return row


def _carried_out(
    contract: Contract,
    given: Given,
    decided: Ruling[NoticeAnswer],
    *,
    rows: Sequence[Amendment],
    at: datetime,
    actor: Actor,
) -> Amendment:
    ends, counted = decided.value.ends, decided.value.counted
    assert ends is not None, "only a notice with an effect is carried out"
    assert counted is not None, "a notice has an effect from the day that counts"
    if not given.parts:
        ending = Ending(kind="notice", ends=ends, told_on=counted, ruling=decided)
        return end_contract(contract, ending, at=at, actor=actor)
    first = ends + ONE_DAY
    state = history_of(contract, rows).state(first)
    changes = [ChangeQuantity(key, by=-state.quantity(key)) for key in given.parts]
    made = amend(contract, "notice", changes, effective_on=first, ruling=decided, at=at, actor=actor)
    follow(contract, at=at, actor=actor)
    return made


def _revoke(
    contract: Contract, amendment: Amendment, *, on: date, ruling: Ruling[bool], at: datetime, actor: Actor
) -> None:
    revoked = [Revoke(f"{amendment.number:06}.{place:03}") for place in range(len(amendment.content))]
    amend(contract, "notice_withdrawn", revoked, effective_on=on, ruling=ruling, at=at, actor=actor)
    drop_tasks([contract.pk], on=on)
    follow(contract, at=at, actor=actor)


def _tell(contract: Contract, row: ContractNotice, decided: Ruling[NoticeAnswer], *, at: datetime) -> None:
    given = row.received_on or row.sent_on or at.date()
    letter = notice_mail(contract, decided, given=given, ends=row.ends_on, parts=tuple(row.parts))
    tell_both(contract, letter, at=at)


def _told_on(given: Given, at: datetime) -> date:
    """Return the day whose terms decide a notice: when it was received, else sent, else this one."""
    return given.received or given.sent or at.date()


def _refuse_ended(contract: Contract, rows: Sequence[Amendment]) -> None:
    if ends_of(contract, rows) is not None:
        raise EndingRefusedError(
            Text("Das Ende des Vertrags steht schon fest.", "The contract's end is known already.")
        )


def _refuse_unknown_parts(contract: Contract, rows: Sequence[Amendment], parts: Sequence[str]) -> None:
    state = history_of(contract, rows).state(date.max)
    if unknown := [key for key in parts if not state.quantity(key)]:
        raise EndingRefusedError(
            Text(f"„{unknown[0]}“ steht nicht im Vertrag.", f"“{unknown[0]}” is not in the contract.")
        )


def kept_proof(proof: Upload | None, contract: Contract, *, at: datetime) -> Blob | None:
    """Keep the proof as a file that both sides may read."""
    if proof is None:
        return None
    return keep(
        proof.content,
        name=proof.name,
        media_type=proof.media_type,
        at=at,
        customer_tenant=contract.customer_tenant_id,
    )


def _store(contract: Contract, ruling: Ruling[Any], question: str, *, at: datetime) -> uuid.UUID:
    return store_ruling(
        ruling,
        question=question,
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=at,
    )
