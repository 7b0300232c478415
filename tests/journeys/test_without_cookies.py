"""Somebody whose browser takes no cookies opens the sign-in page."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.factories import make_house
from tests.journeys.conftest import CHROMIUM, QUIET


@pytest.mark.requirement("SO-038")
@pytest.mark.requirement("SD-012")
def test_the_page_says_what_does_not_work_and_public_pages_open(kontor: str, tmp_path: Path, browser: Browser):
    make_house()
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    (profile / "Preferences").write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))

    context = browser.browser_type.launch_persistent_context(
        profile.parent, executable_path=CHROMIUM, args=QUIET, locale="en-GB", base_url=kontor
    )
    try:
        page = context.new_page()
        page.goto("/sign-in/")
        said = page.locator("[data-k-no-cookies]")
        expect(said).to_be_visible()
        expect(said).to_contain_text("Without cookies nobody can sign in here")
        expect(said).to_contain_text("The choice of language is not remembered either")
        page.fill("input[name=login]", "ida@lindwurm.example")
        page.fill("input[name=password]", "does not matter here")
        page.click("button.btn-primary")
        expect(page.locator("h1")).to_have_text("Your browser keeps no cookies")
        assert context.cookies() == []
        page.goto("/legal/privacy")
        expect(page.locator("h1")).to_have_text("Privacy notice")
    finally:
        context.close()
