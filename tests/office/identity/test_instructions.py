"""Instruction and commitment before the first use: the gate, new editions, and the company's evidence."""

import csv
import hashlib
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.instructions import (
    ChangedTextError,
    NothingNewError,
    commit_to,
    publish_instruction,
)  # fmt: skip
from kontor.office.identity.models import Commitment, Instruction
from kontor.office.identity.queries.instruction_texts import FIRST
from kontor.office.identity.queries.instructions import Passage, passages, share_committed
from kontor.office.identity.queries.security import score
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
TEXT = {"text_de": "Gerät\nSperren Sie es.", "text_en": "Device\nLock it."}
NEXT = {"text_de": "Gerät\nSperren Sie es immer.", "text_en": "Device\nAlways lock it."}


@pytest.fixture
def alder():
    tenant = make_tenant()
    tenant.admin = administrator(tenant)
    return tenant


def published(tenant, text=TEXT, topic="ACCESS", at=AT):
    with as_tenant(tenant.pk):
        return publish_instruction(topic, at=at, actor=MACHINE, **text)


def confirm(client, instruction):
    told = {"instruction": str(instruction.pk), "sha256": bytes(instruction.sha256).hex()}
    return client.post("/identity/instruction/", told)


@pytest.mark.requirement("SM-019")
def test_nobody_works_before_the_instruction_is_confirmed_and_a_new_edition_asks_again(alder):
    first = published(alder)
    join(alder, make_user("pia@alder.example", "Pia Sommer"), role="Reader", permissions=["identity.see"])
    pia = visitor()
    sign_in(pia, "pia@alder.example")

    for page in ("/identity/people/", "/identity/roles/", "/"):
        assert pia.get(page).url == "/identity/instruction/"
    text = pia.get("/identity/instruction/").content.decode()
    assert "<h2>Device</h2><p>Lock it.</p>" in text
    assert confirm(pia, first).url == "/"
    assert pia.get("/identity/people/").status_code == 200

    second = published(alder, NEXT)
    assert pia.get("/identity/people/").url == "/identity/instruction/"
    confirm(pia, second)
    assert pia.get("/identity/people/").status_code == 200

    admin = browser(alder.admin, alder)
    confirm(admin, second)
    file = admin.get(reverse("identity:commitments", args=["access"]), {"format": "csv", "sort": "at"})
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    with as_tenant(alder.pk):
        kept = list(Commitment.objects.order_by("at"))
    assert [(row[0], row[1], row[2]) for row in rows[1:]] == [
        ("Pia Sommer", "pia@alder.example", "1"),
        ("Pia Sommer", "pia@alder.example", "2"),
        ("Jana Heitmann", "jana@alder.example", "2"),
    ]
    assert [row[5] for row in rows[1:]] == [bytes(one.sha256).hex() for one in kept]
    assert all(row[3] for row in rows[1:])
    book = admin.get(reverse("identity:commitments", args=["access"]), {"format": "xlsx"})
    assert book.content[:2] == b"PK"


def test_the_hash_of_a_version_is_over_both_texts(alder):
    made = published(alder)

    assert made.number == 1
    assert bytes(made.sha256) == hashlib.sha256("Gerät\nSperren Sie es.\0Device\nLock it.".encode()).digest()
    assert verbs(alder, made) == ["identity.instruction_published"]


def test_the_text_that_holds_is_not_published_again(alder):
    published(alder)
    with pytest.raises(NothingNewError):
        published(alder)
    assert published(alder, NEXT).number == 2
    assert published(alder, TEXT).number == 3  # going back is a version of its own


def test_topics_count_apart_and_private_devices_ask_nobody_at_the_door(alder):
    assert published(alder, topic="OWN_DEVICES").number == 1
    assert browser(alder.admin, alder).get("/identity/people/").status_code == 200


def test_only_the_newest_text_can_be_confirmed_and_only_as_it_was_shown(alder):
    first = published(alder)
    told = {"user": alder.admin, "address": "192.0.2.1", "client": "x" * 400, "at": AT,
            "actor": Actor.person(alder.admin)}  # fmt: skip
    with as_tenant(alder.pk):
        with pytest.raises(ChangedTextError):
            commit_to(first.pk, sha256=b"\0" * 32, **told)
        made = commit_to(first.pk, sha256=bytes(first.sha256), **told)
        again = commit_to(first.pk, sha256=bytes(first.sha256), **told | {"at": AT + timedelta(days=1)})
        assert (again.pk, again.at, again.client) == (made.pk, AT, "x" * 300)
        assert RecordEntry.objects.filter(verb="identity.committed").count() == 1
    published(alder, NEXT)
    with as_tenant(alder.pk), pytest.raises(ChangedTextError):
        commit_to(first.pk, sha256=bytes(first.sha256), **told)


def test_another_tenants_instruction_is_not_there(alder):
    other = make_tenant("Birke")
    theirs = published(other)
    with as_tenant(alder.pk), pytest.raises(Instruction.DoesNotExist):
        commit_to(theirs.pk, sha256=bytes(theirs.sha256), user=alder.admin, address=None, client="", at=AT,
                  actor=MACHINE)  # fmt: skip
    admin = browser(alder.admin, alder)
    assert admin.get(reverse("identity:instruction-version", args=[theirs.pk])).status_code == 404
    assert admin.get("/identity/instruction/").url == "/"  # nothing holds here


def test_a_text_that_changed_meanwhile_is_shown_again(alder):
    first = published(alder)
    client = browser(alder.admin, alder)
    published(alder, NEXT)
    answer = confirm(client, first)
    assert answer.status_code == 409
    assert "Always lock it." in answer.content.decode()
    assert client.post("/identity/instruction/", {"instruction": "x"}).status_code == 409
    with as_tenant(alder.pk):
        assert Commitment.objects.count() == 0


def test_whoever_has_confirmed_may_read_it_again(alder):
    made = published(alder)
    client = browser(alder.admin, alder)
    confirm(client, made)
    page = client.get("/identity/instruction/").content.decode()
    assert "Edition 1, which you confirmed on" in page
    assert "I have read it" not in page


def test_without_a_company_there_is_nothing_to_confirm(alder):
    assert browser(alder.admin).get("/identity/instruction/").url == "/"


def test_the_list_shows_who_is_not_bound_yet(alder):
    made = published(alder)
    join(alder, make_user("pia@alder.example", "Pia Sommer"), role="Reader", permissions=["identity.see"])
    admin = browser(alder.admin, alder)
    confirm(admin, made)

    missing = admin.get(reverse("identity:instructions"), {"state": "open", "format": "csv"})
    rows = list(csv.reader(io.StringIO(missing.content.decode("utf-8-sig"))))
    assert [(row[0], row[-1]) for row in rows[1:]] == [("Pia Sommer", "not confirmed")]
    done = admin.get(reverse("identity:instructions"), {"state": "done", "format": "csv"})
    rows = list(csv.reader(io.StringIO(done.content.decode("utf-8-sig"))))
    assert [(row[0], row[-1]) for row in rows[1:]] == [("Jana Heitmann", "confirmed")]


def test_the_overview_gives_points_for_those_who_are_bound(alder):
    with as_tenant(alder.pk), translation.override("en"):
        assert share_committed(at=AT) is None
        (check,) = [one for one in score(at=AT).checks if one.key == "instruction"]
        assert (check.share, check.step) == (0, "Publish the instruction")
    made = published(alder)
    join(alder, make_user("pia@alder.example", "Pia Sommer"), role="Reader", permissions=["identity.see"])
    join(alder, make_user("uwe@alder.example", "Uwe Gast", None), role="Reader")  # invited, has used nothing yet
    confirm(browser(alder.admin, alder), made)
    with as_tenant(alder.pk), translation.override("en"):
        assert share_committed(at=AT) == (1, 2)
        (check,) = [one for one in score(at=AT).checks if one.key == "instruction"]
        assert (check.share * 2, check.why) == (1, "1 of 2 people have confirmed the instruction.")


def test_a_proposal_is_published_from_the_page_and_then_read_back(alder):
    admin = browser(alder.admin, alder)
    address = reverse("identity:instruction-publish", args=["access"])
    assert FIRST["ACCESS"].en.split("\n")[0] in admin.get(address).content.decode()
    assert admin.post(address, {"text_de": "", "text_en": "x"}).status_code == 422
    assert admin.post(address, TEXT).url == reverse("identity:instructions")
    with as_tenant(alder.pk):
        made = Instruction.objects.get()
    confirm(admin, made)
    assert "Lock it." in admin.get(address).content.decode()
    assert admin.post(address, TEXT).status_code == 422
    shown = admin.get(reverse("identity:instruction-version", args=[made.pk])).content.decode()
    assert "<h2>Device</h2><p>Lock it.</p>" in shown
    assert admin.get(reverse("identity:instructions")).status_code == 200


def test_pages_for_private_devices_and_unknown_topics(alder):
    admin = browser(alder.admin, alder)
    assert admin.get(reverse("identity:commitments", args=["own-devices"])).status_code == 200
    assert admin.get(reverse("identity:commitments", args=["weather"])).status_code == 404
    assert admin.get(reverse("identity:instruction-publish", args=["weather"])).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/identity/security/instruction/", "/identity/security/instruction/access/new/",
     "/identity/security/instruction/access/confirmations/"],
)  # fmt: skip
def test_pages_are_for_those_who_answer_for_security(alder, address: str):
    pia = make_user("pia@alder.example", "Pia Sommer")
    join(alder, pia, role="Reader", permissions=["identity.see"])
    assert browser(pia, alder).get(address).status_code == 403


def test_the_list_asks_the_database_as_often_for_many_as_for_one(alder):
    made = published(alder)
    admin = browser(alder.admin, alder)
    confirm(admin, made)
    admin.get(reverse("identity:instructions"))
    with CaptureQueriesContext(connection) as few:
        admin.get(reverse("identity:instructions"))
    for name in ("a", "b"):
        join(alder, make_user(f"{name}@alder.example", name), role="Reader", permissions=["identity.see"])
    with CaptureQueriesContext(connection) as many:
        admin.get(reverse("identity:instructions"))
    assert len(few) == len(many)


def test_paragraphs_with_and_without_a_heading():
    assert list(passages("Nur ein Satz.\r\n\r\n\nKopf\nText\n")) == [
        Passage("", "Nur ein Satz."),
        Passage("Kopf", "Text"),
    ]
