"""Browsers and systems from which people may come in: the house's list, its days, the warning and the refusal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.clients import (
    NotBuiltForError,
    NotTheHouseError,
    PastDayError,
    drop_plan,
    support_from,
)
from kontor.office.identity.models import SupportedClient
from kontor.office.identity.queries.clients import (
    Client,
    Coming,
    Judgement,
    client_of,
    house_day,
    is_older,
    judge,
    lines_on,
)
from tests.factories import make_house, make_user
from tests.people import administrator, browser, join, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36"
EDGE = CHROME + " Edg/{}"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}) Gecko/20100101 Firefox/{0}"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{} Safari/605.1.15"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{} Mobile/15E148 Safari/604.1"
)
ANDROID_FIREFOX = "Mozilla/5.0 (Android {}; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"
ANDROID_CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
)
OPERA = CHROME + " OPR/120.0.0.0"
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
LIST = {"edge": "140", "chrome": "140", "firefox": "140", "safari": "17.5", "ios": "17", "android": "11"}


@pytest.fixture
def house():
    return make_house()


def listed(house, lines=LIST, *, from_on=date(2026, 1, 5), at=LONG_AGO):
    with as_tenant(house.tenant.pk):
        return [support_from(key, minimum=version, from_on=from_on, at=at, actor=MACHINE)
                for key, version in lines.items()]  # fmt: skip


def coming_with(agent, **more: str):
    return client_of(RequestFactory().get("/", headers={"User-Agent": agent, **more}))


def answer(agent, house, *, email="pia@alder.example"):
    """Sign somebody in with a browser, and return what the first page answers."""
    tenant = make_tenant("Alder")
    join(tenant, make_user(email, "Pia"), role="Reader", permissions=["identity.see"])
    client = visitor()
    client.defaults["HTTP_USER_AGENT"] = agent
    sign_in(client, email)
    return client, client.get("/identity/people/")


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        (CHROME.format("142.0.0.0"), Client("chrome", "Chrome", "142.0.0", "", "10")),
        (EDGE.format("142.0.0.0", "142.0.3595.94"), Client("edge", "Edge", "142.0.3595", "", "10")),
        (FIREFOX.format("145.0"), Client("firefox", "Firefox", "145.0", "", "")),
        (SAFARI.format("18.6"), Client("safari", "Safari", "18.6", "", "10.15.7")),
        (IPHONE.format("17_6_1", "17.6"), Client("safari", "Mobile Safari", "17.6", "ios", "17.6.1")),
        (IPHONE.format("18_6", "26.0"), Client("safari", "Mobile Safari", "26.0", "ios", "26.0")),
        (ANDROID_FIREFOX.format("13"), Client("firefox", "Firefox Mobile", "145.0", "android", "13")),
        (ANDROID_CHROME, Client("chrome", "Chrome Mobile", "142.0.0", "android", "")),
        (OPERA.format("142.0.0.0"), Client("", "Opera", "120.0.0", "", "10")),
        ("KontorApp/2.1 (Android 14)", Client(app=True)),
        ("", Client()),
    ],
)
def test_what_a_browser_says_of_itself(agent: str, client: Client):
    assert coming_with(agent) == client


def test_a_hidden_system_counts_where_the_browser_tells_it():
    told = {"Sec-CH-UA-Platform-Version": '"13.0.0"'}
    assert coming_with(ANDROID_CHROME, **told).system_version == "13.0.0"
    assert coming_with(ANDROID_CHROME, **{"Sec-CH-UA-Platform-Version": '"x; DROP"'}).system_version == ""


@pytest.mark.parametrize(
    ("version", "minimum", "older"),
    [("11", "12", True), ("12", "12.0.0", False), ("9.10", "9.9", False), ("17.3.9", "17.4", True), ("", "1", True)],
)
def test_versions_are_compared_part_by_part(version: str, minimum: str, older: bool):
    assert is_older(version, minimum) is older


@pytest.mark.requirement("SM-005")
@pytest.mark.parametrize(
    ("agent", "let_in"),
    [
        (CHROME.format("140.0.0.0"), True),
        (CHROME.format("139.0.0.0"), False),
        (EDGE.format("140.0.0.0", "140.0.1.1"), True),
        (EDGE.format("139.0.0.0", "139.0.1.1"), False),
        (FIREFOX.format("140.0"), True),
        (FIREFOX.format("128.0"), False),
        (SAFARI.format("17.5"), True),
        (SAFARI.format("17.4"), False),
        (IPHONE.format("17_5", "17.5"), True),
        (IPHONE.format("16_7", "17.5"), True),  # Safari's version is the system's
        (IPHONE.format("16_7", "16.7"), False),
        (ANDROID_FIREFOX.format("11"), True),
        (ANDROID_FIREFOX.format("10"), False),
        (ANDROID_CHROME, True),  # keeps its system to itself: the browser alone counts
        (OPERA.format("142.0.0.0"), False),
        ("", False),
    ],
)
def test_a_client_below_the_list_or_of_another_family_is_led_to_the_page_that_names_it(house, agent: str, let_in: bool):
    listed(house)
    client, first = answer(agent, house)
    if let_in:
        assert first.status_code == 200
        assert client.get("/identity/refused/").url == "/"
        return
    assert first.url == "/identity/refused/"
    page = client.get("/identity/refused/")
    text = page.content.decode()
    assert page.status_code == 403
    shown = ["Microsoft Edge", "Google Chrome", "Mozilla Firefox", "Safari", "Apple iOS", "Google Android"]
    assert [name for name in shown if name not in text] == []
    assert client.get("/identity/profile/").url == "/identity/refused/"  # nothing of one's own either


@pytest.mark.requirement("SM-015")
def test_a_raised_minimum_warns_the_day_before_and_refuses_on_its_day(house):
    listed(house)
    today = house_day(timezone.now())
    with as_tenant(house.tenant.pk):
        raised = support_from("android", minimum="12", from_on=today + timedelta(days=1), at=timezone.now(),
                              actor=MACHINE)  # fmt: skip
    join(make_tenant("Alder"), make_user("pia@alder.example", "Pia"), role="Reader", permissions=["identity.see"])
    pia = visitor()
    pia.defaults["HTTP_USER_AGENT"] = ANDROID_FIREFOX.format("11")
    first = sign_in(pia, "pia@alder.example")
    assert "you need Google Android 12 or newer. Update it before." in first.content.decode()
    assert pia.get("/identity/people/").status_code == 200

    matrix = visitor().get("/identity/supported/").content.decode()
    assert "12 or newer from" in matrix
    assert "11 or newer" in matrix

    SupportedClient.objects.filter(pk=raised.pk).update(from_on=today)  # the day has come
    again = visitor()
    again.defaults["HTTP_USER_AGENT"] = ANDROID_FIREFOX.format("11")
    sign_in(again, "pia@alder.example")
    assert again.get("/identity/people/").url == "/identity/refused/"
    assert "You come with Google Android 11. It is not supported any more." in (
        again.get("/identity/refused/").content.decode()
    )


def test_the_days_of_the_contracts_own_example(house):
    """Android is raised from 11 to 12 with effect 1 July: 30 June warns, 1 July refuses."""
    listed(house)
    with as_tenant(house.tenant.pk):
        support_from("android", minimum="12", from_on=date(2026, 7, 1), at=LONG_AGO, actor=MACHINE)
    old = coming_with(ANDROID_FIREFOX.format("11"))
    assert judge(old, lines_on(date(2026, 6, 30))) == Judgement("", (Coming("android", "12", date(2026, 7, 1)),))
    assert judge(old, lines_on(date(2026, 7, 1))) == Judgement("android")
    new = coming_with(ANDROID_FIREFOX.format("12"))
    assert judge(new, lines_on(date(2026, 6, 30))) == judge(new, lines_on(date(2026, 7, 1))) == Judgement()


def test_a_family_that_goes_is_announced_and_then_refused(house):
    listed(house)
    with as_tenant(house.tenant.pk):
        support_from("safari", minimum="", from_on=date(2026, 7, 1), at=LONG_AGO, actor=MACHINE)
    mac = coming_with(SAFARI.format("18.6"))
    assert judge(mac, lines_on(date(2026, 6, 30))) == Judgement("", (Coming("safari", "", date(2026, 7, 1)),))
    assert judge(mac, lines_on(date(2026, 7, 1))) == Judgement("safari")


def test_without_a_list_nobody_is_refused_and_a_plan_alone_refuses_nobody(house):
    old = coming_with(FIREFOX.format("3.6"))
    assert judge(old, lines_on(date(2026, 7, 1))) == Judgement()
    listed(house, {"chrome": "140"}, from_on=date(2026, 8, 1))
    assert judge(old, lines_on(date(2026, 7, 1))) == Judgement()
    assert judge(old, lines_on(date(2026, 8, 1))) == Judgement("firefox")


def test_the_public_page_says_where_nothing_is_set():
    assert "no minimum versions are set" in visitor().get("/identity/supported/").content.decode()


def test_only_browsers_listed_leaves_systems_alone(house):
    listed(house, {"firefox": "130"})
    assert judge(coming_with(ANDROID_FIREFOX.format("4")), lines_on(date(2026, 2, 1))) == Judgement()


def test_the_house_day_is_of_its_own_zone(house):
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # half past midnight in Berlin
    assert house_day(late) == date(2026, 7, 1)


def test_without_a_house_the_day_is_that_of_utc():
    assert house_day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 6, 30)


def test_a_line_is_recorded_and_the_same_day_is_written_once(house):
    (row,) = listed(house, {"chrome": "140"}, from_on=date(2026, 7, 1))
    (again,) = listed(house, {"chrome": "141"}, from_on=date(2026, 7, 1))
    assert (row.pk, again.minimum) == (again.pk, "141")
    assert verbs(house.tenant, row) == ["identity.client_listed", "identity.client_listed"]


@pytest.mark.parametrize(("family", "minimum"), [("netscape", "4"), ("chrome", "beta")])
def test_what_is_no_family_or_no_version_is_refused(house, family: str, minimum: str):
    with as_tenant(house.tenant.pk), pytest.raises(ValueError, match=f"{family} {minimum}"):
        support_from(family, minimum=minimum, from_on=date(2026, 7, 1), at=LONG_AGO, actor=MACHINE)


def test_no_browser_is_promised_for_which_the_pages_are_not_built(house):
    """The oldest on the list runs what is built: newer syntax is rewritten for it by the build (bookkeeping 13)."""
    oldest = {"chrome": "123", "edge": "123", "firefox": "128", "safari": "17.5"}
    assert [row.minimum for row in listed(house, oldest)] == list(oldest.values())
    for family, older in (("chrome", "122.9"), ("edge", "122"), ("firefox", "127"), ("safari", "17.4")):
        with as_tenant(house.tenant.pk), pytest.raises(NotBuiltForError):
            support_from(family, minimum=older, from_on=date(2026, 7, 1), at=LONG_AGO, actor=MACHINE)
    told = {"family": "safari", "minimum": "17.4", "from_on": house_day(timezone.now()).isoformat()}
    answer = browser(house.staff, house.tenant).post("/identity/supported/list/", told)
    assert (answer.status_code, "Safari 17.5 and newer" in answer.content.decode()) == (422, True)


def test_days_that_are_over_stay_as_they_were(house):
    (row,) = listed(house, {"chrome": "140"})
    with as_tenant(house.tenant.pk):
        with pytest.raises(PastDayError):
            support_from("chrome", minimum="1", from_on=date(2026, 1, 4), at=LONG_AGO, actor=MACHINE)
        with pytest.raises(PastDayError):
            drop_plan(row.pk, at=LONG_AGO, actor=MACHINE)


def test_no_other_tenant_touches_the_list(house):
    (row,) = listed(house, {"chrome": "140"}, from_on=date(2026, 7, 1))
    alder = make_tenant()
    with as_tenant(alder.pk):
        with pytest.raises(NotTheHouseError):
            support_from("chrome", minimum="1", from_on=date(2026, 7, 1), at=LONG_AGO, actor=MACHINE)
        with pytest.raises(NotTheHouseError):
            drop_plan(row.pk, at=LONG_AGO, actor=MACHINE)
    admin = browser(administrator(alder), alder)
    assert admin.get("/identity/supported/list/").status_code == 403
    assert admin.post(reverse("identity:client-drop", args=[row.pk])).status_code == 403


def test_the_house_keeps_the_list_on_its_page(house):
    client = browser(house.staff, house.tenant)
    coming = (house_day(timezone.now()) + timedelta(days=30)).isoformat()
    told = {"family": "chrome", "minimum": "140", "from_on": coming}
    assert client.post("/identity/supported/list/", told).url == "/identity/supported/list/"
    row = SupportedClient.objects.get()
    assert "140 or newer" in client.get("/identity/supported/list/").content.decode()
    assert client.post("/identity/supported/list/", told | {"from_on": "2026-01-01"}).status_code == 422
    assert client.post("/identity/supported/list/", told | {"minimum": "new"}).status_code == 422
    client.post(reverse("identity:client-drop", args=[row.pk]))
    assert SupportedClient.objects.count() == 0
    assert verbs(house.tenant, row) == ["identity.client_listed", "identity.client_plan_dropped"]
    assert client.post(reverse("identity:client-drop", args=[row.pk])).status_code == 404


def test_what_holds_already_is_not_taken_back_on_the_page(house):
    (row,) = listed(house, {"firefox": ""}, from_on=house_day(timezone.now()), at=timezone.now())
    client = browser(house.staff, house.tenant)
    client.defaults["HTTP_USER_AGENT"] = CHROME.format("1")
    assert client.get("/").url == "/identity/refused/"  # a slip of the house's own
    assert client.get("/identity/supported/list/").status_code == 200  # the way to mend it stays open
    client.post(reverse("identity:client-drop", args=[row.pk]))
    assert SupportedClient.objects.count() == 1


def test_the_list_is_for_those_who_may_keep_it(house):
    pia = make_user("pia@lindwurm.example", "Pia")
    join(house.tenant, pia, role="Reader", permissions=["identity.see"])
    assert browser(pia, house.tenant).get("/identity/supported/list/").status_code == 403


def test_the_sign_in_page_asks_for_the_systems_version():
    assert visitor().get("/sign-in/").headers["Accept-CH"] == "Sec-CH-UA-Platform-Version"


def test_somebody_without_a_company_reads_the_refusal_without_a_contact(house):
    listed(house)
    client = visitor()
    client.force_login(make_user("nobody@alder.example", "Nobody"))
    assert client.get("/identity/refused/").status_code == 403
