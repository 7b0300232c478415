"""The forum of the customer centre: who reads and writes, who is told, and how our own people keep it in order."""

import uuid
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Charge
from kontor.office.desk.actions import forum
from kontor.office.desk.actions.centre import set_up_centre
from kontor.office.desk.actions.centre_door import actor_of
from kontor.office.desk.actions.forum import Writer, begin_topic, follow, remove, write_post
from kontor.office.desk.models import Centre, CentrePerson, ForumPost, ForumTopic, Ticket
from kontor.office.desk.queries.forum import topics
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.test_ended_gate import ended
from tests.office.contracts.walking import customer
from tests.office.desk.asking import MONDAY
from tests.office.desk.test_centre import at, centre_of, inside, invited
from tests.people import administrator, browser, join, make_user, visitor

pytestmark = pytest.mark.django_db


def writer(person: CentrePerson) -> Writer:
    return Writer(name=person.name, email=person.email, actor=actor_of(person), person=person)


def told(tenant, email: str) -> int:
    with as_tenant(tenant.pk):
        return OutgoingMail.objects.filter(to=email, subject__startswith="New in").count()


def test_customers_ask_each_other_and_whoever_follows_is_told_once_until_they_look():
    tenant = centre_of("Birke", "birke")
    for name in ("eva", "max"):
        invited(tenant, f"{name}@kunde.example")
    eva, max_ = (inside(tenant, "birke", f"{name}@kunde.example") for name in ("eva", "max"))
    assert visitor().get(at("forum", "birke"))["Location"] == at("sign-in", "birke")
    assert eva.get(at("forum", "birke")).status_code == 200
    assert eva.get(at("topic-new", "birke")).status_code == 200
    assert eva.post(at("topic-new", "birke"), {"title": " ", "text": ""}).status_code == 422
    begun = eva.post(at("topic-new", "birke"), {"title": "Which rolls hold?", "text": "Ours fall off when cold."})
    page = begun["Location"]
    assert max_.get(page).status_code == 200
    assert max_.post(page, {"text": "Take acrylic ones."})["Location"] == page
    assert max_.post(page, {"text": "The blue ones."}).status_code == 302
    assert told(tenant, "eva@kunde.example") == 1
    assert eva.get(page).status_code == 200
    max_.post(page, {"text": "Or the green ones."})
    assert told(tenant, "eva@kunde.example") == 2
    with as_tenant(tenant.pk):
        topic = ForumTopic.objects.get()
    assert max_.post(at("topic-step", "birke", topic.pk, "answered")).status_code == 404  # not theirs to say
    assert eva.post(at("topic-step", "birke", topic.pk, "answered"))["Location"] == page
    assert "This question is answered." in max_.get(page).content.decode()
    eva.post(at("topic-step", "birke", topic.pk, "unanswered"))
    eva.post(at("topic-step", "birke", topic.pk, "leave"))
    assert max_.post(at("topic-step", "birke", topic.pk, "follow")).status_code == 302
    eva.post(page, {"text": "Thank you."})
    assert (told(tenant, "eva@kunde.example"), told(tenant, "max@kunde.example")) == (2, 1)
    assert "Which rolls hold?" in eva.get(at("forum", "birke"), {"q": "acrylic"}).content.decode()
    assert "Which rolls hold?" not in eva.get(at("forum", "birke"), {"q": "printer"}).content.decode()
    assert eva.get(at("topic", "birke", uuid.uuid4())).status_code == 404
    assert eva.post(page, {"text": " "}).status_code == 422


def test_our_own_people_answer_mark_close_and_remove_with_a_reason_and_nobody_else_s_forum_is_there():
    tenant, other = centre_of("Birke", "birke"), centre_of("Linde", "linde")
    person = invited(tenant, "eva@kunde.example")
    eva = inside(tenant, "birke", "eva@kunde.example")
    with as_tenant(tenant.pk):
        topic = begin_topic("Which rolls?", "Ours fall off.", writer=writer(person), at=MONDAY)
        post = write_post(topic.pk, "Buy mine, cheap.", writer=writer(person), at=MONDAY)
    boss, stranger = browser(administrator(tenant), tenant), browser(administrator(other, "omar@linde.example"), other)
    reader = make_user("reader@birke.example", "Rea")
    join(tenant, reader, role="Reader", permissions=("desk.see",))
    reading = browser(reader, tenant)
    page = reverse("desk:topic", args=[topic.pk])
    assert [each.get(page).status_code for each in (boss, reading, stranger)] == [200, 200, 404]
    answer = reverse("desk:topic-answer", args=[topic.pk])
    assert reading.post(answer, {"text": "Hello."}).status_code == 403
    assert boss.post(answer, {"text": " "}).status_code == 422
    assert boss.post(answer, {"text": "Take AK-70."})["Location"] == page
    assert told(tenant, "eva@kunde.example") == 1
    off = reverse("desk:post-remove", args=[topic.pk, post.pk])
    assert boss.post(off, {"because": ""}).status_code == 302
    assert boss.post(off, {"because": "advertising"}).status_code == 302
    shown = eva.get(at("topic", "birke", topic.pk)).content.decode()
    assert ("Removed: advertising" in shown, "Buy mine" in shown) == (True, False)
    for word, closed, answered in (("answered", False, True), ("close", True, True), ("open", False, True)):
        assert boss.post(reverse("desk:topic-step", args=[topic.pk, word]))["Location"] == page
        with as_tenant(tenant.pk):
            topic.refresh_from_db()
            assert (topic.closed_at is not None, topic.answered) == (closed, answered)
    assert boss.post(reverse("desk:topic-step", args=[topic.pk, "nonsense"])).status_code == 404
    boss.post(reverse("desk:topic-step", args=[topic.pk, "close"]))
    assert eva.post(at("topic", "birke", topic.pk), {"text": "More."}).status_code == 422
    assert boss.post(answer, {"text": "More."}).status_code == 422
    assert boss.get(reverse("desk:topic-new")).status_code == 200
    made = boss.post(reverse("desk:topic-new"), {"title": "News", "text": "There is a forum."})
    assert made.status_code == 302
    for state, found in (("", "begun by us"), ("closed", "Which rolls?")):
        listed = boss.get(reverse("desk:forum"), {"state": state}).content.decode()
        assert found in listed
    assert boss.get(reverse("desk:forum"), {"format": "csv"}).status_code == 200
    assert boss.post(reverse("desk:topic-remove", args=[topic.pk]), {"because": "settled"}).status_code == 302
    assert eva.get(at("topic", "birke", topic.pk)).status_code == 404
    with as_tenant(tenant.pk):
        assert [each.title for each in topics()] == ["News"]
        with pytest.raises(RefusalError):
            remove(ForumTopic.objects.get(title="News"), because=" ", at=MONDAY, actor=MACHINE)


def test_the_forum_tells_nobody_who_has_left_and_takes_few_an_hour(monkeypatch):
    tenant = centre_of("Birke", "birke")
    eva, max_ = (invited(tenant, f"{name}@kunde.example") for name in ("eva", "max"))
    with as_tenant(tenant.pk):
        for title, text in ((" ", "x"), ("x", " ")):
            with pytest.raises(RefusalError):
                begin_topic(title, text, writer=writer(eva), at=MONDAY)
        topic = begin_topic("Which rolls?", "Ours fall off.", writer=writer(eva), at=MONDAY)
        with pytest.raises(RefusalError):
            write_post(topic.pk, " ", writer=writer(eva), at=MONDAY)
        CentrePerson.objects.filter(pk=eva.pk).update(left_on=MONDAY.date())
        write_post(topic.pk, "Take acrylic ones.", writer=writer(max_), at=MONDAY)
        follow(topic, max_, wanted=True, at=MONDAY)
        Centre.objects.update(open=False)
        write_post(topic.pk, "We do.", writer=Writer(name="Ida", email="ida@x.example", actor=MACHINE), at=MONDAY)
        monkeypatch.setattr(forum, "IN_AN_HOUR", 1)
        with pytest.raises(RefusalError):
            write_post(topic.pk, "And again.", writer=writer(max_), at=MONDAY)
        assert ForumPost.objects.count() == 2
    assert (told(tenant, "eva@kunde.example"), told(tenant, "max@kunde.example")) == (0, 0)


@pytest.mark.requirement("SO-029")
def test_a_customer_s_user_finds_forum_requests_and_form_free_of_charge_and_all_is_shut_after_the_contract(monkeypatch):
    """Nothing is ordered and nothing charged for it; on the last day it is open, and the day after it is shut."""
    house = make_house("crm")
    contract = signed(house, agreed={"invoicing.interval": "month", "invoicing.lead": "1 day"})
    with as_tenant(house.tenant.pk):
        set_up_centre("kontor", "Hilfe", opened=True, joins=False, at=MONDAY, actor=MACHINE)
    ended(house, contract)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 11, 29, 12, tzinfo=UTC))
    client = customer(contract)
    pages = [at(name, "kontor") for name in ("forum", "topic-new", "requests", "ask")]
    assert client.post(reverse("desk:own-centre"))["Location"] == at("home", "kontor")
    assert [client.get(page).status_code for page in pages] == [200] * 4
    asked = client.post(at("ask", "kontor"), {"subject": "Export", "text": "It stops."})
    with as_tenant(house.tenant.pk):
        ticket = Ticket.objects.get()
        assert (ticket.contract_id, ticket.party_id) == (contract.pk, contract.party_id)
        assert not Charge.objects.exists()
    assert asked["Location"] == at("request", "kontor", ticket.pk)
    assert client.get(asked["Location"]).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 12, 1, 12, tzinfo=UTC))
    assert [client.get(page).status_code for page in pages] == [302] * 4
    assert client.post(reverse("desk:own-centre"))["Location"] != at("home", "kontor")
