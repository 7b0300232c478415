"""The terms explorer and the comparison: what they show, to whom they answer, and how many queries they take."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.rights import add_member
from kontor.kernel.actor import MACHINE
from kontor.kernel.explanation import clause_words
from kontor.kernel.models import Role
from kontor.kernel.sessions import TENANT as SESSION_TENANT
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.queries import clauses
from kontor.office.contracts.queries.clauses import Line
from kontor.office.contracts.queries.terms_text import not_binding, terms_text
from kontor.rulebook import terms
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms.compare import Row, compare
from tests.factories import AT, House, make_house, make_user
from tests.people import browser

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
PACK = "/contracts/terms/visitor/2026-01/"
CLAUSE = f"{PACK}clause/4.6.1/"
COMPARE = "/contracts/terms/compare/?left=crm-2026-01&right=visitor-2026-01"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def staff(house: House) -> Client:
    return reader(house, "en")


def reader(house: House, language: str) -> Client:
    client = Client()
    client.force_login(house.staff)
    session = client.session
    session[SESSION_TENANT] = str(house.tenant.pk)
    session.save()
    client.cookies["kontor_language"] = language
    return client


def text_of(html: str) -> str:
    """The words of a page, as a reader sees them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def articles(html: str) -> list[str]:
    return re.findall(r'<article class="k-article" id="([^"]+)"', html)


def line(html: str, key: str) -> str:
    """What stands beside a value's key, as a reader sees it."""
    bare = html.replace("<wbr>", "")
    found = re.search(rf"<code>{re.escape(key)}</code></div>(.*?)<div class=\"k-value__use\">", bare, re.DOTALL)
    assert found
    return text_of(found[1])


def heading(html: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html)
    assert found
    return unescape(found[1])


# --- The list of packs ---


def test_every_pack_and_law_stands_in_the_list_with_its_figures(staff: Client) -> None:
    html = page(staff, reverse("contracts:terms"))
    assert heading(html) == "5 contracts and 2 laws, clause by clause"
    names = re.findall(r'data-k-stop>([^<]+)</a><span class="k-sub">([^<]+)<', html)
    assert names == [(each.pack.title.en, each.name) for each in clauses.editions()]
    visitor = terms.load("visitor")
    row = html[html.index("visitor-2026-01") :].partition("</tr>")[0]
    assert re.findall(r'class="num"[^>]*>(\d+)<', row) == [
        str(len(visitor.clauses)),
        str(len(list(visitor.values()))),
        str(len(visitor.settings())),
        str(len(visitor.to_be_agreed())),
    ]
    assert "in force since 1 Jan 2026" in row


def test_the_list_can_be_narrowed_to_laws_and_given_out(staff: Client) -> None:
    response = staff.get(reverse("contracts:terms"), {"group": "law", "format": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Pack", "German law", "French law"]


def test_the_list_speaks_german(house: House) -> None:
    html = page(reader(house, "de"), reverse("contracts:terms"))
    assert heading(html) == "5 Verträge und 2 Rechtsordnungen, Klausel für Klausel"


# --- One pack, clause by clause ---


@pytest.mark.parametrize("edition", [each.name for each in clauses.editions()])
def test_a_pack_shows_every_clause_and_every_value_once(staff: Client, edition: str) -> None:
    pack = clauses.edition_named(edition)
    html = page(staff, reverse("contracts:pack", args=(pack.key, pack.version)))
    assert articles(html) == [clauses.anchor(number) for number in pack.clauses]
    shown = re.findall(r"<code>(.*?)</code></div>", html.replace("<wbr>", ""))
    assert sorted(shown) == sorted(key for key, _ in pack.values())


def test_anchors_are_unique_in_each_pack() -> None:
    for edition in clauses.editions():
        marks = [clauses.anchor(number) for number in edition.pack.clauses]
        assert len(set(marks)) == len(marks)


def test_a_stated_value_shows_itself_a_setting_its_reason_and_a_blank_what_may_be_agreed(staff: Client) -> None:
    html = page(staff, PACK)
    assert line(html, "notice.period") == "3 months"
    setting = terms.load("visitor").value("notice.counts")
    assert setting is not None
    reason = setting.reason.en  # type: ignore[union-attr]
    assert line(html, "notice.counts") == f"receipt {reason} May be chosen: receipt, sending."
    assert line(html, "term.initial") == "to be agreed in the offer May be agreed: at least 12 months"


def test_every_value_in_german(house: House) -> None:
    html = page(reader(house, "de"), PACK)
    assert heading(html) == "Besucher und Beschilderung, Fassung 2026-01"
    assert line(html, "notice.period") == "3 Monate"
    assert line(html, "term.initial") == "im Angebot zu vereinbaren Zu vereinbaren ist: mindestens 12 Monate"


def test_a_search_leaves_the_clauses_that_have_all_words(staff: Client) -> None:
    assert articles(page(staff, f"{PACK}?q=force+majeure")) == ["clause-12"]


def test_a_clause_without_values_is_found_by_its_own_words(staff: Client) -> None:
    number = "2.1"
    clause = terms.load("visitor").clauses[number]
    assert clauses.anchor(number) in articles(page(staff, f"{PACK}?q={clause.heading.en}"))
    assert clauses.anchor(number) not in articles(page(staff, f"{PACK}?q={clause.heading.en}&section=term"))


@pytest.mark.parametrize(
    ("chosen", "fits"),
    [
        ("section=notice", lambda each: each.section == "notice"),
        ("standing=setting", lambda each: each.standing == "setting"),
        ("standing=agreed", lambda each: each.standing == "agreed"),
        ("sort=periods", lambda each: each.sort == "periods"),
        ("sort=hours&section=support", lambda each: each.sort == "hours" and each.section == "support"),
    ],
)
def test_filters_leave_the_values_that_fit(staff: Client, chosen: str, fits: Callable[[Any], bool]) -> None:
    html = page(staff, f"{PACK}?{chosen}").replace("<wbr>", "")
    wanted = [each.key for each in clauses.lines(terms.load("visitor")) if fits(each)]
    assert sorted(re.findall(r"<code>(.*?)</code></div>", html)) == sorted(wanted)


def test_a_search_that_finds_nothing_says_what_to_do(staff: Client) -> None:
    assert "No clause has all that you look for Take a word or a filter away. Show all" in text_of(
        page(staff, f"{PACK}?q=xyzzy")
    )


def test_a_pack_is_given_out_with_clause_and_reason(staff: Client) -> None:
    response = staff.get(PACK, {"standing": "setting", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    settings = terms.load("visitor").settings()
    assert [(row["Key"], row["Clause"], row["Reason"]) for row in rows] == [
        (key, setting.clause.number, setting.reason.en) for key, setting in settings
    ]


def test_what_the_contract_is_silent_about_is_named_with_the_law_that_answers(staff: Client) -> None:
    html = page(staff, "/contracts/terms/dealership/2026-01/")
    silent = text_of(html[html.index("k-article--none") :])
    assert "Late payment (German law)" in silent
    assert "Trial" in silent
    assert "Notice," not in silent


def test_a_law_shows_its_rates(staff: Client) -> None:
    words = text_of(page(staff, "/contracts/terms/law-de/2026-01/"))
    assert "1 Jan 2023 to 30 Jun 2023 1.62 % Deutsche Bundesbank, Bundesanzeiger not yet confirmed" in words
    assert "standard rate 1 Jul 2020 to 31 Dec 2020 UStG § 28 (1) confirmed 16 %" in words
    assert "standard rate from 1 Jan 2021 UStG § 12 (1) confirmed 19 %" in words


# --- One clause ---


def test_a_chip_leads_to_its_clause(staff: Client) -> None:
    url = clause_words(Clause("leisure", "Anhang 1, 1.3 (i)", "2026-01")).url
    html = page(staff, url)
    assert heading(html) == terms.load("leisure").clauses["Anhang 1, 1.3 (i)"].heading.en


def test_a_clause_of_no_version_leads_to_the_newest(staff: Client) -> None:
    response = staff.get(clause_words(Clause("law-de", "BGB § 188 (2)")).url)
    assert response.status_code == 302
    assert response["Location"] == reverse("contracts:clause", args=("law-de", "2026-01", "BGB § 188 (2)"))


def test_a_clause_shows_what_it_decides_and_what_others_say(staff: Client) -> None:
    html = page(staff, CLAUSE)
    decided = html[: html.index("What it also speaks of")].replace("<wbr>", "")
    keys = [each.key for each in clauses.lines(terms.load("visitor")) if each.clause.number == "4.6.1"]
    assert re.findall(r"<code>(.*?)</code></div>", decided) == keys
    others = text_of(html[html.index("The same points in other contracts") :])
    assert "Notice period Bookkeeping to be agreed in the offer No. 10 Customer relations 30 days § 13" in others


def test_one_turns_from_clause_to_clause(staff: Client) -> None:
    numbers = list(terms.load("visitor").clauses)
    first = page(staff, reverse("contracts:clause", args=("visitor", "2026-01", numbers[0])))
    assert 'rel="prev"' not in first
    found = re.search(r'rel="next" href="([^"]+)"', first)
    assert found
    assert found[1] == reverse("contracts:clause", args=("visitor", "2026-01", numbers[1]))
    last = page(staff, reverse("contracts:clause", args=("visitor", "2026-01", numbers[-1])))
    assert 'rel="next"' not in last


# --- Two packs side by side ---


def test_two_packs_differ_in_so_many_points(staff: Client) -> None:
    html = page(staff, COMPARE)
    rows = terms_rows("crm", "visitor")
    differing = [row for row in rows if row.differs]
    title = f"“Customer relations” and “Visitors and signage” differ in {len(differing)} points"
    assert heading(html) == title
    assert len(re.findall(r'<tr><th scope="row">', html)) == len(differing)
    notice = re.search(r'<tr><th scope="row">Notice period</th>(.*?)</tr>', html, re.DOTALL)
    assert notice
    assert text_of(notice[1]) == "30 days § 13 3 months No. 4.6.1"
    assert re.findall(r"<ins>(.*?)</ins>", notice[1]) == ["30 days", "3 months"]


def terms_rows(left: str, right: str) -> tuple[Row, ...]:
    return compare(terms.load(left), terms.load(right))


@pytest.mark.parametrize(
    ("shown", "fits"),
    [
        ("all", lambda row: bool(row.key)),
        ("one", lambda row: row.left is None or row.right is None),
        ("all&section=notice", lambda row: row.section == "notice"),
        ("differences&q=notice+period+4.6.1", lambda row: row.key == "notice.period"),
    ],
)
def test_the_comparison_shows_what_was_asked_for(staff: Client, shown: str, fits: Callable[[Any], bool]) -> None:
    html = page(staff, f"{COMPARE}&show={shown}")
    wanted = [row for row in terms_rows("crm", "visitor") if fits(row)]
    assert len(re.findall(r'<tr><th scope="row">', html)) == len(wanted)


def test_the_same_pack_twice_says_the_same(staff: Client) -> None:
    html = page(staff, "/contracts/terms/compare/?left=visitor&right=visitor")
    assert heading(html) == "“2026-01” and “2026-01” say the same"


def test_without_a_pair_two_packs_are_to_be_chosen(staff: Client) -> None:
    html = page(staff, "/contracts/terms/compare/?left=visitor")
    assert heading(html) == "Where do two contracts differ?"
    assert '<option value="visitor-2026-01" selected>' in html


def test_the_comparison_is_given_out_as_it_is_shown(house: House) -> None:
    response = reader(house, "de").get(f"{COMPARE}&section=notice&format=csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    left, right = "Kundenbeziehungen, Fassung 2026-01", "Besucher und Beschilderung, Fassung 2026-01"
    (period,) = [row for row in rows if row["Schlüssel"] == "notice.period"]
    assert (period[left], period[f"{left}: Klausel"], period[right], period[f"{right}: Klausel"]) == (
        "30 Tage",
        "§13",
        "3 Monate",
        "4.6.1",
    )
    assert {row["weicht ab"] for row in rows} == {"ja"}


def test_what_is_only_to_be_agreed_says_its_bounds() -> None:
    key = "term.initial"
    entry = terms.load("visitor").value(key)
    assert entry is not None
    assert clauses.bounds(key, entry) == Text("mindestens 12 Monate", "at least 12 months")


def test_lists_show_their_entries() -> None:
    (steps,) = [each for each in clauses.lines(terms.load("visitor")) if each.key == "formation.steps"]
    assert isinstance(steps, Line)
    assert [item.key for item in steps.items] == ["offer", "order", "confirmation"]


# --- To whom they answer ---


@pytest.mark.parametrize("url", ["/contracts/terms/", PACK, CLAUSE, COMPARE])
def test_strangers_are_sent_to_sign_in(url: str) -> None:
    response = Client().get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("url", ["/contracts/terms/", PACK, CLAUSE, COMPARE])
def test_people_without_the_permission_are_refused(house: House, url: str) -> None:
    person = make_user("nora@lindwurm.example", "Nora Klein")
    with as_tenant(house.tenant.pk):
        role = Role.objects.create(name="Reads no terms", permissions=["contracts.see"])
        add_member(person, kind="EMPLOYEE", roles=[role], at=AT, actor=MACHINE)
    client = reader(house, "en")
    client.force_login(person)
    session = client.session
    session[SESSION_TENANT] = str(house.tenant.pk)
    session.save()
    assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        "/contracts/terms/nobody/2026-01/",
        "/contracts/terms/visitor/1999-01/",
        "/contracts/terms/law-no/2026-01/",
        f"{PACK}clause/99.9/",
        "/contracts/terms/nobody/newest/clause/1.1/",
        "/contracts/terms/compare/?left=nobody&right=visitor",
        "/contracts/terms/compare/?left=visitor-1999-01",
        "/contracts/terms/compare/?left=../etc",
    ],
)
def test_what_is_not_there_is_not_found(staff: Client, url: str) -> None:
    assert staff.get(url).status_code == 404


def test_the_newest_version_has_an_address_of_its_own(staff: Client) -> None:
    response = staff.get("/contracts/terms/visitor/newest/")
    assert response.status_code == 302
    assert response["Location"] == PACK


def test_the_number_of_queries_does_not_grow_with_the_pack(staff: Client) -> None:
    page(staff, "/contracts/terms/")  # a session's first page passes the gates
    counts = {}
    for url in ("/contracts/terms/", "/contracts/terms/bookkeeping/2026-01/", PACK, CLAUSE, COMPARE):
        with CaptureQueriesContext(connection) as asked:
            page(staff, url)
        counts[url] = len(asked)
    assert len(set(counts.values())) == 1, counts


@pytest.mark.requirement("FW-055")
def test_the_english_text_says_that_it_binds_nobody_and_leads_to_the_german_one():
    house = make_house()
    client = browser(house.staff, house.tenant)
    url = reverse("contracts:pack", args=["visitor", terms.load("visitor").version])
    page = client.get(url).content.decode()
    assert "Translation, not binding: the German text prevails" in page
    assert '<a href="?text=de" hreflang="de"' in page
    german = client.get(f"{url}?text=de").content.decode()
    assert "Schriftform" in german
    assert "not binding" not in german


def test_a_translation_says_so_where_the_terms_name_a_binding_language_only():
    assert not_binding(terms.load("visitor"), "de") is None
    assert not_binding(terms.load("leisure"), "de") is not None
    assert not_binding(terms.load("crm"), "en") is None
    _title, text = terms_text("visitor", terms.load("visitor").version, seller="Lindwurm")
    assert text["en"].startswith("Translation, not binding: the German text prevails (13.4).")
    assert not text["de"].startswith("Übersetzung")
