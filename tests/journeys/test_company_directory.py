"""An administrator connects the company's SAML directory, and a colleague comes in by it: Debian's SimpleSAMLphp."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from kontor.kernel.models import Membership, Role
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import ClaimedDomain, Entrance, IdentityProvider
from tests.factories import AT
from tests.journeys import simplesamlphp
from tests.journeys.simplesamlphp import SimpleSamlPhp
from tests.journeys.walking import sign_in, violations
from tests.people import administrator, make_tenant, role_of

PEOPLE = {
    "jana": {"mail": "jana@alder.example", "displayName": "Jana Heitmann", "groups": "board"},
    "anna": {"mail": "anna@alder.example", "displayName": "Anna Alder", "groups": "sales"},
}


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[SimpleSamlPhp]:
    assert simplesamlphp.INSTALLED.exists(), "The directory is missing: apt install simplesamlphp php-cli php-xml"
    folder = tmp_path / "directory"
    folder.mkdir()
    with simplesamlphp.running(folder, PEOPLE) as made:
        yield made


@pytest.fixture
def page(browser: Browser, kontor: str) -> Iterator[Page]:
    """A window that also goes to the directory, whose pages may ask for pictures they do not have; ours may not."""
    context = browser.new_context(base_url=kontor, locale="de-DE", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    opened = context.new_page()
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and message.location["url"].startswith(kontor):
            problems.append(message.text)

    opened.on("console", note)
    yield opened
    context.close()
    assert problems == []


def sign_in_there(page: Page, name: str, *, back: str) -> None:
    """Type a name and its password at the directory, and wait until it has sent the browser back and on."""
    page.fill("#username", name)
    page.fill("#password", simplesamlphp.PASSWORD)
    page.click("button[type=submit], input[type=submit]")
    page.wait_for_url(re.compile(rf"^{re.escape(back)}/(?!sign-in)"))


def test_a_company_connects_its_directory_and_a_colleague_comes_in(
    page: Page, kontor: str, browser: Browser, directory: SimpleSamlPhp
):
    tenant = make_tenant()
    administrator(tenant)
    sales = role_of(tenant, "Vertrieb", ["identity.see"])
    with as_tenant(tenant.pk):
        ClaimedDomain.objects.create(domain="alder.example", token="seen", claimed_at=AT, verified_at=AT)
        Entrance.objects.create(kind="DOMAIN", name="alder.example", tenant=tenant)
    sign_in(page, "jana@alder.example")

    page.goto("/identity/sso/new/")
    page.check("input[value=SAML]")
    page.fill("input[name=name]", "Alder-Konto")
    page.click("form button.btn-primary")
    page.fill("input[name=address]", directory.metadata)
    page.click("text=Metadaten einlesen")
    expect(page.locator("main")).to_contain_text(f"{directory.address}/directory")
    with as_tenant(tenant.pk):
        provider = IdentityProvider.objects.get()
    directory.knows(f"{kontor}/sign-in/with/{provider.pk}/metadata/", encrypted=True)
    page.fill("input[name=role_claim]", "groups")
    page.fill("textarea[name=rules]", f"sales = {sales.name}")
    for name in ("joins", "vouches", "signs_out"):
        page.check(f"input[name={name}]")
    page.click("form .k-formdo >> text=Speichern")
    assert violations(page) == []

    page.click("form[action$='/test/'] button")
    sign_in_there(page, "anna", back=kontor)
    expect(page.locator("main")).to_contain_text("anna@alder.example")
    expect(page.locator("main")).to_contain_text("Vertrieb")
    page.click("form[action$='/on/'] button")

    came = browser.new_context(base_url=kontor, locale="de-DE")
    colleague = came.new_page()
    colleague.goto("/sign-in/company/")
    colleague.fill("input[name=email]", "anna@alder.example")
    colleague.click("form button.btn-primary")
    sign_in_there(colleague, "anna", back=kontor)
    expect(colleague.locator("body")).to_contain_text("Anna Alder")
    with as_tenant(tenant.pk):
        member = Membership.objects.get(user__email="anna@alder.example")
        held = Role.objects.filter(pk__in=member.assignments.values("role_id"))
        assert [role.name for role in held] == ["Vertrieb"]

    _signs_out_there_too_and_comes_by_a_form(page, colleague, kontor, directory, provider)

    nonsense = urlencode({"SAMLResponse": "?"}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{kontor}/sign-in/with/{provider.pk}/answer/", nonsense, timeout=20)  # noqa: S310  ours
    assert refused.value.code == 403
    page.reload()
    expect(page.locator("main")).to_contain_text("Es ist keine lesbare SAML-Nachricht.")

    colleague.goto(directory.signs_out)
    colleague.goto(f"{kontor}/identity/profile/")
    expect(colleague).to_have_url(re.compile("/sign-in/"))
    came.close()


def _signs_out_there_too_and_comes_by_a_form(
    page: Page, colleague: Page, kontor: str, directory: SimpleSamlPhp, provider: IdentityProvider
) -> None:
    """Sign out here and there; the directory then takes questions as a form only, and asks who it is again."""
    colleague.click(".k-me__who")
    colleague.click("form[action='/sign-out/'] button")
    expect(colleague.locator("h1")).to_have_text("Sie sind hier abgemeldet.")
    colleague.click("text=Auch bei Alder-Konto abmelden")
    colleague.wait_for_url(f"{kontor}/sign-in/")

    directory.knows(f"{kontor}/sign-in/with/{provider.pk}/metadata/", encrypted=True, posts=True)
    page.fill("input[name=address]", directory.metadata)
    page.click("text=Metadaten einlesen")
    expect(page.locator("body")).to_contain_text("Gelesen.")
    colleague.goto(f"{kontor}/sign-in/with/{provider.pk}/")
    sign_in_there(colleague, "anna", back=kontor)
    expect(colleague.locator("body")).to_contain_text("Anna Alder")
