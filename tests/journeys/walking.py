"""What a person does in more than one journey."""

import json
import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from kontor.kernel.models import OutgoingMail, SentMail
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import as_tenant
from tests.factories import PASSWORD

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SECONDS = 40


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("button.btn-primary")
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))


def answer_statements(page: Page) -> None:
    """Say no to whatever the contract wants of each person, where it wants anything; one goes on as well without."""
    page.wait_for_load_state()
    page.goto("/privacy/statements/")
    keep = page.locator("main form .btn-primary")
    if keep.count():
        assert violations(page) == []
        keep.click()
        page.wait_for_url(re.compile(r"^(?!.*statements)"))


def mail_link(tenant: Any, to: str, *, path: str) -> str:
    """Wait until a mail with a link to `path` has been sent to somebody, and return the link."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with as_tenant(tenant):
            sent = SentMail.objects.exclude(sent_at=None).values("mail_id")
            mails = TenantQuerySet(OutgoingMail).of(tenant).filter(to=to, pk__in=sent).order_by("-at")
            for mail in mails:
                if found := re.search(rf"http\S+{path}\S+", mail.text):
                    return found[0]
        time.sleep(0.2)
    raise AssertionError(f"No mail to {to} with a link to {path}.")


def wait_until(true: Any, what: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if true():
            return
        time.sleep(0.2)
    raise AssertionError(what)


def violations(page: Page) -> list[str]:
    """Return what axe-core finds on the page, one line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [f"{each['id']}: {json.dumps([node['target'] for node in each['nodes']])}" for each in found["violations"]]
