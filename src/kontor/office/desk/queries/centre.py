"""What the customer centre shows: where it is, whose requests somebody may see."""

import uuid
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from kontor.kernel import registry
from kontor.kernel.models import Entitlement, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import Centre, CentreAddress, CentrePerson, Ticket


def centre_address() -> str:
    """Return the whole address of the current tenant's centre; CentreAddress.DoesNotExist where it has none."""
    slug = CentreAddress.objects.values_list("slug", flat=True).get(tenant_id=current_tenant())
    return f"{settings.KONTOR_BASE_URL.rstrip('/')}{reverse('centre:home', args=[slug])}"


def open_centre(today: date) -> Centre | None:
    """Return the current tenant's centre where it is open and its order holds the desk; the house's always."""
    centre = Centre.objects.filter(open=True).first()
    if centre is None or Tenant.objects.filter(pk=current_tenant(), is_house=True).exists():
        return centre
    opened_by = {"desk", *registry.module("desk").opened_by}
    ordered = Entitlement.objects.filter(module__in=opened_by, from_on__lte=today)
    return centre if ordered.filter(Q(until_on=None) | Q(until_on__gt=today)).exists() else None


def party_in_centre(email: str, *, at: datetime) -> uuid.UUID | None:
    """Return to which customer an end customer's confirmed address belongs; None for nobody's, or who has left."""
    known = CentrePerson.objects.filter(email=email.casefold()).exclude(confirmed_at=None)
    rows = known.filter(Q(left_on=None) | Q(left_on__gt=localdate(at)))
    return rows.values_list("party", flat=True).first()


def requests_of(person: CentrePerson) -> QuerySet[Ticket]:
    """Return the requests an end customer may see: their own, or their company's by right."""
    own = Ticket.objects.filter(requester_email__iexact=person.email)
    if person.contract_id is not None:  # their address was confirmed by their own company, and by nobody else
        return own.filter(party=person.party_id)
    if person.company and person.party_id is not None:
        return own | Ticket.objects.filter(party_id=person.party_id)
    return own
