"""The pages on which a tenant says how people come in, and how safe that is."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from kontor.kernel.models import AccessPolicy, RecordEntry
from kontor.kernel.sessions import SessionStore
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.sign_in import signed_in
from kontor.office.identity.queries.security import score
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
CONTACT = {"contact_name": "Jana", "contact_phone": "+49 30 1", "contact_email": "jana@alder.example"}
PAGES = ("identity:security", "identity:policy")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    cache.clear()
    with translation.override("en"):
        yield


@pytest.mark.parametrize("page", PAGES)
def test_only_whoever_may_set_the_security_opens_its_pages(page: str):
    tenant = make_tenant()
    admin = administrator(tenant)
    ben = make_user("ben@alder.example", "Ben")
    join(tenant, ben, role="Reading", permissions=["identity.see"])

    assert browser(admin, tenant).get(reverse(page)).status_code == 200
    assert browser(ben, tenant).get(reverse(page)).status_code == 403
    assert visitor().get(reverse(page)).status_code == 302


def test_the_policy_is_kept_and_shown_again():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    typed = {"password_length": "12", "password_special": "on", "password_days": "180", "idle_minutes": "15",
             "second_factor": "OFF", "authenticator_apps": "Aegis\n\nFreeOTP\nAegis", **CONTACT}  # fmt: skip
    answer = client.post(reverse("identity:policy"), typed)

    assert answer.status_code == 302
    with as_tenant(tenant.pk):
        kept = AccessPolicy.objects.get()
    assert (kept.password_length, kept.password_special, kept.password_digit) == (12, True, False)
    assert (kept.password_days, kept.idle_minutes, kept.absolute_hours) == (180, 15, None)
    assert (kept.second_factor, kept.authenticator_apps) == ("OFF", ["Aegis", "FreeOTP"])
    assert client.get(reverse("identity:policy")).context["form"]["password_length"].value() == 12


@pytest.mark.parametrize(("field", "value"), [("password_length", "9"), ("idle_minutes", "4"), ("contact_name", "")])
def test_a_policy_below_the_floor_or_without_a_contact_is_refused(field: str, value: str):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    typed = {"second_factor": "OPTIONAL", **CONTACT, field: value}
    answer = client.post(reverse("identity:policy"), typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with as_tenant(tenant.pk):
        assert AccessPolicy.objects.count() == 0


def test_the_score_rises_with_what_is_set_and_names_the_next_best_step():
    tenant = make_tenant()
    administrator(tenant)
    with as_tenant(tenant.pk):
        nothing = score(at=AT)
        AccessPolicy.objects.create(second_factor="MANDATORY")
        factor = score(at=AT)

    assert (nothing.reached, nothing.best.key) == (7, "second_factor")  # 1 of 13: no review of rights is due yet
    assert (factor.reached, factor.best.key) == (30, "contact")  # 4 of 13


def test_signing_in_is_recorded_with_its_method_and_gives_the_session_a_new_key():
    tenant = make_tenant()
    administrator(tenant)
    client = visitor()
    client.get("/sign-in/")
    sign_in(client, "jana@alder.example")

    assert verbs(tenant)[-1] == "identity.signed_in"
    assert (client.session["method"], client.session["tenant"]) == ("password", str(tenant.pk))
    with as_tenant(tenant.pk):
        assert RecordEntry.objects.filter(verb="identity.signed_in").count() == 1


def arrive(user: object, *, chosen: object = None, second_factor: bool = False) -> SessionStore:
    request = RequestFactory().get("/", headers={"User-Agent": "Firefox"})
    request.session, request.at = SessionStore(), AT
    request.session["passed"] = {"identity.password": "x"}
    if chosen is not None:
        request.session["tenant"] = str(chosen)
    signed_in(request, user, "oidc:1", second_factor=second_factor, address="192.0.2.1")
    return request.session


def test_a_session_begins_in_the_only_tenant_in_the_one_chosen_or_in_none_while_there_is_a_choice():
    alder, birke, other = make_tenant(), make_tenant("Birke"), make_tenant("Cedar")
    jana = administrator(alder)

    assert arrive(jana)["tenant"] == str(alder.pk)
    assert arrive(jana, chosen=other.pk)["tenant"] == str(alder.pk)
    join(birke, jana)
    assert arrive(jana, chosen=birke.pk)["tenant"] == str(birke.pk)
    assert "tenant" not in arrive(jana)
    assert "tenant" not in arrive(jana, chosen=other.pk)
    assert [verbs(tenant).count("identity.signed_in") for tenant in (alder, birke, other)] == [2, 1, 0]


def test_a_session_knows_its_way_in_and_whether_a_second_factor_was_shown():
    jana = administrator(make_tenant())
    with_factor, without = arrive(jana, second_factor=True), arrive(jana)

    assert (with_factor["method"], with_factor["factor_at"]) == ("oidc:1", AT.isoformat())
    assert "factor_at" not in without
    assert "passed" not in without  # the gates are asked again
    assert (with_factor.facts.agent, with_factor.facts.address, with_factor.facts.began_at) == (
        "Firefox",
        "192.0.2.1",
        AT,
    )
