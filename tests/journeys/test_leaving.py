"""Somebody signs out; whoever sits down at the browser next finds nothing."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_house
from tests.journeys.walking import sign_in


@pytest.mark.requirement("SM-025")
def test_after_signing_out_neither_the_back_button_nor_the_old_cookie_shows_anything(page: Page):
    make_house()
    page.goto("/")
    sign_in(page, "ida@lindwurm.example")
    page.goto("/identity/people/")
    expect(page.locator("main")).to_contain_text("Ida Lindwurm")
    old = [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"]

    page.locator(".k-me__who").click()
    expect(page.locator("#me")).to_contain_text("Fertig für jetzt? Melden Sie sich ab")
    page.locator("#me form[action='/sign-out/'] button").click()
    page.wait_for_url("**/sign-in/**")
    page.go_back()

    expect(page.locator("body")).not_to_contain_text("Lindwurm")
    assert urlsplit(page.url).path in {"/sign-in/", "/identity/people/"}
    # htmx notes the address of the page at hand, and nothing of what it showed
    kept = page.evaluate("({...localStorage, ...sessionStorage})")
    assert set(kept) <= {"htmx-current-path-for-history"}
    assert "Lindwurm" not in str(kept)
    page.context.add_cookies(old)
    answer = page.request.get("/identity/people/", max_redirects=0)
    assert (answer.status, urlsplit(answer.headers["location"]).path) == (302, "/sign-in/")
    script = page.request.get("/identity/people/", headers={"HX-Request": "true"}, max_redirects=0)
    assert (script.status, script.text()) == (401, "")
    assert page.request.get("/live/").status == 401
