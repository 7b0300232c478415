"""Whether a company's set-up waits for whom its people can call."""

import uuid

from kontor.kernel.models import RoleAssignment
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.queries.security import policy_here


def names_contact(tenant: uuid.UUID, person: uuid.UUID) -> bool:
    """Tell whether this person administers a tenant that names nobody yet: the contact ends its set-up (SM-021)."""
    with as_tenant(tenant):
        policy = policy_here()
        if policy.contact_name and policy.contact_phone and policy.contact_email:
            return False
        return RoleAssignment.objects.filter(role__everything=True, membership__user_id=person).exists()
