"""The page "What does the contract say?": the same answers as `kontor calc`, by an address that can be shared."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from kontor.kernel.actions.rights import add_member
from kontor.kernel.actor import MACHINE
from kontor.kernel.middleware import SESSION_TENANT
from kontor.kernel.models import Role
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.forms.questions import plain_figure
from kontor.office.contracts.views.question_answers import shown
from kontor.office.identity.models import User
from kontor.rulebook import calc, terms
from kontor.rulebook.calc import Answer
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.timetable import FIRST_YEAR, LAST_YEAR
from tests.factories import AT, House, make_house, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
PAGE = "/contracts/calculator/"
TERM = {"pack": "visitor", "what": "term", "start": "2025-08-01", "on": "2026-11-24"}
SEATS = {
    "pack": "crm",
    "what": "seats",
    "quantity": "3",
    "confirmed": "2026-05-10",
    "period-start": "2026-01-01",
    "period-end": "2027-01-01",
}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def staff(house: House) -> Client:
    return signed_in(house.staff, house, "en")


def signed_in(user: User, house: House, language: str) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session[SESSION_TENANT] = str(house.tenant.pk)
    session.save()
    client.cookies["kontor_language"] = language
    return client


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def asked(client: Client, told: dict[str, object], *, status: int = 200) -> str:
    response = client.get(PAGE, told)
    assert response.status_code == status
    return response.content.decode()


def one(pattern: str, html: str) -> str:
    (found,) = re.findall(pattern, html, re.DOTALL)
    return words(found)


def headline(html: str) -> tuple[str, str]:
    return one(r'id="answer">(.*?)</h2>', html), one(r'<p class="k-result__value">(.*?)</p>', html)


def working(html: str) -> list[str]:
    steps = one(r'<ol class="k-work k-work--big">(.*?)</ol>', html) if "k-work--big" in html else ""
    assert steps
    return [words(step) for step in re.findall(r"<li><span>(.*?)</span></li>", html)]


def complaints(html: str) -> dict[str, str]:
    """The sentence beside each field."""
    found = re.findall(r'<div id="id_([a-z0-9-]+)-error">(.*?)</div>', html, re.DOTALL)
    return {name: words(sentence) for name, sentence in found}


# --- The answer is that of `kontor calc` ---


def test_outages_are_typed_in_rows(staff: Client) -> None:
    rows = {"outages-from": ["2026-10-05T08:00", ""], "outages-to": ["2026-10-05T11:43", ""]}
    told = {"pack": "visitor", "what": "availability", "month": "2026-10", **rows}
    html = asked(staff, told | {"outages-noticed": ["", ""], "outages-excuse": ["", ""]})
    assert headline(html) == ("The service was available", "99.5011 %")
    facts = one(r'<dl class="k-facts">(.*?)</dl>.*?id="working"', html)
    assert facts == "Minutes of the month 44,700 Minutes that count as outage 223 Minutes excused 0"
    assert html.count('name="outages-from"') == 2
    paid = {"pack": "crm", "fee": "1000", "outages": '[{"from": "2026-10-05T08:00", "to": "2026-10-05T15:27"}]'}
    html = asked(staff, {"what": "availability", "month": "2026-10", **paid})
    assert headline(html) == ("The service was available", "99 %")
    assert "Credit, once claimed €10.00" in words(html)


def test_a_claim_has_its_last_day(staff: Client) -> None:
    told = {"pack": "crm", "what": "claim", "incident": "2026-05-10T12:00", "filed": "2026-05-14T00:01"}
    html = asked(staff, told)
    assert headline(html) == ("The credit is to be claimed until", "13 May 2026")
    assert one(r'<span class="k-state k-state--warn">(.*?)</span>', html) == "too late"


@pytest.mark.parametrize("language", ["en", "de"])
def test_value_clauses_and_working_are_those_of_the_command(house: House, language: str) -> None:
    html = asked(signed_in(house.staff, house, language), TERM)
    answer = calc.answer("term", {"start": "2025-08-01", "on": "2026-11-24"}, pack="visitor")
    head = {"en": ("The contract ends on", "31 July 2027"), "de": ("Der Vertrag endet am", "31. Juli 2027")}
    assert headline(html) == head[language]
    steps = [step.spoken(language) for step in answer.ruling.working]
    readings = [step for step in steps if step.startswith(("Reading of", "Lesart zu"))]
    assert working(html) == [step for step in steps if step not in readings]
    notes = re.findall(r'<div class="k-note k-note--warn">.*?<div><b>.*?</b>(.*?)</div>', html, re.DOTALL)
    assert [words(note) for note in notes] == readings
    chips = one(r'<h2 class="k-card__title" id="working">.*?</h2><span[^>]*>(.*?)</div>', html)
    numbers = {"en": "No.", "de": "Ziff."}
    assert chips == f"{numbers[language]} 4.6.1 {numbers[language]} 2.2 BGB § 188 (2) BGB § 188 (3)"


def test_what_else_came_out_stands_below(staff: Client) -> None:
    facts = one(r'<dl class="k-facts">(.*?)</dl>.*?id="working"', asked(staff, TERM))
    assert facts == "The running term ends on Sat 31 Jul 2027 Last day for notice Fri 30 Apr 2027"


def test_a_late_notice_ends_the_contract_a_term_later(staff: Client) -> None:
    html = asked(staff, TERM | {"on": "2027-05-01"})
    assert headline(html) == ("The contract ends on", "31 July 2028")
    assert one(r'<span class="k-state k-state--warn">(.*?)</span>', html) == "too late for the running term"


@pytest.mark.parametrize(
    ("told", "head"),
    [
        (SEATS | {"price": "1234.50"}, ("The added seats cost", "€2,394.59")),
        (
            {"pack": "leisure", "what": "index", "price": "1000", "s0": "288.8", "s": "305.4"},
            ("The new price is", "€1,057.48"),
        ),
        (
            {"pack": "leisure", "what": "due", "issued": "2026-12-02", "kind": "renewal"},
            ("The invoice is to be paid by", "16 January 2027"),
        ),
        (
            {"pack": "visitor", "what": "collection", "invoice-date": "2026-12-01", "pre-notified": "2026-12-02"},
            ("The debit may be collected from", "9 December 2026"),
        ),
        (
            {
                "pack": "crm",
                "what": "reduction",
                "received": "2026-11-15",
                "period-end": "2027-01-01",
                "billing-interval": "month",
            },
            ("Fewer users count from", "1 January 2027"),
        ),
        (
            {"pack": "visitor", "what": "deadline", "class": "class_1", "reported": "2026-06-01T10:00"},
            ("Reaction by", "Mon 1 Jun 2026, 15:00"),
        ),
        (
            {"pack": "visitor", "what": "oncall", "class": "class_1", "at": "2026-06-01T10:00"},
            ("Is anybody there?", "Yes"),
        ),
        (
            {"pack": "visitor", "what": "oncall", "class": "class_1", "at": "2026-06-06T10:00"},
            ("Is anybody there?", "No"),
        ),
        (
            {"pack": "visitor", "what": "change", "kind": "restriction", "notified": "2026-01-10"},
            ("The change holds from", "11 March 2026"),
        ),
        (
            {"pack": "leisure", "what": "change", "kind": "terms", "notified": "2026-05-05"},
            ("The change holds from", "5 May 2026"),
        ),
    ],
)
def test_every_question_has_its_headline(staff: Client, told: dict[str, object], head: tuple[str, str]) -> None:
    assert headline(asked(staff, told)) == head


def test_every_pack_is_asked_about_its_maintenance_window(staff: Client) -> None:
    html = asked(staff, {"pack": "dealership", "what": "maintenance", "at": "2026-06-01T10:00"})
    answer = calc.answer("maintenance", {"at": "2026-06-01T10:00"}, pack="dealership")
    assert headline(html) == ("Inside the maintenance window?", "Yes" if answer.value["inside"] else "No")
    assert "Times by the clocks of Europe/Berlin." in words(html)


def test_a_question_without_words_of_its_own_shows_its_fields() -> None:
    ruling = Ruling({"price": "12.50", "kept": True, "from": "2026-06-01T10:00:00+02:00", "days": 1234, "all": ["a"]})
    with translation.override("en"):
        found = shown(Answer("unheard_of", "visitor", "2026-01", ruling), {})
    assert (found.label, found.value) == ("Price", "12.50")
    assert found.facts == (
        ("Kept", "Yes"),
        ("From", "Mon 1 Jun 2026, 10:00"),
        ("Days charged", "1,234"),
        ("All", "a"),
    )


# --- The form comes from the question ---


@pytest.mark.parametrize("pack", terms.keys())
def test_each_question_a_pack_answers_has_a_field_for_each_option(staff: Client, pack: str) -> None:
    loaded = terms.load(pack)
    for question in calc.questions(loaded):
        html = asked(staff, {"pack": pack, "what": question.key})
        fields = set(re.findall(r'id="id_([a-z0-9-]+)"', html))
        assert fields == {option.name for option in question.options(loaded)}


def test_pauses_are_as_many_as_are_given_and_one_more(staff: Client) -> None:
    told: dict[str, object] = {
        "pack": "visitor",
        "what": "deadline",
        "class": "class_1",
        "reported": "2026-06-01T10:00",
        "pause-from": ["2026-06-01T12:00", ""],
        "pause-to": ["2026-06-01T14:00", ""],
        "ask": "1",
    }
    html = asked(staff, told)
    assert re.findall(r'name="pause-from" value="([^"]*)"', html) == ["2026-06-01T12:00", ""]
    pause = "2026-06-01T12:00/2026-06-01T14:00"
    answer = calc.answer(
        "deadline", {"class": "class_1", "reported": "2026-06-01T10:00", "pause": [pause]}, pack="visitor"
    )
    assert working(html) == [step.en for step in answer.ruling.working]


def test_nothing_is_complained_about_before_anything_was_sent(staff: Client) -> None:
    html = asked(staff, {"pack": "visitor", "what": "term", "start": "2026-01-01"})
    assert complaints(html) == {}
    assert "k-errors" not in html
    assert 'value="2026-01-01"' in html


# --- An address means the same to everybody ---


def test_figures_are_read_in_the_language_they_were_typed_in(house: House) -> None:
    german = asked(signed_in(house.staff, house, "de"), SEATS | {"price": "1.234,50", "figures": "de", "ask": "1"})
    english = asked(signed_in(house.staff, house, "en"), SEATS | {"price": "1,234.50", "figures": "en", "ask": "1"})
    assert headline(german) == ("Die hinzukommenden Plätze kosten", "2.394,59\N{NO-BREAK SPACE}€".replace("\xa0", " "))
    assert headline(english) == ("The added seats cost", "€2,394.59")
    assert one(r'name="price" value="([^"]*)"', german) == "1234,50"
    assert one(r'name="price" value="([^"]*)"', english) == "1234.50"


@pytest.mark.parametrize(
    ("text", "written_in", "plain"),
    [
        ("1.234", "de", "1234"),
        ("1.234", "en", "1.234"),
        ("1.234", "", "1.234"),
        ("49,90 CHF", "de", "49.90 CHF"),
        ("49.90", "de", "49.90"),
        ("1,234,567.8", "en", "1234567.8"),
        ("49,90", "en", "49,90"),
        ("12.34,5", "de", "12.34,5"),
        ("", "de", ""),
    ],
)
def test_a_figure_is_never_guessed(text: str, written_in: str, plain: str) -> None:
    assert plain_figure(text, written_in=written_in) == plain


def test_the_answers_own_address_names_the_edition_and_gives_the_same_answer(staff: Client) -> None:
    html = asked(staff, SEATS | {"price": "1,234.50", "figures": "en", "ask": "1"})
    address = urlsplit(one(r'<code id="[^"]*">(http.*?)</code>', html))
    assert parse_qs(address.query) == {
        name: [text] for name, text in (SEATS | {"pack": "crm-2026-01", "price": "1234.50"}).items()
    }
    assert headline(staff.get(f"{address.path}?{address.query}").content.decode()) == headline(html)


def test_the_command_can_be_typed_as_it_stands(staff: Client) -> None:
    html = asked(staff, TERM | {"initial": "24", "initial_unit": "M", "ask": "1"})
    command = one(r'<code id="[^"]*">(kontor.*?)</code>', html)
    assert command == (
        "kontor calc term --pack visitor --version 2026-01 --start 2025-08-01 --on 2026-11-24 --initial P24M"
    )


# --- What cannot be answered ---


def test_all_that_is_missing_is_said_at_once_in_place(staff: Client) -> None:
    html = asked(staff, {"pack": "visitor", "what": "term", "ask": "1"}, status=422)
    sentence = "Nothing can be worked out without this."
    assert complaints(html) == {"start": sentence, "on": sentence}
    assert one(r'<div class="k-errors"[^>]*><b>(.*?)</b>', html) == "2 entries do not fit yet."


def test_what_cannot_be_read_is_said_in_place(staff: Client) -> None:
    told = SEATS | {"price": "abc", "quantity": "0", "confirmed": "2026-02-30", "ask": "1"}
    assert complaints(asked(staff, told, status=422)) == {
        "price": "Expected an amount such as 49.90 or 49.90 EUR below a thousand million, not “abc”.",
        "quantity": "Expected a whole number from 1 to 1000000, not “0”.",
        "confirmed": f"Expected a day YYYY-MM-DD from {FIRST_YEAR} to {LAST_YEAR}, not “2026-02-30”.",
    }


def test_what_does_not_fit_together_is_said_in_place_in_german(house: House) -> None:
    html = asked(signed_in(house.staff, house, "de"), TERM | {"on": "2025-07-31"}, status=422)
    assert complaints(html) == {"on": "Erwartet wird ein Tag ab dem 01.08.2025."}


def test_a_moment_that_the_clocks_show_twice_can_be_mended(staff: Client) -> None:
    told: dict[str, object] = {"pack": "visitor", "what": "oncall", "class": "class_1", "at": "2026-10-25T02:30"}
    html = asked(staff, told, status=422)
    assert complaints(html)["at"].startswith("Expected a moment with its offset from UTC such as +02:00")
    assert one(r'<input type="([a-z-]+)" name="at"', html) == "text"
    assert headline(asked(staff, told | {"at": "2026-10-25T02:30+02:00"})) == ("Is anybody there?", "No")


def test_silence_is_an_answer(staff: Client) -> None:
    html = asked(staff, {"pack": "visitor", "what": "index"})
    assert headline(html) == ("What does the index make of a price?", "Nobody regulates this")
    sentence = "Neither the contract “Visitors and signage” nor its law says that prices follow an index."
    assert sentence in words(html)


def test_what_is_to_be_agreed_is_an_answer_with_its_clause(staff: Client) -> None:
    html = asked(staff, {"pack": "bookkeeping", "what": "term"})
    assert headline(html)[1] == "To be agreed in the offer"
    assert one(r'<p class="k-line"><a class="k-clause" href="([^"]+)"', html).startswith(
        "/contracts/terms/bookkeeping/2026-01/clause/"
    )


def test_what_only_the_answer_finds_to_be_agreed_is_an_answer_too(staff: Client) -> None:
    html = asked(staff, {"pack": "leisure", "what": "due", "issued": "2026-12-02", "ask": "1"})
    assert headline(html)[1] == "To be agreed in the offer"


@pytest.mark.parametrize(
    "told",
    [
        {"pack": "nobody"},
        {"pack": "law-de"},
        {"pack": "visitor", "version": "1999-01"},
        {"pack": "visitor-1999-01"},
        {"pack": "visitor", "what": "weather"},
    ],
)
def test_what_is_not_there_is_not_found(staff: Client, told: dict[str, object]) -> None:
    asked(staff, told, status=404)


def test_strangers_are_sent_to_sign_in() -> None:
    response = Client().get(PAGE)
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/contracts/calculator/"


def test_people_without_the_permission_are_refused(house: House) -> None:
    person = make_user("nora@lindwurm.example", "Nora Klein")
    with as_tenant(house.tenant.pk):
        role = Role.objects.create(name="Reads no terms", permissions=["contracts.see"])
        add_member(person, kind="EMPLOYEE", roles=[role], at=AT, actor=MACHINE)
    asked(signed_in(person, house, "en"), {}, status=403)


def test_an_answer_takes_no_more_queries_than_the_question(staff: Client) -> None:
    asked(staff, {})
    counts = []
    for told in ({}, TERM, {"pack": "visitor", "what": "index"}):
        with CaptureQueriesContext(connection) as made:
            asked(staff, told)
        counts.append(len(made))
    assert len(set(counts)) == 1, counts
