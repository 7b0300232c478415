"""Setting up single sign-on: providers, the roles they give, domains, who may break the glass, and ending sessions."""

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext, ngettext

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.domain_records import text_records
from kontor.kernel.models import AccessPolicy, Membership, Role, Session
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.actions.policy import change_policy, pass_again
from kontor.office.identity.actions.provisioned_groups import follow_rules
from kontor.office.identity.models import (
    BreakGlass,
    ClaimedDomain,
    Entrance,
    ExternalIdentity,
    IdentityProvider,
    RoleRule,
)
from kontor.office.identity.queries import administrators
from kontor.office.identity.queries.single_sign_on import may_break_glass, not_connected
from kontor.rulebook.ruling import Text

RECORD: Final = "_kontor."  # before the domain: where the record stands
PREFIX: Final = "kontor-domain="
SSO_SESSION: Final = "sso_session"  # the session's key for the provider's name of it
SSO_NAMED: Final = "sso_named"  # how the provider called the person
SSO_LEAVING: Final = "sso_leaving"  # what it is told when they sign out there too
PROVIDER_FIELDS: Final = (
    "name", "kind", "issuer", "client_id", "entra_tenant", "role_claim", "factor_values", "joins", "session_hours",
    "details", "signs_out",
)  # fmt: skip

_ENFORCED: Final = {
    True: (
        Text("Nur noch Single Sign-on", "Single sign-on only"),
        Text("Kennwörter öffnen bei Ihnen nichts mehr.", "Passwords open nothing at your company any more."),
    ),
    False: (
        Text("Kennwörter gelten wieder", "Passwords open again"),
        Text("Man kann sich wieder mit Kennwort anmelden.", "People can sign in with a password again."),
    ),
}


class SetUpRefusedError(Exception):
    """Single sign-on cannot be set so; its text is the sentence for the page."""


@transaction.atomic
def add_provider(*, protocol: str, kind: str, name: str, at: datetime, actor: Actor) -> IdentityProvider:
    """Begin to set up a provider; it has an address of its own from now on and lets nobody in before it is active."""
    provider = IdentityProvider.objects.create(protocol=protocol, kind=kind, name=name, made_at=at)
    Entrance.objects.create(kind=Entrance.Kind.PROVIDER, name=str(provider.pk), tenant_id=current_tenant())
    told = {"name": name, "protocol": protocol}
    record("identity.provider_added", provider, at=at, actor=actor, after=told)
    return provider


@transaction.atomic
def change_provider(
    provider_id: uuid.UUID, *, at: datetime, actor: Actor, client_secret: str = "", **wanted: Any
) -> IdentityProvider:
    """
    Set fields of a provider by name; an empty secret keeps the one that is there.

    Whoever says who people are has changed where issuer or client do, and who they are where the attribute does that
    names them: it must be tested again before it is active.
    """
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    before, trusted = {name: getattr(provider, name) for name in wanted}, _trusted(provider)
    for name, value in wanted.items():
        assert name in PROVIDER_FIELDS, name
        setattr(provider, name, value)
    if _trusted(provider) != trusted:
        _refuse_closing(provider)
        provider.tested_at, provider.active = None, False
    if client_secret:
        provider.client_secret = client_secret
    provider.save()
    after = wanted | ({"client_secret": "changed"} if client_secret else {})
    record("identity.provider_changed", provider, at=at, actor=actor, before=before, after=after)
    return provider


@transaction.atomic
def set_rules(provider_id: uuid.UUID, *, rules: Collection[tuple[str, Role]], at: datetime, actor: Actor) -> None:
    """Let exactly these values of the role claim give these roles."""
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    stood = list(provider.rules.select_related("role"))
    before = sorted(f"{rule.value}: {rule.role}" for rule in stood)
    provider.rules.all().delete()
    for value, role in dict.fromkeys(rules):
        RoleRule.objects.create(provider=provider, value=value, role=role)
    after = sorted(f"{value}: {role}" for value, role in dict.fromkeys(rules))
    record("identity.role_rules_set", provider, at=at, actor=actor, before={"rules": before}, after={"rules": after})
    if before != after:
        follow_rules(provider, ruled_before={rule.role_id for rule in stood}, at=at, actor=actor)


@transaction.atomic
def note_test(provider_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Keep that an administrator came through a provider and back."""
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    provider.tested_at = at
    provider.save(update_fields=["tested_at"])
    record("identity.provider_tested", provider, at=at, actor=actor)


@transaction.atomic
def switch_provider(provider_id: uuid.UUID, *, active: bool, at: datetime, actor: Actor) -> IdentityProvider:
    """Let people sign in by a provider, or no more; SetUpRefusedError for one that was never tested, or the last."""
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    if active and provider.tested_at is None:
        raise SetUpRefusedError(gettext("Test the connection first."))
    if not active:
        _refuse_closing(provider)
        end_sessions_by(provider)
    provider.active = active
    provider.save(update_fields=["active"])
    record("identity.provider_switched", provider, at=at, actor=actor, after={"active": active})
    return provider


@transaction.atomic
def enforce(*, on: bool, at: datetime, actor: Actor) -> None:
    """
    Make single sign-on the only way in, or one of several again; told to all administrators.

    SetUpRefusedError where no provider is active, nobody is named for emergencies, or members would be shut out.
    """
    if on:
        if not IdentityProvider.objects.filter(active=True).exists():
            raise SetUpRefusedError(gettext("Switch a provider on first."))
        if not BreakGlass.objects.filter(membership__in=administrators(at=at)).exists():
            raise SetUpRefusedError(gettext("Name an administrator for emergencies first."))
        if left := len(not_connected(at=at)):
            raise SetUpRefusedError(
                ngettext(
                    "%(count)s person is not connected yet and would have no way in.",
                    "%(count)s people are not connected yet and would have no way in.",
                    left,
                )
                % {"count": left}
            )
    policy = change_policy(at=at, actor=actor, sso_only=on)
    subject, text = _ENFORCED[on]
    tell_administrators(subject, text, about=policy, at=at)


@transaction.atomic
def name_for_emergencies(membership_id: uuid.UUID, *, on: bool, at: datetime, actor: Actor) -> None:
    """Let an administrator come in with a password while single sign-on is enforced, or no more; all are told."""
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    if on:
        if not administrators(at=at).filter(pk=membership.pk).exists():
            raise SetUpRefusedError(gettext("Only an administrator can be named for emergencies."))
        BreakGlass.objects.get_or_create(membership=membership, defaults={"named_at": at, "named_by": actor.name})
    else:
        BreakGlass.objects.filter(membership=membership).delete()
        pass_again(membership)
    record("identity.emergency_access_set", membership, at=at, actor=actor, after={"on": on})
    name = str(membership.user)
    tell_administrators(
        Text("Notfallzugang geändert", "Emergency access changed"),
        Text(f"{name} darf im Notfall mit Kennwort herein.", f"{name} may come in with a password in an emergency.")
        if on
        else Text(f"{name} darf nicht mehr mit Kennwort herein.", f"{name} may no longer come in with a password."),
        about=membership,
        at=at,
    )


@transaction.atomic
def break_glass(membership: Membership, *, reason: str, at: datetime, actor: Actor) -> None:
    """Come in with a password although single sign-on is enforced: recorded with its reason, told to all at once."""
    if not may_break_glass(membership.user_id):
        raise SetUpRefusedError(gettext("You are not named for emergencies."))
    record("identity.glass_broken", membership, at=at, actor=actor, after={"reason": reason})
    tell_administrators(
        Text("Notfallzugang benutzt", "Emergency access used"),
        Text(
            f"{actor.name} ist mit Kennwort hereingekommen, obwohl nur Single Sign-on gilt. Grund: {reason}",
            f"{actor.name} came in with a password although only single sign-on counts. Reason: {reason}",
        ),
        about=membership,
        at=at,
    )


@transaction.atomic
def claim_domain(domain: str, *, at: datetime, actor: Actor) -> ClaimedDomain:
    """Say that an e-mail domain is the tenant's; it counts once `check_domain` has seen the record."""
    claimed, made = ClaimedDomain.objects.get_or_create(
        domain=domain, defaults={"token": secrets.token_urlsafe(24), "claimed_at": at}
    )
    if made:
        record("identity.domain_claimed", claimed, at=at, actor=actor, after={"domain": domain})
    return claimed


def check_domain(domain_id: uuid.UUID, *, at: datetime, actor: Actor) -> bool:
    """
    Look for the record in the domain's DNS and keep that it was there; False where it is not.

    NoAnswerError where DNS could not be asked, SetUpRefusedError where another tenant has proved the domain.
    """
    claimed = ClaimedDomain.objects.get(pk=domain_id)
    if PREFIX + claimed.token not in text_records(RECORD + claimed.domain):
        return False
    with transaction.atomic():
        _open_entrance(claimed)
        claimed.verified_at = at
        claimed.save(update_fields=["verified_at"])
        record("identity.domain_verified", claimed, at=at, actor=actor, after={"domain": claimed.domain})
    return True


@transaction.atomic
def give_up_domain(domain_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Claim a domain no more; its people are no longer led to the tenant's providers."""
    claimed = ClaimedDomain.objects.get(pk=domain_id)
    Entrance.objects.filter(kind=Entrance.Kind.DOMAIN, name=claimed.domain, tenant_id=current_tenant()).delete()
    record("identity.domain_given_up", claimed, at=at, actor=actor, before={"domain": claimed.domain})
    claimed.delete()


@dataclass(frozen=True, slots=True)
class Over:
    """
    Whose sessions a provider says are over: of whom all that is said here is so; nothing said, nobody's.

    subject  by what they are known here; session: its name for one of them; named: how it called them at the sign-in
    """

    subject: str = ""
    session: str = ""
    named: str = ""

    def __bool__(self) -> bool:
        return bool(self.subject or self.session or self.named)


def end_sessions_by(
    provider: IdentityProvider, *, subject: str = "", session: str = "", named: str = ""
) -> int:  # fmt: skip
    """End the sessions that began by a provider: all, a person's, or the one it calls so; return how many."""
    rows = Session.objects.filter(method=provider.method)
    if subject:
        rows = rows.filter(person__in=_known_as(provider, subject))
    kept = {key: value for key, value in ((SSO_SESSION, session), (SSO_NAMED, named)) if value}
    if kept:
        told = ((row.pk, row.get_decoded()) for row in rows)
        rows = rows.filter(pk__in=[key for key, data in told if kept.items() <= data.items()])
    return rows.delete()[0]


def _known_as(provider: IdentityProvider, subject: str) -> list[uuid.UUID]:
    known = ExternalIdentity.objects.filter(issuer=provider.issuer, subject=subject)
    return list(known.values_list("user_id", flat=True))


def _open_entrance(claimed: ClaimedDomain) -> None:
    door, _ = Entrance.objects.get_or_create(
        kind=Entrance.Kind.DOMAIN, name=claimed.domain, defaults={"tenant_id": current_tenant()}
    )
    if door.tenant_id != claimed.tenant_id:
        raise SetUpRefusedError(gettext("Another company has proved this domain. Ask us to look at it."))


def _trusted(provider: IdentityProvider) -> tuple[str, ...]:
    """Return whose word counts, and by what it names people."""
    named: str = provider.details.get("subject_attribute", "")
    return (provider.issuer, provider.client_id, provider.entra_tenant, named)


def _refuse_closing(provider: IdentityProvider) -> None:
    """Refuse to switch off the only way in."""
    others = IdentityProvider.objects.filter(active=True).exclude(pk=provider.pk)
    if provider.active and AccessPolicy.objects.filter(sso_only=True).exists() and not others.exists():
        raise SetUpRefusedError(gettext("It is the only way in. Let passwords open again first."))
