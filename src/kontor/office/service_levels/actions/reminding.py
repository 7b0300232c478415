"""Reminders, each once: a claim to be decided soon, a recovery of which three quarters of the time are gone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.models import CreditClaim, Outage, Reminder
from kontor.office.service_levels.queries.letters import Letter, claim_mail, recovery_mail
from kontor.office.service_levels.queries.receivers import people_with
from kontor.office.service_levels.queries.recovery import recoveries

AHEAD: Final = timedelta(days=7)
CLAIM: Final = "claim"
RECOVERY: Final = "recovery"


@transaction.atomic
def remind_of_claims(*, at: datetime) -> list[CreditClaim]:
    """Remind whoever decides of the claims that are to be decided within seven days, each once; return them."""
    known = set(Reminder.objects.filter(kind=CLAIM).values_list("about", flat=True))
    open_ = CreditClaim.objects.filter(decisions__isnull=True, decide_by__isnull=False).order_by("decide_by")
    soon = [each for each in open_ if each.pk not in known and _near(each, at)]
    for each in soon:
        letter = claim_mail(each, _language())
        _remind(CLAIM, each, letter, people_with("service_levels.decide", at=at), at=at)
    return soon


@transaction.atomic
def warn_of_recoveries(*, at: datetime) -> list[tuple[Outage, str]]:
    """Warn whoever keeps outages of those not mended after three quarters of their time, once under each pack."""
    running = list(Outage.objects.filter(ended_at__isnull=True).order_by("started_at"))
    known = set(
        Reminder.objects.filter(kind=RECOVERY, about__in=[each.pk for each in running]).values_list("about", "pack")
    )
    found = []
    for outage in running:
        for each in recoveries(outage, at=at):
            if each.warned_at <= at and (outage.pk, each.pack) not in known:
                letter = recovery_mail(outage, each.ruling.value, _language())
                to = people_with("service_levels.change", at=at)
                _remind(RECOVERY, outage, letter, to, at=at, pack=each.pack)
                found.append((outage, each.pack))
    return found


def _near(claim: CreditClaim, at: datetime) -> bool:
    assert claim.decide_by is not None  # asked for
    zone = ZoneInfo(contracts.supplied(claim.contract_id, claim.month).pack.zone)
    return claim.decide_by - AHEAD <= at.astimezone(zone).date()


def _remind(
    kind: str, about: CreditClaim | Outage, letter: Letter, to: Iterable[str], *, at: datetime, pack: str = ""
) -> None:
    Reminder.objects.create(kind=kind, about=about.pk, pack=pack, at=at)
    send_mails([NewMail(to=each, subject=letter.subject, text=letter.text, about=about) for each in to], at=at)
    publish(f"service_levels.{kind}_reminded", {"about": str(about.pk), "pack": pack}, at=at)


def _language() -> str:
    return str(Tenant.objects.get(pk=current_tenant()).language)
