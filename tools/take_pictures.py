"""
Takes the documentation's pictures from a running demo: `just pictures`, once `./kontor demo --reset` runs.

    python -m tools.take_pictures [address]
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
ADDRESS = "http://127.0.0.1:8000"
PASSWORD = "kontor-demo"  # noqa: S105  the demo prints it
WIDTH, HEIGHT = 1280, 800


def main(address: str) -> None:
    """Sign in as the house and as a customer, and keep one picture of each page named below."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        for email, pages in PICTURES.items():
            context = browser.new_context(
                base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", color_scheme="light"
            )
            context.add_cookies([{"name": "kontor_language", "value": "en", "url": address}])
            page = context.new_page()
            _sign_in(page, email)
            for name, steps in pages.items():
                _picture(page, name, steps)
            context.close()
        browser.close()


def _sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))


def _picture(page: Page, name: str, steps: tuple[str, ...]) -> None:
    """Go to each step that is an address, click each that is a selector, and keep what is seen."""
    for step in steps:
        if step.startswith("/"):
            page.goto(step)
        else:
            page.locator(step).first.click()
        page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/images/{name}.png")


PICTURES: dict[str, dict[str, tuple[str, ...]]] = {
    "ida@kontor.example": {
        "today": ("/contracts/today/",),
        "terms": ("/contracts/terms/visitor/2026-01/",),
        "contract": ("/contracts/running/", "main tbody a"),
        "invoices": ("/books/invoices/",),
        "customers": ("/parties/",),
        "people": ("/identity/people/",),
        "outbox": ("/messages/outbox/",),
    },
    "jonas@alder.example": {
        "agree": ("/contracts/account/",),  # the gate that stands before every page until it is passed
        "account": ("/contracts/account/", "main .btn-primary", "/contracts/account/"),
    },
}

if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ADDRESS)
