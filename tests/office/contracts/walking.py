"""What tests of these pages share: an offer taken as far as wanted, and its link."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import conclusion, offers
from kontor.office.contracts.models import Contract, Offer
from kontor.office.identity.models import User
from tests.background import run_jobs
from tests.factories import House, accept, make_draft, make_party, send
from tests.people import browser


def offered(
    house: House, *, name: str = "Alder & Söhne GmbH", party: Mapping[str, Any] | None = None, **given: Any
) -> Offer:
    """Send an offer that is valid for another month, whatever day the test runs on."""
    customer = make_party(house, name=name, email=f"post@{name.split(maxsplit=1)[0].lower()}.example", **(party or {}))
    now = timezone.now()
    until = timezone.localdate(now) + timedelta(days=30)
    return send(house, make_draft(house, customer, **{"valid_until": until, **given}), at=now)


def concluded(house: House, **given: Any) -> Contract:
    """Take an offer to its contract and the customer's account."""
    offer = offered(house, **given)
    accept(house, offer, at=timezone.now())
    if house.pack == "visitor":
        with as_tenant(house.tenant.pk):
            conclusion.confirm_order(offer.pk, at=timezone.now(), actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.select_related("offer").get(offer=offer)


def link_to(house: House, offer: Offer) -> str:
    """Return the path of the link that was mailed with an offer."""
    with as_tenant(house.tenant.pk):
        mail = OutgoingMail.objects.get(about_id=offer.pk, subject__contains=offer.number, attachments__0__isnull=False)
    (found,) = re.findall(r"https?://[^/\s]+(/contracts/answer/\S+)", mail.text)
    return str(found)


def answers(offer: Offer, **given: Any) -> Mapping[str, Any]:
    """Return what a customer sends to accept: everything typed and ticked."""
    with as_tenant(offer.tenant_id):
        ticked = {f"declare_{each['key']}": "on" for each in offers.declarations_of(offer)}
    told = {"name": "Jonas Alder", "function": "Geschäftsführer", "email": "jonas@alder.example"}
    contact = {"contact_name": told["name"], "contact_function": told["function"], "contact_email": told["email"]}
    return {**told, **contact, "sha256": bytes(offer.sha256).hex(), **ticked, **given}


def customer(contract: Contract) -> Client:
    """Return a browser of the customer's administrator who has agreed to the terms."""
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    client = browser(User.objects.get(email=contract.signature["email"]), tenant)
    page = client.get("/documents/agree/")
    document = page.context["document"]
    client.post("/documents/agree/", {"document": document.pk, "sha256": bytes(document.sha256).hex()})
    return client
