"""The pages of the document store: who sees what, what is handed out how, many files at once."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.rights import Grant, grant
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.jobs import MailWaitsError
from kontor.kernel.models import Role, SentMail
from kontor.kernel.pdf import render
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import filing
from kontor.office.documents.actions.demo import _SHEET, make_demo
from kontor.office.documents.actions.filing import Filed, Named
from kontor.office.documents.actions.looking import keep_contents, quarantined
from kontor.office.documents.formats.contents import Contents
from kontor.office.documents.models import Document, Finding
from kontor.office.documents.queries.store import find_documents, finding_of, version_of
from tests.background import run_jobs
from tests.factories import AT, make_house, make_party, make_user
from tests.people import administrator, browser, join, make_tenant, visitor
from tests.scanner import BROKEN, EICAR, fake_clamd

pytestmark = pytest.mark.django_db
FILES, NEW = "/documents/files/", "/documents/files/new/"
LETTER = b"Sehr geehrte Damen und Herren, die Rechnungen der Heizungen liegen bei."


def filed(tenant, data: bytes = LETTER, name: str = "brief.txt", *, by: Actor = MACHINE, **given: object) -> Document:
    with as_tenant(tenant.pk):
        return filing.file_document(Filed(data=data, name=name, **given), at=AT, actor=by)


def reader(tenant, name: str, *permissions: str):
    user = make_user(f"{name}@alder.example", name)
    join(tenant, user, role=name, permissions=permissions)
    return user, browser(user, tenant)


def titles(answer) -> list[str]:
    page = answer.context["listing"].page
    return [each.title for each in page] if page.paginator.count else []


def shown(client, **asked: str) -> list[str]:
    return titles(client.get(FILES, asked))


def test_documents_are_found_by_the_words_in_their_newest_version():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    letter, other = filed(tenant), filed(tenant, b"The boats were repaired.", name="boats.txt")
    run_jobs()
    assert shown(client, q="Rechnung") == ["brief.txt"]  # German: the plural is found by the singular
    assert shown(client, q="repair") == ["boats.txt"]
    assert shown(client, q="heizu") == ["brief.txt"]  # the beginning of a word, as it is typed
    assert shown(client, q="it's '\\ :* &") == []
    with as_tenant(tenant.pk):
        filing.add_version(letter.pk, b"Nichts mehr", name="brief.txt", at=AT, actor=MACHINE)
        assert [each.title for each in find_documents(["repair"], limit=5)] == ["boats.txt"]
    run_jobs()
    assert shown(client, q="Rechnung") == []
    client.post(reverse("documents:press", args=(other.pk, "bin")))
    assert shown(client) == ["brief.txt"]
    assert titles(client.get("/documents/files/bin/")) == ["boats.txt"]
    client.post(reverse("documents:press", args=(other.pk, "take-out")))
    assert shown(client) == ["boats.txt", "brief.txt"]


def test_who_is_not_named_is_told_what_a_stranger_is_told():
    tenant = make_tenant()
    administrator(tenant)
    owner, owns = reader(tenant, "Owner", "documents.read", "documents.file")
    _user, reads = reader(tenant, "Reader", "documents.read", "documents.file")
    _user, other = reader(tenant, "Other", "documents.read", "documents.file")
    _user, none = reader(tenant, "None", "desk.see")
    with as_tenant(tenant.pk):
        role = Role.objects.get(name="Reader").pk
    document = filed(
        tenant, reach=Document.Reach.NAMED, named=[Named(role=role)], by=Actor.person(owner), title="Gehälter"
    )
    page = reverse("documents:file", args=(document.pk,))
    load = reverse("documents:download", args=(document.pk, 1))
    assert [each.get(page).status_code for each in (owns, reads, other, none)] == [200, 200, 404, 403]
    assert [each.get(load).status_code for each in (owns, reads, other, none)] == [200, 200, 404, 403]
    assert [shown(each) for each in (owns, reads, other)] == [["Gehälter"], ["Gehälter"], []]
    assert reads.post(reverse("documents:press", args=(document.pk, "bin"))).status_code == 404
    said = {"title": "Gehälter 2026", "folder": "Personal", "reach": "NAMED", "changers": [str(role)]}
    assert owns.post(reverse("documents:settle", args=(document.pk,)), said).url == page
    assert reads.post(reverse("documents:press", args=(document.pk, "bin"))).url == FILES
    assert owns.get(reverse("documents:settle", args=(document.pk,))).context["form"].initial["changers"] == [str(role)]
    with as_tenant(tenant.pk):
        verbs = [each.verb.partition(".")[2] for each in history_of(document.pk)]
        assert verbs == ["binned", "settled", "opened", "opened", "filed"]
        found = history_of(document.pk)[1]
        assert (found.before["title"], found.after["title"]) == ("Gehälter", "Gehälter 2026")


@pytest.mark.requirement("FW-041")
def test_a_screen_where_nobody_signed_in_gets_what_is_public_alone_and_changes_are_logged():
    tenant, other = make_tenant(), make_tenant("Birke")
    client = browser(administrator(tenant), tenant)
    document = filed(tenant)  # for employees
    screen, address = visitor(), reverse("documents:public", args=(tenant.pk, document.pk))
    assert screen.get(address).status_code == 404
    said = {"title": "Aushang", "reach": "PUBLIC"}
    client.post(reverse("documents:settle", args=(document.pk,)), said)
    assert address in client.get(reverse("documents:file", args=(document.pk,))).content.decode()
    assert screen.get(address).content == LETTER
    assert screen.get(reverse("documents:public", args=(other.pk, document.pk))).status_code == 404
    assert screen.get(reverse("documents:public", args=(document.pk, document.pk))).status_code == 404
    client.post(reverse("documents:settle", args=(document.pk,)), {**said, "reach": "EVERYBODY"})
    assert screen.get(address).status_code == 404
    with as_tenant(tenant.pk):
        changes = [(one.before["reach"], one.after["reach"]) for one in history_of(document.pk)[:2]]
    assert changes == [("PUBLIC", "EVERYBODY"), ("EVERYBODY", "PUBLIC")]


def test_another_tenants_document_is_not_there():
    tenant, other = make_tenant(), make_tenant("Birke")
    document = filed(tenant)
    client = browser(administrator(other, "ayla@birke.example"), other)
    for name, more in (("file", ()), ("download", (1,)), ("preview", (1,)), ("settle", ())):
        assert client.get(reverse(f"documents:{name}", args=(document.pk, *more))).status_code == 404
    for name, more in (("add", ()), ("restore", (1,)), ("press", ("bin",))):
        assert client.post(reverse(f"documents:{name}", args=(document.pk, *more))).status_code == 404
    assert shown(client) == []


def test_what_is_handed_out_is_kept_and_never_shown():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    document = filed(tenant, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", name="logo.svg")
    answer = client.get(reverse("documents:download", args=(document.pk, 1)))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="logo.svg"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(reverse("documents:download", args=(document.pk, 2))).status_code == 404
    assert client.get(reverse("documents:preview", args=(document.pk, 1))).status_code == 404
    assert client.post(reverse("documents:press", args=(document.pk, "burn"))).status_code == 404
    assert client.post(reverse("documents:restore", args=(document.pk, 9))).status_code == 404
    assert client.post(reverse("documents:restore", args=(document.pk, 1))).status_code == 422


def test_pictures_and_papers_are_previewed_by_pictures_of_our_own():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    photo = io.BytesIO()
    Image.new("RGB", (2000, 1000), "teal").save(photo, "PNG")
    sheet = {"owner": "Haus", "title": "Notfallhandbuch", "meta": "7", "paragraphs": ["Alarmierung"], "rows": []}
    picture = filed(tenant, photo.getvalue(), name="foto.png")
    paper = filed(tenant, render(_SHEET, sheet, at=AT), name="handbuch.pdf")
    run_jobs()
    for document in (picture, paper):
        answer = client.get(reverse("documents:preview", args=(document.pk, 1)))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert Image.open(io.BytesIO(answer.content)).size[0] == 640
    assert shown(client, q="Alarmierung") == ["handbuch.pdf"]
    with as_tenant(tenant.pk):
        assert Finding.objects.get(version__document=paper.pk).pages == 1
    assert client.get(reverse("documents:file", args=(paper.pk,))).status_code == 200


def test_of_many_files_those_that_stay_outside_are_named_and_the_others_are_there():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    sent = [
        SimpleUploadedFile("gut.txt", b"gut"), SimpleUploadedFile("leer.txt", b""),
        SimpleUploadedFile("foto.jpg", b"no picture"), SimpleUploadedFile("boeses.exe", b"MZ..."),
    ]  # fmt: skip
    page = client.post(NEW, {"file": sent, "folder": "Eingang"})
    assert page.status_code == 422
    assert page.context["refused"] == [
        ("leer.txt", "The file is empty."),
        ("foto.jpg", "The file is called “.jpg”, and its content is something else."),
        ("boeses.exe", "Programs are not filed."),
    ]
    assert shown(client) == ["gut.txt"]
    one = client.post(NEW, {"file": [SimpleUploadedFile("zwei.txt", b"zwei")]}, headers={"Accept": "application/json"})
    assert [each["title"] for each in one.json()["filed"]] == ["zwei.txt"]
    assert (
        client.post(NEW, {"file": [SimpleUploadedFile("a.txt", b"3"), SimpleUploadedFile("b.txt", b"4")]}).url == FILES
    )
    assert client.post(NEW, {}).status_code == 422
    assert client.get(NEW, {"kind": "nobody.Thing", "record": "x"}).status_code == 200


def test_a_full_store_refuses_the_file_by_name_and_a_version_with_the_reason():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    document = filed(tenant)
    with as_tenant(tenant.pk):
        given = Grant(
            module="storage", unit="GB", quantity=0, from_on=AT.date() - timedelta(days=1), until_on=None, clause="1.1",
            reason_de="Vertrag", reason_en="Contract",
        )  # fmt: skip
        grant([given], contract=None, at=AT, actor=MACHINE)
    page = client.post(NEW, {"file": [SimpleUploadedFile("gross.txt", b"x" * 99)]})
    assert page.context["refused"] == [("gross.txt", "There is no room for this file (quota 0 GB, 0 MB free).")]
    add = reverse("documents:add", args=(document.pk,))
    assert client.post(add, {"file": SimpleUploadedFile("n.txt", b"neu")}).context["form"].errors == {
        "file": ["There is no room for this file (quota 0 GB, 0 MB free)."]
    }
    with as_tenant(tenant.pk):  # its picture would not be worth refusing anything for
        version = version_of(document.pk)
        keep_contents(version, Contents(text="Heizung", picture=b"RIFF"), at=AT)
        assert (finding_of(version.pk).text, finding_of(version.pk).preview) == ("Heizung", None)
    same = client.post(add, {"file": SimpleUploadedFile("n.txt", LETTER)})
    assert same.context["form"].errors == {"file": ["This version is the newest already."]}
    assert client.post(add, {}).status_code == 422


def test_a_record_shows_its_documents_to_whoever_may_see_the_record():
    house = make_house()
    party = make_party(house)
    client = browser(administrator(house.tenant), house.tenant)
    _user, other = reader(house.tenant, "Other", "documents.read")
    said = {"file": [SimpleUploadedFile("vertrag.txt", b"Vertrag")], "kind": "parties.Party", "record": str(party.pk)}
    page = client.post(NEW, said | {"reach": "RECORD"}, follow=True)
    assert [named.title for _label, named in page.context["records"]] == [party.name]
    part = reverse("documents:at-record", args=("parties.Party", party.pk))
    assert [row.title for row, _kind, _badge in client.get(part).context["rows"]] == ["vertrag.txt"]
    assert other.get(part).content.strip() == b""
    assert shown(other) == []
    assert client.get(NEW, {"kind": "parties.Party", "record": str(party.pk)}).context["bound_to"].title == party.name
    stranger = client.post(NEW, said | {"file": [SimpleUploadedFile("x.txt", b"x")], "record": str(uuid.uuid4())})
    assert stranger.context["refused"] == [("x.txt", "There is no such record.")]
    with as_tenant(house.tenant.pk):
        key = Document.objects.get().pk
        for _twice in range(2):
            filing.link_document(key, "parties.Party", make_party(house, name="Zweite").pk, at=AT, actor=MACHINE)


@pytest.mark.parametrize("found", [b"text " + EICAR, b"sauber"])
def test_what_waits_or_harms_is_handed_to_nobody(settings, found):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    with fake_clamd() as settings.KONTOR_CLAMD:
        document = filed(tenant, found)
        load = reverse("documents:download", args=(document.pk, 1))
        assert client.get(load).status_code == 404
        assert client.post(reverse("documents:press", args=(document.pk, "look"))).status_code == 302
        run_jobs()
        assert client.get(load).status_code == (404 if EICAR in found else 200)
        assert client.get(reverse("documents:file", args=(document.pk,))).status_code == 200


@pytest.mark.requirement("SO-014")
def test_the_test_virus_is_refused_at_upload_and_as_an_attachment_and_kept_in_quarantine(settings):
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    document = filed(tenant)
    add = reverse("documents:add", args=(document.pk,))
    with fake_clamd() as settings.KONTOR_CLAMD:
        refused = client.post(NEW, {"file": SimpleUploadedFile("virus.txt", EICAR)})
        assert (refused.status_code, refused.context["refused"]) == (422, [
            ("virus.txt", "The scanner found Win.Test.EICAR_HDB-1. The file is refused and kept in quarantine."),
        ])  # fmt: skip
        assert client.post(add, {"file": SimpleUploadedFile("virus.txt", EICAR)}).status_code == 422
        assert client.post(add, {"file": SimpleUploadedFile("sauber.txt", b"sauber")}).status_code == 302
        with as_tenant(tenant.pk):
            version_of(document.pk, 2)
            kept = Document.objects.exclude(binned_at=None)
            assert len(kept) == 2
            assert {finding_of(version_of(each.pk).pk).state for each in kept} == {"INFECTED"}
            assert "documents.quarantined" in [each.verb for each in history_of(kept[0].pk)]
            files = [("virus.txt", "text/plain", EICAR)]
            mail = send_mail(to="tom@aussen.example", subject="a", text="b", attachments=files, at=AT)
            other = send_mail(to="tom@aussen.example", subject="a", text="b",
                              attachments=[("gut.txt", "text/plain", b"gut")], at=AT)  # fmt: skip
        run_jobs()
        with as_tenant(tenant.pk):
            sent = SentMail.objects.get(mail=mail)
            assert (sent.sent_at, sent.given_up_at is not None, sent.problem) == (
                None, True, "virus.txt: Win.Test.EICAR_HDB-1",
            )  # fmt: skip
            assert SentMail.objects.get(mail=other).given_up_at is None
            assert [each.verb for each in history_of(mail.pk)] == ["kernel.mail_quarantined"]
        with as_tenant(tenant.pk):
            assert quarantined(BROKEN, "still.txt", at=AT, actor=MACHINE) == ""  # it will wait for the scanner
    settings.KONTOR_CLAMD = "127.0.0.1:1"  # a scanner that is away: the mail waits
    with as_tenant(tenant.pk):
        waits = send_mail(to="tom@aussen.example", subject="a", text="b", attachments=files, at=AT)
    with pytest.raises(MailWaitsError):
        run_jobs()
    with as_tenant(tenant.pk):
        sent = SentMail.objects.get(mail=waits)
        assert (sent.sent_at, sent.given_up_at, sent.attempts) == (None, None, 1)


def test_the_demo_has_documents_and_the_list_costs_the_same_however_many_there_are():
    tenant = make_tenant()
    client = browser(administrator(tenant), tenant)
    filed(tenant)
    client.get(FILES)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(FILES)
    with as_tenant(tenant.pk):
        make_demo(AT)
    with CaptureQueriesContext(connection) as many:
        client.get(FILES)
    assert len(shown(client)) == 9  # six documents, a template of letters, one from outside, and ours
    assert len(many) == len(one)
