"""The desk's pages and the customer's: what they show, to whom, and how many queries they need."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.contracts.models import Contract
from kontor.office.desk.models import ReplyTemplate, Ticket, TicketNote
from tests.factories import House, make_house, make_user
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.walking import customer
from tests.office.desk.asking import DOWN, SLOW, again, opened
from tests.people import browser, join, make_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house("visitor")


@pytest.fixture
def contract(house) -> Contract:
    return signed(house)


@pytest.fixture
def desk(house) -> Client:
    return browser(house.staff, house.tenant)


def fresh(house: House, contract: Contract | None, **given: object) -> Ticket:
    now = timezone.now() - timedelta(minutes=5)
    return opened(house, contract, at=now, **{"reported": now, **given})


def tom(contract: Contract, *rights: str) -> Client:
    user = make_user("tom@alder.example", "Tom")
    join(contract.customer_tenant, user, role="Anfragen", permissions=rights)
    client = browser(user, contract.customer_tenant)
    agree(client)
    return client


def agree(client: Client) -> None:
    document = client.get("/documents/agree/").context["document"]
    client.post("/documents/agree/", {"document": document.pk, "sha256": bytes(document.sha256).hex()})


def address(name: str, *parts: object) -> str:
    return reverse(f"desk:{name}", args=parts)


def test_the_queue_shows_what_breaks_next_on_top_in_as_many_queries_for_one_as_for_many(house, contract, desk):
    fresh(house, contract, answers=SLOW, subject="Zweites")
    fresh(house, contract, answers=DOWN, subject="Erstes")
    page = address("queue")
    body = desk.get(page).content.decode()
    assert body.index("Erstes") < body.index("Zweites")
    with CaptureQueriesContext(connection) as few:
        desk.get(page)
    for number in range(4):
        fresh(house, contract, answers=SLOW, subject=f"Nummer {number}")
    with CaptureQueriesContext(connection) as many:
        desk.get(page)
    assert len(many) == len(few)


def test_views_and_words_narrow_the_queue(house, contract, desk):
    ticket = fresh(house, contract, answers=DOWN, subject="Drucker steht")
    fresh(house, None, email="fremd@example.org", name="Fremd", subject="Frage")
    assert "Frage" not in desk.get(address("queue"), {"q": "drucker"}).content.decode()
    assert "Drucker steht" in desk.get(address("queue"), {"q": f"D-{ticket.number}"}).content.decode()
    assert "No request fits this view." in desk.get(address("queue"), {"view": "mine"}).content.decode()
    desk.post(address("press", ticket.pk, "take"))
    assert "Drucker steht" in desk.get(address("queue"), {"view": "mine"}).content.decode()
    for view in ("free", "waiting", "closed", "nonsense"):
        assert desk.get(address("queue"), {"view": view}).status_code == 200


def test_a_call_is_taken_down_classified_and_answered(house, contract, desk):
    told = {
        "contract": str(contract.pk), "name": "Tom", "email": "tom@alder.example", "subject": "Tor", "text": "Zu.",
        "reported": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "effect": "impaired",
    }  # fmt: skip
    assert desk.post(address("new"), {**told, "text": ""}).status_code == 422
    page = desk.post(address("new"), {**told, "file": SimpleUploadedFile("tor.txt", b"log")})
    with as_tenant(house.tenant.pk):
        ticket = Ticket.objects.get()
    assert (page["Location"], ticket.class_key, ticket.channel) == (address("ticket", ticket.pk), "class_2", "PHONE")
    assert desk.get(address("new")).status_code == 200
    assert desk.post(address("reply", ticket.pk), {"text": " "}).status_code == 422
    assert desk.post(address("reply", ticket.pk), {"text": "Wir kommen.", "begins": "on"}).status_code == 302
    body = desk.get(address("ticket", ticket.pk)).content.decode()
    assert "Wir kommen." in body
    with as_tenant(house.tenant.pk):
        file = ticket.messages.first().files.get()
    assert desk.get(address("file", file.pk)).content == b"log"


def test_every_step_has_its_form_and_is_taken(house, contract, desk):
    ticket, other = fresh(house, contract, answers=SLOW), fresh(house, contract, answers=SLOW)
    for word in ("class", "coverage", "workaround", "close", "join", "assign", "tags", "proposal"):
        assert desk.get(address("step", ticket.pk, word)).status_code == 200
    assert desk.get(address("step", ticket.pk, "nonsense")).status_code == 404
    steps = [
        ("class", {"effect": "prevented", "reason": "Nichts geht."}), ("assign", {"person": str(house.staff.pk)}),
        ("tags", {"tags": "tor", "cc": ""}), ("coverage", {"coverage": "excluded", "exclusion": "translation"}),
        ("proposal", {"told": "Übersetzen", "minutes": "60", "rate": "120.00"}), ("workaround", {"detail": ""}),
        ("close", {"how": "erledigt"}),
    ]  # fmt: skip
    for word, given in steps:
        assert desk.post(address("step", ticket.pk, word), given).status_code == 302, word
    assert desk.post(address("step", ticket.pk, "tags"), {"tags": "x"}).status_code == 302
    assert desk.post(address("step", ticket.pk, "close"), {"how": "noch einmal"}).status_code == 422
    assert desk.post(address("step", other.pk, "assign"), {"person": ""}).status_code == 302
    for word in ("begun", "told", "planned", "covered", "take", "reopen"):
        assert desk.post(address("press", other.pk, word)).status_code == 302
    assert desk.post(address("press", other.pk, "nonsense")).status_code == 404
    desk.post(address("press", ticket.pk, "reopen"))
    assert desk.post(address("step", ticket.pk, "join"), {"number": str(other.number)}).status_code == 302
    body = desk.get(address("ticket", ticket.pk)).content.decode()
    assert f"D-{other.number}" in body


def test_notes_stay_inside_and_readers_are_told_of_each_other(house, contract, desk):
    ticket = fresh(house, contract, answers=SLOW)
    assert desk.post(address("note", ticket.pk), {"text": ""}).status_code == 422
    desk.post(address("note", ticket.pk), {"text": "Streng geheim", "mentions": [str(house.staff.pk)]})
    with as_tenant(house.tenant.pk):
        assert TicketNote.objects.get().mentions == [str(house.staff.pk)]
    assert "Streng geheim" not in customer(contract).get(address("own-ticket", ticket.pk)).content.decode()
    colleague = make_user("sina@lindwurm.example", "Sina Wulf")
    join(house.tenant, colleague)
    browser(colleague, house.tenant).post(address("look", ticket.pk), {"writing": "on"})
    assert "Sina Wulf is writing an answer right now." in desk.post(address("look", ticket.pk)).content.decode()


def test_ready_made_answers_are_filled_in_the_language_of_the_request(house, contract, desk):
    ticket = fresh(house, contract, answers=SLOW)
    told = {"title": "Empfang", "text_de": "Guten Tag {name}, zu {number}.", "text_en": "Hello {name}."}
    assert desk.post(address("reply-new"), {**told, "text_en": "{nonsense}"}).status_code == 422
    assert desk.post(address("reply-new"), told).status_code == 302
    assert desk.post(address("reply-new"), told).status_code == 422
    with as_tenant(house.tenant.pk):
        row = ReplyTemplate.objects.get()
    assert desk.post(address("reply-edit", row.pk), told).status_code == 302
    body = desk.get(address("ticket", ticket.pk), {"template": str(row.pk)}).content.decode()
    assert f"Guten Tag Jonas Alder, zu D-{ticket.number}." in body
    assert desk.get(address("ticket", ticket.pk), {"template": "nonsense"}).status_code == 200
    assert "Empfang" in desk.get(address("replies")).content.decode()
    desk.post(address("reply-withdraw", row.pk))
    assert desk.get(address("reply-edit", row.pk)).status_code == 404


@pytest.mark.requirement("AP-018")
def test_a_report_names_its_contract_conditions_and_circumstances_and_what_has_ended_is_said_before(monkeypatch):
    """leisure, Art. 7 and annex 1, 1.3: reference, operating conditions and circumstances; without them no request."""
    house = make_house("leisure")
    contract = signed(house)
    client = customer(contract)
    page = address("own-new")
    body = client.get(page).content.decode()
    reference = f'<option value="{contract.pk}"'
    assert (reference in body, "has ended" in body) == (True, False)
    told = {"contract": str(contract.pk), "subject": "Kasse steht", "text": "Seit 9 Uhr.", "effect": "impaired"}
    lacking = client.post(page, {**told, "text": " ", "conditions": "Kasse 2, Rennbetrieb"})
    assert (lacking.status_code, list(lacking.context["form"].errors)) == (422, ["text"])
    lacking = client.post(page, told)
    assert (lacking.status_code, list(lacking.context["form"].errors)) == (422, ["conditions"])
    assert client.post(page, {**told, "conditions": "Kasse 2, Rennbetrieb"}).status_code == 302
    with as_tenant(house.tenant.pk):
        ticket = Ticket.objects.get()
        words = ticket.messages.get().text
        assert ticket.contract_id == contract.pk
    assert words == "Seit 9 Uhr.\n\nOperating conditions when it occurred: Kasse 2, Rennbetrieb"
    real = contracts.served_here

    def ended(*, at: datetime) -> list[contracts.Served]:
        return [replace(each, running=False) for each in real(at=at)]

    monkeypatch.setattr(contracts, "served_here", ended)
    body = client.get(page).content.decode()
    assert f"The contract {contract.number} has ended; nothing can be asked under it." in body


def test_the_customer_asks_answers_contests_and_rates(house, contract, desk):
    client = customer(contract)
    assert client.get(address("own-new")).status_code == 200
    told = {"contract": str(contract.pk), "subject": "Tor", "text": "Zu.", "effect": "impaired"}
    assert client.post(address("own-new"), {**told, "subject": ""}).status_code == 422
    page = client.post(address("own-new"), {**told, "file": SimpleUploadedFile("tor.txt", b"log")})
    with as_tenant(house.tenant.pk):
        ticket = Ticket.objects.get()
        file = ticket.messages.get().files.get()
    assert page["Location"] == address("own-ticket", ticket.pk)
    assert client.get(address("own-file", file.pk)).content == b"log"
    assert client.post(address("own-do", ticket.pk, "contest"), {"words": "Alles steht."}).status_code == 302
    assert again(ticket).class_contested_at is not None
    assert "contests the class" in desk.get(address("ticket", ticket.pk)).content.decode()
    client.post(address("own-do", ticket.pk, "say"), {"text": "Noch etwas."})
    client.post(address("own-do", ticket.pk, "say"), {"text": ""})
    client.post(address("own-do", ticket.pk, "confirm"))
    assert client.post(address("own-do", ticket.pk, "nonsense")).status_code == 404
    body = client.get(address("own-ticket", ticket.pk)).content.decode()
    assert "Noch etwas." in body
    desk.post(address("step", ticket.pk, "coverage"), {"coverage": "in_scope"})
    desk.post(address("step", ticket.pk, "close"), {"how": "Ersatz"})
    assert "How were you helped?" in client.get(address("own-ticket", ticket.pk)).content.decode()
    client.post(address("own-do", ticket.pk, "rate"), {"mark": "5"})
    assert "How were you helped?" not in client.get(address("own-ticket", ticket.pk)).content.decode()
    assert "Tor" in client.get(address("own")).content.decode()
    assert client.get(address("own"), {"format": "csv"}).status_code == 200


def test_one_sees_one_s_own_requests_and_the_company_s_only_by_right(house, contract):
    theirs = fresh(house, contract, subject="Von Jonas")
    own = fresh(house, contract, subject="Von Tom", email="TOM@alder.example")
    client = tom(contract, "desk.own")
    body = client.get(address("own")).content.decode()
    assert "Von Tom" in body
    assert "Von Jonas" not in body
    assert client.get(address("own-ticket", own.pk)).status_code == 200
    assert client.get(address("own-ticket", theirs.pk)).status_code == 404
    assert client.post(address("own-do", theirs.pk, "say"), {"text": "x"}).status_code == 404
    assert "Von Jonas" in customer(contract).get(address("own")).content.decode()


def test_an_offer_beside_the_contract_is_answered_on_the_customer_s_page(house, contract, desk):
    ticket = fresh(house, contract, answers=SLOW)
    desk.post(address("step", ticket.pk, "coverage"), {"coverage": "excluded", "exclusion": "translation"})
    desk.post(address("step", ticket.pk, "proposal"), {"told": "Übersetzen", "minutes": "60", "rate": "120"})
    with as_tenant(house.tenant.pk):
        offer = ticket.proposals.get()
    client = customer(contract)
    assert client.post(address("own-proposal", offer.pk, "nonsense")).status_code == 404
    client.post(address("own-proposal", offer.pk, "accept"))
    client.post(address("own-proposal", offer.pk, "decline"))
    with as_tenant(house.tenant.pk):
        assert offer.answers.get().accepted
    assert desk.get(address("charge", offer.pk)).status_code == 200
    assert desk.post(address("charge", offer.pk), {"kind": "fruitless_search", "minutes": "50"}).status_code == 422


def test_strangers_and_people_without_the_right_see_nothing(house, contract, desk):
    ticket = fresh(house, contract, answers=SLOW)
    reader = make_user("lese@lindwurm.example", "Lea")
    join(house.tenant, reader, role="Lesen", permissions=["desk.see"])
    reading = browser(reader, house.tenant)
    assert reading.get(address("ticket", ticket.pk)).status_code == 200
    assert reading.post(address("reply", ticket.pk), {"text": "x"}).status_code == 403
    assert reading.get(address("own")).status_code == 403
    with as_tenant(house.tenant.pk):
        message = ticket.messages.get()
    for name, parts in (
        ("ticket", (uuid.uuid4(),)), ("step", (uuid.uuid4(), "class")), ("file", (uuid.uuid4(),)),
    ):  # fmt: skip
        assert desk.get(address(name, *parts)).status_code == 404
    assert desk.post(address("split", ticket.pk, uuid.uuid4())).status_code == 404
    assert desk.post(address("split", ticket.pk, message.pk)).status_code == 302
    other = make_tenant("Fremd")
    user = make_user("fremd@example.org", "Fremd")
    join(other, user)
    foreign = browser(user, other)
    assert foreign.get(address("own-ticket", ticket.pk)).status_code == 404
    assert foreign.get(address("queue")).status_code == 403
