"""Templates filled for a customer: filed with it, found by its words, refused with the field and the place."""

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import letters as actions
from kontor.office.documents.actions.demo_letters import make_letters_demo
from kontor.office.documents.actions.letters import NewTemplate
from kontor.office.documents.formats.marks import TemplateError
from kontor.office.documents.formats.package import OfficeFileRefusedError
from kontor.office.documents.models import Document, Finding, Link, Template
from kontor.office.documents.queries.store import finding_of, version_of
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import AT, make_house, make_party, make_user
from tests.office.documents.office_files import docx, part, word_paragraphs, word_row
from tests.people import administrator, browser, join, make_tenant
from tests.scanner import fake_clamd

pytestmark = pytest.mark.django_db
TODAY = AT.date()
BODY = word_paragraphs("{{ own.name }} an {{ contact.name }}", "{{ contact.address }}", "am {{ today }}")
NEW = NewTemplate(data=docx(BODY), name="Mahnung.docx", title="Mahnung", kind="parties.Party", language="de")
LIST = "/documents/letters/"


def add(tenant, **given: Any) -> Template:
    with as_tenant(tenant.pk):
        return actions.add_template(replace(NEW, **given), at=AT, actor=MACHINE)


@pytest.mark.requirement("SO-078")
def test_a_letter_for_a_customer_is_filed_with_it_as_version_one_and_found_by_its_words():
    house = make_house()
    party = make_party(house, name="Alder & Söhne <GmbH>", addition="")
    template = add(house.tenant)
    with as_tenant(house.tenant.pk):
        letter = actions.write_letter(template.pk, party.pk, today=TODAY, at=AT, actor=MACHINE)
        version = version_of(letter.pk)
        assert (version.number, letter.title) == (1, "Mahnung: Alder & Söhne <GmbH>")
        assert version.media_type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        text = part(read(version.blob), "word/document.xml")
        assert text.count("an Alder &amp; Söhne &lt;GmbH&gt;") == 1
        assert text.count(f"am {TODAY:%d.%m.%Y}") == 1
        assert [(link.kind, link.record) for link in Link.objects.filter(document=letter)] == [
            ("parties.Party", party.pk)
        ]
        assert letter.reach == Document.Reach.RECORD
        assert [each.verb for each in history_of(letter.pk)] == ["documents.letter_written", "documents.filed"]
    run_jobs()
    with as_tenant(house.tenant.pk):
        found = Finding.objects.filter(words="Söhne", version__document=letter.pk)
        assert found.count() == 1


def test_what_is_missing_files_nothing_and_names_field_and_place():
    house = make_house()
    party = make_party(house, vat_id="")
    template = add(house.tenant, data=docx(word_paragraphs("{{ contact.vat_id }}{{ contact.nick }}")))
    with as_tenant(house.tenant.pk):
        with pytest.raises(TemplateError) as refusal:
            actions.write_letter(template.pk, party.pk, today=TODAY, at=AT, actor=MACHINE)
        place = "Text, Absatz 1 („{{ contact.vat_id }}{{ contact.nick }}“)"
        assert refusal.value.text.de.split("\n") == [
            f"{place}: Das Feld „contact.vat_id“ hat hier keinen Wert.",
            f"{place}: Das Feld „contact.nick“ gibt es nicht.",
        ]
        with pytest.raises(RefusalError, match="There is no such record"):
            actions.write_letter(template.pk, uuid.uuid4(), today=TODAY, at=AT, actor=MACHINE)
        assert Document.objects.count() == 1


def test_a_template_with_macros_stays_outside_and_a_dropped_one_leaves_its_file():
    tenant = make_tenant()
    with pytest.raises(OfficeFileRefusedError):
        add(tenant, data=docx(BODY, more={"word/vbaProject.bin": b"x"}))
    template = add(tenant)
    with as_tenant(tenant.pk):
        assert history_of(template.pk)[0].verb == "documents.template_added"
        key = template.pk
        actions.drop_template(key, at=AT, actor=MACHINE)
        assert (Template.objects.count(), Document.objects.count()) == (0, 1)
        assert history_of(key)[0].verb == "documents.template_dropped"


def test_no_letter_is_made_of_a_template_that_nobody_may_open(settings):
    house = make_house()
    party = make_party(house)
    with fake_clamd() as settings.KONTOR_CLAMD:
        template = add(house.tenant)
        client = browser(house_person(house), house.tenant)
        assert client.get(f"{LIST}{template.pk}/preview/").url == f"{LIST}{template.pk}/"
        assert client.get(f"{LIST}{template.pk}/").context["released"] is False
        with as_tenant(house.tenant.pk):
            assert finding_of(version_of(template.document_id).pk).state == "WAITING"
            with pytest.raises(RefusalError, match="not released"):
                actions.write_letter(template.pk, party.pk, today=TODAY, at=AT, actor=MACHINE)


def house_person(house):
    return administrator(house.tenant, "ida@kontor.example", "Ida Holm")


def listed(client) -> int:
    page = client.get(LIST).content.decode()
    return len(set(re.findall(r"/documents/letters/[0-9a-f-]{36}/", page)))


def upload(data: bytes) -> dict[str, Any]:
    file = SimpleUploadedFile("Mahnung.docx", data)
    return {"file": file, "title": "Mahnung", "kind": "parties.Party", "language": "en"}


def test_the_pages_take_a_template_in_preview_it_and_make_a_letter():
    house = make_house()
    party = make_party(house)
    client = browser(house_person(house), house.tenant)
    bad = client.post(f"{LIST}new/", upload(b"no word file"))
    assert (bad.status_code, bad.context["form"].errors["file"]) == (422, ["This is no .odt or .docx file."])
    table = f"<w:tbl>{word_row('{{ for contact.people }}{{ name }}', '{{ email }}{{ end }}')}</w:tbl>"
    made = client.post(f"{LIST}new/", upload(docx(BODY + table + word_paragraphs("{{ contact.nick }}"))))
    page = client.get(made.url)
    assert page.context["unknown"] == ["contact.nick"]
    assert client.get(f"{made.url}preview/").status_code == 422
    refused = client.post(f"{made.url}write/", {"record": str(party.pk)})
    assert (refused.status_code, len(refused.context["refused"])) == (422, 1)
    assert client.post(f"{made.url}write/", {"record": str(uuid.uuid4())}).status_code == 422
    assert client.post(f"{made.url}drop/").url == LIST

    made = client.post(f"{LIST}new/", upload(docx(BODY + table)))
    sample = client.get(f"{made.url}preview/")
    assert "Kaiweg 4" in part(sample.content, "word/document.xml")
    letter = client.post(f"{made.url}write/", {"record": str(party.pk)})
    assert letter.headers["Content-Disposition"].startswith("attachment; filename")
    text = part(letter.content, "word/document.xml")
    assert (text.count("an Alder &amp; Söhne GmbH"), text.count("<w:tbl>")) == (1, 0)


def test_only_whoever_may_sees_templates_and_the_list_takes_no_more_queries_for_more():
    house, stranger = make_house(), make_tenant("Birke")
    template = add(house.tenant)
    reader = make_user("lea@kontor.example", "Lea Sund")
    join(house.tenant, reader, role="Leser", permissions=["documents.read", "parties.see"])
    client = browser(reader, house.tenant)
    client.get(LIST)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        assert listed(client) == 1
    add(house.tenant, title="Zweite")
    add(house.tenant, title="Dritte")
    with CaptureQueriesContext(connection) as three:
        assert listed(client) == 3
    assert len(three) == len(one)
    assert client.get(f"{LIST}{template.pk}/").status_code == 200
    assert client.post(f"{LIST}{template.pk}/drop/").status_code == 403
    other = browser(administrator(stranger), stranger)
    assert other.get(reverse("documents:template", args=[template.pk])).status_code == 404
    blind = make_user("udo@kontor.example", "Udo Holm")
    join(house.tenant, blind, role="Blind", permissions=["documents.read"])
    assert browser(blind, house.tenant).get(f"{LIST}{template.pk}/").status_code == 404


def test_the_demo_writes_a_letter_once():
    house = make_house()
    make_party(house)
    with as_tenant(house.tenant.pk):
        make_letters_demo(AT)
        make_letters_demo(AT)
        assert sorted(Document.objects.values_list("title", flat=True)) == [
            "Nach dem Gespräch",
            "Nach dem Gespräch: Alder & Söhne GmbH",
        ]
