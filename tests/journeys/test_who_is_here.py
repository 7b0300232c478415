"""The board follows what terminals and reception do; the list of an evacuation goes on when the server is gone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.products.visitors.actions import arriving
from kontor.products.visitors.models import Evacuation, Seen
from kontor.products.visitors.queries.evacuations import roll
from tests.journeys.walking import answer_statements, sign_in, violations, wait_until
from tests.people import administrator
from tests.products.visitors.test_board import come
from tests.products.visitors.test_kiosk import coming, terminal_at
from tests.products.visitors.visits import by, make_alder, make_site

FIVE_SECONDS = 5_000
PHONE: dict[str, Any] = {"locale": "en-GB", "viewport": {"width": 390, "height": 844}}


@pytest.mark.requirement("FW-072")
@pytest.mark.requirement("FW-073")
@pytest.mark.parametrize("page", [{"locale": "en-GB"}], indirect=True)
def test_the_board_shows_within_five_seconds_who_came_at_a_terminal_and_who_left(page: Page):
    alder, now = make_alder(), timezone.now()
    english(administrator(alder))
    with as_tenant(alder.pk):
        first, second = make_site("Bremen"), make_site("Bremerhaven")
        here = [come(first, name, now - timedelta(minutes=9)) for name in ("Omar", "Lea")]
        for name in ("Ada", "Harm"):
            come(second, name, now - timedelta(minutes=9))
        guest = coming(first)
    sign_in(page, "jana@alder.example")
    answer_statements(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/visitors/board/")
    inside, sites = page.locator(".k-now-in__figure b"), page.locator(".k-now-in .k-kinds").first.locator("dd")
    expect(inside).to_have_text("4")
    expect(page.locator("[data-k-live-on]")).to_be_visible()
    terminal_at(alder, first).post("/visitors/kiosk/pin/", {"pin": guest.pin}, follow=True)
    expect(page.locator(".k-last")).to_contain_text(guest.name, timeout=FIVE_SECONDS)
    expect(inside).to_have_text("5")
    expect(sites).to_have_text(["3", "2"])
    with as_tenant(alder.pk):
        arriving.check_out(here[0].pk, by(at=timezone.now()))
    expect(inside).to_have_text("4", timeout=FIVE_SECONDS)
    expect(sites).to_have_text(["2", "2"])
    assert [each for each in asked if "/board/part/" in each] == []  # it was sent, nothing was asked for
    assert violations(page) == []

    page.get_by_role("button", name="Evacuation").click()
    page.locator("dialog[open] select[name=site]").select_option(label="Bremen")
    page.locator("dialog[open] input[value=drill]").check()
    page.locator("dialog[open] button[type=submit]").last.click()
    page.wait_for_url("**/visitors/evacuation/*-*/")
    paper = page.request.get(f"{page.url}paper/")
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")


def test_a_phone_goes_on_with_the_list_when_the_server_is_gone_and_tells_it_later(browser: Browser, kontor: str):
    alder, now = make_alder(), timezone.now()
    english(administrator(alder))
    with as_tenant(alder.pk):
        site = make_site("Bremen")
        come(site, "Gone Home", now - timedelta(hours=3))
        arriving.assume_out(site, by("time", at=now - timedelta(hours=1)))
        for name in ("Omar", "Lea", "Nele"):
            come(site, name, now - timedelta(minutes=9))
    context = browser.new_context(base_url=kontor, **PHONE)
    context.set_default_timeout(12_000)  # whose console speaks of requests that failed, rightly
    try:
        page = context.new_page()
        sign_in(page, "jana@alder.example")
        answer_statements(page)
        page.goto("/visitors/evacuation/")
        page.locator("main input[value=drill]").check()
        page.get_by_role("button", name="Begin now").click()
        page.wait_for_url("**/visitors/evacuation/*-*/")
        missing, seen = page.locator("[data-count=missing]"), page.locator("[data-count=seen]")
        expect(page.locator("[data-count=unsure]")).to_have_text("1")  # assumed out is not out
        wait_until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), "the phone keeps the list")
        tap(page, "Omar")
        expect(seen).to_have_text("1")
        assert violations(page) == []

        context.set_offline(True)
        tap(page, "Lea")
        expect(page.locator("[data-net]")).to_be_visible()
        expect(page.locator("[data-net]")).to_contain_text("signature good")
        page.reload()  # the phone was put away, and opened again without the server
        expect(seen).to_have_text("2")
        expect(missing).to_have_text("1")
        expect(page.locator("[data-waiting-count]")).to_have_text("1")
        tap(page, "Gone Home")
        expect(seen).to_have_text("3")
        with as_tenant(alder.pk):
            assert Seen.objects.count() == 1

        context.set_offline(False)
        expect(page.locator("[data-net]")).to_be_hidden()

        def told() -> list[str]:
            with as_tenant(alder.pk):
                return sorted(each.name for each in roll(Evacuation.objects.get()).seen)

        wait_until(lambda: told() == ["Gone Home", "Lea", "Omar"], "what the phone saw arrives")
    finally:
        context.close()


def tap(page: Page, name: str) -> None:
    page.locator(f"li[data-name='{name}'] button").click()


def english(person: User) -> None:
    person.language = "en"
    person.save(update_fields=["language"])
