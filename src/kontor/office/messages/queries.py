"""Reads about mail across tenants, for the demo's mailbox."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kontor.kernel.models import Tenant
from kontor.kernel.queries.mail import Letter, contents_of, letter, letters
from kontor.kernel.tenancy import as_tenant

MOST_OF_A_TENANT: Final = 200


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it lies in the mailbox, and the tenant that wrote it."""

    letter: Letter
    tenant: Tenant

    @property
    def attachments(self) -> int:
        """How many files it carries."""
        return len(self.letter.files)


def received(tenants: Collection[Tenant]) -> list[Received]:
    """Return the latest mail of these tenants, newest first; two queries a tenant."""
    found: list[Received] = []
    for tenant in tenants:
        with as_tenant(tenant.pk):
            found += [Received(one, tenant) for one in letters(limit=MOST_OF_A_TENANT)]
    return sorted(found, key=lambda one: (one.letter.at, one.letter.id), reverse=True)


def one_received(tenant_id: uuid.UUID, mail_id: uuid.UUID) -> Received:
    """Return one mail of a tenant; Tenant.DoesNotExist or OutgoingMail.DoesNotExist where there is none."""
    tenant = Tenant.objects.get(pk=tenant_id)
    with as_tenant(tenant.pk):
        return Received(letter(mail_id), tenant)


def file_of(one: Received, place: int) -> tuple[str, str, bytes]:
    """Return a mail's file by its place, counted from 0: name, media type, content; IndexError where there is none."""
    with as_tenant(one.tenant.pk):
        return contents_of(one.letter)[place]
