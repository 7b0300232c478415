"""Setting single sign-on up, proving domains, enforcing it, and the administrator's way in when it fails."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kontor.kernel.domain_records import NoAnswerError
from kontor.kernel.models import Membership, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import providers
from kontor.office.identity.actions.arriving import disconnect
from kontor.office.identity.actions.providers import SetUpRefusedError
from kontor.office.identity.models import ClaimedDomain, Entrance, IdentityProvider, RoleRule, User
from tests.factories import PASSWORD, make_user
from tests.office.identity.provider.free import Free
from tests.office.identity.provider.set_up import DONE, answer, is_in, known, trust
from tests.people import administrator, browser, join, mails, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
DIRECTORY = "11111111-1111-4111-8111-111111111111"


class NameServer:
    """A name server on loopback that knows one zone."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                asked, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            said = dns.message.make_response(dns.message.from_wire(asked))
            name = said.question[0].name.to_text(omit_final_dot=True)
            if name not in self.texts:
                said.set_rcode(dns.rcode.NXDOMAIN)
            for text in self.texts.get(name, []):
                said.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", f'"{text}"'))
            self.socket.sendto(said.to_wire(), sender)


@pytest.fixture
def names(settings: Any) -> Iterator[NameServer]:
    server = NameServer()
    settings.KONTOR_DNS = server.address
    yield server
    server.socket.close()


@pytest.fixture(scope="module")
def lying() -> Iterator[Free]:
    directory = Free()
    yield directory
    directory.close()


@pytest.fixture
def free(lying: Free) -> Free:
    lying.published, lying.stated, lying.profile = ["first"], {}, {}
    return lying


@pytest.fixture(autouse=True)
def here(settings: Any) -> Iterator[None]:
    settings.KONTOR_WEBHOOKS_PRIVATE = True
    cache.clear()
    with translation.override("en"):
        yield


def proved(user: User, tenant: Tenant) -> Client:
    """Return a browser whose person has just shown who they are."""
    client = browser(user, tenant)
    session = client.session
    session["proved_at"] = datetime.now(UTC).isoformat()
    session["method"] = "password"
    session.save()
    return client


def enforced(free: Free) -> tuple[Tenant, User, User, IdentityProvider]:
    """Return a tenant that takes single sign-on only: Jana named for emergencies, Anna connected."""
    tenant = make_tenant()
    jana, anna = administrator(tenant), make_user("anna@alder.example", "Anna")
    join(tenant, anna, role="Reading", permissions=["identity.see"])
    provider = trust(tenant, free.issuer)
    known(provider, anna, "anna")
    with as_tenant(tenant.pk):
        providers.name_for_emergencies(Membership.objects.get(user=jana).pk, on=True, **DONE)
        providers.enforce(on=True, **DONE)
    return tenant, jana, anna, provider


def test_trap_60_enforced_single_sign_on_closes_password_and_reset_and_old_sessions(free: Free):
    tenant = make_tenant()
    jana, anna = administrator(tenant), make_user("anna@alder.example", "Anna")
    join(tenant, anna, role="Reading", permissions=["identity.see"])
    provider = trust(tenant, free.issuer)
    known(provider, anna, "anna")
    old = visitor()
    sign_in(old, anna.email)
    assert old.get("/identity/people/").status_code == 200
    with as_tenant(tenant.pk):
        providers.name_for_emergencies(Membership.objects.get(user=jana).pk, on=True, **DONE)
        providers.enforce(on=True, **DONE)

    client = visitor()
    led = client.post("/sign-in/", {"login": anna.email, "password": PASSWORD})
    assert (led.status_code, led["Location"], is_in(client)) == (302, f"/sign-in/with/{provider.pk}/", False)
    assert old.get("/identity/people/")["Location"] == "/identity/way-in/"
    assert old.get("/identity/profile/")["Location"] == "/identity/way-in/"
    client.post("/password/forgotten/", {"email": anna.email})
    mail = mails(tenant)[-1]
    assert (mail.to, "/password/new/" in mail.text) == (anna.email, False)
    assert f"/sign-in/with/{provider.pk}/" in mail.text
    answer(client, free, provider)
    assert client.get("/identity/people/").status_code == 200


def test_trap_60_breaking_the_glass_is_named_asks_again_and_is_told_to_all(free: Free):
    tenant, jana, _anna, _provider = enforced(free)
    other = make_user("karl@alder.example", "Karl")
    join(tenant, other)
    client = visitor()
    sign_in(client, jana.email)
    before = len(mails(tenant))
    assert client.get("/identity/people/")["Location"] == "/identity/way-in/"

    told = {"reason": "The directory is down", "password": "not mine"}
    assert client.post("/identity/way-in/", told).status_code == 422
    assert client.get("/identity/people/").status_code == 302
    assert client.post("/identity/way-in/", told | {"password": PASSWORD}).status_code == 302
    assert client.get("/identity/people/").status_code == 200
    assert verbs(tenant)[-1] == "identity.glass_broken"
    written = [mail for mail in mails(tenant)[before:] if "The directory is down" in mail.text]
    assert sorted(mail.to for mail in written) == ["jana@alder.example", "karl@alder.example"]

    with as_tenant(tenant.pk):
        providers.name_for_emergencies(Membership.objects.get(user=jana).pk, on=False, **DONE)
    assert client.get("/identity/people/")["Location"] == "/identity/way-in/"


def test_who_is_not_named_breaks_no_glass(free: Free):
    tenant, jana, anna, _provider = enforced(free)
    client = browser(anna, tenant)
    client.post("/identity/way-in/", {"reason": "Please", "password": PASSWORD})
    with as_tenant(tenant.pk), pytest.raises(SetUpRefusedError):
        providers.break_glass(Membership.objects.get(user=anna), reason="Please", **DONE)

    assert client.get("/identity/people/")["Location"] == "/identity/way-in/"
    assert "identity.glass_broken" not in verbs(tenant)
    assert jana.pk


def test_a_person_of_two_tenants_keeps_the_password_for_the_other(free: Free):
    tenant, _jana, anna, _provider = enforced(free)
    birke = make_tenant("Birke")
    join(birke, anna)
    client = visitor()
    sign_in(client, anna.email)
    client.post(f"/identity/tenants/{birke.pk}/enter/")

    assert client.get("/identity/people/").status_code == 200
    client.post(f"/identity/tenants/{tenant.pk}/enter/")
    assert client.get("/identity/people/")["Location"] == "/identity/way-in/"


def test_nobody_is_shut_out_by_enforcing():
    tenant = make_tenant()
    jana, anna = administrator(tenant), make_user("anna@alder.example", "Anna")
    reader = join(tenant, anna, role="Reading")
    with as_tenant(tenant.pk):
        assert _refusal(lambda: providers.enforce(on=True, **DONE)) == "Switch a provider on first."
        provider = trust(tenant, "https://id.alder.example")
        assert _refusal(lambda: providers.enforce(on=True, **DONE)) == "Name an administrator for emergencies first."
        said = _refusal(lambda: providers.name_for_emergencies(reader.pk, on=True, **DONE))
        assert said == "Only an administrator can be named for emergencies."
        providers.name_for_emergencies(Membership.objects.get(user=jana).pk, on=True, **DONE)
        said = _refusal(lambda: providers.enforce(on=True, **DONE))
        assert said == "1 person is not connected yet and would have no way in."
        known(provider, anna, "anna")
        providers.enforce(on=True, **DONE)
        said = _refusal(lambda: providers.switch_provider(provider.pk, active=False, **DONE))
        assert said == "It is the only way in. Let passwords open again first."
        assert _refusal(lambda: providers.change_provider(provider.pk, issuer="https://x.example", **DONE)) == said
        providers.enforce(on=False, **DONE)
        providers.switch_provider(provider.pk, active=False, **DONE)
        assert _refusal(lambda: providers.switch_provider(_untested().pk, active=True, **DONE)) == (
            "Test the connection first."
        )
        disconnect(reader, **DONE)
        disconnect(reader, **DONE)
    assert verbs(tenant).count("identity.disconnected") == 1


def _untested() -> IdentityProvider:
    return providers.add_provider(protocol="OIDC", kind="GENERIC", name="New", **DONE)


def _refusal(act: Any) -> str:
    with pytest.raises(SetUpRefusedError) as refused:
        act()
    return str(refused.value)


def test_a_domain_counts_once_its_record_is_seen_and_for_one_tenant_alone(names: NameServer):
    alder, birke = make_tenant(), make_tenant("Birke")
    with as_tenant(alder.pk):
        ours = providers.claim_domain("alder.example", **DONE)
        assert providers.claim_domain("alder.example", **DONE).token == ours.token
        assert providers.check_domain(ours.pk, **DONE) is False
        names.texts["_kontor.alder.example"] = ["v=spf1 -all", f"kontor-domain={ours.token}"]
        assert providers.check_domain(ours.pk, **DONE) is True
        assert providers.check_domain(ours.pk, **DONE) is True
    with as_tenant(birke.pk):
        theirs = providers.claim_domain("alder.example", **DONE)
        names.texts["_kontor.alder.example"].append(f"kontor-domain={theirs.token}")
        said = _refusal(lambda: providers.check_domain(theirs.pk, **DONE))
        assert said == "Another company has proved this domain. Ask us to look at it."
        providers.give_up_domain(theirs.pk, **DONE)

    assert [(each.name, each.tenant_id) for each in Entrance.objects.all()] == [("alder.example", alder.pk)]
    with as_tenant(alder.pk):
        providers.give_up_domain(ours.pk, **DONE)
        assert ClaimedDomain.objects.count() == 0
    assert Entrance.objects.count() == 0


def test_a_name_server_that_is_silent_proves_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.KONTOR_DNS = "127.0.0.1:9"
    monkeypatch.setattr("kontor.kernel.domain_records.SECONDS", 0.2)
    tenant = make_tenant()
    with as_tenant(tenant.pk):
        claimed = providers.claim_domain("alder.example", **DONE)
        with pytest.raises(NoAnswerError):
            providers.check_domain(claimed.pk, **DONE)
        assert ClaimedDomain.objects.get().verified_at is None


def test_an_administrator_sets_a_provider_up_tests_it_and_switches_it_on(free: Free):
    tenant = make_tenant()
    client = proved(administrator(tenant), tenant)
    made = client.post("/identity/sso/new/", {"kind": "GENERIC", "name": "Alder account"})
    page = made["Location"]
    typed = {"issuer": free.issuer, "client_id": "kontor", "client_secret": "hush", "role_claim": "groups",
             "rules": "admins = Administration", "factor_values": "mfa, phr", "session_hours": "8"}  # fmt: skip
    with as_tenant(tenant.pk):
        typed["rules"] = f"admins = {Membership.objects.get().assignments.get().role.name}"
    assert client.get(page).status_code == 200
    assert client.post(page, typed).status_code == 302
    assert client.post(f"{page}on/").status_code == 302
    client.post(f"{page}test/")
    flow = client.session["sso_flows"][-1]
    free.says = {"id_token": free.token(nonce=flow["nonce"], email="a@b.example", groups=["hall"]), "access_token": "x"}
    back = client.get(f"/sign-in{page.removeprefix('/identity').replace('/sso/', '/with/')}back/",
                      {"code": "once", "state": flow["state"]})  # fmt: skip

    assert back["Location"] == page
    found = {row["label"]: (row["said"], row["tone"]) for row in client.get(page).context["test"]["rows"]}
    assert found["Known as"] == ("anna", "good")
    assert found["E-mail"][1] == "warn"
    assert found["Roles"] == ("none of these values gives a role: hall", "warn")
    assert client.post(f"{page}on/").status_code == 302
    with as_tenant(tenant.pk):
        kept = IdentityProvider.objects.get()
        assert (kept.active, kept.client_secret, kept.factor_values) == (True, "hush", ["mfa", "phr"])
        assert RoleRule.objects.count() == 1
        assert IdentityProvider.objects.filter(client_secret__isnull=False).count() == 1
    assert "hush" not in client.get(page).content.decode()


def test_entra_asks_for_the_directory_and_takes_no_shared_one():
    tenant = make_tenant()
    client = proved(administrator(tenant), tenant)
    page = client.post("/identity/sso/new/", {"kind": "ENTRA", "name": "Microsoft"})["Location"]
    typed = {"client_id": "kontor", "session_hours": "8"}

    assert client.post(page, typed | {"entra_tenant": "common"}).status_code == 422
    assert client.post(page, typed | {"entra_tenant": DIRECTORY}).status_code == 302
    with as_tenant(tenant.pk):
        kept = IdentityProvider.objects.get()
    assert kept.issuer == f"https://login.microsoftonline.com/{DIRECTORY}/v2.0"


def test_the_pages_are_the_administrators_of_their_own_tenant():
    tenant, other = make_tenant(), make_tenant("Birke")
    jana, anna = administrator(tenant), make_user("anna@alder.example", "Anna")
    join(tenant, anna, role="Reading", permissions=["identity.see"])
    theirs = trust(other, "https://id.birke.example")
    client = proved(jana, tenant)

    assert client.get("/identity/sso/").status_code == 200
    assert client.get(f"/identity/sso/{theirs.pk}/").status_code == 404
    assert client.post(f"/identity/connections/{theirs.pk}/").status_code == 404
    assert browser(anna, tenant).get("/identity/sso/").status_code == 403
    assert visitor().get("/identity/sso/").status_code == 302
    assert visitor().get(f"/sign-in/with/{tenant.pk}/").status_code == 404


def test_the_list_asks_a_fixed_number_of_questions():
    tenant = make_tenant()
    client = proved(administrator(tenant), tenant)
    asked = []
    for number in (1, 2):
        for place in range(number):
            trust(tenant, "https://id.alder.example", name=f"Alder {number} {place}")
        client.get("/identity/sso/")
        with CaptureQueriesContext(connection) as counted:
            client.get("/identity/sso/")
        asked.append(len(counted))

    assert asked[0] == asked[1]
