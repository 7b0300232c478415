"""Free trials: what can be tried, registering on the public page, the warnings, the choice, and the end."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actions.suppressing import allow_again
from kontor.kernel.actions.tenants import reserve_tenant
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.links import absolute
from kontor.office.books import public as books
from kontor.office.contracts.actions import competitors
from kontor.office.contracts.actions.data_places import keep_where_demanded
from kontor.office.contracts.models import Trial, TrialOffering
from kontor.office.contracts.queries.data_places import wrong_place
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.trial_letters import asked_mail, registered_mail, warning_mail
from kontor.office.contracts.queries.trials import declarations_of_trial
from kontor.office.documents import public as documents
from kontor.office.parties import public as parties
from kontor.rulebook import terms as packs
from kontor.rulebook.data_places import countries_demanded
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.concluded import concluded
from kontor.rulebook.trial import knows_trials, may_choose, trial_days

WARNED_AT = time(8)  # when people read their mail; the day is the rule's


class TrialRefusedError(RefusalError):
    """A trial is not offered, not registered or not changed; `text` says why in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """
    What is offered to be tried under a pack.

    length         as the rulebook reads a duration, "30 days"
    warned_before  whole days before the last day on which its end is announced
    opens          what a trial unlocks: module, unit, quantity
    """

    pack: str
    seller: uuid.UUID
    length: str
    warned_before: Sequence[int]
    opens: Sequence[Mapping[str, Any]]
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What somebody types who registers for a trial; `ticked` the keys of what they declared."""

    company: str
    person: str
    email: str
    language: str
    ticked: Collection[str]


@transaction.atomic
def offer_trial(told: Offering, *, at: datetime, actor: Actor) -> TrialOffering:
    """
    Let people try what is sold under a pack, or change what and for how long; trials that run stay as they are.

    TrialRefusedError where the pack knows no trial, nothing would be unlocked, or data would lie in a country that the
    pack does not admit; RefusalError without any warning.
    """
    if not knows_trials(packs.load(told.pack)):
        raise TrialRefusedError(Text("Diese Bedingungen kennen keinen Test.", "These terms know no trial."))
    if not told.opens:
        raise TrialRefusedError(Text("Ein Test schaltet mindestens ein Modul frei.", "A trial unlocks some module."))
    demanded = countries_demanded(packs.load(told.pack), customer_in="", on=at.date())
    if (text := wrong_place(demanded, [])) and told.open:
        raise TrialRefusedError(text)
    length = Duration.parse(told.length)
    trial_days(at.date(), length, warned_before=told.warned_before)
    offering, made = TrialOffering.objects.update_or_create(
        pack=told.pack,
        defaults={
            "version": packs.versions(told.pack)[-1], "seller_id": told.seller, "length": str(length),
            "warned_before": sorted(set(told.warned_before), reverse=True),
            "opens": [dict(each) for each in told.opens],
            "open": told.open, "at": at,
        },
    )  # fmt: skip
    verb = "contracts.trial_offered" if made else "contracts.trial_offer_changed"
    after = {"pack": told.pack, "length": str(length), "open": told.open, "warned_before": offering.warned_before}
    record(verb, offering, at=at, actor=actor, after=after)
    return offering


@transaction.atomic
def register_trial(
    offering_id: uuid.UUID, told: Registration, *, evidence: documents.Evidence, at: datetime, consented: bool = False
) -> Trial | None:
    """
    Begin a trial on the same terms as a contract, in a tenant of its own; its administrator is invited by mail.

    None where a trial runs for this address already, or a competitor waits for consent (unless `consented`): the page
    says the same to everybody. TrialRefusedError where
    nothing is offered or a declaration is missing; MailAddressError for what is no address.
    """
    offering = TrialOffering.objects.select_for_update().get(pk=offering_id)
    declared = declarations_of_trial(offering)
    _refuse_registration(offering, told, declared)
    email = told.email.strip().lower()
    if Trial.objects.filter(email=email, ended_by=Trial.End.RUNNING).exists():
        return None
    allow_again(email)  # whoever was erased once and comes back by themselves is written to
    typed = {**asdict(told), "email": email, "ticked": sorted(told.ticked)}
    if not consented and competitors.hold_for_consent(offering, typed, evidence=evidence, at=at):
        return None
    trial = _registered(offering, told, declared=declared, evidence=evidence, at=at)
    _plan(trial)
    _mail(trial, registered_mail(trial), at=at)
    record(
        "contracts.trial_registered", trial, at=at, actor=Actor("OUTSIDE", None, told.person), ruling=trial.ruling,
        after={"pack": trial.pack, "last": trial.last_on},
    )  # fmt: skip
    publish("contracts.trial_moved", {"trial": str(trial.pk)}, at=at)
    assert trial.customer_tenant_id is not None, "a trial has its tenant from the start"
    queue("contracts.trial_unpack", trial.customer_tenant_id, told=luggage_of_trial(trial))
    return trial


@transaction.atomic
def let_in(held_id: uuid.UUID, *, name: str, paper: bytes, at: datetime, actor: Actor) -> Trial | None:
    """
    Attach the written consent to a held registration and begin its trial, on the terms its person agreed to then.

    None where the address got a trial meanwhile. RefusalError for what is no PDF, or one that was let in before.
    """
    held = competitors.consented(held_id, name=name, paper=paper, at=at, actor=actor)
    evidence = documents.Evidence(**held.evidence)
    trial = register_trial(held.offering_id, Registration(**held.told), evidence=evidence, at=at, consented=True)
    competitors.note_trial(held, trial)
    return trial


def luggage_of_trial(trial: Trial) -> dict[str, Any]:
    """Return, as the house, what the tenant of a trial needs to know, in JSON's terms."""
    return {
        "trial": str(trial.pk), "pack": trial.pack, "version": trial.version, "seller": trial.seller_name,
        "language": trial.language, "opens": trial.offering.opens,
        "first": trial.registered_at.astimezone(_zone(trial)).date().isoformat(), "last": trial.last_on.isoformat(),
        "administrator": {"name": trial.person, "email": trial.email},
    }  # fmt: skip


@transaction.atomic
def warn_of_end(trial_id: uuid.UUID, *, on: date, at: datetime) -> bool:
    """Announce by mail that a running trial ends and what is erased then, once for each planned day."""
    trial = Trial.objects.select_for_update().get(pk=trial_id)
    if trial.ended_by or on.isoformat() in trial.warned:
        return False
    trial.warned = [*trial.warned, on.isoformat()]
    trial.save(update_fields=["warned"])
    _mail(trial, warning_mail(trial, link=absolute("contracts:account-trial")), at=at)
    record("contracts.trial_end_announced", trial, at=at, actor=MACHINE, after={"on": on, "last": trial.last_on})
    return True


@transaction.atomic
def choose(trial: Trial, *, choice: str, by: str, at: datetime, actor: Actor) -> Trial:
    """Take the buyer's choice between going on with the data and a clean start; TrialRefusedError after the end."""
    row = Trial.objects.select_for_update().get(pk=trial.pk)
    on = at.astimezone(_zone(row)).date()
    ruling = may_choose(
        choice, pack=pack_of_terms(row.terms), on=on, last=row.last_on, over=row.ended_by != Trial.End.RUNNING
    )
    if not ruling.value:
        raise TrialRefusedError(ruling.working[-1])
    before, row.choice, row.chosen_at = row.choice, choice, at
    row.save(update_fields=["choice", "chosen_at"])
    stored = store_ruling(
        ruling, question="contracts.trial_choice", pack=row.pack, version=row.version,
        customer_tenant=row.customer_tenant_id, at=at,
    )  # fmt: skip
    record(
        "contracts.trial_chosen", row, at=at, actor=actor, ruling=stored, before={"choice": before},
        after={"choice": choice, "by": by},
    )  # fmt: skip
    return row


@transaction.atomic
def ask_for_offer(trial: Trial, *, by: str, at: datetime, actor: Actor) -> Trial:
    """Tell the seller by mail that whoever tries wants to order; TrialRefusedError once the trial is over."""
    row = Trial.objects.select_for_update(of=("self",)).select_related("offering").get(pk=trial.pk)
    if row.ended_by:
        raise TrialRefusedError(Text("Der Test ist zu Ende.", "The trial has ended."))
    if row.asked_at is None:
        row.asked_at = at
        row.save(update_fields=["asked_at"])
        seller = books.seller_card(row.offering.seller_id)
        letter = asked_mail(row, by=by, link=absolute("contracts:trial", row.pk), language=seller.language)
        send_mail(
            to=seller.email, subject=letter.subject, text=letter.text, about=row, at=at, reply_to=row.email
        )  # fmt: skip
        record("contracts.trial_offer_asked", row, at=at, actor=actor, after={"by": by})
    return row


def _refuse_registration(offering: TrialOffering, told: Registration, declared: Sequence[Mapping[str, str]]) -> None:
    if not offering.open:
        raise TrialRefusedError(Text("Dieser Test wird nicht angeboten.", "This trial is not offered."))
    if lacking := [each for each in declared if each["key"] not in told.ticked]:
        raise TrialRefusedError(
            Text("Es fehlt die Erklärung: " + lacking[0]["de"], "This declaration is missing: " + lacking[0]["en"])
        )
    check_address(told.email)


def _registered(
    offering: TrialOffering, told: Registration, *, declared: Sequence[Mapping[str, str]],
    evidence: documents.Evidence, at: datetime,
) -> Trial:  # fmt: skip
    agreed = {"trial.length": offering.length}
    pack = concluded(offering.pack, offering.version, settings={}, agreed=agreed)
    assert pack.trial is not None, "only packs with a trial are offered"
    assert pack.trial.length is not None, "only packs with a trial are offered"
    ruling = trial_days(
        at.astimezone(ZoneInfo(pack.zone)).date(), Duration.parse(offering.length),
        warned_before=offering.warned_before, clauses=pack.trial.length.clauses,
    )  # fmt: skip
    seller, email = books.seller_card(offering.seller_id), told.email.strip().lower()
    party = parties.add(name=told.company, email=email, language=told.language, at=at, actor=MACHINE)
    tenant = reserve_tenant(name=told.company, at=at, language=told.language, zone=pack.zone)
    parties.settle_in(party.id, tenant, at=at, actor=MACHINE)
    keep_where_demanded(tenant.pk, pack, country=party.country, on=at.date(), at=at)
    return Trial.objects.create(
        offering=offering, party_id=party.id, customer_tenant=tenant, seller_name=seller.name, company=told.company,
        person=told.person, email=email, language=told.language, pack=offering.pack, version=offering.version,
        terms={"pack": offering.pack, "version": offering.version, "settings": {}, "agreed": agreed,
               "language": told.language},
        declared=[dict(each) for each in declared], evidence=asdict(evidence), registered_at=at,
        last_on=ruling.value.last, warnings=[on.isoformat() for on in ruling.value.warnings],
        ruling=store_ruling(ruling, question="contracts.trial", pack=offering.pack, version=offering.version,
                            customer_tenant=tenant, at=at),
    )  # fmt: skip


def _plan(trial: Trial) -> None:
    """Have the warnings and the end fall due, in the zone of the terms."""
    zone = _zone(trial)
    for on in trial.warnings:
        due = datetime.combine(date.fromisoformat(on), WARNED_AT, zone)
        put_due("contracts.trial_warn", at=due, arguments={"trial": str(trial.pk), "on": on})
    midnight = datetime.combine(trial.last_on + ONE_DAY, time(), zone)
    put_due("contracts.trial_expire", at=midnight, arguments={"trial": str(trial.pk)})


def _zone(trial: Trial) -> ZoneInfo:
    return ZoneInfo(pack_of_terms(trial.terms).zone)


def _mail(trial: Trial, letter: Letter, *, at: datetime) -> None:
    send_mail(to=trial.email, to_name=trial.person, subject=letter.subject, text=letter.text, about=trial, at=at)
