"""Erasing a person's account: what it is made of everywhere, once nobody has them as a member any more."""

import uuid

from django.db import transaction

from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.models import Membership
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import NOBODY, as_person, as_tenant
from kontor.office.identity.models import User


@transaction.atomic
def forget_person(person: uuid.UUID) -> bool:
    """
    Erase a person's account with its factors, devices and sessions; False while a company has them as a member.

    Call it outside `as_tenant`. Repeating it changes nothing.
    """
    with as_person(person):
        if TenantQuerySet[Membership](Membership).filter(user_id=person).exists():
            return False
    end_sessions(person)
    with as_tenant(NOBODY):  # what companies keep about the person is none of this; the database refuses where it is
        return bool(User.objects.filter(pk=person).delete()[0])
