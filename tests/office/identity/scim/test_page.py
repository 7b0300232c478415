"""The page on which a directory is let in to bring people and groups."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from kontor.kernel.actions.queue import queue
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import scim_tokens
from kontor.office.identity.actions.providers import add_provider
from kontor.office.identity.models import IdentityProvider, ScimCall, ScimToken
from tests.background import run_jobs
from tests.factories import make_user
from tests.office.identity.provider.set_up import rules
from tests.office.identity.scim.calling import Directory, directory
from tests.people import administrator, browser, join, mails, make_tenant, role_of, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def entra() -> Any:
    with translation.override("en"):
        yield directory(make_tenant())


def test_an_administrator_switches_it_on_makes_a_token_and_reads_what_came(entra: Directory):
    client = browser(administrator(entra.tenant), entra.tenant)
    root = f"/identity/sso/{entra.provider.pk}/people/"
    assert f'href="{root}"' in client.get(f"/identity/sso/{entra.provider.pk}/").content.decode()
    assert client.post(f"{root}off/")["Location"] == root
    assert "Switch on" in client.get(root).content.decode()
    assert entra.call("GET", "/Users")[0] == 403
    assert client.post(f"{root}on/")["Location"] == root
    assert client.post(f"{root}perhaps/").status_code == 404

    shown = client.post(f"{root}token/").content.decode()
    assert "The token before opens for 7 more days." in shown
    (secret,) = [each for each in re.findall(r"<code[^>]*>([^<]+)</code>", shown) if "/" not in each]
    assert secret not in client.get(root).content.decode()
    entra.token = secret
    rules(entra.provider, Sales=role_of(entra.tenant, "Sellers"))
    entra.brings("anna")
    entra.call("POST", "/Groups", {"displayName": "Sales"})
    entra.call("GET", "/ServiceProviderConfig")
    entra.call("POST", "/Users", {"userName": "x@birch.example"})
    entra.token = "nonsense"
    for _ in range(scim_tokens.PER_MINUTE + 2):
        entra.call("GET", "/Users")
    page = client.get(root).content.decode()
    for words in ("POST /Users Anna@alder.example", "POST /Users x@birch.example", "Brought a person",
                  "Brought a group", "Asked what is offered here", "Sellers",
                  "The token opens nothing here"):  # fmt: skip
        assert words in page
    with as_tenant(entra.tenant.pk):
        assert ScimCall.objects.filter(reason="token").count() == scim_tokens.PER_MINUTE
        token = ScimToken.objects.latest("made_at", "pk")
        assert token.used_at is not None
        other = ScimToken.objects.exclude(pk=token.pk).get()
        other.ends_at = timezone.now() - timedelta(minutes=1)
        other.save()
    page = client.get(root).content.decode()
    assert [words in page for words in ("holds", "expired", "ends soon")] == [True, True, False]
    with as_tenant(entra.tenant.pk):
        token.ends_at = timezone.now() + timedelta(days=5)
        token.save()
    assert "ends soon" in client.get(root).content.decode()
    assert client.post(f"{root}token/{token.pk}/revoke/")["Location"] == root
    assert client.post(f"{root}token/{token.pk}/revoke/").status_code == 404
    entra.token = secret
    assert entra.call("GET", "/Users")[0] == 401
    assert {"identity.provisioning_switched", "identity.scim_token_made", "identity.scim_token_revoked"} <= set(
        verbs(entra.tenant)
    )


def test_who_may_not_and_who_belongs_elsewhere(entra: Directory):
    root = f"/identity/sso/{entra.provider.pk}/people/"
    reader = make_user("pia@alder.example", "Pia")
    join(entra.tenant, reader, role="Reader", permissions=["identity.see"])
    beech = make_tenant("Beech")
    stranger = browser(administrator(beech, "eve@beech.example", "Eve"), beech)
    assert browser(reader, entra.tenant).get(root).status_code == 403
    with as_tenant(entra.tenant.pk):
        token = ScimToken.objects.get()
    answers = [
        stranger.get(root), stranger.post(f"{root}on/"), stranger.post(f"{root}token/"),
        stranger.post(f"{root}token/{token.pk}/revoke/"),
    ]  # fmt: skip
    assert [each.status_code for each in answers] == [404] * 4


def test_a_provider_that_says_not_yet_who_it_is_brings_nobody(entra: Directory):
    client = browser(administrator(entra.tenant), entra.tenant)
    with as_tenant(entra.tenant.pk):
        new = add_provider(protocol="OIDC", kind="GENERIC", name="New", at=timezone.now(), actor=MACHINE)
    page = client.post(f"/identity/sso/{new.pk}/people/on/", follow=True).content.decode()
    assert "Set the connection up first." in page
    with as_tenant(entra.tenant.pk):
        assert IdentityProvider.objects.get(pk=new.pk).provisions is False


def test_the_page_costs_as_many_queries_for_one_as_for_three(entra: Directory):
    client = browser(administrator(entra.tenant), entra.tenant)
    root = f"/identity/sso/{entra.provider.pk}/people/"

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(root).status_code == 200
        return len(queries)

    entra.brings("anna")
    entra.call("POST", "/Groups", {"displayName": "A"})
    entra.call("POST", "/Groups", {"displayName": "A"})
    client.get(root)
    one = counted()
    for name in ("ben", "cem"):
        entra.brings(name)
        entra.call("POST", "/Groups", {"displayName": name})
        entra.call("POST", "/Groups", {"displayName": name})
    assert counted() == one


def test_only_the_last_calls_are_kept(entra: Directory, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scim_tokens, "KEPT", 2)
    for _ in range(4):
        entra.call("GET", "/Users")
        entra.call("GET", "/Users/none")
    with as_tenant(entra.tenant.pk):
        assert [ScimCall.objects.filter(reason=each).count() for each in ("", "unknown")] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_the_administrators_are_told_before_the_last_token_ends():
    with translation.override("en"):
        entra = directory(make_tenant())
    administrator(entra.tenant)
    soon = timezone.now() + timedelta(days=5)
    with as_tenant(entra.tenant.pk):
        due = Due.objects.get(job=scim_tokens.ENDS)
        assert (due.at - timezone.now()).days == 334
        scim_tokens.tell_of_end(entra.provider.pk, at=timezone.now())
    assert mails(entra.tenant) == []
    with as_tenant(entra.tenant.pk):
        ScimToken.objects.update(ends_at=soon)
        queue(scim_tokens.ENDS, entra.tenant.pk, provider=str(entra.provider.pk))
    run_jobs()
    assert [each.subject for each in mails(entra.tenant)] == ["Ein Token läuft ab"]
    with as_tenant(entra.tenant.pk):
        IdentityProvider.objects.update(provisions=False)
        scim_tokens.tell_of_end(entra.provider.pk, at=timezone.now())
    assert len(mails(entra.tenant)) == 1
