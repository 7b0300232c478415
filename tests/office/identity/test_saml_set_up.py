"""Setting a SAML provider up, reading what it publishes, and what is looked at every night."""

import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from lxml import etree

from kontor.kernel.actions.schedule import queue_due
from kontor.kernel.models import Due, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import providers, saml_set_up
from kontor.office.identity.actions.oidc import ProviderFailedError
from kontor.office.identity.actions.providers import SetUpRefusedError
from kontor.office.identity.formats.saml_metadata import facts_of, read_metadata
from kontor.office.identity.formats.saml_xml import NS, AnswerRefusedError
from kontor.office.identity.models import IdentityProvider, ProviderKey, RefusedAnswer, SamlQuestion, UsedAssertion
from kontor.office.identity.queries.saml import SamlDetails
from tests.background import run_jobs
from tests.factories import AT, make_user
from tests.office.identity.provider.saml import (
    ENTITY,
    Directory,
    asked,
    bring,
    encrypted,
    own_certificate,
    pair,
    posted,
    question_in,
    trust_saml,
)
from tests.office.identity.provider.set_up import DONE, is_in, known, trust
from tests.people import administrator, browser, join, mails, make_tenant, verbs, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def directory() -> Directory:
    return Directory()


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    monkeypatch.setattr(saml_set_up, "_KEY_BITS", 2048)  # a longer one takes a second to make
    settings.KONTOR_WEBHOOKS_PRIVATE = True
    cache.clear()
    with translation.override("en"):
        yield


class Place:
    """An address on loopback that publishes what a test wants."""

    def __init__(self) -> None:
        self.said, self.status = b"", 200
        place = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(place.status)
                self.send_header("Content-Length", str(len(place.said)))
                self.end_headers()
                self.wfile.write(place.said)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/metadata"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    yield made
    made.server.shutdown()
    made.server.server_close()


def upload(client: Client, page: str, data: bytes) -> Any:
    return client.post(f"{page}metadata/", {"file": SimpleUploadedFile("idp.xml", data)})


def details(provider: IdentityProvider) -> SamlDetails:
    with as_tenant(provider.tenant_id):
        return SamlDetails.of(IdentityProvider.objects.get(pk=provider.pk))


def test_an_administrator_sets_a_saml_provider_up_tests_it_and_switches_it_on(directory: Directory):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    begun = client.post("/identity/sso/new/", {"kind": "SAML", "name": "Alder directory"})["Location"]
    page = client.get(begun)["Location"]
    assert page == f"{begun}saml/"
    assert client.get(page).context["state"].label == "values missing"

    assert upload(client, page, directory.metadata())["Location"] == page
    typed = {"role_claim": "groups", "rules": "", "factor_values": "urn:two", "session_hours": "8", "joins": "on",
             "assertion_signed": "on"}  # fmt: skip
    assert client.post(page, typed)["Location"] == page
    assert client.post(f"{begun}on/").status_code == 302
    question = question_in(client.post(f"{begun}test/")["Location"])
    with as_tenant(tenant.pk):
        provider = IdentityProvider.objects.get()
    said = {"groups": ["hall"], "mail": ["anna@b.example"], "displayName": ["Anna"]}
    assert bring(client, provider, directory.signed(provider, question, attributes=said))["Location"] == begun

    rows = {row["label"]: (row["said"], row["tone"]) for row in client.get(page).context["test"]["rows"]}
    assert rows["Known as"] == ("anna-1 (persistent NameID)", "good")
    assert rows["Name"] == ("Anna", "good")
    assert rows["E-mail"][0].startswith("anna@b.example; nobody joins by it until")
    assert rows["Roles"] == ("none of these values gives a role: hall", "warn")
    assert rows["Second factor"] == ("pwd: we ask for our own where one is due", "")
    assert rows["Attributes"] == ("displayName, groups, mail", "")
    assert client.post(f"{begun}on/").status_code == 302
    with as_tenant(tenant.pk):
        assert IdentityProvider.objects.get().active is True
    assert "PRIVATE KEY" not in client.get(page).content.decode()


def test_a_test_that_fails_says_why_and_signs_nobody_in(directory: Directory):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    provider = trust_saml(tenant, directory)
    page = f"/identity/sso/{provider.pk}/"
    question = question_in(client.post(f"{page}test/")["Location"])
    assert bring(client, provider, directory.response(provider, question))["Location"] == page
    told = client.get(f"{page}saml/")
    assert told.context["test"]["problem"].startswith("The assertion is not signed.")
    assert [why for _at, why in told.context["refused"]] == [told.context["test"]["problem"]]

    question = question_in(client.post(f"{page}test/")["Location"])
    bring(client, provider, directory.signed(provider, question, status="Responder"))
    assert client.get(f"{page}saml/").context["test"]["problem"] == "The provider refused. It said: Responder"


@pytest.mark.parametrize(
    ("said", "given", "label", "words"),
    [
        ({}, {}, "E-mail", "missing: have your provider send the attribute mail"),
        ({"mail": ["a@b.example"]}, {"joins": True, "vouches": True}, "E-mail",
         "a@b.example, whose domain is not proved yet: nobody of it can join by themselves"),
        ({"mail": ["a@b.example"]}, {}, "E-mail", "a@b.example"),
        ({}, {}, "Roles", "given here by hand; no attribute is read"),
        ({}, {"role_claim": "groups"}, "Roles", "the attribute “groups” is missing"),
        ({}, {}, "Attributes", "none"),
        ({}, {"factor_values": ["pwd"]}, "Second factor", "pwd: counts as one"),
    ],
)  # fmt: skip
def test_what_came_back_is_explained(
    directory: Directory, said: dict[str, Any], given: dict[str, Any], label: str, words: str
):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    provider = trust_saml(tenant, directory, **given)
    question = question_in(client.post(f"/identity/sso/{provider.pk}/test/")["Location"])
    bring(client, provider, directory.signed(provider, question, attributes=said))

    rows = client.get(f"/identity/sso/{provider.pk}/saml/").context["test"]["rows"]
    assert [row["said"] for row in rows if row["label"] == label] == [words]


def test_metadata_come_from_an_address_or_a_file_and_nothing_else(directory: Directory, place: Place):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    page = client.get(client.post("/identity/sso/new/", {"kind": "SAML", "name": "A"})["Location"])["Location"]
    place.said = directory.metadata()
    file = SimpleUploadedFile("idp.xml", directory.metadata())
    large = SimpleUploadedFile("idp.xml", bytes(1024 * 1024 + 1))

    wrong: list[dict[str, Any]] = [
        {}, {"address": place.address, "file": file}, {"address": "ftp://x"}, {"file": large},
        {"file": SimpleUploadedFile("idp.xml", b"no xml")}, {"address": "http://127.0.0.1:9/"},
    ]  # fmt: skip
    assert [client.post(f"{page}metadata/", told).status_code for told in wrong] == [422] * len(wrong)
    place.status = 404
    assert client.post(f"{page}metadata/", {"address": place.address}).status_code == 422
    place.status = 200
    assert client.post(f"{page}metadata/", {"address": place.address}).status_code == 302
    with as_tenant(tenant.pk):
        made = IdentityProvider.objects.get()
    kept = SamlDetails.of(made)
    assert (made.issuer, kept.sign_in, kept.metadata_url) == (ENTITY, f"{ENTITY}/sso?realm=alder", place.address)
    assert list(kept.certificates) == [directory.certificate]


def test_another_entity_is_another_provider_and_the_same_one_stays_switched_on(directory: Directory):
    tenant = make_tenant()
    administrator(tenant)
    provider = trust_saml(tenant, directory)
    with as_tenant(tenant.pk):
        both = directory.metadata(directory.certificate, directory.other_certificate)
        assert saml_set_up.set_metadata(provider.pk, both, **DONE).active is True
        assert saml_set_up.set_metadata(provider.pk, both, **DONE).active is True
        other = directory.metadata(entity="https://id.else.example")
        assert saml_set_up.set_metadata(provider.pk, other, **DONE).active is False
    assert verbs(tenant).count("identity.provider_metadata_changed") == 1
    assert [mail.subject for mail in mails(tenant)] == ["Angaben Ihres Anbieters geändert"]


def test_one_provider_is_set_up_once_and_its_addresses_are_https(directory: Directory, settings: Any):
    tenant = make_tenant()
    administrator(tenant)
    trust_saml(tenant, directory)
    with as_tenant(tenant.pk):
        twin = saml_set_up.add_saml(name="Twin", **DONE)
        with pytest.raises(SetUpRefusedError, match="set up already"):
            saml_set_up.set_metadata(twin.pk, directory.metadata(), **DONE)
        settings.KONTOR_WEBHOOKS_PRIVATE = False
        with pytest.raises(SetUpRefusedError, match="not https"):
            saml_set_up.set_metadata(twin.pk, directory.metadata(entity="http://id.else.example"), **DONE)
    client = browser(make_admin(tenant), tenant)
    page = f"/identity/sso/{twin.pk}/saml/"
    assert upload(client, page, directory.metadata()).status_code == 422


def make_admin(tenant: Tenant) -> Any:
    user = make_user("karl@alder.example", "Karl")
    join(tenant, user)
    return user


def test_metadata_that_describe_no_provider_are_refused(directory: Directory):
    good = directory.metadata().decode()
    weak = pair(bits=1024)[1]
    wrong = {
        "metadata": [
            "<x/>",
            good.replace("HTTP-Redirect", "HTTP-Artifact"),
            good.replace(f'entityID="{ENTITY}"', ""),
            good.replace("SAML:2.0:protocol", "SAML:1.1:protocol"),
            good.replace("EntityDescriptor", "Other"),
            good.replace("entityID=", 'validUntil="soon" entityID='),
            directory.metadata(entity=f"https://{'x' * 500}").decode(),
        ],
        "several": [f'<md:EntitiesDescriptor xmlns:md="{NS["md"]}">{good}{good}</md:EntitiesDescriptor>'],
        "outdated": [
            good.replace("entityID=", 'validUntil="2020-01-01T00:00:00" entityID='),
            f'<md:EntitiesDescriptor xmlns:md="{NS["md"]}" validUntil="2020-01-01T00:00:00Z">{good}'
            "</md:EntitiesDescriptor>",
        ],
        "certificate": [good.replace("<ds:X509Certificate>M", "<ds:X509Certificate>*"), good.replace("signing", "x")],
        "weak": [directory.metadata(weak).decode()],
        "doctype": [f"<!DOCTYPE x>{good}"],
        "form": ["", "x" * (1024 * 1024 + 1)],
    }
    for why, several in wrong.items():
        for each in several:
            with pytest.raises(AnswerRefusedError) as refused:
                read_metadata(each.encode(), at=AT)
            assert (refused.value.reason, each[:60]) == (why, each[:60])
    commented = good.replace("<md:IDP", "<!-- by hand --><md:IDP").replace('use="signing"', "")
    assert read_metadata(commented.encode(), at=AT).certificates == (directory.certificate,)
    assert read_metadata(directory.metadata(slo=False), at=AT).sign_out == ""


def test_every_night_new_certificates_arrive_by_themselves(directory: Directory, place: Place):
    tenant = make_tenant()
    jana = administrator(tenant)
    provider = trust_saml(tenant, directory)
    known(provider, jana, "anna-1")
    place.said = directory.metadata()
    now = datetime.now(UTC)
    with as_tenant(tenant.pk):
        saml_set_up.set_metadata(provider.pk, place.said, address=place.address, at=now, actor=DONE["actor"])
        provider.refresh_from_db()
        assert saml_set_up.fetched(place.address) == place.said
        new_key, new_certificate = pair()
        rolled = directory.metadata(directory.certificate, new_certificate)
        saml_set_up.look_at(provider.pk, data=rolled, problem="", at=now)
    client = visitor()
    answer = directory.response(provider, asked(client, provider))
    directory.sign(answer[-1], key=new_key, certificate=new_certificate)
    bring(client, provider, answer)

    assert is_in(client) is True
    assert [mail.subject for mail in mails(tenant)] == ["Angaben Ihres Anbieters geändert"]
    assert details(provider).problem == ""


def test_what_cannot_be_read_at_night_is_told_once_and_changes_nothing(directory: Directory):
    tenant = make_tenant()
    administrator(tenant)
    provider = trust_saml(tenant, directory)
    before = details(provider)
    problems = []
    tries: list[tuple[bytes | None, str]] = [
        (None, "timeout"), (b"no xml", ""), (directory.metadata(entity="https://else.example"), ""),
        (directory.metadata().replace(b"https://id.alder.example/saml/sso", b"ftp://id"), ""), (None, ""),
    ]  # fmt: skip
    for data, problem in tries:
        with as_tenant(tenant.pk):
            saml_set_up.look_at(provider.pk, data=data, problem=problem, at=AT)
        problems.append(details(provider).problem)

    assert problems == ["timeout", "form", "issuer", "metadata", ""]
    assert [mail.subject for mail in mails(tenant)] == ["Angaben Ihres Anbieters nicht lesbar"]
    assert (details(provider).certificates, details(provider).sign_in) == (before.certificates, before.sign_in)


def test_the_end_of_a_certificate_is_told_at_thirty_seven_and_one_days(directory: Directory):
    tenant = make_tenant()
    administrator(tenant)
    provider = trust_saml(tenant, directory)
    (pem,) = details(provider).certificates
    ends = facts_of(pem).ends
    for days in (31, 30, 29, 8, 7, 6, 1, 0):
        with as_tenant(tenant.pk):
            saml_set_up.look_at(provider.pk, data=None, problem="", at=ends - timedelta(days=days))
    assert [mail.subject for mail in mails(tenant)] == ["Ein Zertifikat Ihres Anbieters läuft ab"] * 3

    with as_tenant(tenant.pk):
        later = directory.metadata(pem, pair(days=800)[1])
        saml_set_up.set_metadata(provider.pk, later, **DONE)
        told = len(mails(tenant))
        saml_set_up.look_at(provider.pk, data=None, problem="", at=ends - timedelta(hours=1))
    assert len(mails(tenant)) == told


def test_our_own_certificate_is_warned_of_and_renewed_and_the_old_one_still_opens(directory: Directory):
    tenant = make_tenant()
    jana = administrator(tenant)
    provider = trust_saml(tenant, directory)
    known(provider, jana, "anna-1")
    old = own_certificate(provider)
    with as_tenant(tenant.pk):
        saml_set_up.look_at(provider.pk, data=None, problem="", at=facts_of(old).ends - timedelta(days=3))
    assert "Unser Zertifikat läuft ab" in [mail.subject for mail in mails(tenant)]
    client = browser(jana, tenant)
    assert client.post(f"/identity/sso/{provider.pk}/saml/key/").status_code == 302
    published = etree.fromstring(visitor().get(f"/sign-in/with/{provider.pk}/metadata/").content)
    assert len(published.findall(".//md:KeyDescriptor", NS)) == 4

    stranger = visitor()
    answer = encrypted(directory.signed(provider, asked(stranger, provider)), old)
    bring(stranger, provider, answer)
    assert is_in(stranger) is True
    with as_tenant(tenant.pk):
        saml_set_up.renew_key(provider.pk, at=datetime.now(UTC), actor=DONE["actor"])
        assert ProviderKey.objects.filter(provider=provider).count() == 2
        assert ProviderKey.objects.filter(certificate=old).count() == 0


def test_what_is_used_up_is_forgotten_once_it_proves_nothing_more(directory: Directory):
    tenant = make_tenant()
    jana = administrator(tenant)
    provider = trust_saml(tenant, directory)
    known(provider, jana, "anna-1")
    client = visitor()
    bring(client, provider, directory.signed(provider, asked(client, provider)))
    visitor().post(f"/sign-in/with/{provider.pk}/answer/", {"SAMLResponse": "?"})
    asked(client, provider)
    left = []
    for days in (0, 2, 91):
        with as_tenant(tenant.pk):
            saml_set_up.look_at(provider.pk, data=None, problem="", at=datetime.now(UTC) + timedelta(days=days))
            left.append([model.objects.count() for model in (UsedAssertion, SamlQuestion, RefusedAnswer)])

    assert left == [[1, 1, 1], [0, 0, 1], [0, 0, 0]]


def test_the_night_comes_for_every_saml_provider(directory: Directory, place: Place):
    tenant = make_tenant()
    administrator(tenant)
    provider = trust_saml(tenant, directory)
    with as_tenant(tenant.pk):
        saml_set_up.set_metadata(provider.pk, directory.metadata(), address=place.address, **DONE)
    assert [each.job for each in Due.objects.all()] == ["identity.saml_night"]
    place.said = directory.metadata(directory.other_certificate)
    queue_due(at=AT + timedelta(days=2))
    run_jobs()
    assert list(details(provider).certificates) == [directory.other_certificate]
    place.status = 500
    queue_due(at=AT + timedelta(days=4))
    run_jobs()
    assert details(provider).problem == "answer"
    with as_tenant(tenant.pk):
        saml_set_up.set_metadata(provider.pk, directory.metadata(), **DONE)
    queue_due(at=AT + timedelta(days=6))
    run_jobs()
    assert (details(provider).problem, list(details(provider).certificates)) == ("", [directory.certificate])


def test_what_we_publish_is_what_the_standard_asks_for(directory: Directory):
    tenant = make_tenant()
    provider = trust_saml(tenant, directory)
    answer = visitor().get(f"/sign-in/with/{provider.pk}/metadata/")
    root = etree.fromstring(answer.content)
    role = root.find("md:SPSSODescriptor", NS)
    assert role is not None

    assert answer["Content-Type"] == "application/samlmetadata+xml"
    assert root.get("entityID") == f"http://testserver/sign-in/with/{provider.pk}/metadata/"
    assert (role.get("AuthnRequestsSigned"), role.get("WantAssertionsSigned")) == ("true", "true")
    place = role.find("md:AssertionConsumerService", NS)
    assert place is not None
    assert place.get("Location") == f"http://testserver/sign-in/with/{provider.pk}/answer/"


def test_nothing_is_fetched_where_nobody_is(directory: Directory):
    with pytest.raises(ProviderFailedError) as failed:
        saml_set_up.fetched("http://127.0.0.1:9/metadata")
    assert failed.value.problem == "unreachable"


def test_the_pages_are_the_administrators_of_their_own_tenant(directory: Directory):
    tenant, other = make_tenant(), make_tenant("Birke")
    jana, anna = administrator(tenant), make_user("anna@alder.example", "Anna")
    join(tenant, anna, role="Reading", permissions=["identity.see"])
    ours, theirs = trust_saml(tenant, directory), trust_saml(other, directory)
    oidc = trust(tenant, "https://id.alder.example", name="OIDC")
    client = browser(jana, tenant)
    page = f"/identity/sso/{ours.pk}/saml/"

    assert client.get(page).status_code == 200
    assert client.get(f"/identity/sso/{theirs.pk}/saml/").status_code == 404
    assert client.get(f"/identity/sso/{oidc.pk}/saml/").status_code == 404
    assert client.post(f"/identity/sso/{theirs.pk}/saml/metadata/").status_code == 404
    assert client.post(f"/identity/sso/{theirs.pk}/saml/key/").status_code == 404
    assert browser(anna, tenant).get(page).status_code == 403
    assert visitor().get(page).status_code == 302
    assert client.post(page, {"session_hours": "0"}).status_code == 422


def test_changing_by_what_people_are_named_asks_for_another_test(directory: Directory):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    provider = trust_saml(tenant, directory)
    typed = {"session_hours": "8", "assertion_signed": "on", "rules": ""}
    page = f"/identity/sso/{provider.pk}/saml/"
    client.post(page, typed)
    with as_tenant(tenant.pk):
        assert IdentityProvider.objects.get().active is True
    client.post(page, typed | {"subject_attribute": "objectGUID"})
    with as_tenant(tenant.pk):
        assert IdentityProvider.objects.get().active is False
        providers.note_test(provider.pk, **DONE)
        providers.switch_provider(provider.pk, active=True, **DONE)
        IdentityProvider.objects.filter(pk=provider.pk).update(active=True)
    assert client.post(page, typed | {"rules": "sales = Nobody"}).status_code == 422


def test_the_page_asks_a_fixed_number_of_questions(directory: Directory):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    provider = trust_saml(tenant, directory)
    page = f"/identity/sso/{provider.pk}/saml/"
    asked_for = []
    for _ in range(2):
        visitor().post(f"/sign-in/with/{provider.pk}/answer/", {"SAMLResponse": posted(b"?")})
        client.get(page)
        with CaptureQueriesContext(connection) as counted:
            client.get(page)
        asked_for.append(len(counted))

    assert asked_for[0] == asked_for[1]
