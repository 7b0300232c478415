"""What goes wrong between a directory and us, in words; and what a claim never does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from kontor.kernel.models import Membership, Role
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import oidc, providers
from kontor.office.identity.actions.arriving import Arrival, ArrivalRefusedError, connect
from kontor.office.identity.formats.id_token import TokenRefusedError, factor_shown, values_of
from kontor.office.identity.models import IdentityProvider
from tests.factories import make_user
from tests.office.identity.provider.free import Free
from tests.office.identity.provider.set_up import DONE, answer, known, own, roles_of, rules, trust
from tests.people import administrator, join, make_tenant, role_of, verbs, visitor

pytestmark = pytest.mark.django_db


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


def test_one_account_there_is_one_person_here_and_the_other_way_round(free: Free):
    tenant = make_tenant()
    jana, anna = administrator(tenant), make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    provider = trust(tenant, free.issuer)
    with as_tenant(tenant.pk):
        first = connect(provider, Arrival(subject="jana"), jana, at=DONE["at"])
        assert connect(provider, Arrival(subject="jana"), jana, at=DONE["at"]).pk == first.pk
        with pytest.raises(ArrivalRefusedError):
            connect(provider, Arrival(subject="jana"), anna, at=DONE["at"])
        with pytest.raises(ArrivalRefusedError):
            connect(provider, Arrival(subject="jana-2"), jana, at=DONE["at"])


def test_claims_never_take_the_last_administrators_role_and_leave_what_was_given_by_hand(free: Free):
    tenant = make_tenant()
    jana = administrator(tenant)
    provider = trust(tenant, free.issuer, role_claim="groups")
    known(provider, jana, "anna")
    with as_tenant(tenant.pk):
        everything = Role.objects.get(everything=True)
    rules(provider, admins=everything, hall=role_of(tenant, "Hall"))
    answer(visitor(), free, provider, groups=["hall"])

    assert roles_of(tenant, jana) == [everything.name]
    assert "identity.roles_kept" in verbs(tenant)
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna, role="By hand")
    known(provider, anna, "anna-2")
    answer(visitor(), free, provider, sub="anna-2", groups="hall")
    assert roles_of(tenant, anna) == ["By hand", "Hall"]
    before = verbs(tenant).count("kernel.roles_set")
    answer(visitor(), free, provider, sub="anna-2", groups="hall")
    assert verbs(tenant).count("kernel.roles_set") == before


def test_an_address_the_token_lacks_is_asked_for_and_must_be_the_same_persons(free: Free):
    tenant = make_tenant()
    administrator(tenant)
    free.stated = {"userinfo_endpoint": f"{free.issuer}/me"}
    provider = trust(tenant, free.issuer, joins=True)
    own(tenant)
    rules(provider, **{"*": role_of(tenant, "Sales")})
    free.profile = {"sub": "somebody", "email": "anna@alder.example", "email_verified": True}
    assert answer(visitor(), free, provider).context["said"] == "The provider spoke of two different people."
    free.profile["sub"] = "anna"
    assert answer(visitor(), free, provider).status_code == 302
    with as_tenant(tenant.pk):
        assert Membership.objects.filter(user__email="anna@alder.example", user__name="anna").count() == 1


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"issuer": "https://elsewhere.example"}, "What the provider publishes does not belong to this issuer. Is it "
         "typed rightly? It said: https://elsewhere.example"),
        ({"authorization_endpoint": None}, "What the provider publishes does not belong to this issuer. Is it typed "
         "rightly? It said: authorization_endpoint"),
    ],
)  # fmt: skip
def test_a_provider_that_publishes_nonsense_is_told_in_words(free: Free, stated: dict[str, Any], said: str):
    tenant = make_tenant()
    free.stated = stated
    provider = trust(tenant, free.issuer)
    refused = visitor().get(f"/sign-in/with/{provider.pk}/")

    assert (refused.status_code, refused.context["said"]) == (403, said)


def test_nobody_at_home_and_a_code_that_is_refused_are_told_in_words(free: Free):
    tenant = make_tenant()
    nobody = trust(tenant, "http://127.0.0.1:9", name="Nobody")
    refused = visitor().get(f"/sign-in/with/{nobody.pk}/")
    assert refused.context["said"] == "Nobody answers at the provider's address."
    assert visitor().post(f"/sign-in/with/{nobody.pk}/signed-out/", {"logout_token": "x.y.z"}).status_code == 503

    provider = trust(tenant, free.issuer)
    client = visitor()
    client.get(f"/sign-in/with/{provider.pk}/")
    flow = client.session["sso_flows"][-1]
    back = f"/sign-in/with/{provider.pk}/back/"
    cancelled = client.get(back, {"error": "access_denied", "state": flow["state"]})
    assert cancelled.context["said"].endswith("It said: access_denied")
    client.get(f"/sign-in/with/{provider.pk}/")
    flow = client.session["sso_flows"][-1]
    free.says = {"error": "invalid_grant"}
    assert client.get(back, {"code": "used", "state": flow["state"]}).status_code == 403
    assert answer(client, free, provider, token=None).context["said"] == "The provider's token cannot be read."


def test_the_secret_goes_as_the_provider_wants_it(free: Free):
    tenant = make_tenant()
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna)
    free.stated = {"token_endpoint_auth_methods_supported": ["client_secret_post"],
                   "authorization_endpoint": f"{free.issuer}/auth?realm=alder"}  # fmt: skip
    provider = trust(tenant, free.issuer)
    known(provider, anna, "anna")
    client = visitor()
    asked = client.get(f"/sign-in/with/{provider.pk}/", {"login_hint": "anna@alder.example"})
    assert asked["Location"].startswith(f"{free.issuer}/auth?realm=alder&response_type=code")
    assert answer(client, free, provider).status_code == 302
    assert free.asked["client_secret"] == ["hush"]
    with as_tenant(tenant.pk):
        IdentityProvider.objects.update(client_secret=None)
    answer(visitor(), free, provider)
    assert "client_secret" not in free.asked


def test_an_unknown_key_is_not_asked_for_again_and_again(free: Free):
    tenant = make_tenant()
    provider = trust(tenant, free.issuer)
    fetched = free.fetched
    for _ in range(3):
        assert answer(visitor(), free, provider, kid="second").status_code == 403
    assert free.fetched - fetched == 2


def test_an_answer_after_a_quarter_of_an_hour_is_too_late(free: Free):
    tenant = make_tenant()
    provider = trust(tenant, free.issuer)
    now = datetime.now(UTC)
    _address, flow = oidc.begin(provider, redirect_uri="http://testserver/x/", purpose="sign_in", at=now)
    with pytest.raises(TokenRefusedError) as refused:
        told = {"state": flow.state, "code": "once"}
        oidc.finish(provider, flow, told, redirect_uri="http://testserver/x/", at=now + timedelta(minutes=16))

    assert refused.value.reason == "state"


def test_claims_are_read_as_texts_whatever_they_are():
    assert values_of({"groups": ["a", 7, True, {"b": 1}]}, "groups") == ["a", "7"]
    assert values_of({"groups": {"a": 1}}, "groups") == []
    assert factor_shown({"amr": "mfa"}, ["mfa"]) is True
    assert factor_shown({"amr": ["pwd"]}, []) is False


def test_a_provider_keeps_its_secret_and_state_where_only_its_name_changes(free: Free):
    tenant = make_tenant()
    provider = trust(tenant, free.issuer)
    with as_tenant(tenant.pk):
        changed = providers.change_provider(provider.pk, name="Alder", **DONE)

    assert (changed.name, changed.client_secret, changed.active) == ("Alder", "hush", True)
