"""What was sent to whom, and the demo's mailbox, which exists in the demo only."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from kontor.kernel.actions import mail as actions
from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, make_tenant, visitor

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7 an offer"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def alder():
    return make_tenant()


@pytest.fixture
def client(alder):
    return browser(administrator(alder), alder)


def write(tenant, subject="Offer 1", *, days=0, **given: Any) -> OutgoingMail:
    told = {"to": "einkauf@alder.example", "to_name": "", "text": "Accept: https://kontor.example/secret/\n", **given}
    with as_tenant(tenant.pk):
        return actions.send_mail(subject=subject, at=AT + timedelta(days=days), **told)


def note(tenant, mail, **given: Any) -> None:
    with as_tenant(tenant.pk):
        if "sent" in given:
            actions.note_sent(mail.pk, at=AT)
        elif "problem" in given:
            actions.note_problem(mail.pk, problem=given["problem"])
        else:
            actions.note_given_up(mail.pk, problem=given["given_up"], at=AT)


def subjects(page):
    return [row.mail.subject for row in page.context["mails"].page]


# ---- the outbox


def test_the_outbox_says_what_became_of_each_mail(alder, client):
    write(alder, "Waits")
    note(alder, write(alder, "Sent", days=1), sent=True)
    note(alder, write(alder, "Retried", days=2), problem="451 try later")
    note(alder, write(alder, "Lost", days=3), given_up="550 no such user")
    url = reverse("messages:outbox")

    file = client.get(url, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    found = {
        state: subjects(client.get(url, {"state": state})) for state in ("WAITING", "RETRYING", "SENT", "GIVEN_UP")
    }

    assert [row.split(",")[2:] for row in file] == [
        ["Subject", "State", "Attempts"],
        ["Lost", "given up", "0"],
        ["Retried", "will be tried again", "0"],
        ["Sent", "sent", "0"],
        ["Waits", "waiting", "0"],
    ]
    assert found == {"WAITING": ["Waits"], "RETRYING": ["Retried"], "SENT": ["Sent"], "GIVEN_UP": ["Lost"]}
    page = client.get(url)
    assert (page.context["stuck"], b"550 no such user" in page.content) == (1, True)


def test_the_outbox_shows_no_text_and_so_no_link(alder, client):
    write(alder, to_name="Einkauf")
    page = client.get(reverse("messages:outbox"))

    assert (subjects(page), b"secret" in page.content) == (["Offer 1"], False)


def test_the_outbox_is_the_tenant_s_own(alder, client):
    write(make_tenant("Birch"), "Theirs")
    write(alder, "Ours")

    assert subjects(client.get(reverse("messages:outbox"))) == ["Ours"]


@pytest.mark.parametrize("name", ["messages:outbox", "messages:mailbox"])
def test_the_right_is_asked_for(name, alder):
    tomke = make_user("tomke@alder.example", "Tomke Arends")
    join(alder, tomke, role="Empfang", permissions=["identity.see"])

    refused = browser(tomke, alder).get(reverse(name))
    nobody = visitor().get(reverse(name))

    assert (refused.status_code, refused["X-Reason"]) == (403, "permission")
    assert (nobody.status_code, nobody.url) == (302, f"/sign-in/?next={reverse(name)}")


@pytest.mark.parametrize("name", ["messages:outbox", "messages:mailbox", "mailbox"])
def test_queries_do_not_grow_with_the_mails(name, alder, client, django_assert_num_queries: DjangoAssertNumQueries):
    write(alder)
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(name))
    for number in range(3):
        write(alder, f"Offer {number}")

    with django_assert_num_queries(len(one)):
        client.get(reverse(name))


# ---- the demo's mailbox


def test_a_newcomer_reads_the_mail_of_every_tenant(alder):
    write(alder, "Invitation", to_name="Jonas Alder")
    write(make_tenant("Birch"), "Offer", days=1, attachments=[("offer.pdf", "application/pdf", PAPER)])

    page = visitor().get("/mailbox/")
    rows = [(one.letter.subject, one.tenant.name, one.attachments) for one in page.context["mails"].page]

    assert rows == [("Offer", "Birch", 1), ("Invitation", "Alder", 0)]


def test_a_letter_has_links_that_lead_on_and_nothing_that_runs(alder):
    mail = write(
        alder, text="<script>alert(1)</script>\n\nAccept:\nhttps://kontor.example/secret/\n", reply_to="a@b.example"
    )
    page = visitor().get(reverse("mailbox-letter", args=[alder.pk, mail.pk])).content.decode()

    link = '<a href="https://kontor.example/secret/" rel="nofollow">https://kontor.example/secret/</a>'
    assert (page.count(link), page.count("<script>alert"), page.count("a@b.example")) == (1, 0, 1)


@pytest.mark.parametrize("port", ["", ":8000", ":9999"])
def test_a_letter_s_links_lead_to_where_the_demo_is_served_now(port, alder, settings):
    settings.KONTOR_BASE_URL = "http://127.0.0.1:8100"
    mail = write(alder, text=f"Accept: http://127.0.0.1{port}/contracts/answer/s/ or see https://alder.example/x")

    page = visitor().get(reverse("mailbox-letter", args=[alder.pk, mail.pk]))

    assert page.context["text"] == ("Accept: http://127.0.0.1:8100/contracts/answer/s/ or see https://alder.example/x")


def test_a_letter_s_files_are_given_as_they_were_sent(alder, client):
    mail = write(alder, attachments=[("Angebot Ä.pdf", "application/pdf", PAPER)])
    for url in (reverse("mailbox-file", args=[alder.pk, mail.pk, 0]), reverse("messages:file", args=[mail.pk, 0])):
        file = client.get(url)
        assert (file.content, file["Content-Type"], file["X-Content-Type-Options"]) == (
            PAPER, "application/pdf", "nosniff",
        )  # fmt: skip
        assert file["Content-Disposition"] == "attachment; filename*=utf-8''Angebot%20%C3%84.pdf"
    assert client.get(reverse("mailbox-file", args=[alder.pk, mail.pk, 1])).status_code == 404


def test_one_s_own_mailbox_holds_no_other_tenant_s_mail(alder, client):
    birch = make_tenant("Birch")
    mail, other = write(alder, "Ours"), write(birch, "Theirs")

    page = client.get(reverse("messages:mailbox"))

    assert [one.letter.subject for one in page.context["mails"].page] == ["Ours"]
    assert client.get(reverse("messages:letter", args=[mail.pk])).status_code == 200
    assert client.get(reverse("messages:letter", args=[other.pk])).status_code == 404
    assert client.get(reverse("messages:file", args=[other.pk, 0])).status_code == 404
    assert client.get(reverse("mailbox-letter", args=[alder.pk, other.pk])).status_code == 404
    assert client.get(reverse("mailbox-letter", args=[mail.pk, mail.pk])).status_code == 404


def test_without_the_demo_there_is_no_mailbox(alder, client, settings):
    mail = write(alder, attachments=[("offer.pdf", "application/pdf", PAPER)])
    settings.KONTOR_DEMO = False

    for url in (
        "/mailbox/",
        reverse("mailbox-letter", args=[alder.pk, mail.pk]),
        reverse("mailbox-file", args=[alder.pk, mail.pk, 0]),
        reverse("messages:mailbox"),
        reverse("messages:letter", args=[mail.pk]),
        reverse("messages:file", args=[mail.pk, 0]),
    ):
        assert client.get(url).status_code == 404
