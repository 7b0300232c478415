"""What becomes of a person's second factor: set up, used, renewed, removed, and taken back by an administrator."""

from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import IntegrityError, transaction

from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actor import Actor
from kontor.kernel.models import AccessPolicy, Membership, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.policy import pass_again
from kontor.office.identity.formats.one_time_codes import step_of
from kontor.office.identity.models import LastCode, User
from kontor.office.identity.queries import tenants_of
from kontor.office.identity.queries.factors import KINDS, has_factor

_RESET = {
    "de": (
        "Ihr zweiter Faktor wurde zurückgesetzt",
        "Guten Tag {name},\n\n{actor} hat für {tenant} Ihren zweiten Faktor zurückgesetzt. "
        "Ihre Sitzungen sind beendet. Richten Sie nach der nächsten Anmeldung einen neuen ein.\n\n"
        "Haben Sie nicht darum gebeten? Dann sprechen Sie sofort mit Ihrer Verwaltung.\n",
    ),
    "en": (
        "Your second factor was reset",
        "Hello {name},\n\n{actor} has reset your second factor at {tenant}. Your sessions have ended. "
        "Set up a new one after signing in next time.\n\n"
        "You did not ask for this? Then speak to your administrators at once.\n",
    ),
}


class WrongProofError(Exception):
    """What was shown proves nothing: a wrong code, one that was used before, a passkey of somebody else."""


class AlreadySetUpError(Exception):
    """The person has an authenticator app already; it is removed before another one is set up."""


class WorksElsewhereError(Exception):
    """The person signs in to another company too, whose protection this one cannot take away."""


@transaction.atomic
def enrol_app(
    user: User, seed: str, code: str, *, keep: str | None, at: datetime, actor: Actor | None
) -> list[str] | None:
    """
    Set up an authenticator app that was told `seed` and shows `code`; return new recovery codes where none were there.

    keep   the cookie of the session that stays; the person's others end
    actor  None where the person works nowhere, so that no record is there to write to

    WrongProofError for a code that the seed does not make now; AlreadySetUpError where there is an app.
    """
    step = step_of(seed, code, at=at)
    if step is None:
        raise WrongProofError
    try:
        with transaction.atomic():
            closed = {"secret": get_adapter().encrypt(seed)}
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=closed, created_at=at)
    except IntegrityError as error:
        raise AlreadySetUpError from error
    LastCode.objects.update_or_create(person=user, defaults={"step": step})
    return changed(user, "identity.factor_added", keep=keep, at=at, actor=actor, after={"kind": "app"})


@transaction.atomic
def use_code(user: User, code: str, *, at: datetime) -> Authenticator:
    """
    Use up a code of the authenticator app, or a recovery code, and return what it belongs to; each is good once.

    WrongProofError for any other code, one used before, and one older than the last that was used.
    """
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if app is not None:
        step = step_of(get_adapter().decrypt(app.data["secret"]), code, at=at)
        if step is not None and _take(user, step):
            return _used(app, at)
    codes = Authenticator.objects.select_for_update().filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is not None and codes.wrap().validate_code(code):
        Authenticator.objects.filter(pk=codes.pk).update(last_used_at=at)
        return codes
    raise WrongProofError


def _take(user: User, step: int) -> bool:
    """Use up a time step and all before it; False where somebody was there first."""
    LastCode.objects.get_or_create(person=user, defaults={"step": 0})
    return LastCode.objects.filter(person=user, step__lt=step).update(step=step) == 1


def _used(factor: Authenticator, at: datetime) -> Authenticator:
    factor.last_used_at = at
    factor.save(update_fields=["last_used_at"])
    return factor


@transaction.atomic
def renew_codes(user: User, *, at: datetime, actor: Actor | None) -> list[str]:
    """Make new recovery codes; those before are good no more. WrongProofError without a second factor to replace."""
    User.objects.select_for_update().get(pk=user.pk)  # two renewals at once end with one set
    if not has_factor(user.pk):
        raise WrongProofError
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    if actor is not None:
        record("identity.recovery_codes_renewed", user, at=at, actor=actor)
    return _made(user)


def _made(user: User) -> list[str]:
    return list(RecoveryCodes.activate(user).generate_codes())


@transaction.atomic
def remove_app(user: User, *, keep: str | None, at: datetime, actor: Actor | None) -> None:
    """Remove the authenticator app; recovery codes go with the last factor, the person's other sessions end."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    forget_codes_alone(user)
    changed(user, "identity.factor_removed", keep=keep, at=at, actor=actor, after={"kind": "app"})


def forget_codes_alone(user: User) -> None:
    """Delete recovery codes that replace nothing any more."""
    if not has_factor(user.pk):
        Authenticator.objects.filter(user=user).delete()


def changed(
    user: User, verb: str, *, keep: str | None, at: datetime, actor: Actor | None, after: dict[str, Any]
) -> list[str] | None:
    """End the person's other sessions, record it, and return recovery codes where a factor has none yet."""
    end_sessions(user.pk, keep=keep)
    if actor is not None:
        record(verb, user, at=at, actor=actor, after=after)
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return _made(user) if has_factor(user.pk) and not codes.exists() else None


@transaction.atomic
def reset_factor(membership: Membership, *, at: datetime, actor: Actor) -> None:
    """
    Take a member's second factor away, so that they set up a new one; nobody sets one for somebody else.

    Their sessions end, and they are mailed. WorksElsewhereError where they work for another company too: with them
    would fall what protects that one. What helps then are their recovery codes.
    """
    user = User.objects.get(pk=membership.user_id)
    if len(tenants_of(user.pk, at=at)) > 1:
        raise WorksElsewhereError
    kinds = list(Authenticator.objects.filter(user=user, type__in=KINDS).values_list("type", flat=True))
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user.pk)
    record("identity.factor_reset", membership, at=at, actor=actor, before={"kinds": [str(kind) for kind in kinds]})
    subject, text = _RESET[user.language or "de"]
    tenant = Tenant.objects.get(pk=current_tenant())
    send_mail(
        to=user.email,
        to_name=user.name,
        subject=subject,
        text=text.format(name=user.name, actor=actor.name, tenant=tenant.name),
        about=membership,
        at=at,
    )


@transaction.atomic
def demand_factor(membership: Membership, demand: str, *, at: datetime, actor: Actor) -> None:
    """
    Say what second factor a member needs; they pass the gates again.

    demand  "OFF", "OPTIONAL", "MANDATORY", or "" for what the company asks of everybody
    """
    if demand:
        demand = AccessPolicy.SecondFactor(demand).value
    before = membership.second_factor
    if before == demand:
        return
    Membership.objects.filter(pk=membership.pk).update(second_factor=demand)
    membership.second_factor = demand
    pass_again(membership)
    was, now = {"second_factor": before}, {"second_factor": demand}
    record("identity.second_factor_demanded", membership, at=at, actor=actor, before=was, after=now)
