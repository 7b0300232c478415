"""Requests as other apps hang things at them."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.urls import reverse

from kontor.kernel.records import NamedRecord, RecordKind
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import Ticket
from kontor.rulebook.ruling import Text


def named_tickets(tickets: Collection[UUID]) -> dict[UUID, NamedRecord]:
    """Return name and page of those of these requests that the current tenant has; one query."""
    rows = Ticket.objects.filter(tenant_id=current_tenant(), pk__in=tickets)
    return {
        each.pk: NamedRecord(f"{each.name} {each.subject}", reverse("desk:ticket", args=(each.pk,))) for each in rows
    }


RECORDS: Final = (
    RecordKind(key="desk.Ticket", label=Text("Anfrage", "Request"), permission="desk.see", named=named_tickets),
)
