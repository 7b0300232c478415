"""Guided cases of extraordinary endings: opened, told step by step, proved, and ended or closed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.record import Deed, record, record_many
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.ending import Ending, EndingRefusedError, end_contracts, tell_ended
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.models import Contract, EndingCase, EndingProof
from kontor.office.contracts.queries.ending import ends_of, finding, rows_of, told_as_json
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.ending.finding import Finding
from kontor.rulebook.ending.kinds import SHAPES, Kind, kinds_of
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import said

State = EndingCase.State
Days = Mapping[uuid.UUID, date]  # of each case, the day it is asked about


@transaction.atomic
def open_case(contract: Contract, kind: Kind, *, side: Side, at: datetime, actor: Actor) -> EndingCase:
    """
    Begin a case of an ending that the contract's terms know; the open one of its kind where there is one.

    EndingRefusedError where they do not know it, where that side may not use it, or where the contract's end is past.
    """
    if kind not in kinds_of(terms_on(contract, day_in_terms(contract, at))):
        raise EndingRefusedError(
            Text("Dieses Ende kennt der Vertrag nicht.", "The contract does not know this ending.")
        )
    if side not in SHAPES[kind].sides:
        raise EndingRefusedError(
            Text("Auf diesem Weg kann nur die andere Seite beenden.", "Only the other side can end it this way.")
        )
    today, ends = day_in_terms(contract, at), ends_of(contract, rows_of(contract))
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
    if decided.value.ends is None:
        raise EndingRefusedError(_why_not(decided.value, decided))
    carry_out([(case, ending_of(case, decided, on=on))], on={case.pk: on}, at=at, actor=actor)
    return case


@transaction.atomic
def close_case(case_id: uuid.UUID, *, reason: str, on: date, at: datetime, actor: Actor) -> EndingCase:
    """Close a case that does not end the contract, and say why: paid, cured, over, not pursued."""
    case = _open(case_id)
    close_cases([(case, _decided(case, on), reason)], on={case.pk: on}, at=at, actor=actor)
    return case


def carry_out(orders: Sequence[tuple[EndingCase, Ending]], *, on: Days, at: datetime, actor: Actor) -> list[EndingCase]:
    """End the contracts of these cases, settle the cases, and tell both sides; in a fixed number of queries."""
    endings = [(case.contract, ending) for case, ending in orders]
    if not endings:
        return []
    cases = [case for case, _ in orders]
    for case, amendment in zip(cases, end_contracts(endings, at=at, actor=actor), strict=True):
        case.amendment, case.ruling = amendment, amendment.ruling
        case.state, case.settled_on = State.ENDED, on[case.pk]
    EndingCase.objects.bulk_update(cases, ["amendment", "state", "settled_on", "ruling"])
    verb = "contracts.ended_by_case"
    record_many(
        Deed(verb=verb, thing=case, at=at, actor=actor, clause=case.amendment.clause, ruling=case.ruling)
        for case in cases
        if case.amendment is not None
    )
    tell_ended(endings, at=at)
    return cases


def ending_of(case: EndingCase, decided: Ruling[Finding], *, on: date) -> Ending:
    """Return the end that a case comes to, as it is written down."""
    found, shape = decided.value, SHAPES[Kind(case.kind)]
    assert found.ends is not None, "only what has an end ends"
    return Ending(
        kind=case.kind,
        ends=found.ends,
        told_on=on if found.by_itself else date.fromisoformat(case.told["declared_on"]),
        culpable=shape.fault and case.side == Side.PROVIDER,
        ruling=decided,
    )


def close_cases(
    told: Sequence[tuple[EndingCase, Ruling[Finding], str]], *, on: Days, at: datetime, actor: Actor
) -> None:
    """Close these cases, each with the finding and its reason; in a fixed number of queries."""
    stored = store_rulings(
        [
            Decision(
                ruling=decided, question="contracts.ending_case", pack=case.contract.pack, version=case.contract.version
            )
            for case, decided, _ in told
        ],
        at=at,
    )
    for (case, _, reason), ruling in zip(told, stored, strict=True):
        case.state, case.settled_on, case.reason, case.ruling = State.CLOSED, on[case.pk], reason, ruling
    cases, verb = [case for case, _, _ in told], "contracts.ending_case_closed"
    EndingCase.objects.bulk_update(cases, ["state", "settled_on", "reason", "ruling"])
    record_many(
        Deed(verb=verb, thing=case, at=at, actor=actor, ruling=case.ruling, after={"reason": case.reason})
        for case in cases
    )


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


def day_in_terms(contract: Contract, at: datetime) -> date:
    """Return the day of a moment in the zone of a contract's terms."""
    return at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
