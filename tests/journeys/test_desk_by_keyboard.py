"""Working in the desk without a mouse: walk, open, answer, note, choose two and assign them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.models import Ticket
from tests.factories import PASSWORD, House, make_house
from tests.journeys.walking import answer_statements, sign_in, violations, wait_until
from tests.office.desk.asking import opened

pytestmark = pytest.mark.django_db(transaction=True)


def test_requests_are_walked_answered_noted_and_assigned_by_keys_alone(kontor: str, page: Page) -> None:
    house = make_house("dealership")
    house.staff.set_password(PASSWORD)
    house.staff.save()
    subjects = ["Ausweise kommen leer", "Anmeldung hängt", "Rechnung fehlt"]
    hour_ago = timezone.now() - timedelta(hours=1)
    tickets = [opened(house, at=hour_ago, reported=hour_ago, subject=each) for each in subjects]
    sign_in(page, house.staff.email)
    answer_statements(page)
    press = page.keyboard.press

    page.goto("/desk/")
    assert violations(page) == []
    press("Shift+?")
    page.locator("dialog#keys[open]").wait_for()
    press("Escape")
    page.wait_for_function("!document.querySelector('dialog[open]') && !document.activeElement.closest('dialog')")
    press("j")
    first = _focus(page)
    press("j")
    assert _focus(page) != first
    press("k")
    assert _focus(page) == first
    press("Enter")
    page.locator("form[data-k-key=r] textarea").wait_for()
    assert page.url.endswith(tuple(f"/desk/tickets/{each.pk}/" for each in tickets))
    assert violations(page) == []

    press("r")
    page.keyboard.type("Der Drucker braucht die neue Vorlage.")
    _tab_to(page, "form[data-k-key=r] .btn-primary")
    press("Enter")
    page.get_by_text("Der Drucker braucht die neue Vorlage.").first.wait_for()
    page.locator("form[data-k-key=n] textarea").wait_for()
    press("n")
    page.keyboard.type("Mit der Technik besprochen.")
    _tab_to(page, "form[data-k-key=n] button")
    press("Enter")
    page.get_by_text("Mit der Technik besprochen.").first.wait_for()

    page.goto("/desk/")
    press("j")
    press("x")
    press("j")
    press("x")
    press("a")
    page.keyboard.type(house.staff.name[:3])  # a list of names is chosen from by its letters
    _tab_to(page, ".k-bulk button")
    press("Enter")
    wait_until(lambda: _assigned(house) == 2, "two requests have somebody")


def _focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.matches('[data-k-stop]') && document.activeElement.href"))


def _assigned(house: House) -> int:
    with as_tenant(house.tenant.pk):
        return Ticket.objects.exclude(assignee=None).count()


def _tab_to(page: Page, selector: str) -> None:
    """Go on by Tab until what is meant has the focus."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}.")
