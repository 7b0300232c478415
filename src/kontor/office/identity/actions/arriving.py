"""Coming in by the word of a tenant's identity provider, whatever protocol carried it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kontor.kernel.actions import rights
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, Role
from kontor.office.identity.actions.limits import SeatsTakenError, take_a_seat
from kontor.office.identity.actions.ruled_roles import give_roles
from kontor.office.identity.models import ExternalIdentity, IdentityProvider, ProvisionedUser, User
from kontor.office.identity.models.single_sign_on import EVERYBODY
from kontor.office.identity.queries import is_here
from kontor.office.identity.queries.provisioning import is_provisioned
from kontor.office.identity.queries.single_sign_on import is_own_domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """
    What a provider says of somebody who has just signed in there.

    subject        by what they are known, for ever
    email          their address, "" where it says none; `email_trusted` only where the provider vouches for it
    role_values    the values of its role claim
    second_factor  whether it says that one was shown
    session        its own name for the session, by which it may end it later
    named          how it calls the person when it says that all their sessions are over, "" for as `subject`
    until          when our session ends at the latest
    """

    subject: str
    email: str = ""
    email_trusted: bool = False
    name: str = ""
    role_values: Sequence[str] = ()
    second_factor: bool = False
    session: str = ""
    named: str = ""
    until: datetime | None = None


class ArrivalRefusedError(Exception):
    """Somebody whom the provider knows does not come in here; its text is the sentence for the page."""


@transaction.atomic
def arrive(provider: IdentityProvider, arrival: Arrival, *, at: datetime) -> Membership:
    """
    Let somebody into the current tenant by its provider's word, with the roles that its claims give today.

    Known is who was connected before, by issuer and subject. Anybody else becomes a member only where the provider may
    let people join, with a vouched-for address in a domain of the tenant that nobody signs in with yet: an address
    alone never opens an account that exists. Whom the provider brought beforehand is awaited. ArrivalRefusedError says
    what stands in the way.
    """
    known = ExternalIdentity.objects.select_for_update().filter(issuer=provider.issuer, subject=arrival.subject).first()
    known = known or _awaited(provider, arrival, at=at)
    if known is None:
        membership = _join(provider, arrival, at=at)
    else:
        membership = _come_back(known, at=at)
        _give_roles(provider, arrival, membership, at=at)
        known.last_at = at
        known.save(update_fields=["last_at"])
    return membership


@transaction.atomic
def connect(provider: IdentityProvider, arrival: Arrival, user: User, *, at: datetime) -> ExternalIdentity:
    """
    Connect a member of the current tenant, signed in by another way, with who they are at the provider.

    ArrivalRefusedError where that identity belongs to somebody else, or the person is connected as another.
    """
    membership = Membership.objects.get(user=user)
    there = ExternalIdentity.objects.filter(issuer=provider.issuer, subject=arrival.subject).first()
    if there is not None and there.user_id != user.pk:
        raise ArrivalRefusedError(gettext("Somebody else here is connected with this account of your provider."))
    if there is not None:
        return there
    if ExternalIdentity.objects.filter(issuer=provider.issuer, user=user).exists():
        raise ArrivalRefusedError(gettext("You are connected with another account of this provider already."))
    made = _keep(provider, arrival, user, at=at)
    record("identity.connected", membership, at=at, actor=Actor.person(user), after={"provider": str(provider)})
    return made


@transaction.atomic
def disconnect(membership: Membership, *, at: datetime, actor: Actor) -> None:
    """Forget whom a member is at any provider of the current tenant."""
    gone, _ = ExternalIdentity.objects.filter(user_id=membership.user_id).delete()
    if gone:
        record("identity.disconnected", membership, at=at, actor=actor)


def _join(provider: IdentityProvider, arrival: Arrival, *, at: datetime) -> Membership:
    _refuse_joining(provider, arrival)
    roles = _roles(provider, arrival)
    if not roles:
        raise ArrivalRefusedError(gettext("No role is meant for you here. Ask your administrator for one."))
    try:
        take_a_seat(at=at)
    except SeatsTakenError as taken:
        raise ArrivalRefusedError(gettext("All seats are taken. Ask your administrator for one.")) from taken
    name = arrival.name or arrival.email.partition("@")[0]
    user = User.objects.create_user(arrival.email, None, name=name[:200], created_at=at)
    membership = rights.add_member(
        user, kind=Membership.Kind.EMPLOYEE, roles=roles, at=at, actor=Actor.person(user)
    )  # fmt: skip
    _keep(provider, arrival, user, at=at)
    given = {"provider": str(provider), "roles": sorted(role.name for role in roles)}
    record("identity.joined", membership, at=at, actor=Actor.person(user), after=given)
    return membership


def _refuse_joining(provider: IdentityProvider, arrival: Arrival) -> None:
    if not provider.joins:
        raise ArrivalRefusedError(
            gettext("You are not known here yet. Ask your administrator for an invitation; if you have an account, "
                    "sign in as before and connect it on your profile.")
        )  # fmt: skip
    if not arrival.email or not arrival.email_trusted:
        raise ArrivalRefusedError(gettext("Your provider does not vouch for your e-mail address."))
    if not is_own_domain(arrival.email):
        raise ArrivalRefusedError(gettext("Your e-mail address lies in no domain that your company has proved."))
    if User.objects.filter(email__iexact=arrival.email).exists():
        raise ArrivalRefusedError(
            gettext("There is an account with your e-mail address already. Sign in as before and connect it on your "
                    "profile.")
        )  # fmt: skip


def _come_back(known: ExternalIdentity, *, at: datetime) -> Membership:
    membership = Membership.objects.select_for_update().filter(user_id=known.user_id).first()
    user = User.objects.get(pk=known.user_id)
    if membership is None or not user.is_active or not is_here(membership, at=at):
        raise ArrivalRefusedError(gettext("Your access has ended. Ask your administrator."))
    return membership


def _roles(provider: IdentityProvider, arrival: Arrival) -> list[Role]:
    """Return the roles that the provider's rules give; a rule for everybody holds without any claim."""
    values = {EVERYBODY, *(arrival.role_values if provider.role_claim else ())}
    return list(Role.objects.filter(pk__in=provider.rules.filter(value__in=values).values("role_id")))


def _give_roles(provider: IdentityProvider, arrival: Arrival, membership: Membership, *, at: datetime) -> None:
    """Give the roles that the claims stand for; where the directory brings groups by itself, those decide."""
    if provider.role_claim and not is_provisioned(provider, membership):
        give_roles(provider, {membership.pk: {EVERYBODY, *arrival.role_values}}, at=at, actor=None)


def _awaited(provider: IdentityProvider, arrival: Arrival, *, at: datetime) -> ExternalIdentity | None:
    """
    Connect somebody whom this very provider brought beforehand with who they are there, at their first coming.

    It names them by the address that it vouches for, in a proved domain; the account was made for it and has no other
    way in, neither password nor connection. Any other account is connected by whoever signs in to it.
    """
    if not arrival.email or not arrival.email_trusted or not is_own_domain(arrival.email):
        return None
    made = ProvisionedUser.objects.filter(provider=provider, made_here=True, deleted_at=None)
    found = made.filter(membership__user__email__iexact=arrival.email).select_related("membership__user").first()
    if found is None or found.membership.user.has_usable_password():
        return None
    known = ExternalIdentity.objects.filter(user=found.membership.user_id)
    if (known if provider.entra_tenant else known.exclude(last_at=None)).exists():
        return None  # Entra ID's own id says who somebody is; another's may have been none that its sign-in knows
    known.delete()
    kept = _keep(provider, arrival, found.membership.user, at=at)
    actor = Actor.person(found.membership.user)
    record("identity.connected", found.membership, at=at, actor=actor, after={"provider": str(provider)})
    return kept


def _keep(provider: IdentityProvider, arrival: Arrival, user: User, *, at: datetime) -> ExternalIdentity:
    return ExternalIdentity.objects.create(
        provider=provider, issuer=provider.issuer, subject=arrival.subject, user=user, connected_at=at, last_at=at
    )
