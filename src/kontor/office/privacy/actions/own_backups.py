"""Reminding customers that back up their content themselves: thirty days without a copy fetched are told them."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from kontor.kernel import registry
from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import RecordEntry, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import day
from kontor.office.identity import public as identity
from kontor.office.privacy.models import Export
from kontor.office.privacy.queries.exports import PLAN, lacks_contingency_plan, own_backups
from kontor.rulebook.own_backups import plan_reminder_due, reminder_due
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

REMIND: Final = "privacy.remind_of_copy"
PLAN_REMINDED: Final = "privacy.plan_reminded"
VERB: Final = "privacy.copy_reminded"


def look_at_customers(on: date) -> int:
    """Have each customer of the house that has a contract on a day look at its own copies; return how many."""
    told = (each for one in registry.modules() if one.data_contracts for each in one.data_contracts(on))
    customers = sorted({each.customer_tenant for each in told if each.customer_tenant is not None})
    queue_many(REMIND, [(customer, {}) for customer in customers])
    return len(customers)


@transaction.atomic
def remind(*, at: datetime) -> bool:
    """
    Tell the current tenant's administrators that no copy was fetched for thirty days; return whether that was done.

    Nothing for a tenant whose contracts do not leave the backups to it. Repeating tells nobody twice.
    """
    demanded = own_backups(at=at)
    if demanded is None:
        return False
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant())
    zone = ZoneInfo(tenant.zone)
    fetched = Export.objects.aggregate(last=Max("fetched_at"))["last"]
    reminded = RecordEntry.objects.filter(verb=VERB).aggregate(last=Max("at"))["last"]
    known = [moment for moment in (tenant.created_at, fetched, reminded) if moment is not None]
    ruling = reminder_due(localdate(max(known), zone), localdate(at, zone), clauses=demanded.clauses)
    if not ruling.value:
        return False
    stored = store_ruling(ruling, question="privacy.copy_reminder", at=at)
    after = {"last_copy": fetched}
    record(VERB, tenant, at=at, actor=MACHINE, ruling=stored, clause=demanded.clauses[0].number, after=after)
    last = localdate(fetched, zone) if fetched else None
    identity.tell_administrators(_SUBJECT, _told(last, demanded.working[0]), about=tenant, at=at)
    return True


@transaction.atomic
def remind_of_plan(*, at: datetime) -> bool:
    """
    Tell the current tenant's administrators that it named no contingency plan; return whether that was done.

    At once, then every year, by contracts alone that leave such plans to the customer (leisure Art. 7, 18).
    """
    demanded = lacks_contingency_plan(at=at)
    if demanded is None:
        return False
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant())
    zone = ZoneInfo(tenant.zone)
    reminded = RecordEntry.objects.filter(verb=PLAN_REMINDED).aggregate(last=Max("at"))["last"]
    last = localdate(reminded, zone) if reminded else None
    ruling = plan_reminder_due(last, localdate(at, zone), clauses=demanded.clauses)
    if not ruling.value:
        return False
    stored = store_ruling(ruling, question="privacy.plan_reminder", at=at)
    record(PLAN_REMINDED, tenant, at=at, actor=MACHINE, ruling=stored, clause=demanded.clauses[0].number)
    link, why = absolute("privacy-own:exports"), ruling.working[0]
    text = Text(
        f"{why.de}\n\nNennen Sie den Tag Ihres Plans hier: {link}",
        f"{why.en}\n\nName the day of your plan here: {link}",
    )
    identity.tell_administrators(_PLAN_SUBJECT, text, about=tenant, at=at)
    return True


@transaction.atomic
def name_plan(day_of_it: date, *, at: datetime, actor: Actor) -> None:
    """Keep that the current tenant has a contingency plan, and of which day; RefusalError for a day to come."""
    tenant = Tenant.objects.get(pk=current_tenant())
    if day_of_it > localdate(at, ZoneInfo(tenant.zone)):
        raise RefusalError(Text("Dieser Tag liegt in der Zukunft.", "This day lies in the future."))
    record(PLAN, tenant, at=at, actor=actor, after={"day": day_of_it})


def _told(last: date | None, why: Text) -> Text:
    link = absolute("privacy-own:exports")
    german = f"Die letzte Kopie Ihrer Daten haben Sie am {day(last, 'de')} abgeholt." if last else (
        "Bisher hat niemand bei Ihnen eine Kopie Ihrer Daten abgeholt."
    )  # fmt: skip
    english = f"You fetched the last copy of your data on {day(last, 'en')}." if last else (
        "Nobody with you has fetched a copy of your data yet."
    )  # fmt: skip
    return Text(
        f"{german} {why.de}\n\nDort bestellen und abholen: {link}",
        f"{english} {why.en}\n\nOrder and fetch one there: {link}",
    )


_PLAN_SUBJECT: Final = Text("Ihr Notfallplan fehlt", "Your contingency plan is missing")
_SUBJECT: Final = Text("Sichern Sie Ihre Daten", "Back up your data")
