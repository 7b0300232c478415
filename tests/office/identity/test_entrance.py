"""The sign-in page, the way out, and what every answer tells the browser."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from kontor.config import settings as product
from kontor.kernel import live
from kontor.kernel.models import Session
from kontor.kernel.security_headers import HEADERS, plain_headers
from tests.people import administrator, browser, make_tenant, sign_in, visitor

pytestmark = pytest.mark.django_db
HSTS = {"Strict-Transport-Security": "max-age=63072000"}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    cache.clear()
    with translation.override("en"):
        yield


def a_static_file() -> str:
    return f"/static/kernel/dist/{next((product.SOURCE / 'kernel/static/kernel/dist').glob('*.js')).name}"


@pytest.mark.parametrize(
    ("over", "begins"),
    [
        ("idle", "You were signed out because nothing happened"),
        ("absolute", "Your company ends every session"),
        ("", ""),
    ],
)
def test_the_sign_in_page_says_why_somebody_is_here_again(over: str, begins: str):
    page = visitor().get(f"/sign-in/?over={over}")

    assert page.context["why"].startswith(begins)
    assert bool(page.context["why"]) == bool(begins)


def test_an_address_is_kept_for_whose_session_ended_by_itself_and_another_person_is_one_link_away():
    administrator(make_tenant())
    client = visitor()
    sign_in(client, "jana@alder.example")
    Session.objects.all().delete()

    page = client.get("/sign-in/?next=/identity/people/")
    assert page.context["form"]["login"].value() == "jana@alder.example"
    assert 'href="/sign-in/?next=%2Fidentity%2Fpeople%2F&amp;other="' in page.content.decode()
    other = client.get("/sign-in/?next=%2Fidentity%2Fpeople%2F&other=")
    assert other.url == "/sign-in/?next=%2Fidentity%2Fpeople%2F"
    assert client.get(other.url).context["remembered"] == ""
    assert client.get("/sign-in/?other=").url == "/sign-in/"


def test_no_address_is_kept_of_who_signed_out_and_none_is_taken_from_a_forged_cookie():
    administrator(make_tenant())
    client = visitor()
    sign_in(client, "jana@alder.example")
    client.post("/sign-out/")
    assert client.get("/sign-in/").context["remembered"] == ""
    client.cookies["kontor_address"] = "jana@alder.example:forged"
    assert client.get("/sign-in/").context["remembered"] == ""


def test_signing_out_ends_the_session_on_the_server_and_empties_the_browser():
    administrator(make_tenant())
    client = visitor()
    sign_in(client, "jana@alder.example")
    page = client.get(reverse("identity:people"))
    cookie = client.cookies["sessionid"].value
    out = client.post("/sign-out/")

    assert page["Cache-Control"] == "no-store"
    assert (out.status_code, out["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert "Clear-Site-Data" not in client.get("/sign-out/")
    assert Session.objects.filter(person__isnull=False).count() == 0
    client.cookies["sessionid"] = cookie
    assert client.get(reverse("identity:people")).status_code == 302
    assert client.get("/api/v1/").status_code in {401, 404}


@pytest.mark.parametrize("base", ["http://testserver", "https://kontor.example"])
def test_every_kind_of_answer_carries_the_headers_of_a_guarded_site(base: str, settings: Any):
    settings.KONTOR_BASE_URL = base
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    expected = HEADERS | (HSTS if base.startswith("https") else {})
    for path, status in (
        ("/identity/people/", 200), ("/sign-in/", 302), (a_static_file(), 200), ("/nowhere/", 404),
        ("/api/v1/nothing", 404), ("/health", 200),
    ):  # fmt: skip
        answer = client.get(path)
        for close in answer._resource_closers:  # a file; closing the answer would end the connection too
            close()
        assert answer.status_code == status, path
        assert {name: answer.headers.get(name) for name in expected} == expected, path
        assert ("Strict-Transport-Security" in answer.headers) == base.startswith("https")
    told = {name.decode(): value.decode() for name, value in plain_headers()}
    assert told == {name.lower(): value for name, value in expected.items()}
    assert set(plain_headers()) <= set(live._head(403, b"text/plain")["headers"])


def test_the_policy_allows_nothing_inline_and_nobody_else():
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))

    assert policy == {
        "default-src": "'self'", "img-src": "'self' data: blob:", "style-src": "'self'", "script-src": "'self'",
        "font-src": "'self'", "connect-src": "'self'", "object-src": "'none'", "base-uri": "'none'",
        "form-action": "'self'", "frame-ancestors": "'none'",
    }  # fmt: skip


@pytest.mark.parametrize(("base", "prefix"), [("http://kontor.example", ""), ("https://kontor.example", "__Host-")])
def test_cookies_are_this_hosts_alone_over_https(base: str, prefix: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KONTOR_BASE_URL", base)
    try:
        told = importlib.reload(product)
        names = (told.SESSION_COOKIE_NAME, told.CSRF_COOKIE_NAME)
        flags = (told.SESSION_COOKIE_SECURE, told.CSRF_COOKIE_SECURE, told.LANGUAGE_COOKIE_SECURE)
    finally:
        monkeypatch.undo()
        importlib.reload(product)

    assert names == (f"{prefix}sessionid", f"{prefix}csrftoken")
    assert flags == (bool(prefix),) * 3
    assert (told.SESSION_COOKIE_HTTPONLY, told.CSRF_COOKIE_HTTPONLY) == (True, True)
    assert (told.SESSION_COOKIE_SAMESITE, told.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")


def test_a_form_from_elsewhere_is_refused():
    from django.test import Client  # a browser whose forms are checked

    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "a@b.example", "password": "x"})
    assert answer.status_code == 403
