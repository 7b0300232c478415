"""Guided cases of extraordinary endings: opened, told step by step, proved, and ended or closed."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.record import Deed, record, record_many
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.rows import uuid7
from kontor.office.books import public as books
from kontor.office.contracts.actions.ending import Ending, EndingRefusedError, end_contract, tell_ended
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.models import Contract, EndingCase, EndingProof
from kontor.office.contracts.queries.ending import ends_of, finding, rows_of, told_as_json
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.ending.finding import Finding
from kontor.rulebook.ending.kinds import SHAPES, Kind, by_itself, kinds_of
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import said

State = EndingCase.State


@transaction.atomic
def open_case(contract: Contract, kind: Kind, *, side: Side, at: datetime, actor: Actor) -> EndingCase:
    """
    Begin a case of an ending that the contract's terms know; the open one of its kind where there is one.

    EndingRefusedError where they do not know it, where that side may not use it, or where the contract's end is past.
    """
    if kind not in kinds_of(terms_on(contract, _today(contract, at))):
        raise EndingRefusedError(
            Text("Dieses Ende kennt der Vertrag nicht.", "The contract does not know this ending.")
        )
    if side not in SHAPES[kind].sides:
        raise EndingRefusedError(
            Text("Auf diesem Weg kann nur die andere Seite beenden.", "Only the other side can end it this way.")
        )
    today, ends = _today(contract, at), ends_of(contract, rows_of(contract))
    if ends is not None and ends < today:
        raise EndingRefusedError(Text("Der Vertrag ist schon beendet.", "The contract has ended already."))
    case, made = EndingCase.objects.get_or_create(
        contract=contract, kind=kind.value, side=side.value, state=State.OPEN,
        defaults={"opened_on": today, "at": at},
    )  # fmt: skip
    if made:
        record("contracts.ending_case_opened", case, at=at, actor=actor, after={"kind": kind.value, "by": side.value})
    return case


@transaction.atomic
def tell_case(case_id: uuid.UUID, told: Told, *, at: datetime, actor: Actor) -> EndingCase:
    """Write down what is known of an open case; EndingRefusedError for one that is settled."""
    case = _open(case_id)
    before, case.told = case.told, told_as_json(told)
    case.save(update_fields=["told"])
    record("contracts.ending_case_told", case, at=at, actor=actor, before={"told": before}, after={"told": case.told})
    return case


@transaction.atomic
def prove_case(case_id: uuid.UUID, proof: Upload, *, about: str, at: datetime, actor: Actor) -> EndingProof:
    """Keep a proof with an open case; EndingRefusedError for one that is settled."""
    case = _open(case_id)
    file = keep(proof.content, name=proof.name, media_type=proof.media_type, at=at)
    made = EndingProof.objects.create(case=case, about=about, file=file, at=at)
    record("contracts.ending_case_proved", case, at=at, actor=actor, after={"about": about, "file": proof.name})
    return made


@transaction.atomic
def end_by_case(case_id: uuid.UUID, *, on: date, at: datetime, actor: Actor) -> EndingCase:
    """
    End the contract by a case whose conditions all hold; EndingRefusedError names every one that does not.

    on  the day asked about, in the contract's zone
    """
    case = _open(case_id)
    decided = _decided(case, on)
    found = decided.value
    if found.ends is None:
        raise EndingRefusedError(_why_not(found, decided))
    shape = SHAPES[Kind(case.kind)]
    ending = Ending(
        kind=case.kind,
        ends=found.ends,
        told_on=on if found.by_itself else date.fromisoformat(case.told["declared_on"]),
        culpable=shape.fault and case.side == Side.PROVIDER,
        ruling=decided,
    )
    case.amendment = end_contract(case.contract, ending, at=at, actor=actor)
    case.state, case.settled_on, case.ruling = State.ENDED, on, case.amendment.ruling
    case.save(update_fields=["amendment", "state", "settled_on", "ruling"])
    record("contracts.ended_by_case", case, at=at, actor=actor, clause=case.amendment.clause, ruling=case.ruling)
    tell_ended(case.contract, ending, at=at)
    return case


@transaction.atomic
def close_case(case_id: uuid.UUID, *, reason: str, on: date, at: datetime, actor: Actor) -> EndingCase:
    """Close a case that does not end the contract, and say why: paid, cured, over, not pursued."""
    case = _open(case_id)
    decided = _decided(case, on)
    case.state, case.settled_on, case.reason = State.CLOSED, on, reason
    case.ruling = store_ruling(
        decided, question="contracts.ending_case", pack=case.contract.pack, version=case.contract.version, at=at
    )
    case.save(update_fields=["state", "settled_on", "reason", "ruling"])
    record("contracts.ending_case_closed", case, at=at, actor=actor, ruling=case.ruling, after={"reason": reason})
    return case


@transaction.atomic
def end_by_themselves(*, at: datetime) -> list[EndingCase]:
    """
    End every contract of the house that has ended by itself by now: after a delay, or by a lasting event.

    A case is opened for each invoice whose delay may end its contract; what was paid meanwhile closes it. Looking, and
    writing down what is known, takes a fixed number of queries; those cases that are over take their own.
    """
    _tell_delays(at)
    done = []
    proofs = Counter(EndingProof.objects.filter(case__state=State.OPEN).values_list("case_id", flat=True))
    for case in EndingCase.objects.filter(state=State.OPEN).select_related("contract"):
        on = _today(case.contract, at)
        if not by_itself(Kind(case.kind), terms_on(case.contract, on)):
            continue
        found = finding(case, on=on, proofs=proofs[case.pk]).value
        if found.ends is not None:
            done.append(end_by_case(case.pk, on=on, at=at, actor=MACHINE))
        elif found.over:
            reason = Text("Der Grund ist entfallen.", "The ground has gone.").spoken(case.contract.terms["language"])
            done.append(close_case(case.pk, reason=reason, on=on, at=at, actor=MACHINE))
    return done


def _tell_delays(at: datetime) -> None:
    """Open the cases of delays that have none, and write down in all what is known; where nothing is new, nothing."""
    delayed = {contract.pk: (contract, Told(due=due, paid_on=paid)) for contract, due, paid in _delayed(at)}
    side = Side.PROVIDER.value
    known = {case.contract_id for case in _by_delay()}
    opened = EndingCase.objects.bulk_create(
        EndingCase(
            id=uuid7(), contract=contract, kind=Kind.BY_DELAY.value, side=side, state=State.OPEN,
            opened_on=_today(contract, at), at=at,
        )
        for contract, _ in delayed.values()
        if contract.pk not in known
    )  # fmt: skip
    after = {"kind": Kind.BY_DELAY.value, "by": side}
    deeds = [
        Deed(verb="contracts.ending_case_opened", thing=case, at=at, actor=MACHINE, after=after) for case in opened
    ]
    moved = []
    for case in EndingCase.objects.select_for_update().filter(pk__in=[case.pk for case in _by_delay()]).order_by("pk"):
        before, told = case.told, told_as_json(delayed[case.contract_id][1]) if case.contract_id in delayed else None
        if told is None or told == before:
            continue
        case.told = told
        moved.append(case)
        verb, was, now = "contracts.ending_case_told", {"told": before}, {"told": told}
        deeds.append(Deed(verb=verb, thing=case, at=at, actor=MACHINE, before=was, after=now))
    EndingCase.objects.bulk_update(moved, ["told"])
    record_many(deeds)


def _delayed(at: datetime) -> Iterator[tuple[Contract, date, date | None]]:
    """Yield running contracts that a delay may end: the oldest due day that was missed, and the day it was paid."""
    owed = books.owed_invoices(books.overdue_about("contracts.Contract", before=at.date()))
    about: dict[uuid.UUID, list[books.OwedInvoice]] = {}
    for invoice in owed.values():
        assert invoice.subject is not None, "the query asks for invoices about contracts"
        about.setdefault(invoice.subject, []).append(invoice)
    opened = {case.contract_id: case.told.get("due") for case in _by_delay()}
    for contract in _running(about, at):
        unpaid = [each.due_on for each in about[contract.pk] if each.open.minor > 0]
        missed = opened.get(contract.pk)
        paid = [each for each in about[contract.pk] if each.open.minor <= 0 and each.due_on.isoformat() == missed]
        if paid:
            yield contract, paid[0].due_on, max((share.on for share in paid[0].paid), default=paid[0].due_on)
        elif unpaid:
            yield contract, min(unpaid), None


def _by_delay() -> Iterator[EndingCase]:
    yield from EndingCase.objects.filter(state=State.OPEN, kind=Kind.BY_DELAY.value)


def _running(ids: Collection[uuid.UUID], at: datetime) -> Iterator[Contract]:
    contracts = list(Contract.objects.filter(pk__in=ids).order_by("pk"))
    rows = amendments_by_contract([contract.pk for contract in contracts])
    for contract in contracts:
        knows = Kind.BY_DELAY in kinds_of(terms_on(contract, _today(contract, at), rows[contract.pk]))
        if knows and ends_of(contract, rows[contract.pk]) is None:
            yield contract


def _open(case_id: uuid.UUID) -> EndingCase:
    case = EndingCase.objects.select_for_update(of=("self",)).select_related("contract").get(pk=case_id)
    if case.state != State.OPEN:
        raise EndingRefusedError(Text("Dieser Fall ist abgeschlossen.", "This case is settled."))
    return case


def _decided(case: EndingCase, on: date) -> Ruling[Finding]:
    return finding(case, on=on, proofs=case.proofs.count())


def _why_not(found: Finding, decided: Ruling[Finding]) -> Text:
    """Name every condition that is missing; where all hold, what is missing of the declaration."""
    if found.lacking and not found.over:
        labels = [condition.label for condition in found.lacking]
        missing = Text("; ".join(label.de for label in labels), "; ".join(label.en for label in labels))
        return said("Noch nicht möglich. Es fehlt: {what}.", "Not possible yet. Missing: {what}.", what=missing)
    return decided.working[-1]


def _today(contract: Contract, at: datetime) -> date:
    return at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
