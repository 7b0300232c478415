"""Background work about people: locks that begin, cases on the house's day, links to a lost device's page."""

import uuid
from datetime import datetime, timedelta

from kontor.kernel.background import Patience, outside_job, tenant_job
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.identity.actions import bounces, devices, locks, reports, reviews, saml_set_up, scim_tokens
from kontor.office.identity.actions.oidc import ProviderFailedError
from kontor.office.identity.models import IdentityProvider, SecurityCase, User
from kontor.office.identity.queries.saml import SamlDetails


@tenant_job(locks.BEGINS)
def lock_begins(*, at: datetime, lock: str) -> None:
    """Let an announced lock take hold."""
    locks.begin(uuid.UUID(lock), at=at)


@tenant_job(reports.CASE_JOB)
def open_case(*, at: datetime, tenant: str, person: str, kind: str) -> None:
    """Put a suspicion on the house's day and tell its administrators."""
    reports.open_case(tenant=Tenant.objects.get(pk=tenant), person=User.objects.get(pk=person), kind=kind, at=at)


@tenant_job("identity.strangers_tried")
def strangers_tried(*, at: datetime, person: str) -> None:  # noqa: ARG001  every job is told the time
    """Somebody of this tenant asked again and again for rows that are not theirs: have the house look at it."""
    reports.tell_house(SecurityCase.Kind.STRANGERS.value, tenant=current_tenant(), person=uuid.UUID(person))


@tenant_job(bounces.JOB)
def address_refused(*, at: datetime, email: str) -> None:
    """Tell the administrators that mail does not reach one of their people."""
    bounces.tell_of_refused_address(email, at=at)


@tenant_job(reports.LINK_JOB)
def lost_device_link(*, at: datetime, email: str) -> None:
    """Mail the link to the page of a lost device, to whoever signs in with this address."""
    reports.send_lost_link(email, at=at)


@outside_job(saml_set_up.NIGHTLY, patience=Patience([timedelta(minutes=10), timedelta(hours=1)]))
def saml_night(*, tenant_id: uuid.UUID, at: datetime, provider: str) -> None:
    """Read what a SAML provider publishes, where it has an address for it, and look at all that ends."""
    provider_id = uuid.UUID(provider)
    with as_tenant(tenant_id):
        address = SamlDetails.of(IdentityProvider.objects.get(pk=provider_id)).metadata_url
    data, problem = None, ""
    try:
        data = saml_set_up.fetched(address) if address else None
    except ProviderFailedError as failed:
        problem = failed.problem
    with as_tenant(tenant_id):
        saml_set_up.look_at(provider_id, data=data, problem=problem, at=at)


@tenant_job(devices.DAY)
def device_day(*, at: datetime) -> None:
    """Write to those whose devices have old patch levels."""
    devices.remind_outdated(at=at)


@tenant_job(reviews.DUE)
def review_due(*, at: datetime) -> None:
    """Tell the administrators that a review of rights is due."""
    reviews.tell_due(at=at)


@tenant_job(scim_tokens.ENDS)
def scim_token_ends(*, at: datetime, provider: str) -> None:
    """Tell the administrators that a directory's token ends soon."""
    scim_tokens.tell_of_end(uuid.UUID(provider), at=at)
