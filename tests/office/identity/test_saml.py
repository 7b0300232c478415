"""Signing in by SAML 2.0: what a good answer does, and that every kind of bad one does nothing (trap 57)."""

import base64
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from django.utils import translation
from lxml import etree

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import saml_set_up
from kontor.office.identity.formats.saml_xml import NS
from kontor.office.identity.models import ExternalIdentity, IdentityProvider, RefusedAnswer, SamlQuestion, User
from tests.factories import make_user
from tests.office.identity.provider.saml import (
    PERSISTENT,
    Directory,
    asked,
    bomb,
    bring,
    encrypted,
    own_certificate,
    posted,
    question_in,
    trust_saml,
)
from tests.office.identity.provider.set_up import DONE, is_in, known, own, roles_of, rules, trust
from tests.people import administrator, browser, join, make_tenant, role_of, verbs, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def directory() -> Directory:
    return Directory()


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(saml_set_up, "_KEY_BITS", 2048)  # a longer one takes a second to make
    with translation.override("en"):
        yield


def connected(directory: Directory, **given: Any) -> tuple[Tenant, User, IdentityProvider]:
    """Return a tenant with a SAML provider that knows Anna."""
    tenant = make_tenant()
    administrator(tenant)
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna, role="Reading", permissions=["identity.see"])
    provider = trust_saml(tenant, directory, **given)
    known(provider, anna, "anna-1")
    return tenant, anna, provider


def reasons(provider: IdentityProvider) -> list[str]:
    with as_tenant(provider.tenant_id):
        return list(RefusedAnswer.objects.order_by("at", "pk").values_list("reason", flat=True))


def test_somebody_comes_in_with_mapped_roles(directory: Directory):
    tenant, anna, provider = connected(directory, role_claim="groups")
    rules(provider, sales=role_of(tenant, "Sales"))
    client = visitor()
    answer = directory.signed(provider, asked(client, provider), attributes={"groups": ["sales", "hall"]})
    landed = bring(client, provider, answer)

    assert (landed.status_code, landed["Location"], is_in(client)) == (302, "/", True)
    assert client.session["method"] == f"saml:{provider.pk}"
    assert roles_of(tenant, anna) == ["Reading", "Sales"]
    assert verbs(tenant)[-1] == "identity.signed_in"
    with as_tenant(tenant.pk):
        assert SamlQuestion.objects.count() == 0


def test_nobody_is_known_by_an_address(directory: Directory):
    tenant, anna, provider = connected(directory, joins=True, vouches=True)
    own(tenant)
    rules(provider, **{"*": role_of(tenant, "Sales")})
    client = visitor()
    mail = {"mail": [anna.email]}
    refused = bring(client, provider, directory.signed(provider, asked(client, provider), name="x-9", attributes=mail))
    assert (refused.status_code, is_in(client)) == (403, False)
    assert refused.context["said"].startswith("There is an account with your e-mail address already.")

    new = {"mail": ["New@Alder.example"], "displayName": ["New Person"]}
    answer = directory.signed(provider, asked(client, provider), name="x-10", id="_2", attributes=new)
    assert bring(client, provider, answer).status_code == 302
    with as_tenant(tenant.pk):
        joined = ExternalIdentity.objects.get(subject="x-10")
    assert str(User.objects.get(pk=joined.user_id).email) == "new@alder.example"


def test_an_attribute_that_never_changes_names_people_where_it_is_configured(directory: Directory):
    tenant, anna, provider = connected(directory, subject_attribute="objectGUID", email_attribute="upn")
    known(provider, anna, "guid-7")
    client = visitor()
    transient = {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "name": "_today"}
    good = {"objectGUID": ["guid-7"], "upn": ["anna@alder.example"]}
    two = {"objectGUID": ["guid-7", "guid-8"]}

    assert (
        bring(client, provider, directory.signed(provider, asked(client, provider), attributes=two)).status_code == 403
    )
    answer = directory.signed(provider, asked(client, provider), id="_2", attributes=good, **transient)
    assert bring(client, provider, answer).status_code == 302
    assert reasons(provider) == ["subject"]
    assert tenant.pk


def test_a_context_counts_as_second_factor_where_it_is_named_and_the_session_ends_when_the_provider_says(
    directory: Directory,
):
    _tenant, _anna, provider = connected(directory, factor_values=["urn:two"])
    client, other = visitor(), visitor()
    ends = datetime.now(UTC) + timedelta(minutes=30)
    answer = directory.signed(provider, asked(client, provider), context="urn:two", session_ends=ends)
    bring(client, provider, answer)
    bring(other, provider, directory.signed(provider, asked(other, provider), id="_2"))

    assert ("factor_at" in client.session, "factor_at" in other.session) == (True, False)
    assert abs(client.session.get_expiry_date() - ends) < timedelta(seconds=2)
    assert 11 * 3600 < other.session.get_expiry_age() <= 12 * 3600


@pytest.mark.parametrize("cipher", ["AES256_GCM", "AES128_GCM", "AES256"])
def test_an_encrypted_assertion_is_opened(directory: Directory, cipher: str):
    _tenant, _anna, provider = connected(directory)
    client = visitor()
    answer = directory.signed(provider, asked(client, provider))
    encrypted(answer, own_certificate(provider), cipher=cipher)
    if cipher == "AES256":
        directory.sign(answer)

    assert bring(client, provider, answer).status_code == 302
    assert is_in(client) is True


def test_sign_in_begins_at_the_provider_only_where_the_tenant_switched_it_on(directory: Directory):
    _tenant, _anna, provider = connected(directory, unasked=True)
    client = visitor()
    answer = posted(directory.signed(provider, ""))
    there = f"/sign-in/with/{provider.pk}/answer/"

    assert client.post(there, {"SAMLResponse": answer})["Location"] == "/"
    assert is_in(client) is True
    assert visitor().post(there, {"SAMLResponse": answer}).status_code == 403
    assert reasons(provider) == ["replay"]
    half = directory.signed(provider, "")
    half.set("InResponseTo", "_invented")
    assert visitor().post(there, {"SAMLResponse": posted(half)}).status_code == 403


def test_what_we_ask_is_signed_and_asks_for_a_lasting_name(directory: Directory):
    _tenant, _anna, provider = connected(directory)
    address = visitor().get(f"/sign-in/with/{provider.pk}/", {"next": "/identity/people/"})["Location"]
    query = address.partition("?realm=alder&")[2]
    signed, _, mark = query.rpartition("&Signature=")
    told = parse_qs(query)
    asked_for = etree.fromstring(zlib.decompress(base64.b64decode(told["SAMLRequest"][0]), -15))
    key: Any = x509.load_pem_x509_certificate(own_certificate(provider).encode()).public_key()

    key.verify(base64.b64decode(unquote(mark)), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert told["SigAlg"] == ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"]
    assert asked_for.get("AssertionConsumerServiceURL") == f"http://testserver/sign-in/with/{provider.pk}/answer/"
    policy = asked_for.find("samlp:NameIDPolicy", NS)
    assert policy is not None
    assert policy.get("Format") == PERSISTENT


def test_a_question_is_forgotten_after_a_quarter_of_an_hour(directory: Directory):
    _tenant, _anna, provider = connected(directory)
    client = visitor()
    question = asked(client, provider)
    with as_tenant(provider.tenant_id):
        SamlQuestion.objects.update(asked_at=datetime.now(UTC) - timedelta(minutes=16))
    assert bring(client, provider, directory.signed(provider, question)).status_code == 403
    asked(client, provider)
    with as_tenant(provider.tenant_id):
        assert SamlQuestion.objects.filter(question=question).count() == 0
    state = client.session["sso_flows"][-1]["state"]
    for open_one in (question, state):
        assert client.get(f"/sign-in/with/{provider.pk}/back/", {"state": open_one}).status_code == 403


def test_a_provider_that_is_not_set_up_yet_is_told_in_words():
    tenant = make_tenant()
    jana = administrator(tenant)
    with as_tenant(tenant.pk):
        bare = saml_set_up.add_saml(name="New", **DONE)
    client = browser(jana, tenant)
    assert client.post(f"/identity/sso/{bare.pk}/test/")["Location"] == f"/identity/sso/{bare.pk}/"
    assert client.session["sso_tested"]["problem"].startswith("What the provider publishes does not belong")
    assert visitor().get(f"/sign-in/with/{bare.pk}/").status_code == 404


def test_signing_out_at_the_provider_ends_the_session_here(directory: Directory):
    _tenant, _anna, provider = connected(directory)
    one, two = visitor(), visitor()
    bring(one, provider, directory.signed(provider, asked(one, provider), session="_one"))
    bring(two, provider, directory.signed(provider, asked(two, provider), session="_two", id="_2"))
    there = f"/sign-in/with/{provider.pk}/sign-out/"

    on = visitor().get(f"{there}?{directory.sign_out(provider, session='_one', relay='xyz')}")
    assert on["Location"].startswith("https://id.alder.example/saml/slo?SAMLResponse=")
    assert parse_qs(on["Location"])["RelayState"] == ["xyz"]
    assert (one.get("/identity/profile/").status_code, two.get("/identity/profile/").status_code) == (302, 200)
    visitor().get(f"{there}?{directory.sign_out(provider, session='')}")
    assert two.get("/identity/profile/").status_code == 302
    assert visitor().get(there, {"SAMLResponse": "x"})["Location"] == "/sign-in/"


def test_nobody_else_signs_anybody_out(directory: Directory):
    _tenant, _anna, provider = connected(directory)
    client = visitor()
    bring(client, provider, directory.signed(provider, asked(client, provider)))
    hour = timedelta(hours=1)
    good = directory.sign_out(provider)
    wrong = [
        "",
        good.partition("&Signature=")[0],
        good.replace("SAMLRequest=", "SAMLRequest=x"),
        good.replace("rsa-sha256", "rsa-sha1"),
        good + "&SAMLRequest=again",
        good.partition("&Signature=")[0] + "&Signature=%2A",
        good.replace("rsa-sha256", "ecdsa-sha256"),
        directory.sign_out(provider, key=directory.other_key),
        directory.sign_out(provider, issuer="https://somebody.example"),
        directory.sign_out(provider, to="https://somebody.example"),
        directory.sign_out(provider, issued=datetime.now(UTC) - hour),
        directory.sign_out(provider, issued=datetime.now(UTC) + hour),
        directory.sign_out(provider, packed="?"),
        directory.sign_out(provider, packed=bomb()),
    ]

    answers = [visitor().get(f"/sign-in/with/{provider.pk}/sign-out/?{query}").status_code for query in wrong]
    assert answers == [403] * len(wrong)
    assert client.get("/identity/profile/").status_code == 200


def test_who_is_named_by_an_attribute_is_signed_out_by_the_session_alone(directory: Directory):
    _tenant, anna, provider = connected(directory, subject_attribute="guid")
    known(provider, anna, "guid-7")
    client = visitor()
    answer = directory.signed(provider, asked(client, provider), attributes={"guid": ["guid-7"]})
    bring(client, provider, answer)
    there = f"/sign-in/with/{provider.pk}/sign-out/"

    assert visitor().get(f"{there}?{directory.sign_out(provider, session='')}").status_code == 403
    assert client.get("/identity/profile/").status_code == 200
    assert visitor().get(f"{there}?{directory.sign_out(provider)}").status_code == 302
    assert client.get("/identity/profile/").status_code == 302


def test_a_member_connects_by_saml_signed_in_by_the_old_way_first(directory: Directory):
    tenant = make_tenant()
    jana = administrator(tenant)
    provider = trust_saml(tenant, directory)
    client = browser(jana, tenant)
    question = question_in(client.post(f"/identity/connections/{provider.pk}/")["Location"])
    done = bring(client, provider, directory.signed(provider, question, name="jana-7"))

    assert done["Location"] == "/identity/connections/"
    other = visitor()
    assert (
        bring(other, provider, directory.signed(provider, asked(other, provider), name="jana-7", id="_2"))["Location"]
        == "/"
    )


@pytest.mark.parametrize(
    ("protocol", "verb", "place"),
    [("SAML", "post", "signed-out"), ("OIDC", "post", "answer"), ("OIDC", "get", "metadata"), ("", "get", "metadata")],
)
def test_addresses_of_one_protocol_are_none_of_the_other(directory: Directory, protocol: str, verb: str, place: str):
    tenant = make_tenant()
    made = {"SAML": trust_saml(tenant, directory), "OIDC": trust(tenant, "https://id.example", name="OIDC"), "": tenant}
    asked_for = getattr(visitor(), verb)(f"/sign-in/with/{made[protocol].pk}/{place}/", {"logout_token": "x"})

    assert asked_for.status_code == 404


@pytest.mark.parametrize(
    ("came", "status", "sent"),
    [
        ({}, 302, "Location"),
        ({"Sec-Fetch-Mode": "navigate"}, 200, "Refresh"),
        ({"HX-Request": "true"}, 200, "HX-Redirect"),
    ],
)
def test_a_browser_gets_to_the_provider_whatever_brought_it_here(
    directory: Directory, came: dict[str, str], status: int, sent: str
):
    _tenant, _anna, provider = connected(directory)
    gone = visitor().get(f"/sign-in/with/{provider.pk}/", headers=came)

    assert gone.status_code == status
    assert gone[sent].removeprefix("0;url=").startswith("https://id.alder.example/saml/sso?realm=alder&SAMLRequest=")


@pytest.mark.requirement("FW-085")
def test_by_saml_a_session_with_mapped_roles_exists_and_an_unsigned_or_expired_assertion_is_refused(
    directory: Directory,
):
    tenant, anna, provider = connected(directory, role_claim="groups")
    rules(provider, sales=role_of(tenant, "Sales"))
    groups: Any = {"attributes": {"groups": ["sales"]}}
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    unsigned, expired, good = visitor(), visitor(), visitor()
    bring(unsigned, provider, directory.response(provider, asked(unsigned, provider), **groups))
    bring(expired, provider, directory.signed(provider, asked(expired, provider), ends=long_ago, **groups))
    assert (is_in(unsigned), is_in(expired), roles_of(tenant, anna)) == (False, False, ["Reading"])
    assert reasons(provider) == ["unsigned", "expired"]

    bring(good, provider, directory.signed(provider, asked(good, provider), id="_3", **groups))
    assert (is_in(good), roles_of(tenant, anna)) == (True, ["Reading", "Sales"])
    assert good.get("/identity/people/").status_code == 200
