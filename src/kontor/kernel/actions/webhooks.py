"""Webhooks: addresses told of events, made and changed by people; messages written with the event, tried by jobs."""

import json
import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext

from kontor.kernel import registry
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Event, Tenant, Webhook, WebhookDelivery
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.webhook_signing import headers, new_secret
from kontor.kernel.webhook_transport import GONE, target_of

JOB: Final = "kernel.deliver_webhook"
TEST: Final = "kernel.test"
BOTH: Final = timedelta(hours=24)  # after a rotation the old secret signs as well
KEPT: Final = timedelta(days=30)
FAILING, GONE_AWAY, BY_HAND = "failing", "gone", "hand"
_PLAIN: Final = re.compile(r"[\w./:+-]{1,100}")


class UnknownEventError(ValueError):
    """A webhook was to be told of a kind of event that no module declares."""


class NotSettledError(ValueError):
    """A message is still being tried; it is sent again by itself."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt, ready to be sent."""

    address: str
    body: bytes
    headers: dict[str, str]
    attempt: int


@transaction.atomic
def add_webhook(*, address: str, kinds: Collection[str], mail_to: str, at: datetime, actor: Actor) -> Webhook:
    """Add an address with a fresh secret; AddressRefusedError, UnknownEventError where it cannot be."""
    chosen = _known(address, kinds)
    hook = Webhook.objects.create(address=address, kinds=chosen, secret=new_secret(), mail_to=mail_to, made_at=at)
    record("kernel.webhook_added", hook, at=at, actor=actor, after={"address": address, "kinds": chosen})
    return hook


@transaction.atomic
def change_webhook(
    hook_id: uuid.UUID, *, address: str, kinds: Collection[str], mail_to: str, at: datetime, actor: Actor
) -> Webhook:
    """Change where to send, what of, and whom to tell; Webhook.DoesNotExist for a stranger's."""
    chosen, hook = _known(address, kinds), Webhook.objects.select_for_update().get(pk=hook_id)
    before = {"address": hook.address, "kinds": hook.kinds}
    hook.address, hook.kinds, hook.mail_to = address, chosen, mail_to
    hook.save(update_fields=["address", "kinds", "mail_to"])
    after = {"address": address, "kinds": chosen}
    record("kernel.webhook_changed", hook, at=at, actor=actor, before=before, after=after)
    return hook


@transaction.atomic
def rotate_secret(hook_id: uuid.UUID, *, at: datetime, actor: Actor) -> Webhook:
    """Give a webhook a new secret; for a day messages carry a signature of each."""
    hook = Webhook.objects.select_for_update().get(pk=hook_id)
    hook.old_secret, hook.old_until, hook.secret = hook.secret, at + BOTH, new_secret()
    hook.save(update_fields=["secret", "old_secret", "old_until"])
    record("kernel.webhook_secret_rotated", hook, at=at, actor=actor)
    return hook


@transaction.atomic
def switch(hook_id: uuid.UUID, *, on: bool, at: datetime, actor: Actor) -> Webhook:
    """Switch a webhook on or off; what happens while it is off is not sent later."""
    hook = Webhook.objects.select_for_update().get(pk=hook_id)
    hook.disabled_at, hook.disabled_for = (None, "") if on else (at, BY_HAND)
    hook.save(update_fields=["disabled_at", "disabled_for"])
    record("kernel.webhook_on" if on else "kernel.webhook_off", hook, at=at, actor=actor)
    return hook


@transaction.atomic
def remove_webhook(hook_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Remove a webhook with what was sent to it."""
    hook = Webhook.objects.select_for_update().get(pk=hook_id)
    record("kernel.webhook_removed", hook, at=at, actor=actor, before={"address": hook.address})
    hook.delete()


def hand_out(events: Sequence[Event]) -> None:
    """Write a message of each event for every address that asked for its kind, and queue it; one query without any."""
    asking = list(Webhook.objects.filter(disabled_at=None).only("pk", "kinds"))
    _queued(
        WebhookDelivery(webhook=hook, message=event.pk, kind=event.kind, body=body_of(event), at=event.at)
        for hook in asking
        for event in events
        if event.kind in hook.kinds
    )


def send_test(hook_id: uuid.UUID, *, at: datetime) -> WebhookDelivery:
    """Queue a message of the kind "kernel.test", so that a receiver can be tried out."""
    hook, event = Webhook.objects.get(pk=hook_id), Event(kind=TEST, payload={}, at=at)
    (made,) = _queued([WebhookDelivery(webhook=hook, message=event.pk, kind=TEST, body=body_of(event), at=at)])
    return made


@transaction.atomic
def redeliver(delivery_id: uuid.UUID, *, at: datetime, actor: Actor) -> WebhookDelivery:
    """Send a message again under its id, byte for byte; NotSettledError while it is still being tried."""
    old = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery_id)
    same = WebhookDelivery.objects.filter(webhook=old.webhook, message=old.message)
    if same.filter(delivered_at=None, given_up_at=None).exists():
        raise NotSettledError(str(old.message))
    last = same.aggregate(last=Max("round"))["last"]
    made = WebhookDelivery(
        webhook=old.webhook, message=old.message, round=last + 1, kind=old.kind, body=old.body, at=at
    )
    _queued([made])
    record("kernel.webhook_redelivered", old.webhook, at=at, actor=actor, after={"message": old.message})
    return made


@transaction.atomic
def note_attempt(delivery_id: uuid.UUID, *, at: datetime) -> Parcel | None:
    """Count an attempt before it is made and return what to send; None where there is nothing to send any more."""
    found = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook").filter(pk=delivery_id)
    row = found.first()
    if row is None or row.delivered_at or row.given_up_at:
        return None
    hook = row.webhook
    if hook.disabled_at is not None and row.kind != TEST:
        exactly_one(WebhookDelivery.objects.filter(pk=row.pk).update(given_up_at=at))
        return None
    exactly_one(WebhookDelivery.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, tried_at=at))
    known = [hook.secret]
    if hook.old_secret and hook.old_until and at < hook.old_until:
        known.append(hook.old_secret)
    body = row.body.encode()
    return Parcel(hook.address, body, headers(known, str(row.message), int(at.timestamp()), body), row.attempts + 1)


@transaction.atomic
def note_delivered(delivery_id: uuid.UUID, *, status: int, at: datetime) -> None:
    """Note that a message arrived, and forget those that are older than a month."""
    row = WebhookDelivery.objects.get(pk=delivery_id)
    exactly_one(WebhookDelivery.objects.filter(pk=row.pk).update(delivered_at=at, status=status, problem=""))
    exactly_one(Webhook.objects.filter(pk=row.webhook_id).update(delivered_at=at))
    WebhookDelivery.objects.filter(webhook_id=row.webhook_id, at__lt=at - KEPT).delete()


@transaction.atomic
def note_failed(delivery_id: uuid.UUID, *, problem: str, status: int | None, last: bool, at: datetime) -> bool:
    """
    Note why an attempt failed; False where no other follows.

    After the last attempt the webhook is switched off, and its keeper told, where nothing else arrived meanwhile; at
    once where the receiver answers 410, that it is gone.
    """
    row = WebhookDelivery.objects.select_related("webhook").get(pk=delivery_id)
    over = last or status == GONE or row.kind == TEST
    given_up = at if over else None
    exactly_one(WebhookDelivery.objects.filter(pk=row.pk).update(problem=problem, status=status, given_up_at=given_up))
    hook = row.webhook
    silent = hook.delivered_at is None or hook.delivered_at < row.at
    if over and row.kind != TEST and hook.disabled_at is None and (status == GONE or silent):
        _switched_off(hook, GONE_AWAY if status == GONE else FAILING, at=at)
    return not over


def body_of(event: Event) -> str:
    """Return a message's body: type, moment and data. Ids, numbers, days and words of code alone; no names, no text."""
    told = {"type": event.kind, "timestamp": event.at.isoformat(), "data": _without_text(event.payload)}
    return json.dumps(told, separators=(",", ":"))


def _without_text(value: Any) -> Any:
    """Leave out what could be a name, an address or free text: whatever has a space or an @ in it."""
    if isinstance(value, dict):
        return {key: told for key, each in value.items() if (told := _without_text(each)) is not None}
    if isinstance(value, list):
        return [told for each in value if (told := _without_text(each)) is not None]
    return None if isinstance(value, str) and not _PLAIN.fullmatch(value) else value


def _known(address: str, kinds: Collection[str]) -> list[str]:
    target_of(address)
    declared = {kind.key for module in registry.modules() for kind in module.events}
    if unknown := sorted(set(kinds) - declared):
        raise UnknownEventError(f"No module declares {', '.join(unknown)}.")
    return sorted(set(kinds))


def _queued(rows: Iterable[WebhookDelivery]) -> list[WebhookDelivery]:
    made = list(rows)
    if made:
        WebhookDelivery.objects.bulk_create(made)
        queue_many(JOB, [(current_tenant(), {"delivery": row.pk}) for row in made])
    return made


def _switched_off(hook: Webhook, why: str, *, at: datetime) -> None:
    exactly_one(Webhook.objects.filter(pk=hook.pk).update(disabled_at=at, disabled_for=why))
    record("kernel.webhook_off", hook, at=at, actor=MACHINE, after={"why": why})
    tenant = Tenant.objects.get(pk=current_tenant())
    with translation.override(tenant.language):
        subject = gettext("Webhook switched off: %(address)s") % {"address": hook.address}
        reason = {
            FAILING: gettext("No message has arrived there for days, however often it was sent."),
            GONE_AWAY: gettext("The receiver answers that this address is gone (410)."),
        }[why]
        mend = gettext("Mend the receiver, then switch the webhook on under “API and webhooks” and send again there.")
        send_mail(to=hook.mail_to, subject=subject, text=f"{hook.address}\n\n{reason}\n\n{mend}\n", about=hook, at=at)
