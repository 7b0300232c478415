"""Whose data are to be erased because their contracts ended, from which day on, and what the customer is told."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from kontor.office.contracts.models import Contract, EndingTask
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.privacy import public as privacy
from kontor.rulebook.ending.data_choice import RETURN, choices_of
from kontor.rulebook.retention import kinds_of
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.pack import TermsPack

ERASURE: Final = "erasure"
CHOICE: Final = "choice"
_CERTIFICATE: Final = {
    "de": (
        "Bescheinigung der Löschung zu Vertrag {number}",
        "Guten Tag,\n\nnach dem Ende des Vertrags {number} sind Ihre Daten gelöscht. Die Bescheinigung liegt bei: was "
        "gelöscht ist, was bei uns bleibt, bis wann und warum.\n",
    ),
    "en": (
        "Certificate of erasure for contract {number}",
        "Hello,\n\nafter the end of contract {number} your data have been erased. The certificate is attached: what "
        "was erased, what stays with us, until when and why.\n",
    ),
}


@dataclass(frozen=True, slots=True)
class ToErase:
    """The contract that ends last of a customer's, the day from which its data go, and why."""

    contract: Contract
    due_on: date
    ruling: Ruling[date]
    choice: str = ""


def data_to_erase() -> dict[uuid.UUID, ToErase]:
    """Return each customer whose contracts all ended and whose data are to go, by its tenant; three queries."""
    gone = {tenant for tenant, _ in privacy.deletions()}
    tasks: dict[uuid.UUID, dict[str, EndingTask]] = defaultdict(dict)
    rows = EndingTask.objects.filter(key__in=(ERASURE, CHOICE), dropped_on=None).exclude(customer_tenant=None)
    for task in rows.select_related("contract__offer"):
        tasks[task.contract_id][task.key] = task
    contracts = defaultdict(list)
    concerned = {task.customer_tenant_id for own in tasks.values() for task in own.values()} - gone
    for contract in Contract.objects.filter(customer_tenant_id__in=concerned):
        assert contract.customer_tenant_id is not None, "it was asked for"
        contracts[contract.customer_tenant_id].append(tasks.get(contract.pk, {}))
    return {
        tenant: _latest([own[ERASURE] for own in all_of_it], _chosen(all_of_it))
        for tenant, all_of_it in contracts.items()
        if all(_may_go(own) for own in all_of_it)
    }


def erasure_wanted(tenant: uuid.UUID, reason: str, today: date) -> bool:
    """Tell whether what was planned after an ending or a trial is to go still: neither taken back nor put off."""
    if reason == "contract_ended":
        found = data_to_erase().get(tenant)
        return found is not None and found.due_on <= today
    if reason == "trial_ended":
        return not Contract.objects.filter(customer_tenant=tenant).exists()
    return True


def certificate_mail(contract: Contract) -> Letter:
    """Return the mail with which a customer gets the certificate."""
    subject, text = _CERTIFICATE[contract.offer.language]
    return Letter(subject.format(number=contract.number), text.format(number=contract.number))


def _may_go(own: dict[str, EndingTask]) -> bool:
    """Tell whether nothing of a contract stands against the erasure: it ended, and a choice that is needed was made."""
    task, choice = own.get(ERASURE), own.get(CHOICE)
    if task is None:
        return False
    if choice is None or _has_a_limit(pack_of_terms(task.contract.terms)):
        return True
    if choice.done_on is None:
        return False
    assert choice.customer_tenant_id is not None, "a task is shared from the start"
    return choice.choice != RETURN or privacy.is_handed_over(choice.customer_tenant_id)


def _has_a_limit(pack: TermsPack) -> bool:
    return "customer_data" in kinds_of(pack)


def _chosen(all_of_it: list[dict[str, EndingTask]]) -> str:
    """Return what the customer chose last, in its contract's language; "" for nothing."""
    made = [own[CHOICE] for own in all_of_it if CHOICE in own and own[CHOICE].choice]
    if not made:
        return ""
    last = max(made, key=lambda task: (task.done_on, task.pk))
    words = choices_of(pack_of_terms(last.contract.terms))[last.choice]
    return words.spoken(last.contract.offer.language)


def _latest(tasks: list[EndingTask], choice: str) -> ToErase:
    last = max(tasks, key=lambda task: (task.due_on, task.pk))
    contract = last.contract
    step = Text(last.text_de, last.text_en)
    clause = Clause(contract.pack, last.clause, contract.version)
    inputs = (("contract", contract.number), ("due", last.due_on.isoformat()))
    return ToErase(contract, last.due_on, Ruling(last.due_on, (clause,), inputs, (step,)), choice)
