"""What ends by itself: looked at every night, and carried out in a fixed number of queries."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from kontor.kernel.actions.record import Deed, record, record_many
from kontor.kernel.actor import MACHINE
from kontor.kernel.rows import uuid7
from kontor.office.books import public as books
from kontor.office.contracts.actions.ending import Ending, EndingRefusedError
from kontor.office.contracts.actions.ending_cases import Days, carry_out, close_cases, day_in_terms, ending_of
from kontor.office.contracts.actions.ending_money import ClaimRefusedError
from kontor.office.contracts.models import Contract, EndingCase, EndingProof
from kontor.office.contracts.queries.ending import ends_of, finding, told_as_json
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.ending.finding import Finding
from kontor.rulebook.ending.kinds import Kind, by_itself, kinds_of
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.ruling import Ruling, Text


@transaction.atomic
def end_by_themselves(*, at: datetime) -> list[EndingCase]:
    """
    End every contract of the house that has ended by itself by now: after a delay, or by a lasting event.

    A case is opened for each invoice whose delay may end its contract; what was paid meanwhile closes it, and so does
    another end that comes no later. However many there are, it takes a fixed number of queries. One whose end cannot
    be carried out stays open, is recorded with the reason, and holds up no other.
    """
    _tell_delays(at)
    locked = EndingCase.objects.select_for_update(of=("self",)).filter(state=EndingCase.State.OPEN)
    cases = list(locked.select_related("contract").order_by("pk"))
    on = {case.pk: day_in_terms(case.contract, at) for case in cases}
    ending, closing = _judged(cases, on)
    done = _end_each(ending, on=on, at=at)
    close_cases(closing, on=on, at=at, actor=MACHINE)
    return done + [case for case, _, _ in closing]


def _judged(
    cases: Sequence[EndingCase], on: Days
) -> tuple[list[tuple[EndingCase, Ending]], list[tuple[EndingCase, Ruling[Finding], str]]]:
    """Return which cases end their contract now, the earliest of each, and which are over, with the reason."""
    proofs = Counter(EndingProof.objects.filter(case__in=cases).values_list("case_id", flat=True))
    prefetch_related_objects([case.contract for case in cases], "offer")
    rows = amendments_by_contract({case.contract_id for case in cases})
    ending: dict[uuid.UUID, tuple[EndingCase, Ending]] = {}
    closing = []
    for case in cases:
        contract, mine, today = case.contract, rows[case.contract_id], on[case.pk]
        if not by_itself(Kind(case.kind), terms_on(contract, today, mine)):
            continue
        decided = finding(case, on=today, proofs=proofs[case.pk], rows=mine)
        ends, known = decided.value.ends, ends_of(contract, mine)
        if ends is not None and (known is None or ends < known):
            other = ending.get(contract.pk)
            if other is None or ends < other[1].ends:
                ending[contract.pk] = case, ending_of(case, decided, on=today)
        elif ends is not None or decided.value.over:
            why = _GONE if ends is None else _ENDED
            closing.append((case, decided, why.spoken(contract.terms["language"])))
    return list(ending.values()), closing


_GONE = Text("Der Grund ist entfallen.", "The ground has gone.")
_ENDED = Text("Der Vertrag endet schon früher oder am selben Tag.", "The contract ends earlier or on that day already.")


def _end_each(orders: Sequence[tuple[EndingCase, Ending]], *, on: Days, at: datetime) -> list[EndingCase]:
    """End by these cases; where one is refused, it stays open with the reason in its record, and the others end."""
    try:
        with transaction.atomic():
            return carry_out(orders, on=on, at=at, actor=MACHINE)
    except (EndingRefusedError, ClaimRefusedError) as error:
        if len(orders) == 1:
            ((case, _),) = orders
            why = error.text.spoken(case.contract.terms["language"])
            record("contracts.ending_held_back", case, at=at, actor=MACHINE, after={"why": why})
            return []
        return [case for each in orders for case in _end_each([each], on=on, at=at)]


def _tell_delays(at: datetime) -> None:
    """Open the cases of delays that have none, and write down in all what is known; where nothing is new, nothing."""
    delayed = {contract.pk: (contract, Told(due=due, paid_on=paid)) for contract, due, paid in _delayed(at)}
    side = Side.PROVIDER.value
    known = {case.contract_id for case in _by_delay()}
    opened = EndingCase.objects.bulk_create(
        EndingCase(
            id=uuid7(), contract=contract, kind=Kind.BY_DELAY.value, side=side, state=EndingCase.State.OPEN,
            opened_on=day_in_terms(contract, at), at=at,
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
    yield from EndingCase.objects.filter(state=EndingCase.State.OPEN, kind=Kind.BY_DELAY.value)


def _running(ids: Collection[uuid.UUID], at: datetime) -> Iterator[Contract]:
    contracts = list(Contract.objects.filter(pk__in=ids).order_by("pk"))
    rows = amendments_by_contract([contract.pk for contract in contracts])
    for contract in contracts:
        knows = Kind.BY_DELAY in kinds_of(terms_on(contract, day_in_terms(contract, at), rows[contract.pk]))
        if knows and ends_of(contract, rows[contract.pk]) is None:
            yield contract
