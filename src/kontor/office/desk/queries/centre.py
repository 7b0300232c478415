"""What the customer centre shows: where it is, whose requests somebody may see."""

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import CentreAddress, CentrePerson, Ticket


def centre_address() -> str:
    """Return the whole address of the current tenant's centre; CentreAddress.DoesNotExist where it has none."""
    slug = CentreAddress.objects.values_list("slug", flat=True).get(tenant_id=current_tenant())
    return f"{settings.KONTOR_BASE_URL.rstrip('/')}{reverse('centre:home', args=[slug])}"


def requests_of(person: CentrePerson) -> QuerySet[Ticket]:
    """Return the requests an end customer may see: their own, or their company's by right."""
    own = Ticket.objects.filter(requester_email__iexact=person.email)
    if person.company and person.party_id is not None:
        return own | Ticket.objects.filter(party_id=person.party_id)
    return own
