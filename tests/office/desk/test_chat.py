"""A chat of the customer centre: what it keeps of whoever chats, and what is counted without them (bookkeeping 13)."""

import csv
import io
import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import chatting
from kontor.office.desk.actions.centre import set_up_centre
from kontor.office.desk.actions.chatting import Visitor, begin_chat, chat_behind, note_activity
from kontor.office.desk.models import ChatActivity, ChatProfile, Ticket
from kontor.office.desk.queries.chats import analysis, words_key
from kontor.rulebook.refusal import RefusalError
from tests.office.desk.asking import MONDAY
from tests.office.desk.test_centre import at, centre_of, inside, invited
from tests.people import administrator, browser

pytestmark = pytest.mark.django_db
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SAID = {"email": "lena@neu.example", "text": "Was kostet das für drei Personen?"}
LENA = Visitor(email="lena@neu.example", address="203.0.113.7", agent=WINDOWS, activity=True, language="de")


def with_chat(name: str = "Birke", slug: str = "birke") -> Tenant:
    tenant = centre_of(name, slug)
    with as_tenant(tenant.pk):
        set_up_centre(slug, f"Hilfe von {name}", opened=True, joins=False, chats=True, at=MONDAY, actor=MACHINE)
    return tenant


def guest(**headers: str) -> Client:
    client = Client(REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT=WINDOWS, **headers)
    client.cookies["kontor_language"] = "en"
    return client


def noted(tenant: Tenant) -> list[tuple[str, str]]:
    with as_tenant(tenant.pk):
        return list(ChatActivity.objects.order_by("pk").values_list("kind", "what"))


@pytest.mark.requirement("SD-029")
def test_a_chat_keeps_of_its_visitor_what_the_notice_names_and_its_count_names_nobody():
    tenant, client = with_chat(), guest()
    begun = client.post(at("chat", "birke"), {**SAID, "activity": "on"})
    assert re.fullmatch(r"/centre/birke/request/[\w-]+/", begun["Location"])
    assert client.get(begun["Location"]).status_code == 200
    client.get(at("home", "birke"))
    client.get(begun["Location"], headers={"HX-Request": "true"})  # the page fetching what was said: nobody opened it
    client.get(at("requests", "birke"))  # leads elsewhere, so no page was seen
    for pressed in ("courses", "Eva Beispiel, geboren 1980"):
        assert client.post(at("chat-press", "birke"), {"what": pressed}).status_code == 204
    with as_tenant(tenant.pk):
        profile = ChatProfile.objects.get()
        ticket = Ticket.objects.get()
    assert model_to_dict(profile) == {
        "ticket": ticket.pk, "email": "lena@neu.example", "address": "203.0.113.7",
        "system": "Windows", "activity": True, "words": words_key(),
        "at": profile.at,
    }  # fmt: skip
    assert (ticket.channel, ticket.requester_name, ticket.subject) == ("CHAT", "lena@neu.example", SAID["text"])
    assert noted(tenant) == [("PAGE", "centre:shared"), ("PAGE", "centre:home"), ("ELEMENT", "courses")]

    member = browser(administrator(tenant), tenant)
    answer = member.get(reverse("desk:chats"))
    told = list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))
    today = timezone.localdate().isoformat()
    assert told[1:] == [
        [today, "Element", "courses", "1"],
        [today, "Page", "centre:home", "1"],
        [today, "Page", "centre:shared", "1"],
        [today, "Operating system", "Windows", "1"],
    ]
    shown = member.get(reverse("desk:ticket", args=[ticket.pk])).context["chat"]
    assert [words.en for _, words in shown[1]] == ["Courses", "Help articles", "The conversation"]


def test_nothing_is_noted_of_whoever_did_not_allow_it_or_whose_browser_refuses():
    tenant = with_chat()
    for client, given in ((guest(), {}), (guest(HTTP_DNT="1"), {"activity": "on"})):
        begun = client.post(at("chat", "birke"), {**SAID, **given})
        client.get(begun["Location"])
        client.post(at("chat-press", "birke"), {"what": "courses"})
    shown = guest(HTTP_SEC_GPC="1").get(at("chat", "birke")).content.decode()
    assert ('name="activity"' in shown, "Your browser asks not to be tracked" in shown) == (False, True)
    assert 'name="activity"' in guest().get(at("chat", "birke")).content.decode()
    with as_tenant(tenant.pk):
        assert list(ChatProfile.objects.values_list("activity", flat=True)) == [False, False]
    assert noted(tenant) == []


def test_taking_it_back_deletes_what_was_noted():
    tenant, client = with_chat(), guest()
    page = client.post(at("chat", "birke"), {**SAID, "activity": "on"})["Location"]
    assert at("chat-stop", "birke") in client.get(page).content.decode()
    assert client.post(at("chat-stop", "birke"))["Location"] == at("home", "birke")
    assert at("chat-stop", "birke") not in client.get(page).content.decode()
    client.post(at("chat-press", "birke"), {"what": "courses"})
    assert noted(tenant) == []
    stranger = guest()
    assert stranger.post(at("chat-stop", "birke")).status_code == 302
    assert stranger.post(at("chat-press", "birke"), {"what": "courses"}).status_code == 204


def test_whoever_is_signed_in_chats_as_themselves_and_the_desk_sees_what_is_kept():
    tenant = with_chat()
    invited(tenant, "eva@kunde.example")
    client = inside(tenant, "birke", "eva@kunde.example")
    begun = client.post(at("chat", "birke"), {"email": "other@else.example", "text": "Und für vier?"})
    with as_tenant(tenant.pk):
        ticket = Ticket.objects.get()
    assert begun["Location"] == at("request", "birke", ticket.pk)
    assert ticket.requester_email == "eva@kunde.example"
    member = browser(administrator(tenant), tenant)
    seen = member.get(reverse("desk:ticket", args=[ticket.pk]))
    profile, rows = seen.context["chat"]
    assert (profile.email, rows) == ("eva@kunde.example", [])
    shown = member.get(reverse("desk:queue"), {"view": "all", "channel": "CHAT"}).content.decode()
    assert ticket.subject in shown


def test_there_is_a_chat_only_where_the_tenant_opened_one():
    tenant = centre_of("Birke", "birke")
    assert guest().get(at("chat", "birke")).status_code == 404
    with as_tenant(tenant.pk), pytest.raises(RefusalError) as refused:
        begin_chat(LENA, "Hallo", at=MONDAY)
    assert refused.value.text.en == "There is no chat here."
    settings = browser(administrator(tenant), tenant)
    given = {
        "title": "Hilfe",
        "slug": "birke",
        "opened": "on",
        "chats": "on",
        "invited_days": 7,
        "unconfirmed_days": 30,
    }
    assert settings.post(reverse("desk:centre"), given).status_code == 302
    assert guest().get(at("chat", "birke")).status_code == 200


def test_wrong_addresses_empty_words_and_too_many_chats_are_refused_with_a_sentence(monkeypatch):
    tenant = with_chat()
    for wrong in ({"text": " "}, {"email": "no"}, {"email": "ü@neu.example"}):
        assert guest().post(at("chat", "birke"), {**SAID, **wrong}).status_code == 422
    with as_tenant(tenant.pk), pytest.raises(MailAddressError):
        begin_chat(replace(LENA, email="ü@neu.example"), "Hallo", at=MONDAY)
    monkeypatch.setattr(chatting, "FROM_ONE_ADDRESS", 2)
    answers = [guest().post(at("chat", "birke"), SAID).status_code for _ in range(3)]
    assert answers == [302, 302, 422]
    monkeypatch.setattr(chatting, "AT_ALL", 3)
    with as_tenant(tenant.pk):
        elsewhere = replace(LENA, address="198.51.100.4")
        begin_chat(elsewhere, "Hallo", at=timezone.now())
        with pytest.raises(RefusalError):
            begin_chat(replace(LENA, address="198.51.100.5"), "Hallo", at=timezone.now())
        begin_chat(elsewhere, "Hallo", at=timezone.now() + timedelta(hours=2))


def test_a_chats_secret_is_of_its_tenant_and_its_day_and_notes_have_an_end(monkeypatch):
    birke, eiche = with_chat(), with_chat("Eiche", "eiche")
    with as_tenant(birke.pk):
        profile, secret = begin_chat(LENA, "Hallo", at=MONDAY)
        assert chat_behind(secret, at=MONDAY) == profile
        assert chat_behind(secret, at=MONDAY + chatting.CHAT_LASTS) is None
        monkeypatch.setattr(chatting, "NOTED_AT_MOST", 1)
        assert [note_activity(profile, "ELEMENT", "forum", at=MONDAY) for _ in range(2)] == [True, False]
    with as_tenant(eiche.pk):
        assert chat_behind(secret, at=MONDAY) is None
        assert chat_behind(str(uuid.uuid4()), at=MONDAY) is None
        assert analysis(MONDAY.date(), MONDAY.date()) == []
