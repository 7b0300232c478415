"""What a trial or a contract leaves behind is erased: planned for the day its terms name, and noted when it is done."""

import uuid
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions.days import house_day
from kontor.office.contracts.actions.ending_tasks import do_task
from kontor.office.contracts.actions.trial_ends import note_erased
from kontor.office.contracts.models import EndingTask, Trial
from kontor.office.contracts.queries.erasures import certificate_mail, data_to_erase
from kontor.office.contracts.queries.paper import letter
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.parties import public as parties
from kontor.office.privacy import public as privacy
from kontor.rulebook.retention import kept_until, kind_of

TRIAL: Final = "contracts.trial_erased"
ENDED: Final = "contracts.ended_erased"
GOES_ON: Final = "Der Vertrag läuft weiter. / The contract goes on."
BY_ERASURE: Final = ("erasure", "certificate")


@transaction.atomic
def erase_trial(trial_id: uuid.UUID, *, reason: str, at: datetime) -> uuid.UUID | None:
    """Plan that what was entered in a trial goes on the day from which it is to be erased; None where nothing is to."""
    trial = Trial.objects.select_related("offering").get(pk=trial_id)
    if trial.erase_on is None or trial.erased_on is not None:
        return None
    assert trial.customer_tenant_id is not None, "a trial has its tenant from the start"
    if privacy.is_erased(trial.customer_tenant_id):  # on request, before the trial came to its end
        note_trial_erased(trial_id, at=at)
        return None
    pack = pack_of_terms(trial.terms)
    ended = trial.last_on if reason == "trial_ended" else trial.erase_on  # a clean start: its day may still be used
    ruling = kept_until(*kind_of(pack, "trial_data"), ended)
    told = _told(trial.offering.seller_id, trial.party_id, language=trial.language, zone=pack.zone)
    return privacy.plan_erasure(
        Tenant.objects.get(pk=trial.customer_tenant_id), reason=reason, due_on=ruling.value.gone_on, ruling=ruling,
        told={**told, "then": TRIAL, "about": {"trial": str(trial.pk)}}, at=at, actor=MACHINE,
    )  # fmt: skip


def note_trial_erased(trial_id: uuid.UUID, *, at: datetime) -> None:
    """Note with the trial that its data are gone, unless somebody has noted it by hand before."""
    trial = Trial.objects.get(pk=trial_id)
    if trial.erased_on is None:
        note_erased(trial_id, on=house_day(at), note="Bescheinigung / certificate", at=at, actor=MACHINE)


@transaction.atomic
def plan_after_endings(*, at: datetime) -> int:
    """
    Plan the erasure of every customer all of whose contracts have ended, for the latest of their days; how many.

    A plan whose end was taken back is dropped. Where the terms keep nothing for a while, nothing goes before the
    customer has chosen between erasure and return.
    """
    wanted, dropped = data_to_erase(), privacy.dropped_by_hand("contract_ended", goes_on=GOES_ON)
    for tenant, found in wanted.items():
        if (tenant, found.due_on) in dropped:
            continue  # a person decided; another day is another plan
        contract = found.contract
        assert contract.customer_tenant_id is not None, "a contract names its customer's tenant from the start"
        told = _told(
            contract.seller_id,
            contract.party_id,
            language=contract.offer.language,
            zone=pack_of_terms(contract.terms).zone,
        )
        privacy.plan_erasure(
            Tenant.objects.get(pk=contract.customer_tenant_id), reason="contract_ended", due_on=found.due_on,
            ruling=found.ruling, told={**told, **_choice(found.choice), "then": ENDED, "about": {}}, at=at,
            actor=MACHINE,
        )  # fmt: skip
    for tenant in privacy.planned_after("contract_ended") - wanted.keys():
        privacy.drop_erasure_of(tenant, because=GOES_ON, at=at, actor=MACHINE)
    return len(wanted)


@transaction.atomic
def note_ended_erased(erasure_id: uuid.UUID, *, at: datetime) -> int:
    """Note the tasks as done that an erasure has done, and send the customer its certificate; how many tasks."""
    tenant, certificate = privacy.certificate_of(erasure_id)
    tasks = EndingTask.objects.filter(customer_tenant_id=tenant, key__in=BY_ERASURE, done_on=None, dropped_on=None)
    done = list(tasks.select_related("contract__offer").order_by("pk"))
    for task in done:
        note = "Bescheinigung / certificate"
        do_task(task.pk, note=note, on=house_day(at), at=at, actor=MACHINE)
    for contract in {task.contract for task in done}:
        mail = certificate_mail(contract)
        file = (certificate.name, certificate.media_type, certificate)
        send_mail(
            to=contract.terms["notice_customer"], subject=mail.subject, text=mail.text, attachments=[file],
            about=contract, at=at,
        )  # fmt: skip
    return len(done)


def _choice(choice: str) -> dict[str, str]:
    return {"choice": choice} if choice else {}


def _told(seller: uuid.UUID, party: uuid.UUID, *, language: str, zone: str) -> dict[str, Any]:
    """Return what the certificate says of its sender and recipient, and under whose law the house keeps its records."""
    card = books.seller_card(seller)
    paper = letter(card, parties.card(party), language=language, issued_on=date.min)
    told = {key: paper[key] for key in ("sender", "recipient")}
    return {**told, "language": language, "zone": zone, "law": card.country.lower()}
