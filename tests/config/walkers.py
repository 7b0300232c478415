"""People who walk through the product, and how to tell what they were shown."""

import re
from typing import Any

import lxml.html
from django.test import Client
from django.urls import reverse

from kontor.kernel import registry
from kontor.kernel.models import Membership, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.parties.models import Party
from tests.config.every_address import addresses
from tests.people import browser

PAGES = [each for each in addresses() if not each.path.startswith("/api/")]
OPERATIONS = [each for each in addresses() if re.match(r"/api/v1/(?!docs|openapi)\w", each.path)]


def people(tenant: Tenant) -> list[User]:
    """Return everybody who works in a tenant."""
    with as_tenant(tenant.pk):
        return list(User.objects.filter(pk__in=list(Membership.objects.values_list("user_id", flat=True))))


def entered(person: User, tenant: Tenant) -> Client:
    """Return a browser in which a person has passed what stands before the pages: texts to agree to."""
    client, gates = browser(person, tenant), {reverse(each.url_name) for each in registry.gates()}
    for _ in range(6):
        answer = client.get("/", follow=True)
        shown = answer.request["PATH_INFO"]
        if shown not in gates:
            return client
        (form,) = [
            each
            for each in lxml.html.fromstring(answer.content.decode()).forms
            if each.method == "POST" and not each.action
        ]
        ticked = {each.name: each.get("value", "on") for each in form.inputs if each.get("type") == "checkbox"}
        client.post(shown, {name: value for name, value in form.fields.items() if value} | ticked)
    raise AssertionError(shown)


def words_of_others(tenant: Tenant) -> list[bytes]:
    """Return names and addresses that only other customers and their people have."""
    words: set[str] = set()
    strangers = Tenant.objects.exclude(pk=tenant.pk).exclude(sandbox_of=tenant)  # who works in both reads both names
    for other in strangers.exclude(is_house=True):
        words |= {other.name} | {person.email for person in people(other)}
    with as_tenant(Tenant.objects.get(is_house=True).pk):
        for party in Party.objects.exclude(name=tenant.name):
            words |= {party.name, party.email, party.street}
    with as_tenant(tenant.pk):
        own = {word for party in Party.objects.all() for word in (party.name, party.email, party.street)}
    own |= {person.email for person in people(tenant)}
    return [word.encode() for word in sorted(words - own - {""})]


def streams(answer: Any) -> bool:
    """Tell whether an answer is read bit by bit."""
    return bool(getattr(answer, "streaming", False))
