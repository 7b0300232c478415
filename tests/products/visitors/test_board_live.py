"""Open boards over the product's own web process: all are sent the newest one, and nobody who may not see it."""

import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from kontor.kernel.actions.events import publish
from kontor.kernel.models import RoleAssignment, Site
from kontor.products.visitors.actions import arriving
from tests.people import administrator, browser
from tests.products.visitors.test_board import come
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import as_tenant, by, make_alder, make_site
from tests.serving import web

pytestmark = pytest.mark.django_db(transaction=True)
BOARD = "/visitors/board/part/"


@pytest.fixture(scope="module")
def address(django_db_setup: None) -> Iterator[str]:
    with web({"DATABASE_URL": os.environ["DATABASE_URL"], "KONTOR_DB_POOL": "2"}) as address:
        yield address


@pytest.fixture
def alder():
    return make_alder()


@contextmanager
def stream(address: str, client: Client, *parts: str) -> Iterator[http.client.HTTPResponse]:
    """Open a page's stream as its browser does."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    connection.request(
        "GET", f"/live/?{'&'.join(f'part={quote(each)}' for each in parts)}", headers={"Cookie": cookies}
    )
    try:
        answer = connection.getresponse()
        assert answer.readline() == b"retry: 2000\n"
        yield answer
    finally:
        connection.close()


def told(answer: http.client.HTTPResponse) -> tuple[str, str]:
    """Return the next thing that a page is told: its kind, and the drawing where it is one; "" at the end."""
    kind = ""
    while line := answer.readline().decode():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ").strip()
        elif line.startswith("data: "):
            return kind, json.loads(line.removeprefix("data: "))["html"] if kind == "k-part" else ""
    return "", ""


def board(answer: http.client.HTTPResponse, name: str) -> str:
    """Read until a drawing has the name; return it, "" where the stream ends before."""
    kind = "?"
    while kind:
        kind, html = told(answer)
        if f">{name}<" in html:
            return html
    return ""


def here(alder, name="Nele", site=None):
    with as_tenant(alder.pk):
        return come(site or Site.objects.first() or make_site(), name, timezone.now() - timedelta(minutes=2))


def test_all_who_look_are_sent_the_board_in_their_language_and_another_company_its_own(address, alder):
    here(alder)
    first = browser(administrator(alder), alder)
    second = clerk(alder, "visitors.see")
    second.cookies["kontor_language"] = "de"
    other = make_alder("Birke")
    theirs = browser(administrator(other, "ayla@birke.example", "Ayla"), other)
    with (
        stream(address, first, BOARD) as one,
        stream(address, second, BOARD) as two,
        stream(address, theirs, BOARD) as three,
    ):
        now = [told(each) for each in (one, two, three)]
        assert [(kind, ">Nele<" in html) for kind, html in now] == [("k-part", shown) for shown in (True, True, False)]
        here(alder, "Omar")
        here(other, "Harm")
        english, german, foreign = board(one, "Omar"), board(two, "Omar"), board(three, "Harm")
    assert ("in the building" in english, "in the building" in german) == (True, False)
    assert (">Nele<" in english, ">Nele<" in german, ">Omar<" in foreign) == (True, True, False)


def test_whoever_may_not_see_the_board_hears_events_alone(address, alder):
    nobody = clerk(alder, "parties.see")
    with stream(address, nobody, BOARD, "/visitors/", "/nowhere/", "//elsewhere.example/") as answer:
        here(alder)
        assert told(answer) == ("visitors.checked_in", "")


def test_a_page_that_is_not_shared_is_not_sent(address, alder):
    desk = browser(administrator(alder), alder)
    with stream(address, desk, "/visitors/", BOARD) as answer:
        kind, html = told(answer)
        assert (kind, "<html" in html) == ("k-part", False)
        with as_tenant(alder.pk):
            publish("sample.quiet", {}, at=timezone.now())
        assert told(answer)[0] == "sample.quiet"  # which changes no board


def test_a_board_of_one_site_is_not_sent_to_whoever_works_at_another(address, alder):
    with as_tenant(alder.pk):
        bremen, bremerhaven = make_site("Bremen"), make_site("Bremerhaven")
    desks = []
    for number, site in enumerate((bremen, bremerhaven)):
        desk = clerk(alder, "visitors.see", email=f"desk{number}@alder.example")
        with as_tenant(alder.pk):
            RoleAssignment.objects.filter(membership__user__email=f"desk{number}@alder.example").update(site=site)
        desks.append(desk)
    with stream(address, desks[0], BOARD) as one, stream(address, desks[1], BOARD) as two:
        assert (told(one)[0], told(two)[0]) == ("k-part", "k-part")
        here(alder, "Nele", bremen)
        here(alder, "Omar", bremerhaven)
        first, second = board(one, "Nele"), board(two, "Omar")
    assert (">Omar<" in first, ">Nele<" in second) == (False, False)


def test_whose_session_was_ended_is_sent_nothing_more(address, alder):
    desk = browser(administrator(alder), alder)
    away = clerk(alder, "visitors.see")
    with stream(address, desk, BOARD) as one, stream(address, away, BOARD) as two:
        assert (told(one)[0], told(two)[0]) == ("k-part", "k-part")
        away.session.flush()
        visit = here(alder)
        assert (board(one, "Nele") != "", board(two, "Nele")) == (True, "")
        with as_tenant(alder.pk):
            arriving.check_out(visit.pk, by(at=timezone.now()))
        assert "left" in board(one, "Nele")


def test_whose_role_lost_the_board_keeps_none_when_it_is_drawn_for_them(address, alder):
    desk = clerk(alder, "visitors.see")
    with stream(address, desk, BOARD) as answer:
        assert told(answer)[0] == "k-part"
        with as_tenant(alder.pk):
            RoleAssignment.objects.all().delete()
        here(alder)
        assert board(answer, "Nele") == ""
