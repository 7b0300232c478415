"""Somebody's data is only stored (GDPR Art. 18): shown as such, chosen and taken away by nobody, until it is lifted."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.restricting import restricted
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.opening import open_ticket
from kontor.office.desk.models import Ticket
from kontor.office.parties.actions.parties import add_contact, add_party
from kontor.office.parties.actions.people import add_email
from kontor.office.parties.models import Party
from kontor.office.parties.public import add_person, listed, people_found, people_of
from kontor.office.parties.queries.parties import find_parties
from kontor.office.privacy import public
from kontor.office.privacy.actions import subject_answers
from kontor.office.privacy.models import SubjectMark
from kontor.products.visitors.models import Visit
from kontor.rulebook.restriction import why_restricted
from tests.calling import get, key_of
from tests.factories import CUSTOMER
from tests.office.desk.asking import asked as asked_for
from tests.office.privacy.test_subjects import AT, WHO, asked
from tests.people import administrator, browser, entitle, make_tenant
from tests.products.visitors.visits import expect, make_site, types

pytestmark = pytest.mark.django_db
VERA, BIRKE = "vera@gast.example", "post@birke.example"


@pytest.fixture
def alder():
    """A company that knows Vera under her second address, and as somebody at Birke."""
    tenant = make_tenant()
    with as_tenant(tenant.pk):
        vera = add_person(name="Vera Gast", email="other@gast.example", **WHO)
        add_email(vera.id, VERA, **WHO)
        add_person(name="Veit Frei", email="veit@frei.example", **WHO)
        birke = add_party(**CUSTOMER | {"name": "Birke", "email": BIRKE}, **WHO)
        add_contact(birke, name="Vera Gast", email=VERA.upper(), signs=True, **WHO)
    return tenant


def mark(kind: str = "restriction", purpose: str = "") -> SubjectMark:
    return subject_answers.mark(asked(kind).pk, purpose=purpose, **WHO)


def names() -> list[str]:
    return [name for _, name in listed()]


def test_restricted_data_is_shown_as_such_and_left_out_of_choices_mails_files_and_calls_until_it_is_lifted(alder):
    other = make_tenant("Other")
    client, key = browser(administrator(alder), alder), key_of(alder, "parties.see")
    with as_tenant(alder.pk):
        vera, birke = Party.objects.get(name="Vera Gast"), Party.objects.get(name="Birke")
        made = mark()
    page = f"/parties/{vera.pk}/"

    def used() -> tuple[bool, ...]:
        file = client.get("/parties/?format=csv")
        with as_tenant(alder.pk):
            within = (
                "Vera Gast" in names(),
                bool(people_found("Vera")),
                bool(people_of(birke.pk)),
                public.may_write_to(VERA, "transactional", at=AT).value,
            )
        return (
            *within,
            "Vera Gast" in (b"".join(file.streaming_content) if file.streaming else file.content).decode(),
            "Vera Gast" in str(get(key, "/parties")[1]),
            not get(key, f"/parties/{vera.pk}")[1]["restricted"],
        )

    assert used() == (False,) * 7
    with as_tenant(alder.pk):
        assert "Veit Frei" in names()
        (found,) = find_parties(["Vera"], limit=5)
        assert (found.title, found.note) == ("Vera Gast", "eingeschränkt")
    shown = client.get(page).content.decode()
    assert ("only stored" in shown, "Art. 18" in shown, made.request.reference in shown) == (True, True, True)
    beside = client.get(f"/parties/{birke.pk}/").content.decode()
    assert ("only stored:" in beside, "restricted" in beside) == (False, True)
    rows = client.get("/parties/").content.decode()
    assert (rows.count("k-state--warn"), "Veit Frei" in rows) == (1, True)
    with as_tenant(other.pk):
        assert restricted() == {}

    with as_tenant(alder.pk):
        subject_answers.lift(made.pk, because="Checked", **WHO)
    assert used() == (True,) * 7
    assert "only stored" not in client.get(page).content.decode()
    assert "k-state--warn" not in client.get("/parties/").content.decode()


def test_a_request_and_a_visit_of_somebody_whose_data_is_restricted_say_so_and_those_of_others_do_not(alder):
    entitle(alder, "crm")
    entitle(alder, "visitors")
    client = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        made = mark()
        hers, his = (opened_by(email) for email in (VERA, "veit@frei.example"))
        visit = expect(make_site(), types()["Business visit"])
        visits = (visit, expect(visit.site, visit.type))
        Visit.objects.filter(pk=visit.pk).update(email=VERA)
    for place, restricted_there in (
        (f"/desk/tickets/{hers.pk}/", True), (f"/desk/tickets/{his.pk}/", False),
        (reverse("visitors:visit", args=[visits[0].pk]), True), (reverse("visitors:visit", args=[visits[1].pk]), False),
    ):  # fmt: skip
        shown = client.get(place).content.decode()
        assert ("only stored: use it for nothing" in shown, made.request.reference in shown) == (restricted_there,) * 2


def opened_by(email: str) -> Ticket:
    return open_ticket(asked_for(email=email, name=email), at=AT, actor=MACHINE)


def test_an_objection_or_one_purpose_alone_restricts_no_record(alder):
    with as_tenant(alder.pk):
        mark("objection", "telemetry")
        mark("restriction", "telemetry")
        assert (restricted(), "Vera Gast" in names()) == ({}, True)


def test_the_list_asks_as_often_for_three_restricted_people_as_for_one(alder):
    client = browser(administrator(alder), alder)

    def asks() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/parties/").status_code == 200
        return len(caught)

    with as_tenant(alder.pk):
        mark()
    asks()
    one = asks()
    with as_tenant(alder.pk):
        for email in (BIRKE, "veit@frei.example"):
            subject_answers.mark(asked("restriction", email=email).pk, purpose="", **WHO)
    assert asks() == one


def test_why_names_the_day_the_request_and_what_is_still_allowed():
    said = why_restricted(date(2026, 3, 2), "DS-1")
    assert [clause.number for clause in said.clauses] == [f"GDPR Art. 18 ({number})" for number in (1, 2, 3)]
    assert "on 2 March 2026 (request DS-1)" in said.working[0].en
    assert "am 02.03.2026" in said.working[0].de
