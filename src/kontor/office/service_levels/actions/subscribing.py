"""Being told of the status page's news: asked for, confirmed by a button in the mail, ended by one POST."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from kontor.kernel.actions.mail import NewMail, check_address, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.webhook_signing import new_secret
from kontor.kernel.webhook_transport import target_of
from kontor.office.service_levels.models import StatusSubscription
from kontor.office.service_levels.queries.subscriptions import asked_mail
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

UNCONFIRMED_FOR: Final = timedelta(days=7)
_AGAIN_AFTER: Final = timedelta(minutes=10)
_AN_HOUR: Final = timedelta(hours=1)
_MAILS_AN_HOUR: Final = 3  # to one address that confirmed none of them, whichever webhooks are named
_ASKED_AN_HOUR: Final = 200  # whoever types strangers' addresses makes us send no more mail than this


@transaction.atomic
def ask(email: str, *, language: str, at: datetime, webhook: str = "") -> None:
    """
    Ask an address whether it wants to be told, by a mail with a button; nothing is told before.

    Who is subscribed already, was asked minutes ago or thrice within the hour gets no mail: the page says the same.
    MailAddressError, AddressRefusedError for what cannot be reached; RefusalError where too many are asked at once.
    """
    check_address(email)
    if webhook:
        target_of(webhook)
    _one_at_a_time()
    recent = StatusSubscription.objects.filter(confirmed_at__isnull=True, asked_at__gt=at - _AN_HOUR)
    if recent.count() >= _ASKED_AN_HOUR:
        raise RefusalError(Text("Bitte versuchen Sie es in einer Stunde noch einmal.", "Please try again in an hour."))
    if _mails_to(email.casefold(), at) >= _MAILS_AN_HOUR:
        return
    row, made = StatusSubscription.objects.get_or_create(
        email=email.casefold(), webhook=webhook, defaults={"language": language, "asked_at": at}
    )
    if row.confirmed_at is not None or (not made and row.asked_at > at - _AGAIN_AFTER):
        return
    row.language, row.asked_at = language, at
    row.save(update_fields=["language", "asked_at"])
    letter = asked_mail(row, Tenant.objects.get(pk=current_tenant()).name)
    send_mails([NewMail(to=row.email, subject=letter.subject, text=letter.text, about=row)], at=at)


def _one_at_a_time() -> None:
    """Let those who ask at the same moment be counted one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"subscribing {current_tenant()}"])


def _mails_to(address: str, at: datetime) -> int:
    """Return how many mails asked an address within the hour and were not answered by it."""
    open_rows = StatusSubscription.objects.filter(email=address, confirmed_at__isnull=True)
    kind = StatusSubscription._meta.label
    mails = OutgoingMail.objects.filter(to=address, about_kind=kind, at__gt=at - _AN_HOUR)
    return mails.filter(about_id__in=open_rows.values("pk")).count()


@transaction.atomic
def confirm(subscription_id: uuid.UUID, *, at: datetime) -> StatusSubscription:
    """
    Confirm a subscription, once; what is sent to a webhook is signed by the secret that it gets now.

    RefusalError where it was confirmed before; StatusSubscription.DoesNotExist where it was ended or never answered.
    """
    row = StatusSubscription.objects.select_for_update().get(pk=subscription_id)
    if row.confirmed_at is not None:
        raise RefusalError(Text("Das ist schon bestätigt.", "This is confirmed already."))
    row.confirmed_at = at
    row.secret = new_secret() if row.webhook else None
    row.save(update_fields=["confirmed_at", "secret"])
    record("service_levels.subscription_confirmed", row, at=at, actor=MACHINE, after={"asked_at": row.asked_at})
    return row


@transaction.atomic
def end(subscription_id: uuid.UUID, *, at: datetime) -> bool:
    """End a subscription and delete its address; False where that was done before."""
    row = StatusSubscription.objects.select_for_update().filter(pk=subscription_id).first()
    if row is None:
        return False
    record("service_levels.subscription_ended", row, at=at, actor=MACHINE)
    row.delete()
    return True


@transaction.atomic
def forget_unconfirmed(*, at: datetime) -> int:
    """Delete addresses that nobody confirmed within the time; return how many."""
    rows = StatusSubscription.objects.filter(confirmed_at__isnull=True, asked_at__lte=at - UNCONFIRMED_FOR)
    return int(rows.delete()[0])
