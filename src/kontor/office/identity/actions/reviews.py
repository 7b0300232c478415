"""Looking through everybody's rights, and signing what was found."""

import uuid
from collections.abc import Collection
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions import rights
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, Role, RoleAssignment, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.limits import Held, refuse_roles_beyond
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.actions.policy import change_policy, pass_again
from kontor.office.identity.actions.site_roles import take_at_site
from kontor.office.identity.models import RightsReview, User
from kontor.office.identity.queries.grants import grants
from kontor.office.identity.queries.reviews import digest, ended, review_due, stands, told
from kontor.rulebook.ruling import Text

DUE: Final = "identity.review_due"
CLAUSE: Final = "visitor Anhang III 2.3"
_MORNING: Final = time(6)  # exists once on every day, also when the clocks change
_REMARK: Final = 1000  # characters


class RightsChangedError(Exception):
    """Somebody's rights changed since the list was shown: it must be looked through again."""


@transaction.atomic
def sign_review(
    *, keep: Collection[uuid.UUID], shown: str, remark: str, user: User, held: Held, at: datetime, actor: Actor
) -> RightsReview:
    """
    Keep a review with its result, take what was not kept, and have the next one looked at when it is due.

    keep   keys of the grants that stay; shown  the mark of the list that was looked through (`stands`)

    RightsChangedError where the list is another by now, BeyondOwnRightsError, LastAdministratorError.
    """
    list(Role.objects.select_for_update())  # nobody changes a role while it is signed
    if stands(at=at) != shown:
        raise RightsChangedError
    due = review_due(at=at)
    rows = list(grants(at=at))
    gone = ended(rows, keep)
    refuse_roles_beyond(held, [grant.role for grant in gone])
    kept = [told(grant, kept=grant.pk in keep) for grant in rows]
    review = RightsReview.objects.create(
        grants=kept,
        sha256=digest(kept),
        kept=len(rows) - len(gone),
        ended=len(gone),
        remark=remark.strip()[:_REMARK],
        due_on=due.on,
        person=user.pk,
        name=user.name,
        at=at,
    )
    after = {"kept": review.kept, "ended": review.ended, "sha256": bytes(review.sha256).hex()}
    record("identity.rights_reviewed", review, at=at, actor=actor, clause=CLAUSE, after=after)
    _take(gone, keep=keep, held=held, at=at, actor=actor)
    watch(at=at)
    return review


@transaction.atomic
def change_interval(months: int | None, *, at: datetime, actor: Actor) -> None:
    """Set how often rights are reviewed, None for every quarter."""
    change_policy(at=at, actor=actor, review_months=months)
    watch(at=at)


def watch(*, at: datetime) -> datetime:
    """Have the administrators told on the morning on which the next review is due, and return when."""
    zone = ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)
    due = max(datetime.combine(review_due(at=at).on, _MORNING, zone), at)
    put_due(DUE, at=due)
    return due


@transaction.atomic
def tell_due(*, at: datetime) -> bool:
    """Write to the administrators that a review is due; False where it was done meanwhile, and the next is watched."""
    due = review_due(at=at)
    if not due.is_due:
        watch(at=at)
        return False
    tell_administrators(
        Text("Die Rechte sind zu prüfen", "The rights are to be reviewed"),
        Text(
            f"Fällig am {due.on:%d.%m.%Y}: Sehen Sie unter „Sicherheit, Prüfung der Rechte“ durch, wer was darf, und "
            "zeichnen Sie ab, was Sie gefunden haben.",
            f"Due on {due.on:%Y-%m-%d}: look through who may do what under “Security, Review of rights”, and sign what "
            "you have found.",
        ),
        about=None,
        at=at,
    )
    return True


def _take(
    gone: Collection[RoleAssignment], *, keep: Collection[uuid.UUID], held: Held, at: datetime, actor: Actor
) -> None:
    """Take what a review did not keep: at sites one by one, everywhere together for each person."""
    for grant in gone:
        if grant.site_id is not None:
            take_at_site(grant.pk, held=held, at=at, actor=actor)
    for member in {grant.membership_id: grant.membership for grant in gone if grant.site_id is None}.values():
        left = member.assignments.filter(site=None, pk__in=keep).values_list("role_id", flat=True)
        rights.set_roles(member.pk, roles=list(left), at=at, actor=actor)
        _passes_again(member, actor)


def _passes_again(member: Membership, actor: Actor) -> None:
    pass_again(member)
    if member.user_id != actor.id:
        end_sessions(member.user_id, working_in=current_tenant())
