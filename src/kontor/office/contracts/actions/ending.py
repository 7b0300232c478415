"""The end of a contract: written down with its ruling, its money settled, its duties dated, both sides told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.rows import exactly_one, uuid7
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.actions.ending_money import settle_fees
from kontor.office.contracts.actions.entitling import follow
from kontor.office.contracts.models import Amendment, Contract, EndingTask
from kontor.office.contracts.queries.ending import ends_of, rows_of
from kontor.office.contracts.queries.ending_letters import ended_mail
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.licences import all_for_good
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.contract_state import End
from kontor.rulebook.ending.duties import duties_after
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import day, said


class EndingRefusedError(Exception):
    """A contract cannot be ended so; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """
    An end as it is written down.

    kind      the amendment's: "notice", or the kind of the extraordinary ending
    ends      the last day
    told_on   the day on which it was declared, or happened by itself
    culpable  the customer broke the contract, so that its terms say what stays due
    ruling    why it ends with that day
    """

    kind: str
    ends: date
    told_on: date
    ruling: Ruling[Any]
    culpable: bool = False


@transaction.atomic
def end_contract(contract: Contract, ending: Ending, *, at: datetime, actor: Actor) -> Amendment:
    """
    End a contract with a day; what it leaves due is invoiced or given back, and what is to be done is dated.

    EndingRefusedError where the contract ends no later anyway, or before it begins.
    """
    rows = rows_of(contract)
    _refuse_pointless(contract, rows, ending.ends)
    settle_fees(contract, rows, ends=ending.ends, culpable=ending.culpable, at=at, actor=actor)
    made = amend(
        contract,
        ending.kind,
        [End(ending.ends)],
        effective_on=max(ending.told_on, contract.start_on),
        ruling=ending.ruling,
        at=at,
        actor=actor,
    )
    stay = not ending.culpable and all_for_good(contract, rows, at=at)
    _set_tasks(contract, ending.ends, licences_stay=stay, at=at)
    follow(contract, at=at, actor=actor)
    record(
        "contracts.ended", contract, at=at, actor=actor, clause=made.clause, ruling=made.ruling,
        after={"ends": ending.ends, "kind": ending.kind},
    )  # fmt: skip
    publish("contracts.ended", {"number": contract.number, "ends": ending.ends}, at=at)
    return made


def tell_both(contract: Contract, letter: Letter, *, at: datetime) -> None:
    """Send a mail to the addresses that both sides named for notices."""
    addresses = (contract.terms["notice_customer"], contract.terms["notice_seller"])
    for address in dict.fromkeys(addresses):
        send_mail(to=address, subject=letter.subject, text=letter.text, about=contract, at=at)


def tell_ended(contract: Contract, ending: Ending, *, at: datetime) -> None:
    """Tell both sides that the contract ends, when and why."""
    tell_both(contract, ended_mail(contract, ending.ruling, ends=ending.ends), at=at)


def drop_tasks(contract: Contract, *, on: date) -> None:
    """Drop what was to be done after an end that does not come; what was done stays."""
    for task in EndingTask.objects.filter(contract=contract, done_on=None, dropped_on=None):
        exactly_one(EndingTask.objects.filter(pk=task.pk).update(dropped_on=on))


def _refuse_pointless(contract: Contract, rows: Sequence[Amendment], ends: date) -> None:
    known = ends_of(contract, rows)
    if known is not None and known <= ends:
        german = "Der Vertrag endet schon mit dem {ends}."
        raise EndingRefusedError(said(german, "The contract already ends with {ends}.", ends=day(known)))
    if ends < contract.start_on:
        german = "Der Vertrag beginnt erst am {first}; er kann nicht davor enden."
        english = "The contract begins on {first} only; it cannot end before."
        raise EndingRefusedError(said(german, english, first=day(contract.start_on)))


def _set_tasks(contract: Contract, ends: date, *, licences_stay: bool, at: datetime) -> None:
    """Date what is to be done after the end, instead of what an end that was known before asked for."""
    duties = duties_after(terms_on(contract, ends), ends, licences_stay=licences_stay)
    drop_tasks(contract, on=at.date())
    if not duties.value:
        return
    stored = store_ruling(
        duties,
        question="contracts.duties",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=at,
    )
    EndingTask.objects.bulk_create(
        EndingTask(
            id=uuid7(),
            contract=contract,
            customer_tenant_id=contract.customer_tenant_id,
            key=duty.key,
            text_de=duty.text.de,
            text_en=duty.text.en,
            side=duty.side.value,
            due_on=duty.on,
            clause=str(duty.clause),
            ruling=stored,
            at=at,
        )
        for duty in duties.value
    )
