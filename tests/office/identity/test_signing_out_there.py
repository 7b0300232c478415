"""Signing out here and at the directory too, and being signed out by it: by session, by person, behind and in front."""

import base64
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from lxml import etree

from kontor.kernel.models import Session
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import providers, saml_set_up
from kontor.office.identity.formats.saml_xml import NS, check_schema
from kontor.office.identity.models import IdentityProvider
from kontor.office.identity.queries.saml import SamlDetails
from tests.factories import make_user
from tests.office.identity.provider.certified import Certified, Running
from tests.office.identity.provider.free import Free
from tests.office.identity.provider.saml import (
    ENTITY,
    PERSISTENT,
    Directory,
    asked,
    assertion_in,
    bring,
    encrypted,
    named_in_a_box,
    own_certificate,
    trust_saml,
)
from tests.office.identity.provider.set_up import DONE, answer, come, is_in, known, trust, trust_certified
from tests.people import administrator, browser, join, make_tenant, visitor

pytestmark = pytest.mark.django_db
DIRECTORY = "1b2c3d4e-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def certified() -> Iterator[Certified]:
    with Running() as running:
        yield running


@pytest.fixture(scope="module")
def free() -> Iterator[Free]:
    directory = Free()
    yield directory
    directory.close()


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory()


@pytest.fixture(autouse=True)
def here(settings: Any) -> Iterator[None]:
    settings.KONTOR_WEBHOOKS_PRIVATE = True
    cache.clear()
    with translation.override("en"):
        yield


def anna_of(provider: IdentityProvider, subject: str) -> None:
    anna = make_user("anna@alder.example", "Anna")
    with as_tenant(provider.tenant_id):
        join(provider.tenant, anna, role="Reader", permissions=["identity.see"])
    known(provider, anna, subject)


def offered(page: Any) -> str:
    """Return the address behind which one signs out there too, "" where nothing is offered."""
    if page.status_code == 302:
        return ""
    (address,) = re.findall(r'href="(https?://(?!testserver)[^"]+)"', page.content.decode())
    return unescape(address)


def test_who_signs_out_here_signs_out_at_the_certified_provider_too(certified: Certified):
    provider = trust_certified(make_tenant(), certified, after="http://testserver/sign-in/", signs_out=True)
    anna_of(provider, "anna-9")
    certified.next_is("anna-9", email="anna@alder.example")
    client = visitor()
    come(client, certified, provider)
    question = client.get(f"/sign-in/with/{provider.pk}/")["Location"]
    assert certified.knows_nobody(question) is False

    page = client.post("/sign-out/")
    address = offered(page)
    told = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert "Sign out of Alder account too" in page.content.decode()
    assert page["Clear-Site-Data"] == '"cache", "storage"'
    assert (is_in(client), address.split("?")[0]) == (False, f"{certified.issuer}/session/end")
    assert told["client_id"] == provider.client_id
    assert told["id_token_hint"].count(".") == 2
    assert certified.end_session(address) == "http://testserver/sign-in/"
    assert certified.knows_nobody(question) is True


def test_nothing_is_offered_where_nobody_asked_for_it_or_there_is_no_place(free: Free):
    provider = trust(make_tenant(), free.issuer)
    anna_of(provider, "anna")

    def signs_out(*, wanted: bool, place: Any, later: bool = True, token: Any = None) -> str:
        cache.clear()
        free.stated = {} if place is None else {"end_session_endpoint": place}
        client = visitor()
        with as_tenant(provider.tenant_id):
            providers.change_provider(provider.pk, signs_out=wanted, **DONE)
        answer(client, free, provider, **({"padding": token} if token else {}))
        assert is_in(client)
        with as_tenant(provider.tenant_id):
            providers.change_provider(provider.pk, signs_out=later, **DONE)
        found = offered(client.post("/sign-out/"))
        assert not is_in(client)
        return found

    there = f"{free.issuer}/out"
    assert signs_out(wanted=False, place=there) == ""
    assert signs_out(wanted=True, place=None) == ""
    assert signs_out(wanted=True, place=["x"]) == ""
    assert signs_out(wanted=True, place="javascript:alert(1)") == ""
    assert signs_out(wanted=True, place=there, later=False) == ""
    assert signs_out(wanted=True, place=there).startswith(f"{there}?client_id=kontor&post_logout")
    assert signs_out(wanted=True, place=f"{there}?x=1", token="x" * 5000) == (
        f"{there}?x=1&client_id=kontor&post_logout_redirect_uri=http%3A%2F%2Ftestserver%2Fsign-in%2F"
    )
    by_password = browser(administrator(make_tenant("Beech"), "eve@beech.example", "Eve"))
    assert by_password.post("/sign-out/").status_code == 302


def test_entra_signs_somebody_out_by_sub_and_by_session_behind_and_in_front(free: Free):
    free.stated = {"issuer": free.issuer + "/{tenantid}"}
    provider = trust(make_tenant(), f"{free.issuer}/{DIRECTORY}", kind="ENTRA", entra_tenant=DIRECTORY)
    anna_of(provider, f"{DIRECTORY}.object-1")
    told: Any = {"iss": provider.issuer, "tid": DIRECTORY, "oid": "object-1", "sub": "pairwise"}
    event = {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}, "exp": None}
    there = f"/sign-in/with/{provider.pk}/signed-out/"

    def comes(*sids: str) -> list[Client]:
        clients = [visitor() for _ in sids]
        for client, sid in zip(clients, sids, strict=True):
            answer(client, free, provider, **told, sid=sid)
            assert is_in(client)
        return clients

    def still(clients: list[Client]) -> list[bool]:
        return [client.get("/identity/profile/").status_code == 200 for client in clients]

    def says(**claims: Any) -> int:
        given = {"iss": provider.issuer} | event | claims
        return Client().post(there, {"logout_token": free.token(**given)}).status_code

    both = comes("one", "two")
    assert says(sub="somebody else") == 200
    assert still(both) == [True, True]
    assert says(sub="pairwise", sid="two") == 200
    assert still(both) == [True, False]
    both = [both[0], *comes("three")]
    assert says(sub="pairwise") == 200
    assert still(both) == [False, False]
    assert Session.objects.filter(method=provider.method).count() == 0

    both = comes("four", "five")
    wrong = [{"sid": "four"}, {"iss": provider.issuer}, {"iss": "https://else.example", "sid": "four"}]
    assert [Client().get(there, each).status_code for each in wrong] == [400, 400, 400]
    assert still(both) == [True, True]
    assert Client().get(there, {"iss": provider.issuer, "sid": "four"}).status_code == 200
    assert still(both) == [False, True]


def test_who_signs_out_here_asks_the_saml_directory_to_sign_them_out_too(directory: Directory):
    provider = trust_saml(make_tenant(), directory, signs_out=True)
    anna_of(provider, "anna-1")
    client = visitor()
    bring(client, provider, directory.signed(provider, asked(client, provider), session="_one"))
    address = offered(client.post("/sign-out/"))
    query = urlsplit(address).query
    told = {name: value[0] for name, value in parse_qs(query).items()}
    root = etree.fromstring(zlib.decompress(base64.b64decode(told["SAMLRequest"]), -15))
    check_schema(root)
    name = root.find("saml:NameID", NS)
    assert name is not None
    assert (address.split("?")[0], root.tag) == (f"{ENTITY}/slo", f"{{{NS['samlp']}}}LogoutRequest")
    assert (name.text, dict(name.attrib)) == ("anna-1", {"Format": PERSISTENT})
    assert root.findtext("samlp:SessionIndex", namespaces=NS) == "_one"
    key: Any = x509.load_pem_x509_certificate(own_certificate(provider).encode()).public_key()
    signed, _, _ = query.partition("&Signature=")
    key.verify(base64.b64decode(told["Signature"]), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert Client().get(f"/sign-in/with/{provider.pk}/sign-out/", {"SAMLResponse": "x"})["Location"] == "/sign-in/"

    bring(client, provider, directory.signed(provider, asked(client, provider), id="_2", session=""))
    again = parse_qs(urlsplit(offered(client.post("/sign-out/"))).query)["SAMLRequest"][0]
    assert b"SessionIndex" not in zlib.decompress(base64.b64decode(again), -15)

    bring(client, provider, directory.signed(provider, asked(client, provider), id="_3"))
    with as_tenant(provider.tenant_id):
        saml_set_up.set_metadata(provider.pk, directory.metadata(slo=False), **DONE)
    assert client.post("/sign-out/").status_code == 302


def test_a_name_in_a_box_of_its_own_is_read_where_a_signature_covers_it(directory: Directory):
    provider = trust_saml(make_tenant(), directory)
    anna_of(provider, "anna-1")
    mine = own_certificate(provider)
    client = visitor()
    root = named_in_a_box(directory.response(provider, asked(client, provider)), mine)
    directory.sign(assertion_in(root))
    assert bring(client, provider, encrypted(root, mine))["Location"] == "/"
    assert is_in(client)

    there = f"/sign-in/with/{provider.pk}/sign-out/"
    Client().get(f"{there}?{directory.sign_out(provider, session='', boxed=directory.certificate)}")
    assert client.get("/identity/profile/").status_code == 200
    Client().get(f"{there}?{directory.sign_out(provider, session='', boxed=mine)}")
    assert client.get("/identity/profile/").status_code == 302

    closed = named_in_a_box(directory.response(provider, asked(client, provider), id="_2"), directory.certificate)
    directory.sign(assertion_in(closed))
    assert bring(client, provider, closed).status_code == 403
    unsigned = named_in_a_box(directory.response(provider, asked(client, provider), id="_3"), mine)
    assert bring(client, provider, unsigned).status_code == 403
    assert not is_in(client)


def test_a_provider_that_takes_our_question_as_a_form_only_gets_it_so(directory: Directory):
    provider = trust_saml(make_tenant(), directory)
    anna_of(provider, "anna-1")
    with as_tenant(provider.tenant_id):
        saml_set_up.set_metadata(provider.pk, directory.metadata(posts=True), **DONE)
        provider = IdentityProvider.objects.get(pk=provider.pk)
    assert SamlDetails.of(provider).posts is True
    client = visitor()
    sent = client.get(f"/sign-in/with/{provider.pk}/")["Location"]
    page = client.get(sent)
    text = page.content.decode()
    (told,) = re.findall(r'name="SAMLRequest" value="([^"]+)"', text)
    root = etree.fromstring(base64.b64decode(unescape(told)))
    check_schema(root)
    judge = xmlsec.SignatureContext()
    judge.key = xmlsec.Key.from_memory(own_certificate(provider), xmlsec.KeyFormat.CERT_PEM)
    judge.register_id(root, "ID")
    mark = root.find("ds:Signature", NS)
    assert mark is not None
    judge.verify(mark)
    assert f'action="{ENTITY}/sso?realm=alder"' in text
    assert "form-action 'self' https: https://id.alder.example;" in page["Content-Security-Policy"]
    assert sent == f"/sign-in/with/{provider.pk}/send/{root.get('ID')}/"

    question = str(root.get("ID"))
    answered = directory.signed(provider, question, shown=datetime.now(UTC))
    stranger = Client().post(f"/sign-in/with/{provider.pk}/answer/", {"SAMLResponse": _posted(answered)})
    assert client.get(stranger["Location"])["Location"] == "/"
    assert client.get(sent).status_code == 404


def _posted(root: etree._Element) -> str:
    return base64.b64encode(etree.tostring(root)).decode()
