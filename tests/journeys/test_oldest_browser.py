"""Every page of the menu, in the oldest Chromium that is promised (bookkeeping 13; SD-036)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

from kontor.config.demo_data import make_all
from kontor.kernel.models import Tenant
from kontor.office.identity.models import User
from tests.config.walkers import entered
from tests.journeys.conftest import is_problem
from tests.journeys.oldest_browser import ARGUMENTS, promised, unpacked

PEOPLE = (("ida@kontor.example", 40), ("jonas@alder.example", 20))  # the house and a customer: pages at least


@pytest.fixture(scope="module")
def oldest(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = unpacked(tmp_path_factory.mktemp("oldest"))
    opened = browser.browser_type.launch(executable_path=program, args=ARGUMENTS)
    yield opened
    opened.close()


@pytest.mark.requirement("SD-036")
def test_every_page_of_the_menu_works_in_the_oldest_chromium_and_asks_no_foreign_host(oldest: Browser, kontor: str):
    assert oldest.version.partition(".")[0] == promised()
    make_all(timezone.now())
    for email, least in PEOPLE:
        problems: list[str] = []
        hosts: set[str | None] = set()
        with oldest.new_context(base_url=kontor, locale="de-DE", viewport={"width": 1280, "height": 900}) as context:
            page = _signed_in(context, email, kontor).new_page()
            page.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname))  # noqa: B023  used in this turn
            page.on("console", lambda said: problems.append(said.text) if _is_problem(said) else None)  # noqa: B023
            page.on("pageerror", lambda error: problems.append(str(error)))  # noqa: B023
            page.goto("/")
            links = page.locator("nav a[href^='/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
            paths = list(dict.fromkeys(links))
            for path in paths:
                answer = page.goto(path)
                assert answer is not None
                assert (answer.status, path, page.locator("main h1").count()) == (200, path, 1)
            page.goto("/")
            page.locator("[data-k-search]").click()  # the pages' own script opens it
            page.locator("dialog#search[open] input[type=search]").wait_for()
        assert (problems, hosts, len(paths) >= least) == ([], {urlsplit(kontor).hostname}, True)


def _is_problem(message: ConsoleMessage) -> bool:
    """Leave out what an older browser says of features that it does not know and that the pages forbid all the same."""
    return is_problem(message) and not message.text.startswith("Error with Permissions-Policy header: ")


def _signed_in(context: BrowserContext, email: str, kontor: str) -> BrowserContext:
    """Let a person of the demo be signed in, past the texts that they agree to first."""
    user = User.objects.get(email=email)
    tenant = Tenant.objects.get(is_house=True) if email.endswith("@kontor.example") else _tenant_of(user)
    cookie = entered(user, tenant).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": kontor}])
    return context


def _tenant_of(user: User) -> Tenant:
    return Tenant.objects.get(name="Alder & Söhne GmbH")
