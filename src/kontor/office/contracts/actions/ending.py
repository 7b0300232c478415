"""The end of a contract: written down with its ruling, its money settled, its duties dated, both sides told."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.contracts.actions.amending import Amending, amend_many
from kontor.office.contracts.actions.ending_money import Leaving, settle_fees
from kontor.office.contracts.actions.entitling import follow_all
from kontor.office.contracts.models import Amendment, Contract, EndingTask
from kontor.office.contracts.queries.ending import ends_of
from kontor.office.contracts.queries.ending_letters import ended_mail
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.licences import all_for_good
from kontor.office.contracts.queries.state import amendments_by_contract
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


def end_contract(contract: Contract, ending: Ending, *, at: datetime, actor: Actor) -> Amendment:
    """End one contract with a day; see `end_contracts`."""
    (made,) = end_contracts([(contract, ending)], at=at, actor=actor)
    return made


@transaction.atomic
def end_contracts(orders: Sequence[tuple[Contract, Ending]], *, at: datetime, actor: Actor) -> list[Amendment]:
    """
    End contracts, each once, in a fixed number of queries; what each leaves due is invoiced or given back.

    What is to be done after the end is dated, and what the customer may use ends with it. None ends where one is
    refused: EndingRefusedError for one that ends no later anyway, or before it begins, ClaimRefusedError where what
    stays due cannot be invoiced.
    """
    rows = amendments_by_contract([contract.pk for contract, _ in orders])
    for contract, ending in orders:
        _refuse_pointless(contract, rows[contract.pk], ending.ends)
    settle_fees([_leaving(contract, ending, rows[contract.pk]) for contract, ending in orders], at=at, actor=actor)
    made = amend_many([_amending(contract, ending) for contract, ending in orders], at=at, actor=actor)
    blameless = [(contract, rows[contract.pk]) for contract, ending in orders if not ending.culpable]
    stay = all_for_good(blameless, at=at)
    _set_tasks([(contract, ending.ends, contract.pk in stay) for contract, ending in orders], at=at)
    follow_all([contract for contract, _ in orders], at=at, actor=actor)
    record_many(
        Deed(
            verb="contracts.ended", thing=contract, at=at, actor=actor, clause=row.clause, ruling=row.ruling,
            after={"ends": ending.ends, "kind": ending.kind},
        )
        for (contract, ending), row in zip(orders, made, strict=True)
    )  # fmt: skip
    for contract, ending in orders:
        publish("contracts.ended", {"number": contract.number, "ends": ending.ends}, at=at)
    return made


def tell_both(contract: Contract, letter: Letter, *, at: datetime) -> None:
    """Send a mail to the addresses that both sides named for notices."""
    send_mails(_to_both(contract, letter), at=at)


def tell_ended(orders: Sequence[tuple[Contract, Ending]], *, at: datetime) -> None:
    """Tell both sides of each contract that it ends, when and why."""
    letters = [(contract, ended_mail(contract, ending.ruling, ends=ending.ends)) for contract, ending in orders]
    send_mails([mail for contract, letter in letters for mail in _to_both(contract, letter)], at=at)


def _to_both(contract: Contract, letter: Letter) -> list[NewMail]:
    addresses = dict.fromkeys((contract.terms["notice_customer"], contract.terms["notice_seller"]))
    return [NewMail(to=address, subject=letter.subject, text=letter.text, about=contract) for address in addresses]


def drop_tasks(contracts: Collection[uuid.UUID], *, on: date) -> None:
    """Drop what was to be done after ends that do not come; what was done stays."""
    EndingTask.objects.filter(contract_id__in=contracts, done_on=None, dropped_on=None).update(dropped_on=on)


def _leaving(contract: Contract, ending: Ending, rows: Sequence[Amendment]) -> Leaving:
    return Leaving(contract=contract, rows=rows, ends=ending.ends, culpable=ending.culpable)


def _amending(contract: Contract, ending: Ending) -> Amending:
    return Amending(
        contract=contract,
        kind=ending.kind,
        changes=[End(ending.ends)],
        effective_on=max(ending.told_on, contract.start_on),
        ruling=ending.ruling,
    )


def _refuse_pointless(contract: Contract, rows: Sequence[Amendment], ends: date) -> None:
    known = ends_of(contract, rows)
    if known is not None and known <= ends:
        german = "Der Vertrag endet schon mit dem {ends}."
        raise EndingRefusedError(said(german, "The contract already ends with {ends}.", ends=day(known)))
    if ends < contract.start_on:
        german = "Der Vertrag beginnt erst am {first}; er kann nicht davor enden."
        english = "The contract begins on {first} only; it cannot end before."
        raise EndingRefusedError(said(german, english, first=day(contract.start_on)))


def _set_tasks(orders: Sequence[tuple[Contract, date, bool]], *, at: datetime) -> None:
    """
    Date what is to be done after each end, instead of what an end that was known before asked for.

    orders  each contract with its last day, and whether its licences stay
    """
    drop_tasks([contract.pk for contract, _, _ in orders], on=at.date())
    decided = [
        (contract, duties_after(terms_on(contract, ends), ends, licences_stay=stay)) for contract, ends, stay in orders
    ]
    asked = [(contract, duties) for contract, duties in decided if duties.value]
    stored = store_rulings([_decision(contract, duties) for contract, duties in asked], at=at)
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
            ruling=ruling,
            at=at,
        )
        for (contract, duties), ruling in zip(asked, stored, strict=True)
        for duty in duties.value
    )


def _decision(contract: Contract, duties: Ruling[Any]) -> Decision:
    return Decision(
        ruling=duties,
        question="contracts.duties",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
    )
