"""Where somebody is signed in, and ending that."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from kontor.kernel.actions.sessions import forget_expired
from kontor.kernel.jobs import tick
from kontor.kernel.models import Membership, Session
from kontor.kernel.tenancy import as_tenant
from tests.factories import make_user
from tests.people import administrator, browser, join, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
JANA = "jana@alder.example"


def signed_in(agent: str):
    client = visitor()
    client.defaults["HTTP_USER_AGENT"] = agent
    sign_in(client, JANA)
    return client


def test_every_session_is_shown_with_browser_system_address_and_way_in():
    administrator(make_tenant())
    desk = signed_in(FIREFOX)
    signed_in(IPHONE)

    shown = desk.get("/identity/profile/sessions/").context["sessions"]

    assert [(one.device, one.icon, one.address, one.method, one.here) for one in shown] == [
        ("Firefox on Linux", "device-desktop", "127.0.0.1", "with a password", True),
        ("Mobile Safari on iOS", "device-mobile", "127.0.0.1", "with a password", False),
    ]


def test_one_is_ended_and_its_next_request_leads_to_the_sign_in():
    tenant = make_tenant()
    jana = administrator(tenant)
    desk, phone = signed_in(FIREFOX), signed_in(IPHONE)
    other = desk.get("/identity/profile/sessions/").context["sessions"][1]

    assert desk.post(f"/identity/profile/sessions/{other.key}/end/").status_code == 302

    assert phone.get("/identity/people/").url == "/sign-in/?next=/identity/people/"
    assert desk.get("/identity/people/").status_code == 200
    assert "identity.sessions_ended" in verbs(tenant, jana)
    assert desk.post(f"/identity/profile/sessions/{other.key}/end/").status_code == 404


def test_all_others_are_ended_and_this_one_stays():
    administrator(make_tenant())
    desk, phone, tablet = signed_in(FIREFOX), signed_in(IPHONE), signed_in("")
    assert desk.post("/identity/profile/sessions/end/").status_code == 302
    assert desk.get("/identity/people/").status_code == 200
    assert {phone.get("/identity/people/").status_code, tablet.get("/identity/people/").status_code} == {302}
    assert desk.post("/identity/profile/sessions/end/").status_code == 302  # nothing left to end


def test_neither_this_one_nor_a_strangers_is_ended_by_its_key():
    tenant = make_tenant()
    administrator(tenant)
    desk = signed_in(FIREFOX)
    browser(administrator(tenant, "joe@alder.example", "Joe"), tenant)
    for key in Session.objects.values_list("pk", flat=True):
        assert desk.post(f"/identity/profile/sessions/{key}/end/").status_code == 404
    assert Session.objects.count() == 2


def test_an_administrator_sees_and_ends_what_works_here_only():
    alder, birke = make_tenant(), make_tenant("Birke")
    jana, pia = administrator(alder), make_user("pia@alder.example", "Pia")
    member = join(alder, pia, role="Reader")
    join(birke, pia, role="Reader")
    browser(pia, alder), browser(pia, alder), browser(pia, birke)
    client = browser(jana, alder)
    page = client.get(f"/identity/people/{member.pk}/")
    found = page.context["sessions"]
    assert len(found) == 2

    address = f"/identity/people/{member.pk}/sessions/end/"
    client.post(address, {"key": found[0].key})
    assert Session.objects.filter(person=pia.pk).count() == 2
    client.post(address)
    assert list(Session.objects.filter(person=pia.pk).values_list("working_in", flat=True)) == [birke.pk]
    client.post(address)
    assert verbs(alder, member).count("identity.sessions_ended") == 2


def test_who_ends_all_of_their_own_is_led_to_the_sign_in():
    tenant = make_tenant()
    jana = administrator(tenant)
    client = browser(jana, tenant)
    with as_tenant(tenant.pk):
        own = Membership.objects.get(user_id=jana.pk)

    answer = client.post(f"/identity/people/{own.pk}/sessions/end/", follow=True)

    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, "/sign-in/")
    assert Session.objects.filter(person=jana.pk).count() == 0


def test_a_change_of_roles_or_password_ends_sessions():
    tenant = make_tenant()
    jana, pia = administrator(tenant), make_user("pia@alder.example", "Pia")
    member = join(tenant, pia, role="Reader", permissions=["identity.see"])
    browser(pia, tenant)
    client = browser(jana, tenant)
    with as_tenant(tenant.pk):
        everything = Membership.objects.get(user=jana).assignments.get().role_id
    client.post(f"/identity/people/{member.pk}/change/", {"kind": "EMPLOYEE", "roles": [str(everything)]})
    assert Session.objects.filter(person=pia.pk).count() == 0

    other = browser(jana, tenant)
    given = {"old": "correct horse battery staple", "new": "another horse battery staple"}
    client.post("/identity/profile/password/", given)
    assert Session.objects.filter(person=jana.pk).count() == 1
    assert other.get("/identity/people/").status_code == 302
    assert client.get("/identity/people/").status_code == 200


@pytest.mark.requirement("SD-006")
def test_the_address_goes_with_the_session_at_sign_out_and_within_the_minute_of_its_expiry():
    administrator(make_tenant())
    client = signed_in(FIREFOX)
    assert list(Session.objects.exclude(address=None).values_list("address", flat=True)) == ["127.0.0.1"]
    client.post("/sign-out/")
    assert not Session.objects.exclude(address=None).exists()

    signed_in(FIREFOX)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    minutely = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert minutely["kernel.tick"] == "* * * * *"
    tick(timestamp=int(timezone.now().timestamp()))
    assert not Session.objects.exclude(address=None).exists()


def test_expired_sessions_are_forgotten():
    administrator(make_tenant())
    signed_in(FIREFOX)
    now = timezone.now()
    assert forget_expired(now) == 0
    assert forget_expired(now + timedelta(days=15)) == 1


def test_the_page_asks_the_same_number_of_queries_for_one_and_for_three(django_assert_max_num_queries):
    administrator(make_tenant())
    desk = signed_in(FIREFOX)
    with django_assert_max_num_queries(60) as one:
        desk.get("/identity/profile/sessions/")
    signed_in(IPHONE), signed_in("")
    with django_assert_max_num_queries(60) as three:
        desk.get("/identity/profile/sessions/")
    assert len(one) == len(three)
