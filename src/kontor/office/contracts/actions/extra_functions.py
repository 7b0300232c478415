"""Functions beyond the order: offered for a fee or voluntarily, told to the customers, voluntary ones withdrawn."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.contracts.models import Contract, ExtraFunction, FunctionNotice
from kontor.office.contracts.queries.extra_functions import running_under
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.release_letters import function_mail, withdrawn_mail
from kontor.rulebook import terms
from kontor.rulebook.extra_function import PAID, offered, withdrawn
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFunction:
    """A function to be offered: its product, key, kind, the item that opens a paid one, and its words."""

    product: str
    key: str
    kind: str
    item: str
    name: Text
    about: Text
    offered_from: date


@transaction.atomic
def offer_function(told: NewFunction, *, at: datetime, actor: Actor) -> ExtraFunction:
    """
    Offer a function beyond the order and tell every customer of its product.

    RefusalError where the terms do not regulate that, a paid one names no item (a voluntary one names one), or the
    product has a function of this key.
    """
    ruling = offered(told.kind, terms.load(told.product))
    if bool(told.item) is not (told.kind == PAID):
        raise RefusalError(
            Text(
                "Eine bezahlte Funktion nennt den Artikel, mit dem man sie bestellt; eine freiwillige nennt keinen.",
                "A paid function names the item by which it is ordered; a voluntary one names none.",
            )
        )
    if ExtraFunction.objects.filter(product=told.product, key=told.key).exists():
        raise RefusalError(Text("Diese Funktion gibt es schon.", "This function exists already."))
    made = ExtraFunction.objects.create(
        product=told.product, key=told.key, kind=ExtraFunction.Kind(told.kind), item=told.item,
        name_de=told.name.de, name_en=told.name.en, about_de=told.about.de, about_en=told.about.en,
        offered_from=told.offered_from, at=at,
    )  # fmt: skip
    record("contracts.function_offered", made, at=at, actor=actor, after={"key": told.key, "kind": told.kind})
    _offer_to(made, running_under(told.product, told.offered_from), ruling, on=told.offered_from, at=at)
    return made


@transaction.atomic
def tell_of_functions(*, on: date, at: datetime) -> int:
    """Tell customers that came later of the functions there are, each once; return how many were told."""
    told = 0
    for function in ExtraFunction.objects.filter(ends_on=None, offered_from__lte=on).order_by("offered_from", "pk"):
        known = set(function.notices.values_list("contract_id", flat=True))
        contracts = [each for each in running_under(function.product, on) if each.pk not in known]
        ruling = offered(function.kind, terms.load(function.product))
        _offer_to(function, contracts, ruling, on=max(on, function.offered_from), at=at)
        told += len(contracts)
    return told


@transaction.atomic
def withdraw_function(
    function_id: uuid.UUID, *, ends_on: date, reason: str, today: date, at: datetime, actor: Actor
) -> ExtraFunction:
    """
    Withdraw a voluntary function from a day on, and tell every customer who was told of it.

    RefusalError for a paid one, one that is withdrawn, a day that is not after today, or a missing reason;
    ExtraFunction.DoesNotExist for a stranger's.
    """
    function = ExtraFunction.objects.select_for_update().get(pk=function_id)
    if function.ends_on is not None or not reason:
        raise RefusalError(
            Text(
                "Zurückgenommen wird eine Funktion einmal und mit einem Grund.",
                "A function is withdrawn once and with a reason.",
            )
        )
    ruling = withdrawn(function.kind, terms.load(function.product), told_on=today, ends_on=ends_on)
    function.ends_on, function.reason = ends_on, reason
    function.save(update_fields=["ends_on", "reason"])
    clause = str(ruling.clauses[0])
    record("contracts.function_withdrawn", function, at=at, actor=actor, clause=clause, after={"on": ends_on})
    told = [notice.contract for notice in function.notices.select_related("contract").order_by("contract__number")]
    letters = [withdrawn_mail(function, contract, ends_on=ends_on) for contract in told]
    _tell(function, told, letters, says=FunctionNotice.Says.WITHDRAWN, on=ends_on, ruling=ruling, at=at)
    return function


def _offer_to(
    function: ExtraFunction, contracts: Sequence[Contract], ruling: Ruling[Any], *, on: date, at: datetime
) -> None:
    letters = [function_mail(function, contract) for contract in contracts]
    _tell(function, contracts, letters, says=FunctionNotice.Says.OFFERED, on=on, ruling=ruling, at=at)


def _tell(
    function: ExtraFunction, contracts: Sequence[Contract], letters: Sequence[Letter], *, says: str, on: date,
    ruling: Ruling[Any], at: datetime,
) -> None:  # fmt: skip
    """Keep for each customer what it was told, and send it; two inserts however many they are."""
    notices, mails = [], []
    for contract, letter in zip(contracts, letters, strict=True):
        stored = store_ruling(
            ruling, question="contracts.function", pack=contract.pack, version=contract.version,
            customer_tenant=contract.customer_tenant_id, at=at,
        )  # fmt: skip
        notices.append(
            FunctionNotice(
                function=function,
                contract=contract,
                customer_tenant_id=contract.customer_tenant_id,
                says=says,
                key=function.key,
                kind=function.kind,
                item=function.item,
                name_de=function.name_de,
                name_en=function.name_en,
                about_de=function.about_de,
                about_en=function.about_en,
                effective_on=on,
                clause=str(ruling.clauses[0]),
                ruling=stored,
                at=at,
            )
        )
        to = contract.terms["notice_customer"]
        mails.append(NewMail(to=to, subject=letter.subject, text=letter.text, about=contract))
    if not notices:
        return
    FunctionNotice.objects.bulk_create(notices)
    send_mails(mails, at=at)
    publish("contracts.function_told", {"function": function.key, "says": says}, at=at)
