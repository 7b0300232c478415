"""An administrator makes a key for another program and an address that is told of events."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.factories import make_house
from tests.journeys.walking import sign_in, violations

PICTURES = os.environ.get("KONTOR_LOOK")  # a folder: then each page is pictured there, in both widths and themes


def test_a_key_and_a_webhook_are_made(page: Page):
    make_house()
    page.goto("/")
    sign_in(page, "ida@lindwurm.example")
    page.goto("/identity/api/")
    looked_at(page, "empty")

    page.goto("/identity/api/keys/new/")
    page.fill("input[name=name]", "Waage am Empfang")
    page.check("input[name=scopes][value='contracts.use']")
    looked_at(page, "key-form")
    page.click("form.k-fields button.btn-primary")
    expect(page.locator("main")).to_contain_text("nur dieses eine Mal")
    looked_at(page, "key-made")

    page.goto("/identity/api/webhooks/new/")
    page.fill("input[name=address]", "http://127.0.0.1:9/hooks")
    page.check("input[name=kinds][value='books.payment_booked']")
    looked_at(page, "webhook-form")
    page.click("form.k-fields button.btn-primary")
    expect(page.locator("main")).to_contain_text("whsec_")
    page.get_by_role("button", name="Test senden").click()
    expect(page.locator("main")).to_contain_text("kernel.test")
    looked_at(page, "webhook")
    page.locator("a", has_text="kernel.test").first.click()
    expect(page.locator("main")).to_contain_text('"type":"kernel.test"')
    looked_at(page, "delivery")
    page.goto("/identity/api/")
    looked_at(page, "list")
    page.goto("/api/v1/docs")
    looked_at(page, "docs")


def looked_at(page: Page, name: str) -> None:
    assert violations(page) == [], name
    if PICTURES:
        for width, theme in ((1280, "light"), (360, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
