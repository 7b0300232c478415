"""Changing prices: staff release what is proposed, customers are told, and the new price holds from its day, once."""

import uuid
from collections.abc import Collection, Iterable, Sequence
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
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.pdf import render
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract, PriceAdjustment, PriceAdjustmentState, PriceProblem, PriceRun
from kontor.office.contracts.queries.index_proposals import index_proposals
from kontor.office.contracts.queries.list_proposals import list_proposals
from kontor.office.contracts.queries.price_papers import price_mail, price_paper
from kontor.office.contracts.queries.price_proposals import NewPrice, NoProposal, Proposal
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.parties import public as parties

BATCH: Final = 25  # each contract is a letter
TEMPLATE: Final = "office/contracts/typst/announcement.typ"
RECEIVED: Final = "contracts.price_change_received"
State = PriceAdjustmentState.State


def proposals(kind: str, contracts: Iterable[Contract], *, until: date, at: datetime) -> list[Proposal | NoProposal]:
    """Return what a run of this kind would announce, computed without writing anything."""
    propose = index_proposals if kind == PriceRun.Kind.INDEX else list_proposals
    return list(propose(contracts, until=until, at=at))


@transaction.atomic
def release(kind: str, contracts: Collection[uuid.UUID], *, until: date, at: datetime, actor: Actor) -> PriceRun:
    """
    Release the changes of these contracts: each customer is told in the background, a batch is a job.

    What is released is worked out again when it is written; releasing it twice tells nobody twice.
    """
    chosen = sorted(contracts)
    run = PriceRun.objects.create(
        kind=kind, until=until, contracts=len(chosen), released_at=at, finished_at=None if chosen else at
    )
    batches = [chosen[place : place + BATCH] for place in range(0, len(chosen), BATCH)]
    tenant = current_tenant()
    queue_many(
        "contracts.announce_prices",
        [(tenant, {"run": str(run.pk), "contracts": [str(each) for each in batch]}) for batch in batches],
    )
    after = {"kind": kind, "until": until, "contracts": len(chosen)}
    record("contracts.price_run_released", run, at=at, actor=actor, after=after)
    return run


@transaction.atomic
def announce(run_id: uuid.UUID, contracts: Collection[uuid.UUID], *, at: datetime) -> list[PriceAdjustment]:
    """
    Tell the customers of these contracts their new prices, and return what was told.

    A contract whose prices cannot change is noted with its reason; what was announced before is not announced again.
    """
    _one_at_a_time()
    run = PriceRun.objects.get(pk=run_id)
    rows = Contract.objects.filter(pk__in=contracts).select_related("offer").order_by("pk")
    made = []
    for found in proposals(run.kind, rows, until=run.until, at=at):
        if isinstance(found, Proposal):
            made.append(_announced(run, found, at=at))
        else:
            told = {"sentence_de": found.text.de, "sentence_en": found.text.en, "at": at}
            PriceProblem.objects.update_or_create(run=run, contract=found.contract, defaults=told)
    PriceRun.objects.filter(pk=run.pk).update(done=F("done") + len(contracts), adjusted=F("adjusted") + len(made))
    PriceRun.objects.filter(pk=run.pk, done__gte=F("contracts"), finished_at=None).update(finished_at=at)
    publish("contracts.prices_moved", {"run": str(run.pk), "made": len(made)}, at=at)
    return made


@transaction.atomic
def note_told(adjustment_id: uuid.UUID, *, at: datetime, proof: str = "") -> PriceAdjustmentState:
    """Note that the customer has the announcement: on that civil day in the contract's zone; the first day counts."""
    state = PriceAdjustmentState.objects.select_for_update(of=("self",)).select_related("adjustment__contract")
    row = state.get(adjustment_id=adjustment_id)
    if row.received_on is None:
        zone = ZoneInfo(pack_of_terms(row.adjustment.contract.terms).zone)
        row.received_on = at.astimezone(zone).date()
        row.proof = proof or at.astimezone(zone).isoformat(timespec="seconds")
        row.save(update_fields=["received_on", "proof"])
        after = {"received_on": row.received_on, "proof": row.proof}
        record("contracts.price_change_received", row.adjustment, at=at, actor=MACHINE, after=after)
    return row


def _announced(run: PriceRun, found: Proposal, *, at: datetime) -> PriceAdjustment:
    contract = found.contract
    on = at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
    paper = price_paper(
        found, run.kind, seller=books.seller_card(contract.seller_id), party=parties.card(contract.party_id), on=on
    )
    file = keep(
        render(settings.SOURCE / TEMPLATE, paper, at=at),
        name=f"{contract.number}-{found.effective_on.isoformat()}.pdf",
        media_type="application/pdf",
        at=at,
        customer_tenant=contract.customer_tenant_id,
    )
    ruling = store_ruling(
        found.ruling,
        question="contracts.price_change",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=at,
    )
    made = PriceAdjustment.objects.create(
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        run=run,
        kind=run.kind,
        announced_on=on,
        effective_on=found.effective_on,
        lines=_kept(found.lines),
        currency=found.currency,
        file=file,
        clause=str(found.ruling.clauses[0]),
        ruling=ruling,
        at=at,
    )
    PriceAdjustmentState.objects.create(adjustment=made, customer_tenant_id=contract.customer_tenant_id)
    _mailed(made, found, at=at)
    return made


def _mailed(made: PriceAdjustment, found: Proposal, *, at: datetime) -> None:
    """Send the announcement with its letter, and write down that it went out."""
    contract, file = made.contract, made.file
    mail = price_mail(found, made.kind)
    send_mail(
        to=contract.terms["notice_customer"],
        subject=mail.subject,
        text=mail.text,
        attachments=[(file.name, file.media_type, file)],
        about=contract,
        at=at,
        then=(RECEIVED, {"adjustment": str(made.pk)}),
    )
    after = {"effective_on": made.effective_on, "lines": made.lines}
    clause = made.clause
    record(
        "contracts.price_change_announced",
        contract,
        at=at,
        actor=MACHINE,
        clause=clause,
        ruling=made.ruling,
        after=after,
    )


def _kept(lines: Sequence[NewPrice]) -> list[dict[str, object]]:
    return [
        {
            "key": line.key,
            "name": line.name,
            "quantity": str(line.quantity),
            "per": line.per.value,
            "before": f"{line.before:f}",
            "after": f"{line.after:f}",
            "basis": dict(line.basis),
        }
        for line in lines
    ]


def _one_at_a_time() -> None:
    """Let no two batches of one tenant announce at once: the second sees what the first has told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"prices {current_tenant()}"])
