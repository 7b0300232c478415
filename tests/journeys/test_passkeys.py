"""Somebody makes a passkey on their device, and from then on signs in with it alone, until it is removed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.factories import make_house
from tests.journeys.walking import sign_in, violations

DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
          "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture
def page(browser: Browser, kontor: str) -> Iterator[Page]:
    """A browser window; passkeys want a name for a host, not a number."""
    context = browser.new_context(base_url=kontor.replace("127.0.0.1", "localhost"), locale="de-DE")
    context.set_default_timeout(20_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []


def device(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a device that keeps passkeys and knows its owner."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return wire, str(made["authenticatorId"])


def kept(wire: CDPSession, where: str) -> list[str]:
    """Return for whom the device keeps passkeys."""
    return [each["rpId"] for each in wire.send("WebAuthn.getCredentials", {"authenticatorId": where})["credentials"]]


def sign_out(page: Page) -> None:
    page.goto("/sign-out/")
    page.get_by_role("button", name="Abmelden", exact=True).click()
    page.wait_for_url(re.compile("sign-in"))


def by_passkey(page: Page) -> None:
    page.goto("/sign-in/")
    page.click("form[data-k-passkey] button")


def test_a_passkey_is_made_signs_in_alone_and_is_removed(page: Page):
    make_house()
    wire, where = device(page)
    sign_in(page, "ida@lindwurm.example")
    page.goto("/identity/factors/passkeys/new/")
    assert violations(page) == []
    page.fill("input[name=name]", "Laptop")
    page.click("form[data-k-passkey] button")
    expect(page.locator(".k-codes li")).to_have_count(10)
    assert kept(wire, where) == ["localhost"]
    sign_out(page)
    by_passkey(page)
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    expect(page.locator("body")).to_contain_text("Ida Lindwurm")

    page.goto("/identity/factors/")
    expect(page.locator(".k-factors")).to_contain_text("Laptop")
    assert violations(page) == []

    page.locator(".k-factors").get_by_role("button", name="Entfernen", exact=True).click()
    page.locator("dialog[open]").get_by_role("button", name="Entfernen", exact=True).click()
    expect(page.locator("main")).to_contain_text("Neben dem Kennwort schützt Sie nichts.")
    sign_out(page)
    by_passkey(page)  # the device has it still
    expect(page.locator("body")).to_contain_text("Dieser Passkey ist hier nicht bekannt.")
