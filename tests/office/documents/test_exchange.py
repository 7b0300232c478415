"""Folders shared with people outside: a link, a password by another way, seven days, five wrong ones, a trail."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actions.rights import Grant, grant
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import exchanging
from kontor.office.documents.actions.exchanging import DAYS, WRONG, NewExchange
from kontor.office.documents.actions.filing import Filed, file_document
from kontor.office.documents.formats.door import DoorRefusedError
from kontor.office.documents.models import Document, Exchange, Finding
from kontor.office.documents.queries.exchange import exchanges_of, is_open
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import AT
from tests.people import administrator, browser, link_in, mails, make_tenant, visitor
from tests.scanner import EICAR, fake_clamd

pytestmark = pytest.mark.django_db
NEW = NewExchange(title="Pläne", name="Tom Brand", email="tom@aussen.example", note="Bitte bis Freitag")


def shared(tenant, *, by=MACHINE, at=AT, **given: object):
    with as_tenant(tenant.pk):
        return exchanging.open_exchange(replace(NEW, **given), at=at, actor=by)


def filed(tenant, name="plan.txt", data=b"Grundriss") -> Document:
    with as_tenant(tenant.pk):
        return file_document(Filed(data=data, name=name), at=AT, actor=MACHINE)


def trail(tenant, exchange) -> list[str]:
    with as_tenant(tenant.pk):
        return [each.verb.removeprefix("documents.exchange_") for each in reversed(history_of(exchange.pk))]


def test_a_link_lives_seven_days_and_the_fifth_wrong_password_locks_it():
    tenant = make_tenant()
    owner = administrator(tenant)
    opened = shared(tenant, by=Actor.person(owner))
    exchange = opened.exchange
    last = AT + timedelta(days=7)
    assert (is_open(exchange, last - timedelta(seconds=1)), is_open(exchange, last)) == (True, False)
    with as_tenant(tenant.pk):
        assert exchanging.enter(exchange.pk, opened.password.upper(), at=AT)
        guesses = [exchanging.enter(exchange.pk, "wrong", at=AT) for _each in range(WRONG - 1)]
        assert exchanging.enter(exchange.pk, opened.password, at=AT)  # a right one between gives none of them back
        with CaptureQueriesContext(connection) as asked:
            guesses.append(exchanging.enter(exchange.pk, "wrong", at=AT))
        assert "FOR UPDATE" in asked.captured_queries[0]["sql"] or "FOR UPDATE" in asked.captured_queries[1]["sql"]
        assert (guesses, exchanging.enter(exchange.pk, opened.password, at=AT)) == ([False] * WRONG, False)
        with pytest.raises(RefusalError, match="not open any more"):
            exchanging.bring(exchange.pk, b"zu spaet", name="a.txt", at=AT)
        again = exchanging.renew_password(exchange.pk, at=AT, actor=MACHINE)
        assert not exchanging.enter(exchange.pk, opened.password, at=AT)
        assert exchanging.enter(exchange.pk, again.password, at=AT)
        assert not exchanging.enter(exchange.pk, again.password, at=last)
        with pytest.raises(RefusalError, match="not open any more"):
            exchanging.renew_password(exchange.pk, at=last, actor=MACHINE)
    assert trail(tenant, exchange) == [
        "opened", "entered", *["refused"] * 4, "entered", "refused", "locked", "password_renewed", "refused", "entered",
    ]  # fmt: skip
    assert [(each.to, each.subject) for each in mails(tenant)] == [
        ("tom@aussen.example", "Alder: Dateien für Sie („Pläne“)"),
        ("jana@alder.example", "Gesperrt nach fünf falschen Kennwörtern: „Pläne“"),
    ]
    assert opened.password not in mails(tenant)[0].text


def test_what_a_folder_refuses(monkeypatch):
    tenant = make_tenant()
    for wrong in (0, DAYS + 1):
        with pytest.raises(RefusalError, match="one to seven days"):
            shared(tenant, days=wrong)
    with pytest.raises(MailAddressError), as_tenant(tenant.pk):
        exchanging.open_exchange(NewExchange(title="a", name="b", email="no address"), at=AT, actor=MACHINE)
    one_way, exchange = shared(tenant, may_add=False).exchange, shared(tenant).exchange
    document = filed(tenant)
    with as_tenant(tenant.pk):
        with pytest.raises(RefusalError, match="Only its sender"):
            exchanging.bring(one_way.pk, b"data", name="a.txt", at=AT)
        with pytest.raises(DoorRefusedError, match="Programs"):
            exchanging.bring(exchange.pk, b"MZ program", name="a.exe", at=AT)
        first = exchanging.put_in(exchange.pk, document.pk, at=AT, actor=MACHINE)
        assert exchanging.put_in(exchange.pk, document.pk, at=AT, actor=MACHINE) == first
        Finding.objects.update(state="INFECTED")
        with pytest.raises(RefusalError, match="not released"):
            exchanging.put_in(exchange.pk, document.pk, at=AT, actor=MACHINE)
        exchanging.take_from(exchange.pk, first.pk, at=AT, actor=MACHINE)
        brought = exchanging.bring(exchange.pk, b"von aussen", name="a.txt", at=AT)
        assert brought.version.document.reach == "NAMED"
        monkeypatch.setattr(exchanging, "MOST", 1)
        with pytest.raises(RefusalError, match="100 files"):
            exchanging.bring(exchange.pk, b"noch eine", name="b.txt", at=AT)
        exchanging.end_exchange(exchange.pk, at=AT, actor=MACHINE)
        exchanging.end_exchange(exchange.pk, at=AT, actor=MACHINE)
    assert trail(tenant, exchange).count("ended") == 1


def entered(secret: str, password: str):
    client = visitor()
    assert client.post(secret, {"password": password}).url == secret
    return client


def test_somebody_outside_brings_and_fetches_until_it_is_shut_at_once():
    tenant, other = make_tenant(), make_tenant("Birke")
    jana = browser(administrator(tenant), tenant)
    stranger = browser(administrator(other, "ayla@birke.example"), other)
    document = filed(tenant)
    page = jana.get(reverse("documents:file", args=(document.pk,)))
    assert page.context["may_share"]
    asked = {"title": "Pläne", "name": "Tom Brand", "email": "tom@aussen.example", "days": "7", "may_add": "on"}
    made = jana.post(page.context["share_url"], {**asked, "document": str(document.pk)})
    exchange, password = made.context["exchange"], made.context["password"]
    home = reverse("documents:exchange", args=(exchange.pk,))
    assert password not in jana.get(home).content.decode()
    (letter,) = mails(tenant)
    link = link_in(letter.text)
    assert visitor().get("/documents/exchange/guessed/").status_code == 404
    wrong = visitor().post(link, {"password": "wrong"})
    assert (wrong.status_code, wrong.context["left"]) == (422, 4)
    tom = entered(link, password)
    seen = tom.get(link)
    assert (seen.headers["Cache-Control"], seen.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    (row,) = seen.context["rows"]
    fetch = reverse("documents:exchange-fetch", args=(link.split("/")[3], row["pk"]))
    assert visitor().get(fetch).status_code == 404  # the link alone opens nothing
    assert tom.get(fetch).content == b"Grundriss"
    bring = f"{link}add/"
    assert visitor().post(bring, {"file": SimpleUploadedFile("a.txt", b"a")}).status_code == 404
    assert tom.post(bring, {"file": SimpleUploadedFile("antwort.txt", b"Passt so.")}).url == link
    refused = tom.post(bring, {"file": SimpleUploadedFile("virus.exe", b"MZ")})
    assert (refused.status_code, refused.context["form"].errors["file"]) == (
        422, ["virus.exe: Programs are not filed."],
    )  # fmt: skip
    shown = jana.get(home)
    assert [(each["name"], each["from_outside"]) for each in shown.context["items"]] == [
        ("plan.txt", False), ("antwort.txt", True),
    ]  # fmt: skip
    assert jana.get(f"/documents/files/{shown.context['items'][1]['document']}/").status_code == 200
    for address in (home, f"{home}end/"):
        assert stranger.get(address).status_code == (404 if address == home else 405)
    assert stranger.post(f"{home}end/").status_code == 404
    assert stranger.get("/documents/shared/").context["listing"].page.paginator.count == 0
    assert jana.post(f"{home}end/").url == home
    assert [tom.get(link).status_code, tom.get(fetch).status_code, tom.post(bring, {}).status_code] == [404] * 3
    assert trail(tenant, exchange) == [
        "opened", "filled", "refused", "entered", "viewed", "fetched", "brought", "ended",
    ]  # fmt: skip
    with as_tenant(tenant.pk):
        opened = [each for each in history_of(document.pk) if each.verb == "documents.opened"]
        assert [each.after["how"] for each in opened] == ["exchanged"]


def _listed(tenant):
    with as_tenant(tenant.pk):
        return list(exchanges_of(SimpleNamespace(everything=True), tenant.pk))


def test_pages_of_shared_folders_put_in_take_out_and_renew():
    tenant = make_tenant()
    jana = browser(administrator(tenant), tenant)
    document = filed(tenant)
    assert jana.get("/documents/shared/new/").status_code == 200
    told = {"title": "Pläne", "name": "Tom", "email": "tom@aussen.example", "days": "7"}
    assert jana.post("/documents/shared/new/", {**told, "days": "8"}).status_code == 422
    unknown = {**told, "document": "00000000-0000-0000-0000-000000000001"}
    assert jana.post("/documents/shared/new/", unknown).status_code == 404
    exchange = shared(tenant, at=timezone.now()).exchange
    home = reverse("documents:exchange", args=(exchange.pk,))
    assert jana.post(f"{home}put-in/", {"document": str(document.pk)}).url == home
    jana.get(home)
    with CaptureQueriesContext(connection) as one:
        jana.get(home)
    for name in ("b.txt", "c.txt"):
        more = filed(tenant, name, name.encode())
        assert jana.post(f"{home}put-in/", {"document": str(more.pk)}).url == home
    with CaptureQueriesContext(connection) as three:
        (first, *_rest) = jana.get(home).context["items"]
    assert len(three) == len(one)
    assert jana.post(f"{home}{first['pk']}/take/").url == home
    assert jana.post(f"{home}{first['pk']}/take/").status_code == 404
    assert jana.post(f"{home}put-in/", {"document": ""}).status_code == 422
    assert len(jana.post(f"{home}password/").context["password"]) == len("abcd-efgh-jkmn")
    assert jana.post(f"{home}other/").status_code == 404
    jana.post(f"{home}end/")
    assert jana.post(f"{home}password/").status_code == 422
    assert jana.post(f"{home}put-in/", {"document": str(document.pk)}).status_code == 422
    assert "Pläne" in jana.get("/documents/shared/").content.decode()
    assert [(each.files, each.brought) for each in _listed(tenant)] == [(2, 0)]


def test_files_of_both_sides_are_scanned_and_counted(settings):
    tenant = make_tenant()
    opened = shared(tenant, at=timezone.now())
    link = link_in(mails(tenant)[0].text)
    with fake_clamd() as settings.KONTOR_CLAMD:
        tom = entered(link, opened.password)
        harm = tom.post(f"{link}add/", {"file": SimpleUploadedFile("harm.txt", b"text " + EICAR)})
        assert "refused and kept in quarantine" in harm.context["form"].errors["file"][0]
        assert tom.get(link).context["rows"] == []
        tom.post(f"{link}add/", {"file": SimpleUploadedFile("gut.txt", b"gut")})
        (row,) = tom.get(link).context["rows"]
        assert not row["open"]  # nobody opens it until the scanner has spoken
        assert tom.get(f"{link}{row['pk']}/").status_code == 404
        run_jobs()
        assert tom.get(f"{link}{row['pk']}/").content == b"gut"
    with as_tenant(tenant.pk):
        gb = Grant(
            module="storage", unit="GB", quantity=0, from_on=AT.date(), until_on=None, clause="5",
            reason_de="Vertrag", reason_en="Contract",
        )  # fmt: skip
        grant([gb], contract=None, at=AT, actor=MACHINE)
    full = tom.post(f"{link}add/", {"file": SimpleUploadedFile("gross.txt", b"noch etwas")})
    assert full.context["form"].errors["file"] == ["gross.txt does not fit in here."]
    with as_tenant(tenant.pk):
        exchange = Exchange.objects.get()
        exchange.locked_at = AT
        exchange.save()
    assert visitor().get(link).context["open"] is False
