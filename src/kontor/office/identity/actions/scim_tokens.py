"""Letting a directory bring people and groups by itself: the switch, the tokens it shows, and its last calls."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from kontor.kernel.actions import credentials
from kontor.kernel.actions.api_keys import NOTED_EVERY
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import Actor
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.actions.providers import SetUpRefusedError
from kontor.office.identity.models import IdentityProvider, ScimCall, ScimToken
from kontor.office.identity.queries.provisioning import CREDENTIAL, live_tokens
from kontor.rulebook.ruling import Text

ENDS: Final = "identity.scim_token_ends"
LIFE: Final = timedelta(days=365)
OVERLAP: Final = timedelta(days=7)  # how long the token before still opens
WARNED: Final = timedelta(days=30)  # before the last one ends
KEPT: Final = 100  # calls of each kind: done, refused, and of nobody known, which push no other out
PER_MINUTE: Final = 20  # refusals of nobody known: whoever calls with nonsense fills no table


@transaction.atomic
def switch_provisioning(provider_id: uuid.UUID, *, on: bool, at: datetime, actor: Actor) -> IdentityProvider:
    """Let a directory bring people and groups, or no more; SetUpRefusedError before it says who it is."""
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    if on and not provider.issuer:
        raise SetUpRefusedError(gettext("Set the connection up first."))
    provider.provisions = on
    provider.save(update_fields=["provisions"])
    record("identity.provisioning_switched", provider, at=at, actor=actor, after={"on": on})
    return provider


@transaction.atomic
def make_token(provider_id: uuid.UUID, *, at: datetime, actor: Actor) -> tuple[ScimToken, str]:
    """
    Make a token for a directory and return it with its secret, which is told this once.

    The one before opens for `OVERLAP` more, so that nothing stands still while the new one is put in; any older ends.
    """
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    before = live_tokens(provider, at=at)
    for each in before[:1]:
        each.ends_at = min(each.ends_at, at + OVERLAP)
        each.save(update_fields=["ends_at"])
    for each in before[1:]:
        revoke_token(each.pk, at=at, actor=actor)
    made = ScimToken.objects.create(provider=provider, made_at=at, made_by=actor.name, ends_at=at + LIFE)
    secret = credentials.issue(CREDENTIAL, made.pk, expires_at=made.ends_at, at=at)
    put_due(ENDS, at=made.ends_at - WARNED, arguments={"provider": str(provider.pk)})
    told = {"ends_at": made.ends_at, "before": len(before)}
    record("identity.scim_token_made", provider, at=at, actor=actor, after=told)
    return made, secret


@transaction.atomic
def revoke_token(token_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Take a token back; it opens nothing from now on. ScimToken.DoesNotExist for a stranger's or one taken back."""
    token = ScimToken.objects.select_related("provider").get(pk=token_id, revoked_at=None)
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    credentials.revoke(CREDENTIAL, token.pk, at=at)
    record("identity.scim_token_revoked", token.provider, at=at, actor=actor, before={"made_at": token.made_at})


def note_use(token: ScimToken, *, at: datetime) -> None:
    """Note that a token was shown, give or take some minutes."""
    if token.used_at is None or at - token.used_at >= NOTED_EVERY:
        ScimToken.objects.filter(pk=token.pk).update(used_at=at)


@transaction.atomic
def note_call(
    provider: IdentityProvider, *, what: str, status: int, reason: str = "", told: dict[str, Any] | None = None,
    at: datetime,
) -> None:  # fmt: skip
    """Keep what a directory asked for and what became of it, the last calls of each kind."""
    earlier = ScimCall.objects.filter(provider=provider)
    if reason == "token" and earlier.filter(reason=reason, at__gt=at - timedelta(minutes=1)).count() >= PER_MINUTE:
        return
    ScimCall.objects.create(provider=provider, at=at, what=what[:300], status=status, reason=reason, told=told or {})
    same = earlier.filter(reason=reason) if reason in ("", "token") else earlier.exclude(reason__in=("", "token"))
    old = same.order_by("-at", "-pk").values_list("pk", flat=True)[KEPT:]
    earlier.filter(pk__in=list(old)).delete()


@transaction.atomic
def tell_of_end(provider_id: uuid.UUID, *, at: datetime) -> None:
    """Tell the administrators that a directory's last token ends soon; not where another one follows it."""
    provider = IdentityProvider.objects.get(pk=provider_id)
    live = live_tokens(provider, at=at)
    if not provider.provisions or not live or live[0].ends_at - at > WARNED:
        return
    name, day = str(provider), live[0].ends_at.date().isoformat()
    tell_administrators(
        Text("Ein Token läuft ab", "A token ends"),
        Text(
            f"Das Token, mit dem {name} Personen und Gruppen meldet, gilt bis {day}. Erzeugen Sie auf der Seite des "
            "Anbieters ein neues; sonst kommt danach niemand mehr dazu, und niemand wird abgemeldet.",
            f"The token by which {name} brings people and groups ends on {day}. Make another one on the provider's "
            "page; after that day nobody is added and nobody is taken away.",
        ),
        about=provider,
        at=at,
    )
