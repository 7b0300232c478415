"""Telling those who administer a tenant that something about its access needs their eyes."""

from datetime import datetime
from typing import Final

from django.db import models, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.queries import administrators
from kontor.rulebook.ruling import Text

TOLD: Final = "identity.administrators_told"


@transaction.atomic
def tell_administrators(subject: Text, text: Text, *, about: models.Model | None, at: datetime) -> list[OutgoingMail]:
    """
    Write to everybody who may do everything in the current tenant, each in their own language, and wake its pages.

    about  the row that the mails belong to; they are queued with the transaction that tells, and leave at once
    """
    spoken = Tenant.objects.values_list("language", flat=True).get(pk=current_tenant())
    mails = [
        NewMail(
            to=person.user.email,
            to_name=person.user.name,
            subject=subject.spoken(person.user.language or spoken),
            text=text.spoken(person.user.language or spoken),
            about=about,
        )
        for person in administrators(at=at)
    ]
    publish(TOLD, {"count": len(mails)}, at=at)
    return send_mails(mails, at=at)
