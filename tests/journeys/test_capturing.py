"""A driving licence before the camera while the connection comes and goes: nothing is called saved that is not."""

import pytest
from playwright.sync_api import Page, expect

from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.models import Proof
from tests.factories import make_house
from tests.journeys.walking import sign_in, violations

PHONE = {"viewport": {"width": 390, "height": 844}, "permissions": ["camera"]}
LEFT_BEHIND = """async () => ({
  stored: Object.keys({...localStorage, ...sessionStorage}).filter((key) => key !== "htmx-current-path-for-history"),
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"stored": [], "databases": 0, "caches": 0, "workers": 0}


@pytest.mark.requirement("SM-006")
@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_offline_a_picture_is_not_saved_the_page_says_so_and_none_stays_on_the_device(page: Page):
    house = make_house()

    def kept() -> list[str]:
        with as_tenant(house.tenant.pk):
            return list(Proof.objects.values_list("holder", flat=True))

    sign_in(page, "ida@lindwurm.example")
    page.goto("/documents/proofs/new/")
    form, said = page.locator("form[data-k-capture]"), page.locator("[data-k-say]")
    page.fill("input[name=holder]", "Rosa Test")
    page.fill("input[name=process]", "Probefahrt 114")
    expect(page.locator("[data-k-live]")).not_to_have_js_property("videoWidth", 0)
    assert violations(page) == []
    page.click("[data-k-take]")
    expect(page.locator("[data-k-taken]")).to_be_visible()

    page.context.set_offline(True)
    expect(page.locator("[data-k-is-offline]")).to_be_visible()
    page.click("form[data-k-capture] button[type=submit]")

    expect(form).to_have_attribute("data-k-state", "offline")
    expect(said).to_contain_text("Offline – nicht gespeichert")
    assert kept() == []
    assert page.evaluate(LEFT_BEHIND) == NOTHING

    page.context.set_offline(False)
    expect(page.locator("[data-k-is-offline]")).to_be_hidden()
    page.click("form[data-k-capture] button[type=submit]")
    page.wait_for_url("**/documents/proofs/*-*/")
    expect(page.locator("main img")).to_have_js_property("complete", True)
    assert kept() == ["Rosa Test"]
    assert page.evaluate("document.querySelector('main img').naturalWidth") > 0

    page.goto("/documents/proofs/new/")
    expect(page.locator("[data-k-live]")).not_to_have_js_property("videoWidth", 0)
    page.click("[data-k-take]")
    page.locator("header.k-top button[popovertarget=menu]").click()
    page.locator(".k-me__who").click()
    page.locator("#me form[action='/sign-out/'] button").click()
    page.wait_for_url("**/sign-in/**")
    assert page.locator("canvas").count() == 0
    assert page.evaluate(LEFT_BEHIND) == NOTHING
    page.go_back()
    assert page.locator("[data-k-taken]:visible").count() == 0
    assert kept() == ["Rosa Test"]
