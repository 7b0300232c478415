"""What comes of a notice of changed terms: received, accepted, objected to, left unanswered, decided by the house."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.actions.ending import tell_both
from kontor.office.contracts.actions.ending_cases import open_case, tell_case
from kontor.office.contracts.actions.entitling import follow
from kontor.office.contracts.models import EndingCase, TermsNotice, TermsNoticeState
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.terms import pack_of_terms, pack_of_version, terms_on
from kontor.office.contracts.queries.terms_changes import clauses_of, follows, procedure
from kontor.office.contracts.queries.terms_papers import answer_mail
from kontor.rulebook.amendments import Revoke
from kontor.rulebook.contract_state import Change, SetNotice, SetTerms
from kontor.rulebook.ending.kinds import Kind
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack, given, versions
from kontor.rulebook.wording import day, said

State = TermsNoticeState.State
TERMS_CHANGE = "terms_change"


@transaction.atomic
def note_had(notice_id: uuid.UUID, *, at: datetime, proof: str = "") -> TermsNoticeState:
    """
    Note that the customer has a notice: on that civil day in the contract's zone, the first time counts.

    From then on its period runs; where nothing is to be answered the change takes its day at once.
    """
    row = _locked(notice_id)
    if row.received_on is not None:
        return row
    contract = row.notice.contract
    pack = pack_of_terms(contract.terms)
    moment = at.astimezone(ZoneInfo(pack.zone))
    rows = amendments_by_contract([contract.pk])[contract.pk]
    received, named = moment.date(), row.notice.named_on
    ruling = follows(contract, rows, kind=row.notice.kind, received=received, named=named)
    row.received_on, row.received_at = moment.date(), at
    row.proof = proof or moment.isoformat(timespec="seconds")
    row.objection_by, row.effective_on = ruling.value.objection_by, ruling.value.effective
    row.state = State.OPEN if row.objection_by else State.HOLDS
    row.ruling = store_ruling(
        ruling.map(lambda found: found.effective),
        question="contracts.terms_change",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=at,
    )
    row.save()
    after = {"received_on": row.received_on, "proof": row.proof, "effective_on": row.effective_on}
    clause = str(ruling.clauses[0])
    record(
        "contracts.terms_notice_had", row.notice, at=at, actor=MACHINE, clause=clause, ruling=row.ruling, after=after
    )
    if row.state == State.HOLDS:
        _hold(row, ruling.map(lambda found: found.effective), at=at, actor=MACHINE)
    return row


def open_notice(notice: TermsNotice, *, at: datetime, actor: Actor) -> None:
    """Take it that a customer who opens a notice signed in has received it."""
    del actor  # the kernel records who looked, in both trails
    note_had(notice.pk, at=at)


@transaction.atomic
def answer_notice(
    notice: TermsNotice, *, accepts: bool, answered_by: str, reason: str = "", at: datetime, actor: Actor
) -> TermsNoticeState:
    """Take a customer's answer within its period; RefusalError where nothing is to be answered, or any more."""
    row = _locked(notice.pk)
    today = _today(row, at)
    if row.state != State.OPEN or row.objection_by is None or today > row.objection_by:
        raise RefusalError(
            Text(
                "Zu dieser Mitteilung ist nichts mehr zu erklären.",
                "Nothing can be declared about this notice any more.",
            )
        )
    row.answered_on, row.answered_by, row.reason = today, answered_by, reason
    if accepts:
        row.state, row.effective_on = State.ACCEPTED, max(row.notice.named_on or today, today)
        row.save()
        _hold(row, _agreed(row, today), at=at, actor=actor)
    else:
        row.state, row.effective_on = State.OBJECTED, None
        row.save()
    _told(row, at=at, actor=actor)
    return row


@transaction.atomic
def settle_silence(*, at: datetime) -> list[TermsNoticeState]:
    """Take as consent the silence of every customer whose period is over; asking again changes nothing."""
    rows = TermsNoticeState.objects.select_for_update(of=("self",)).filter(state=State.OPEN)
    waiting = rows.select_related("notice__contract").order_by("objection_by", "pk")
    over = [row for row in waiting if row.objection_by and row.objection_by < _today(row, at) and _consents(row)]
    for row in over:
        row.state = State.SILENT
        row.save(update_fields=["state"])
        _hold(row, _silent(row), at=at, actor=MACHINE)
        _told(row, at=at, actor=MACHINE)
    return over


@transaction.atomic
def go_on(notice_id: uuid.UUID, *, reason: str, at: datetime, actor: Actor) -> TermsNoticeState:
    """Let a contract go on unchanged after an objection; RefusalError without one."""
    row = _objected(notice_id)
    row.state, row.reason = State.CONTINUED, reason or row.reason
    row.save(update_fields=["state", "reason"])
    _told(row, at=at, actor=actor)
    return row


@transaction.atomic
def end_after_objection(notice_id: uuid.UUID, *, unreasonable: str, at: datetime, actor: Actor) -> EndingCase:
    """
    Begin the case that ends a contract after an objection; its own conditions are checked there.

    unreasonable  why going on without the change cannot be expected of the house

    RefusalError without an objection or a reason; EndingRefusedError where the terms know no such ending.
    """
    row = _objected(notice_id)
    if not unreasonable.strip():
        raise RefusalError(Text("Der Grund fehlt.", "The reason is missing."))
    contract = row.notice.contract
    case = open_case(contract, Kind.OBJECTION, side=Side.PROVIDER, at=at, actor=actor)
    told = Told(objected_on=row.answered_on, unreasonable=unreasonable)
    case = tell_case(case.pk, told, at=at, actor=actor)
    row.case = case
    row.state = State.ENDING
    row.save(update_fields=["case", "state"])
    record("contracts.terms_notice_answered", row.notice, at=at, actor=actor, after={"state": row.state})
    return case


def _hold(row: TermsNoticeState, ruling: Ruling[date], *, at: datetime, actor: Actor) -> None:
    """Write down that the change holds from its day, unless the contract ends before."""
    contract = row.notice.contract
    ends = history_of(contract, amendments_by_contract([contract.pk])[contract.pk]).ends()
    assert row.effective_on is not None
    if ends is not None and ends < row.effective_on:
        return
    changes: list[Change | Revoke] = [SetTerms(row.notice.version), *_notice_of(row.notice)]
    row.amendment = amend(
        contract, TERMS_CHANGE, changes, effective_on=row.effective_on, ruling=ruling, at=at, actor=actor
    )
    row.save(update_fields=["amendment"])
    follow(contract, at=at, actor=actor)


def _notice_of(notice: TermsNotice) -> Iterator[SetNotice]:
    """Yield the notice period of the new version, where it is on file; SilentError where it says none."""
    contract = notice.contract
    if notice.version in versions(contract.pack):
        section = pack_of_version(contract, notice.version).notice
        yield SetNotice(given(section.period if section else None, key="notice.period").value)


def _told(row: TermsNoticeState, *, at: datetime, actor: Actor) -> None:
    after = {"state": row.state, "answered_by": row.answered_by, "effective_on": row.effective_on}
    record("contracts.terms_notice_answered", row.notice, at=at, actor=actor, after=after)
    tell_both(row.notice.contract, answer_mail(row.notice, row.state, effective_on=row.effective_on), at=at)
    publish("contracts.terms_moved", {"change": str(row.notice.change_id), "state": row.state}, at=at)


def _agreed(row: TermsNoticeState, today: date) -> Ruling[date]:
    assert row.effective_on is not None
    step = said(
        "Angenommen am {today} durch {name}; die Änderung gilt ab dem {day}.",
        "Accepted on {today} by {name}; the change holds from {day} on.",
        today=day(today),
        name=row.answered_by,
        day=day(row.effective_on),
    )
    return _because(row, step)


def _silent(row: TermsNoticeState) -> Ruling[date]:
    assert row.received_on is not None
    assert row.objection_by is not None
    assert row.effective_on is not None
    step = said(
        "Zugegangen am {received}, bis zum {by} kein Widerspruch: Das Schweigen gilt als Zustimmung, ab dem {day}.",
        "Received on {received}, no objection by {by}: silence counts as consent, from {day} on.",
        received=day(row.received_on),
        by=day(row.objection_by),
        day=day(row.effective_on),
    )
    return _because(row, step)


def _because(row: TermsNoticeState, step: Text) -> Ruling[date]:
    kind = procedure(_terms_at_notice(row), row.notice.kind)
    assert row.effective_on is not None
    return Ruling(row.effective_on, clauses_of(kind), (("received", str(row.received_on)),), (step,))


def _consents(row: TermsNoticeState) -> bool:
    silence = procedure(_terms_at_notice(row), row.notice.kind).silence_is_consent
    return bool(silence and silence.value)


def _terms_at_notice(row: TermsNoticeState) -> TermsPack:
    """Return the terms by whose procedure a change goes: those in force when the customer had the notice."""
    assert row.received_on is not None
    return terms_on(row.notice.contract, row.received_on)


def _locked(notice_id: uuid.UUID) -> TermsNoticeState:
    rows = TermsNoticeState.objects.select_for_update(of=("self",)).select_related("notice__contract")
    found: TermsNoticeState = rows.get(notice_id=notice_id)
    return found


def _objected(notice_id: uuid.UUID) -> TermsNoticeState:
    row = _locked(notice_id)
    if row.state != State.OBJECTED:
        raise RefusalError(
            Text("Niemand hat widersprochen, oder es ist entschieden.", "Nobody objected, or it is decided.")
        )
    return row


def _today(row: TermsNoticeState, at: datetime) -> date:
    return at.astimezone(ZoneInfo(pack_of_terms(row.notice.contract.terms).zone)).date()
