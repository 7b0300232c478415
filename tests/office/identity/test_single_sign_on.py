"""Signing in by a company's directory: against a certified provider, and against one that lies."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from kontor.kernel.models import Membership, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import ExternalIdentity, IdentityProvider, User
from tests.factories import PASSWORD, make_user
from tests.office.identity.provider.certified import Certified, Running
from tests.office.identity.provider.free import Free
from tests.office.identity.provider.set_up import (
    answer,
    come,
    is_in,
    known,
    own,
    roles_of,
    rules,
    trust,
    trust_certified,
)
from tests.people import administrator, browser, join, make_tenant, order_seats, role_of, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
ANNA: Any = {"email": "anna@alder.example", "email_verified": True, "name": "Anna Alder", "groups": ["sales"]}


@pytest.fixture(scope="session")
def certified() -> Iterator[Certified]:
    with Running() as running:
        yield running


@pytest.fixture(scope="module")
def lying() -> Iterator[Free]:
    directory = Free()
    yield directory
    directory.close()


@pytest.fixture
def free(lying: Free) -> Free:
    lying.published, lying.stated, lying.fetched = ["first"], {}, 0
    return lying


@pytest.fixture(autouse=True)
def here(settings: Any) -> Iterator[None]:
    settings.KONTOR_WEBHOOKS_PRIVATE = True
    cache.clear()
    with translation.override("en"):
        yield


@pytest.mark.requirement("SM-008")
def test_one_comes_by_the_directory_and_one_by_password(certified: Certified):
    tenant = make_tenant()
    administrator(tenant)
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust_certified(tenant, certified)
    known(provider, anna, "anna-1")
    certified.next_is("anna-1", **ANNA)
    by_directory, by_password = visitor(), visitor()

    landed = come(by_directory, certified, provider, next="/identity/profile/")
    sign_in(by_password, "jana@alder.example")

    assert (landed.status_code, landed["Location"]) == (302, "/identity/profile/")
    assert by_directory.session["method"] == f"oidc:{provider.pk}"
    assert by_directory.session["tenant"] == str(tenant.pk)
    assert by_directory.get("/identity/profile/").status_code == 200
    assert by_password.session["method"] == "password"
    page = by_directory.get("/identity/people/").content.decode()
    assert [word for word in (PASSWORD, User.objects.get(email="jana@alder.example").password) if word in page] == []
    _no_administrator_sees_or_sets_a_password(by_password, tenant, anna)


def _no_administrator_sees_or_sets_a_password(administrator: Client, tenant: Tenant, person: User) -> None:
    """No page about people has a field for a password, and no operation of the API takes or gives one (SM-008)."""
    with as_tenant(tenant.pk):
        member = Membership.objects.get(user=person)
    root = "/identity/people/"
    for path in (root, f"{root}invite/", f"{root}{member.pk}/", f"{root}{member.pk}/change/"):
        page = administrator.get(path)
        assert page.status_code == 200
        assert 'type="password"' not in page.content.decode()
    described = administrator.get("/api/v1/openapi.json")
    assert described.status_code == 200
    assert "password" not in described.content.decode().lower()


def test_who_is_unknown_joins_with_the_roles_of_the_claim_and_gets_todays_each_time(certified: Certified):
    tenant = make_tenant()
    administrator(tenant)
    provider = trust_certified(tenant, certified, joins=True, role_claim="groups")
    own(tenant)
    rules(provider, sales=role_of(tenant, "Sales", ["identity.see"]), hall=role_of(tenant, "Hall"))
    certified.next_is("anna-2", **ANNA)
    come(visitor(), certified, provider)
    anna = User.objects.get(email="anna@alder.example")

    assert (anna.name, anna.has_usable_password()) == ("Anna Alder", False)
    assert roles_of(tenant, anna) == ["Sales"]
    assert [verb for verb in verbs(tenant) if verb.startswith("identity.")][-2:] == [
        "identity.joined", "identity.signed_in"
    ]  # fmt: skip

    certified.next_is("anna-2", **(ANNA | {"groups": ["hall"]}))
    come(visitor(), certified, provider)
    assert roles_of(tenant, anna) == ["Hall"]
    assert "kernel.roles_set" in verbs(tenant)


@pytest.mark.parametrize(("told", "shown"), [({"amr": ["pwd"]}, False), ({"amr": ["pwd", "mfa"]}, True),
                                             ({"acr": "urn:two"}, True)])  # fmt: skip
def test_a_second_factor_shown_there_counts_here_where_the_provider_is_trusted_with_it(
    certified: Certified, told: dict[str, Any], shown: bool
):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust_certified(tenant, certified, factor_values=["mfa", "urn:two"])
    known(provider, anna, "anna-3")
    certified.next_is("anna-3", **told, **ANNA)
    client = visitor()
    come(client, certified, provider)

    assert ("factor_at" in client.session) is shown


def test_a_session_lasts_no_longer_than_the_provider_says(certified: Certified):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust_certified(tenant, certified, session_hours=3)
    known(provider, anna, "anna-4")
    certified.next_is("anna-4", **ANNA)
    client = visitor()
    come(client, certified, provider)

    left = client.session.get_expiry_date() - datetime.now(UTC)
    assert timedelta(hours=2, minutes=58) < left <= timedelta(hours=3)


def test_trap_58_an_address_alone_never_opens_an_account_that_exists(certified: Certified):
    """nOAuth: whoever runs or edits a directory can write any address into it."""
    tenant = make_tenant()
    jana = administrator(tenant)
    provider = trust_certified(tenant, certified, joins=True)
    own(tenant)
    rules(provider, **{"*": role_of(tenant, "Sales")})
    certified.next_is("somebody-else", email=jana.email, email_verified=True, name="Jana")
    client = visitor()
    refused = come(client, certified, provider)

    assert (refused.status_code, is_in(client)) == (403, False)
    assert "There is an account with your e-mail address already." in refused.content.decode()
    with as_tenant(tenant.pk):
        assert ExternalIdentity.objects.count() == 0


@pytest.mark.parametrize("said", [{}, {"email_verified": False}, {"email_verified": "true"}])
def test_trap_58_an_address_that_nobody_vouches_for_lets_nobody_join(free: Free, said: dict[str, Any]):
    tenant = make_tenant()
    administrator(tenant)
    provider = trust(tenant, free.issuer, joins=True)
    own(tenant)
    rules(provider, **{"*": role_of(tenant, "Sales")})
    client = visitor()
    refused = answer(client, free, provider, email="anna@alder.example", **said)

    assert (refused.status_code, is_in(client)) == (403, False)
    assert "Your provider does not vouch for your e-mail address." in refused.content.decode()


def test_trap_58_entra_is_keyed_by_directory_and_object_and_its_issuer_by_the_directory(free: Free):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    directory, other = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    free.stated = {"issuer": free.issuer + "/{tenantid}"}
    provider = trust(tenant, f"{free.issuer}/{directory}", kind="ENTRA", entra_tenant=directory)
    known(provider, anna, f"{directory}.object-1")
    told: Any = {"iss": provider.issuer}

    right, elsewhere, by_sub = visitor(), visitor(), visitor()
    assert answer(right, free, provider, **told, tid=directory, oid="object-1", sub="pairwise").status_code == 302
    assert answer(elsewhere, free, provider, **told, tid=other, oid="object-1").status_code == 403
    assert answer(by_sub, free, provider, **told, tid=directory, oid="object-2", sub="object-1").status_code == 403
    assert [is_in(each) for each in (right, elsewhere, by_sub)] == [True, False, False]


LIES: dict[str, Any] = {
    "another audience": {"aud": "somebody"},
    "two audiences, not for us": {"aud": ["kontor", "somebody"]},
    "made for another": {"azp": "somebody"},
    "another issuer": {"iss": "https://elsewhere.example"},
    "expired": {"exp": datetime.now(UTC) - timedelta(minutes=2)},
    "without an end": {"exp": None},
    "from the future": {"iat": datetime.now(UTC) + timedelta(days=1)},
    "not valid yet": {"nbf": datetime.now(UTC) + timedelta(days=1)},
    "another nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "nobody": {"sub": ""},
    "an unknown key": {"kid": "second"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_wrong_in_one_thing_opens_nothing(free: Free, lie: str):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust(tenant, free.issuer)
    known(provider, anna, "anna")
    client = visitor()

    assert answer(client, free, provider, **LIES[lie]).status_code == 403
    assert is_in(client) is False
    assert answer(client, free, provider).status_code == 302  # the same without the lie


def test_tokens_signed_by_nobody_or_by_the_secret_open_nothing(free: Free):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust(tenant, free.issuer, secret="hush" * 10)
    known(provider, anna, "anna")
    client = visitor()

    for forged in ({"algorithm": "none", "key": ""}, {"algorithm": "HS256", "key": "hush" * 10}):
        client.get(f"/sign-in/with/{provider.pk}/")
        flow = client.session["sso_flows"][-1]
        now = datetime.now(UTC)
        told = {"iss": free.issuer, "aud": "kontor", "sub": "anna", "iat": now, "exp": now + timedelta(minutes=5),
                "nonce": flow["nonce"]}  # fmt: skip
        token = jwt.encode(told, forged["key"], algorithm=forged["algorithm"], headers={"kid": "first"})
        free.says = {"id_token": token}
        refused = client.get(f"/sign-in/with/{provider.pk}/back/", {"code": "once", "state": flow["state"]})
        assert refused.status_code == 403
    assert is_in(client) is False


def test_a_new_key_is_fetched_once_and_then_known(free: Free):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust(tenant, free.issuer)
    known(provider, anna, "anna")
    assert answer(visitor(), free, provider).status_code == 302
    assert free.fetched == 1

    free.published = ["first", "second"]
    assert answer(visitor(), free, provider, kid="second").status_code == 302
    assert free.fetched == 2
    free.published = ["first"]
    assert answer(visitor(), free, provider, kid="second").status_code == 302  # known by now
    assert free.fetched == 2


def test_an_answer_counts_once_and_in_the_browser_that_asked(free: Free):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust(tenant, free.issuer)
    known(provider, anna, "anna")
    client, thief = visitor(), visitor()
    assert answer(client, free, provider).status_code == 302
    used = client.session.get("sso_flows")
    client.get(f"/sign-in/with/{provider.pk}/")
    flow = client.session["sso_flows"][-1]
    free.says = {"id_token": free.token(nonce=flow["nonce"])}
    back = f"/sign-in/with/{provider.pk}/back/"

    assert used == []
    assert thief.get(back, {"code": "once", "state": flow["state"]}).status_code == 403
    assert is_in(thief) is False
    assert client.get(back, {"code": "once", "state": flow["state"], "iss": "https://mixed.example"}).status_code == 403
    assert client.get(back, {"code": "once", "state": flow["state"]}).status_code == 403  # it is gone, wrong or right


def test_another_tenants_provider_opens_only_its_own_tenant(free: Free):
    alder, birke = make_tenant(), make_tenant("Birke")
    jana = administrator(alder)
    join(birke, jana)
    theirs = trust(birke, free.issuer, name="Birke account")
    known(theirs, jana, "anna")
    client = visitor()
    assert answer(client, free, theirs).status_code == 302
    assert client.session["tenant"] == str(birke.pk)

    client.post(f"/identity/tenants/{alder.pk}/enter/")
    stopped = client.get("/identity/people/")
    assert (stopped.status_code, stopped["Location"]) == (302, "/identity/way-in/")
    assert client.get("/identity/way-in/").status_code == 200


def test_a_directory_is_no_proof_for_what_opens_the_persons_other_tenants(free: Free):
    tenant = make_tenant()
    anna, new = make_user("anna@alder.example", "Anna"), make_user("new@alder.example", "New")
    new.set_unusable_password()
    new.save()
    provider = trust(tenant, free.issuer)
    for person in (anna, new):
        join(tenant, person)
        known(provider, person, person.name)
    with_password, without = visitor(), visitor()
    answer(with_password, free, provider, sub="Anna")
    answer(without, free, provider, sub="New")

    assert ("proved_at" in with_password.session, "proved_at" in without.session) == (False, True)


def test_an_answer_to_one_provider_is_none_to_another(free: Free):
    alder, birke = make_tenant(), make_tenant("Birke")
    ours, theirs = trust(alder, free.issuer), trust(birke, free.issuer)
    client = visitor()
    client.get(f"/sign-in/with/{ours.pk}/")
    flow = client.session["sso_flows"][-1]

    wrong = client.get(f"/sign-in/with/{theirs.pk}/back/", {"code": "once", "state": flow["state"]})
    assert wrong.status_code == 403


def test_seats_domains_and_roles_stand_before_joining(free: Free):
    tenant = make_tenant()
    administrator(tenant)
    provider = trust(tenant, free.issuer, joins=True)
    anna: Any = {"email": "anna@alder.example", "email_verified": True}
    said = lambda: _sentence(answer(visitor(), free, provider, **anna))  # noqa: E731

    assert said() == "Your e-mail address lies in no domain that your company has proved."
    own(tenant)
    assert said() == "No role is meant for you here. Ask your administrator for one."
    rules(provider, **{"*": role_of(tenant, "Sales")})
    order_seats(tenant, 1)
    assert said() == "All seats are taken. Ask your administrator for one."
    with as_tenant(tenant.pk):
        IdentityProvider.objects.update(joins=False)
    assert said()[:29] == "You are not known here yet. A"


def test_who_has_left_does_not_come_back_by_the_directory(free: Free):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust(tenant, free.issuer)
    known(provider, anna, "anna")
    with as_tenant(tenant.pk):
        Membership.objects.update(until=datetime.now(UTC) - timedelta(days=1))

    assert _sentence(answer(visitor(), free, provider)) == "Your access has ended. Ask your administrator."


def test_a_member_connects_signed_in_by_the_old_way_first(free: Free):
    tenant = make_tenant()
    jana = administrator(tenant)
    provider = trust(tenant, free.issuer)
    client = browser(jana, tenant)
    session = client.session
    session["proved_at"] = datetime.now(UTC).isoformat()
    session.save()

    asked = client.post(f"/identity/connections/{provider.pk}/")
    flow = client.session["sso_flows"][-1]
    free.says = {"id_token": free.token(nonce=flow["nonce"])}
    done = client.get(f"/sign-in/with/{provider.pk}/back/", {"code": "once", "state": flow["state"]})

    assert asked["Location"].startswith(f"{free.issuer}/auth?response_type=code&client_id=kontor")
    assert (done.status_code, done["Location"]) == (302, "/identity/connections/")
    assert "connected" in client.get("/identity/connections/").content.decode()
    assert answer(visitor(), free, provider).status_code == 302


def _sentence(refused: Any) -> str:
    assert refused.status_code == 403
    return str(refused.context["said"])


@pytest.mark.trap(60)
def test_trap_60_back_channel_logout_ends_the_session_that_the_provider_names(certified: Certified, free: Free):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust_certified(tenant, certified, signed_out=f"{free.issuer}/heard")
    known(provider, anna, "anna-5")
    here, there = visitor(), visitor()
    certified.next_is("anna-5", **ANNA)
    come(there, certified, provider)
    certified.next_is("anna-5", **ANNA)
    come(here, certified, provider)
    certified.end_session()
    (token,) = free.next_heard()["logout_token"]

    assert _told(provider, token) == 200
    assert here.get("/identity/profile/").status_code == 302
    assert there.get("/identity/profile/").status_code == 200  # another session of the same person
    assert _told(provider, token[:-8] + "AAAAAAAA") == 400


def test_a_logout_token_is_checked_like_any_other(free: Free):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust(tenant, free.issuer)
    known(provider, anna, "anna")
    client = visitor()
    answer(client, free, provider)
    event = {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}, "exp": None}
    wrong = [
        free.token(exp=None),
        free.token(**event, nonce="an id token in disguise"),
        free.token(**event, aud="somebody"),
        free.token(**event, iat=datetime.now(UTC) - timedelta(hours=1)),
        free.token(**(event | {"exp": datetime.now(UTC) - timedelta(minutes=2)})),
        free.token(**event, sub=None),
        free.token(**event, iat=None),
        "nonsense",
    ]

    assert [_told(provider, token) for token in wrong] == [400] * len(wrong)
    assert client.get("/identity/profile/").status_code == 200
    assert _told(provider, free.token(**event)) == 200
    assert client.get("/identity/profile/").status_code == 302


def _told(provider: IdentityProvider, token: str) -> int:
    return Client().post(f"/sign-in/with/{provider.pk}/signed-out/", {"logout_token": token}).status_code


def test_the_domain_leads_to_the_provider(free: Free):
    tenant = make_tenant()
    provider = trust(tenant, free.issuer)
    own(tenant)
    client = visitor()
    led = client.post("/sign-in/company/", {"email": "Anyone@ALDER.example", "next": "/identity/people/"})
    unknown = client.post("/sign-in/company/", {"email": "anyone@else.example"})

    wanted = f"/sign-in/with/{provider.pk}/?login_hint=Anyone%40ALDER.example&next=%2Fidentity%2Fpeople%2F"
    assert led["Location"] == wanted
    assert (unknown.status_code, unknown.context["unknown"]) == (200, True)
