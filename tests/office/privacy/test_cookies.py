"""Nothing beyond the necessary before somebody allows it, nothing once they take it back (bookkeeping 9, 12, 13)."""

import pytest
from django.test import Client
from django.utils import timezone

from kontor.office.privacy.models import CookieChoice, CookieText, PageView
from kontor.office.privacy.queries import cookies
from tests.people import administrator, browser, make_tenant

pytestmark = pytest.mark.django_db
QUESTION = 'id="cookie-question"'
COUNTER = 'hx-post="/privacy/count/"'
NECESSARY = {"csrftoken", "sessionid", "kontor_cookies", "kontor_language"}


@pytest.fixture(autouse=True)
def offered(settings):
    settings.KONTOR_COOKIES = frozenset({"analysis"})


def _page(client: Client) -> str:
    return client.get("/sign-in/").content.decode()


def _says(page: str) -> tuple[bool, bool]:
    """Whether the page asks, and whether it counts."""
    return QUESTION in page, COUNTER in page


def _counted(client: Client) -> int:
    """Let the page at hand say that it was opened, as its own script does; return how many views are kept then."""
    from django.core.signing import Signer

    client.post("/privacy/count/", {"page": Signer(salt=cookies.VISITOR).sign("account_login")})
    return sum(PageView.objects.values_list("times", flat=True))


def test_where_nothing_is_offered_nobody_is_asked(settings):
    settings.KONTOR_COOKIES = frozenset()
    client = Client(headers={"Accept-Language": "en"})

    assert _says(_page(client)) == (False, False)
    assert "There is nothing to choose" in client.get("/privacy/cookies/").content.decode()
    client.post("/privacy/cookies/", {"choice": "all"})
    assert [each.allowed for each in CookieChoice.objects.all()] == [[]]
    assert _counted(client) == 0


@pytest.mark.requirement("SD-009")
def test_before_any_choice_only_necessary_cookies_exist_and_nothing_is_kept():
    client = Client()

    assert _says(_page(client)) == (True, False)
    assert _says(client.get("/privacy/cookies/").content.decode()) == (False, False)  # it is the question itself

    assert set(client.cookies) <= NECESSARY
    assert _counted(client) == 0
    assert not CookieChoice.objects.exists()


@pytest.mark.requirement("SD-010")
def test_after_allow_all_it_counts_and_the_consent_stands_with_time_and_words():
    client = Client()
    _page(client)
    before = timezone.now()

    client.post("/privacy/cookies/", {"choice": "all", "next": "/sign-in/"})

    assert set(client.cookies) - NECESSARY == {"kontor_analysis"}
    cookie = client.cookies["kontor_analysis"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 180 * 86400)
    choice = CookieChoice.objects.get()
    assert (choice.allowed, str(choice.visitor), choice.person) == (["analysis"], cookie.value, None)
    assert before <= choice.made_at <= timezone.now()
    assert choice.text.text_en.splitlines()[1].startswith("Analysis: We count which pages are opened how often")
    assert choice.text.text_de.splitlines()[1].startswith("Analyse: Wir zählen, welche Seiten")
    assert _says(_page(client)) == (False, True)
    assert (_counted(client), _counted(client)) == (1, 2)
    assert list(PageView.objects.values_list("page", "times")) == [("account_login", 2)]


@pytest.mark.requirement("SD-011")
def test_only_necessary_takes_it_back_without_signing_in():
    client = Client()
    client.post("/privacy/cookies/", {"choice": "all"})
    _counted(client)
    visitor = client.cookies["kontor_analysis"].value

    client.post("/privacy/cookies/", {"choice": "necessary"})

    assert client.cookies["kontor_analysis"]["max-age"] == 0
    assert _says(_page(client)) == (False, False)
    newest = CookieChoice.objects.order_by("-made_at").first()
    assert (str(newest.visitor), newest.allowed) == (visitor, [])
    assert not PageView.objects.exists()
    assert _counted(client) == 0


def test_a_refusal_at_once_is_kept_of_nobody():
    client = Client()

    client.post("/privacy/cookies/", {"choice": "necessary"})

    assert list(CookieChoice.objects.values_list("visitor", "person", "allowed")) == [(None, None, [])]
    assert "kontor_analysis" not in client.cookies or client.cookies["kontor_analysis"]["max-age"] == 0


def test_a_choice_made_one_by_one_allows_what_is_ticked_and_offered():
    client = Client()

    client.post("/privacy/cookies/", {"choice": "chosen", "use": ["analysis", "invented"]})
    client.post("/privacy/cookies/", {"choice": "chosen"})

    assert [each.allowed for each in CookieChoice.objects.order_by("made_at")] == [["analysis"], []]


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_a_browser_that_refuses_by_itself_is_not_asked_and_not_counted(header):
    client = Client()
    client.post("/privacy/cookies/", {"choice": "all"})
    client.defaults[f"HTTP_{header.upper().replace('-', '_')}"] = "1"

    assert _says(_page(client)) == (False, False)
    assert _counted(client) == 0


@pytest.mark.requirement("SD-013")
def test_a_refusal_holds_after_safari_deleted_its_cookies():
    tenant = make_tenant()
    user = administrator(tenant)
    first = browser(user, tenant)
    first.post("/privacy/cookies/", {"choice": "all"})
    first.post("/privacy/cookies/", {"choice": "necessary"})

    again = browser(user, tenant)  # on day 8, with no cookie of the first visit

    page = again.get("/privacy/cookies/").content.decode()
    assert _says(page) == (False, False)
    assert _counted(again) == 0
    assert CookieChoice.objects.filter(person=user.pk).count() == 2


def test_what_a_person_allowed_elsewhere_a_browser_that_refused_does_not_do():
    tenant = make_tenant()
    user = administrator(tenant)
    browser(user, tenant).post("/privacy/cookies/", {"choice": "all"})
    here = browser(user, tenant)
    here.cookies[cookies.COOKIE] = cookies.signed([])

    assert _says(here.get("/privacy/cookies/").content.decode()) == (False, False)


def test_trap_54_other_words_ask_again_but_a_refusal_stays():
    tenant = make_tenant()
    agreed, refused = administrator(tenant), administrator(tenant, "rolf@alder.example", "Rolf")
    older = CookieText.objects.create(sha256="0" * 64, text_de="alt", text_en="old", since=timezone.now())
    for person, allowed in ((agreed, ["analysis"]), (refused, [])):
        CookieChoice.objects.create(text=older, person=person.pk, allowed=allowed, made_at=timezone.now())

    asked = [
        _says(browser(person, tenant).get("/account/privacy/mine/").content.decode()) for person in (agreed, refused)
    ]

    assert asked == [(True, False), (False, False)]


def test_a_cookie_that_nobody_signed_says_nothing():
    client = Client()
    client.cookies[cookies.COOKIE] = '{"allowed": ["analysis"]}'
    client.cookies[cookies.VISITOR] = "not a number"

    assert _says(_page(client)) == (True, False)
    assert _counted(client) == 0


def test_a_page_that_a_stranger_makes_up_is_not_counted():
    client = Client()
    client.post("/privacy/cookies/", {"choice": "all"})

    answer = client.post("/privacy/count/", {"page": "books:invoices"})

    assert (answer.status_code, PageView.objects.count()) == (204, 0)


def test_after_the_choice_one_is_back_where_one_was_and_nowhere_else():
    client = Client()

    ways = [
        client.post("/privacy/cookies/", {"next": way})["Location"] for way in ("/sign-in/", "https://other.example/")
    ]

    assert ways == ["/sign-in/", "/privacy/cookies/"]
