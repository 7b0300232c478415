"""Somebody of the house signs in, looks around in both languages, and leaves."""

from playwright.sync_api import Page, expect

from tests.factories import make_house
from tests.journeys.walking import sign_in, violations


def test_a_colleague_signs_in_and_out(page: Page):
    make_house()
    page.goto("/")
    assert violations(page) == []

    sign_in(page, "ida@lindwurm.example")

    expect(page.locator("body")).to_contain_text("Ida Lindwurm")
    assert violations(page) == []


def test_a_wrong_password_tells_nothing_about_the_account(page: Page):
    make_house()
    answers = []
    for email in ("ida@lindwurm.example", "nobody@lindwurm.example"):
        page.goto("/sign-in/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", "wrong password")
        page.click("button.btn-primary")
        answers.append(page.locator("main").inner_text())
    assert answers[0] == answers[1] != ""
