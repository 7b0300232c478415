"""Who is told of the status page's news, once; what a customer sees of it; its copy that stands by itself."""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kontor.kernel.data_places import declared
from kontor.kernel.queries.mail import letter
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.transport import composed
from kontor.kernel.webhook_signing import sign
from kontor.office.service_levels.actions import components, maintenance, outages, subscribing, telling
from kontor.office.service_levels.actions.copying import write_copy
from kontor.office.service_levels.actions.maintenance import NewWork
from kontor.office.service_levels.jobs import NotAllTookItError
from kontor.office.service_levels.models import Outage, StatusDelivery, StatusNews, StatusSubscription
from kontor.office.service_levels.queries.subscriptions import end_link, opened_confirmation, opened_ending
from kontor.rulebook.moment import Span
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_use_views import agreed
from tests.office.service_levels.test_settling import AT, WHO, component, down
from tests.people import mails
from tests.places import GERMANY

pytestmark = pytest.mark.django_db
LIA = "lia@birke.example"
WORDS = Text("Die Platte ist voll.", "The disk is full.")


def path_of(link: str) -> str:
    return "/service_levels/" + link.partition("/service_levels/")[2]


def subscribed(address: str = LIA, *, language: str = "de", webhook: str = "") -> StatusSubscription:
    subscribing.ask(address, language=language, webhook=webhook, at=AT)
    return subscribing.confirm(StatusSubscription.objects.get(email=address, webhook=webhook).pk, at=AT)


def told(outage: Outage, *, state: str = "IDENTIFIED") -> StatusNews:
    return StatusNews.objects.get(about=outages.tell(outage.pk, state, WORDS, **WHO).pk)


def test_an_address_is_told_only_once_its_button_was_pressed():
    house = make_house("crm").tenant
    client = Client()
    client.cookies["kontor_language"] = "en"
    path = "/service_levels/status/subscribe/"
    assert client.post(path, {"email": "no address"}).status_code == 422
    assert client.post(path, {"email": LIA, "webhook": "http://10.0.0.1/"}).status_code == 422
    for _ in range(2):  # asked twice within minutes: one mail
        assert "a mail is on its way" in client.post(path, {"email": LIA.upper()}).content.decode()
    (sent,) = mails(house)
    with as_tenant(house.pk):
        row = StatusSubscription.objects.get()
        out = end_link(row)
        link = next(word for word in sent.text.split() if word.endswith("/confirm/"))  # signed with its moment
        assert (row.email, row.confirmed_at, row.language) == (LIA, None, "en")
        assert opened_confirmation(link.split("/")[-3]) == (house.pk, row.pk)
        assert subscribing.forget_unconfirmed(at=row.asked_at + timedelta(days=6)) == 0
    assert "Press the button" in client.get(path_of(link)).content.decode()  # a scanner opens it: nothing happens
    with as_tenant(house.pk):
        assert StatusSubscription.objects.get().confirmed_at is None
    assert f"News goes to {LIA}" in client.post(path_of(link)).content.decode()
    assert client.post(path_of(link)).status_code == 409
    client.post(path, {"email": LIA})
    assert len(mails(house)) == 1  # known already, and the page says the same
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(path_of(out)).status_code == 200
    for _ in range(2):
        assert strict.post(path_of(out), {"List-Unsubscribe": "One-Click"}).status_code == 200
    with as_tenant(house.pk):
        assert StatusSubscription.objects.count() == 0
    assert client.post(path_of(link)).status_code == 404
    assert client.get("/service_levels/status/subscription/forged/end/").status_code == 404


def test_strangers_addresses_are_not_asked_without_end_and_forgotten(monkeypatch):
    house = make_house("crm").tenant
    monkeypatch.setattr(subscribing, "_ASKED_AN_HOUR", 1)
    with as_tenant(house.pk):
        subscribing.ask("a@birke.example", language="de", at=AT)
        with pytest.raises(RefusalError, match="an hour"):
            subscribing.ask(LIA, language="de", at=AT)
        subscribing.ask("a@birke.example", language="en", at=AT + timedelta(minutes=61))
        assert [mail.subject[:6] for mail in mails(house)] == ["Nachri", "Status"]
        assert subscribing.forget_unconfirmed(at=AT + timedelta(days=8)) == 1


def test_one_address_gets_few_mails_however_many_webhooks_are_named_and_reads_none_of_their_words():
    house = make_house("crm").tenant
    with as_tenant(house.pk):
        for number in range(5):
            subscribing.ask(LIA, webhook=f"https://evil.example/buy-now/{number}", language="en", at=AT)
        subscribing.ask(LIA.upper(), language="en", at=AT + timedelta(minutes=59))
        assert (len(mails(house)), StatusSubscription.objects.count()) == (3, 3)
        assert all("to evil.example." in mail.text and "buy-now" not in mail.text for mail in mails(house))
        subscribing.confirm(StatusSubscription.objects.order_by("pk")[0].pk, at=AT)
        subscribing.ask(LIA, language="en", at=AT + timedelta(minutes=59))  # who answers may ask for more
        assert len(mails(house)) == 4


def test_news_goes_to_each_once_in_its_language_in_batches_with_the_way_out(monkeypatch):
    house = make_house("crm").tenant
    monkeypatch.setattr(telling, "BATCH", 2)
    with as_tenant(house.pk):
        for number in range(4):
            subscribed(f"p{number}@birke.example", language="en" if number else "de")
        outage = down(AT, 30)
        news = told(outage)
    jobs = [each for each in run_jobs() if each == telling.SEND]
    assert len(jobs) == 3  # two full batches, and the one that finds nobody left
    with as_tenant(house.pk):
        assert telling.send_batch(news.pk, at=AT) == 0  # done again: nobody gets it twice
        assert telling.publish_news("NOTE", news.about, subject=WORDS, text=WORDS, at=AT) is None
        assert StatusDelivery.objects.filter(delivered_at__isnull=False).count() == 4
        got = [mail for mail in mails(house) if mail.about_id == news.pk]
        assert sorted(mail.subject for mail in got) == [
            "Outage, Platform: cause found", "Outage, Platform: cause found", "Outage, Platform: cause found",
            "Störung, Plattform: Ursache gefunden",
        ]  # fmt: skip
        (german,) = (mail for mail in got if mail.subject.startswith("Störung"))
        first = StatusSubscription.objects.get(email="p0@birke.example")
        assert "Die Platte ist voll." in german.text
        written = letter(german.pk)
        sent: EmailMessage = composed(
            message_id="m", sender_name="Lindwurm", to=written.to, to_name="", reply_to="", subject=written.subject,
            text=written.text, html="", files=[], at=AT, unsubscribe=written.unsubscribe,
        )  # fmt: skip
        way_out = sent["List-Unsubscribe"].strip("<>")
        assert (way_out in german.text, opened_ending(way_out.split("/")[-3])) == (True, (house.pk, first.pk))
        assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        hidden = components.NewComponent(key="inner", name_de="Innen", name_en="Inner", public=False)
        part = components.add_component(hidden, **WHO)
        inner = outages.NewOutage(
            title="x", hits="ALL", started_at=AT, noticed_at=AT, known_at=AT, found_by="PERSON", components=(part.pk,)
        )
        outages.tell(outages.open_outage(inner, **WHO).pk, "SOLVED", WORDS, **WHO)
        span = Span(AT + timedelta(days=8), AT + timedelta(days=8, hours=1))
        quiet = NewWork(title=Text("Innen", "Inner"), span=span, stops=False, components=(part.pk,))
        maintenance.plan(quiet, **WHO)
        assert StatusNews.objects.count() == 1  # what is not on the page is told to nobody
        row = maintenance.plan(NewWork(title=Text("Umzug", "Move"), span=span, stops=False), **WHO)
        maintenance.cancel_work(row.pk, **WHO)
        assert list(StatusNews.objects.order_by("pk").values_list("kind", "subject_en"))[1:] == [
            ("WORK", "Maintenance: Move"), ("CANCELLED", "Maintenance cancelled: Move"),
        ]  # fmt: skip
        silent = NewWork(title=Text("Still", "Quiet"), span=span, stops=False, announce=False)
        maintenance.cancel_work(maintenance.plan(silent, **WHO).pk, **WHO)
        assert StatusNews.objects.count() == 3


class Receiver(http.server.BaseHTTPRequestHandler):
    answers: list[int] = []
    got: list[tuple[bytes, Any]] = []

    def do_POST(self) -> None:
        self.got.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers))
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver(settings) -> Iterator[str]:
    settings.KONTOR_WEBHOOKS_PRIVATE = True
    Receiver.answers, Receiver.got = [], []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()
        thread.join()


def test_a_webhook_gets_news_signed_tried_again_and_ended_where_it_is_gone(receiver):
    house = make_house("crm").tenant
    with as_tenant(house.pk):
        row = subscribed(webhook=receiver)
        news = told(down(AT, 30))
    Receiver.answers = [503, 200, 410]
    with pytest.raises(NotAllTookItError):
        run_jobs()
    with as_tenant(house.pk):
        delivery = StatusDelivery.objects.get()
        assert (delivery.attempts, delivery.delivered_at, delivery.problem) == (1, None, "answer")
        (parcel,) = telling.parcels(news.pk, at=AT)
        assert row.secret is not None
        assert parcel.headers["webhook-signature"] == sign(row.secret, str(news.pk), int(AT.timestamp()), parcel.body)
    from kontor.office.service_levels.jobs import post_news

    post_news(tenant_id=house.pk, at=AT, news=str(news.pk))
    body, heads = Receiver.got[-1]
    assert (heads["webhook-id"], body) == (str(news.pk), Receiver.got[0][0])
    assert json.loads(body)["data"]["text"]["en"].startswith("The disk is full.")
    with as_tenant(house.pk):
        assert StatusDelivery.objects.get().delivered_at == AT
        assert telling.parcels(news.pk, at=AT) == []
        again = told(Outage.objects.get(), state="SOLVED")
    run_jobs()  # 410: the receiver is gone, and with it the subscription
    with as_tenant(house.pk):
        assert StatusSubscription.objects.count() == 0
        assert telling.note_refused(again.pk, problem="answer", status=500, at=AT) is False
        other = subscribed(webhook=receiver)
        given_up = StatusDelivery.objects.create(news=again, subscription=other, attempts=telling.ATTEMPTS, at=AT)
        assert telling.note_refused(given_up.pk, problem="answer", status=500, at=AT) is False
        given_up.refresh_from_db()
        assert given_up.given_up_at == AT


def test_a_customer_sees_what_it_ordered_and_what_hit_it_alone(monkeypatch):
    house = make_house("crm")
    contract = concluded(house)
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(days=1))
    customer = agreed(contract)
    customer.cookies["kontor_language"] = "en"
    with as_tenant(house.tenant.pk):
        component()
        signs = components.NewComponent(key="signs", name_de="Schilder", name_en="Signs", module="signage")
        components.add_component(signs, **WHO)
        inner = components.NewComponent(key="own", name_de="Eigenes", name_en="Inner works", public=False)
        components.add_component(inner, **WHO)
        alone = down(AT, 30, contracts=(contract.pk,))
        alone.notes.create(state="SOLVED", text_de="Nur Sie.", text_en="You alone.", at=AT)
    shown = customer.get("/service_levels/received/status/").content.decode()
    assert [word in shown for word in ("Platform", "Inner works", "Signs", "You alone.")] == [True, True, False, True]
    anybody = Client().get("/service_levels/status/", headers={"accept-language": "en"}).content.decode()
    assert [word in anybody for word in ("Platform", "Inner works", "Signs", "You alone.")] == [
        True,
        False,
        True,
        False,
    ]


def test_the_copy_stands_by_itself_in_both_languages_and_follows_each_change(settings, tmp_path: Path):
    house = make_house("crm").tenant
    with as_tenant(house.pk):
        assert write_copy(at=AT) is False  # no place is named
    told_place = GERMANY.replace('["files"]', '["published"]').replace("{folder}/frankfurt", str(tmp_path / "status"))
    settings.KONTOR_PLACES = declared(told_place)
    settings.KONTOR_STATUS_COPY = "frankfurt"
    with as_tenant(house.pk):
        outage = down(AT, 30)
        told(outage)
        span = Span(datetime.now(UTC) + timedelta(days=8), datetime.now(UTC) + timedelta(days=8, hours=1))
        for stops in (True, False):
            work = NewWork(title=Text("<Umzug>", "Move"), span=span, stops=stops, urgent=True)
            maintenance.plan(work, **WHO)
        Outage.objects.update(started_at=datetime.now(UTC), ended_at=None)
    assert run_jobs().count(telling.COPY) == 1  # many changes of one transaction: one copy
    (file,) = (tmp_path / "status").iterdir()
    page = file.read_text()
    assert (file.name, oct(file.stat().st_mode)[-3:]) == ("index.html", "644")
    for words in ("Die Platte ist voll.", "The disk is full.", "&lt;Umzug&gt;", "dauert an", "going on", "unbekannt"):
        assert words in page
    assert [each in page for each in ("<script", "src=", "<link", "url(")] == [False] * 4
