"""How trials end: at the conclusion of the contract, with the data or anew, or by their expiry, locked and erased."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rights import Grant, settle
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.schedule import take_off
from kontor.kernel.actions.tenants import furnish
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.trials import TrialRefusedError
from kontor.office.contracts.models import Contract, Trial
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.terms_text import terms_text
from kontor.office.contracts.queries.trials import latest_of_party
from kontor.office.documents import public as documents
from kontor.office.identity import public as identity
from kontor.rulebook import terms as packs
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.ruling import Text
from kontor.rulebook.trial import kept_at_conclusion


@transaction.atomic
def unpack_trial(told: Mapping[str, Any], *, at: datetime) -> None:
    """Furnish the current tenant for its trial: modules until its last day, the terms, its administrator."""
    tenant = Tenant.objects.get(pk=current_tenant())
    role = furnish(tenant, at=at, actor=MACHINE)
    unlock(told, until=date.fromisoformat(told["last"]) + ONE_DAY, at=at)
    title, text = terms_text(told["pack"], told["version"], seller=told["seller"])
    documents.publish_once(
        key=f"terms-{told['pack']}", version=told["version"], title=title, text=text, required_from=at, at=at,
        actor=MACHINE,
    )  # fmt: skip
    if not role.assignments.exists():
        person = told["administrator"]
        identity.invite_administrator(
            email=person["email"], name=person["name"], language=told["language"], at=at, actor=MACHINE
        )


@transaction.atomic
def unlock(told: Mapping[str, Any], *, until: date, at: datetime) -> None:
    """Have the current tenant's modules open from the trial's first day until before `until`; not at all before it."""
    pack = packs.load(told["pack"], told["version"])
    assert pack.trial is not None, "only packs with a trial are offered"
    assert pack.trial.length is not None, "only packs with a trial are offered"
    first, last = date.fromisoformat(told["first"]), until - ONE_DAY
    grants = [
        Grant(
            module=each["module"], unit=each["unit"], quantity=each["quantity"], from_on=first, until_on=until,
            clause=str(pack.trial.length.clause),
            reason_de=f"Test bis {last:%d.%m.%Y}", reason_en=f"Trial until {last.isoformat()}",
        )
        for each in told["opens"]
    ]  # fmt: skip
    settle(grants if until > first else [], contract=uuid.UUID(told["trial"]), at=at, actor=MACHINE)


@transaction.atomic
def expire_trial(trial_id: uuid.UUID, *, at: datetime) -> bool:
    """End a trial that nobody ordered after, once its last day is over: locked now, and to be erased from this day."""
    trial = Trial.objects.select_for_update().get(pk=trial_id)
    today = at.astimezone(ZoneInfo(pack_of_terms(trial.terms).zone)).date()
    if trial.ended_by or today <= trial.last_on:
        return False
    trial.ended_by, trial.ended_at, trial.erase_on = Trial.End.EXPIRY, at, trial.last_on + ONE_DAY
    trial.save(update_fields=["ended_by", "ended_at", "erase_on"])
    record("contracts.trial_expired", trial, at=at, actor=MACHINE, ruling=trial.ruling, after={"erase": trial.erase_on})
    publish("contracts.trial_moved", {"trial": str(trial.pk)}, at=at)
    return True


@transaction.atomic
def account_after_trial(party_id: uuid.UUID, account: uuid.UUID | None) -> uuid.UUID | None:
    """
    Return in which tenant a contract with this party begins: its own, or None for a new one.

    A new one where the buyer chose a clean start, or ordered only after a trial had expired and is to be erased.
    """
    trial = latest_of_party(party_id)
    if trial is None or trial.customer_tenant_id != account:
        return account
    if trial.ended_by:
        return None if trial.erase_on else account
    return account if kept_at_conclusion(trial.choice, pack=pack_of_terms(trial.terms)).value else None


@transaction.atomic
def end_trial_by(contract: Contract, *, at: datetime) -> Trial | None:
    """End the trial of a contract's party with its conclusion; what a clean start leaves behind is to be erased."""
    trial = latest_of_party(contract.party_id)
    if trial is None or trial.ended_by:
        return None
    pack = pack_of_terms(trial.terms)
    ruling = kept_at_conclusion(trial.choice, pack=pack)
    on = contract.concluded_at.astimezone(ZoneInfo(pack.zone)).date()
    trial.ended_by, trial.ended_at, trial.contract = Trial.End.CONCLUSION, contract.concluded_at, contract
    trial.erase_on = None if ruling.value else on
    trial.save(update_fields=["ended_by", "ended_at", "contract", "erase_on"])
    stored = store_ruling(
        ruling, question="contracts.trial_conclusion", pack=trial.pack, version=trial.version,
        customer_tenant=trial.customer_tenant_id, at=at,
    )  # fmt: skip
    record(
        "contracts.trial_converted", trial, at=at, actor=MACHINE, ruling=stored,
        after={"contract": contract.number, "choice": trial.choice, "erase": trial.erase_on},
    )  # fmt: skip
    take_off("contracts.trial_expire", arguments={"trial": str(trial.pk)})
    for warned in trial.warnings:
        take_off("contracts.trial_warn", arguments={"trial": str(trial.pk), "on": warned})
    _close(trial, until=on if contract.start_on <= on else on + ONE_DAY)
    if trial.erase_on:
        queue("contracts.trial_left", current_tenant(), trial=trial.pk)
    publish("contracts.trial_moved", {"trial": str(trial.pk)}, at=at)
    return trial


@transaction.atomic
def note_erased(trial_id: uuid.UUID, *, on: date, note: str, at: datetime, actor: Actor) -> Trial:
    """Note that everything entered in a trial is erased; TrialRefusedError before that is due, or a second time."""
    trial = Trial.objects.select_for_update().get(pk=trial_id)
    if trial.erase_on is None or trial.erased_on is not None or on < trial.erase_on:
        german, english = (
            "Hier ist noch nichts oder nichts mehr zu löschen.",
            "Nothing is to be erased here (any more).",
        )
        raise TrialRefusedError(Text(german, english))
    trial.erased_on, trial.erased_note = on, note
    trial.save(update_fields=["erased_on", "erased_note"])
    record("contracts.trial_erased", trial, at=at, actor=actor, after={"on": on, "note": note})
    return trial


def _close(trial: Trial, *, until: date) -> None:
    """Lock the trial's modules from a day on, by a job of its tenant."""
    first = trial.registered_at.astimezone(ZoneInfo(pack_of_terms(trial.terms).zone)).date()
    told = {
        "trial": str(trial.pk), "pack": trial.pack, "version": trial.version, "opens": trial.offering.opens,
        "first": first.isoformat(),
    }  # fmt: skip
    assert trial.customer_tenant_id is not None, "a trial has its tenant from the start"
    queue("contracts.trial_close", trial.customer_tenant_id, told=told, until=until.isoformat())
