"""Templates written on our own page: printed as PDF with the window, refused with the line, changed in versions."""

import uuid
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from kontor.kernel.actor import MACHINE
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import letters as actions
from kontor.office.documents.actions.letters import NewTemplate
from kontor.office.documents.formats.marks import TemplateError
from kontor.office.documents.formats.package import OfficeFileRefusedError
from kontor.office.documents.formats.page_text import Block, filled_page
from kontor.office.documents.models import Document, Template
from kontor.office.documents.queries.store import version_of
from kontor.rulebook.refusal import RefusalError
from tests.factories import AT, make_house, make_party, make_user
from tests.office.documents.office_files import docx, word_paragraphs
from tests.people import administrator, browser, join, make_tenant

TODAY = AT.date()
LIST = "/documents/letters/"
TEXT = """> {{ contact.address }}

# Ihr Auftrag

Guten Tag,
hier ist {{ own.name }}.

{{ if contact.vat_id }}
## Steuer
{{ contact.vat_id }}
{{ end }}
{{ for contact.people }}
- {{ name }}, {{ email }}
{{ end }}
"""
NEW = NewTemplate(data=TEXT.encode(), name="Auftrag.txt", title="Auftrag", kind="parties.Party", language="de")


def test_lines_become_blocks_and_a_value_never_becomes_a_heading():
    values = {
        "own.name": "# Alder",
        "contact.address": "- Birke AG\n> Kaiweg 4",
        "contact.vat_id": "",
        "contact.people": ({"name": "Jonas", "email": "j@alder.example"}, {"name": "Mia", "email": "m@alder.example"}),
    }
    assert filled_page(TEXT.strip(), values, language="de") == [
        Block("window", ("- Birke AG", "> Kaiweg 4")),
        Block("subject", ("Ihr Auftrag",)),
        Block("text", ("Guten Tag,", "hier ist # Alder.")),
        Block("item", ("Jonas, j@alder.example",)),
        Block("item", ("Mia, m@alder.example",)),
    ]
    shown = filled_page(TEXT.strip(), values | {"contact.vat_id": "DE1", "contact.people": ()}, language="de")
    assert shown[3:] == [Block("heading", ("Steuer",)), Block("text", ("DE1",))]
    with pytest.raises(TemplateError) as refusal:
        filled_page("# A\n\n{{ contact.nick }}", {}, language="en")
    assert refusal.value.text.en == "Line 3 (“{{ contact.nick }}”): There is no field “contact.nick”."


def words(pdf: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@pytest.mark.django_db
def test_a_letter_of_a_page_is_a_pdf_filed_with_its_record():
    house = make_house()
    party = make_party(house, vat_id="")
    with as_tenant(house.tenant.pk):
        template = actions.write_page(NEW, at=AT, actor=MACHINE)
        letter = actions.write_letter(template.pk, party.pk, today=TODAY, at=AT, actor=MACHINE)
        version = version_of(letter.pk)
        assert (version.media_type, version.blob.name) == ("application/pdf", "Auftrag Alder & Söhne GmbH.pdf")
        said = words(read(version.blob))
        wanted = ("Ihr Auftrag", "20457 Hamburg", "Steuer", f"{TODAY:%d.%m.%Y}")
        assert [said.count(each) for each in wanted] == [1, 1, 0, 1]
        assert letter.reach == Document.Reach.RECORD
        with pytest.raises(OfficeFileRefusedError, match="Exactly one line"):
            actions.write_page(replace(NEW, data=b"no subject"), at=AT, actor=MACHINE)
        with pytest.raises(OfficeFileRefusedError, match="longer than"):
            actions.write_page(replace(NEW, data=b"# A\n" + b"a" * 40_000), at=AT, actor=MACHINE)


@pytest.mark.django_db
def test_the_text_of_a_page_is_changed_in_versions_and_that_of_a_file_is_not():
    house = make_house()
    party = make_party(house)
    with as_tenant(house.tenant.pk):
        template = actions.write_page(NEW, at=AT, actor=MACHINE)
        actions.rewrite_page(template.pk, "# Neu\n\nAnders.", at=AT, actor=MACHINE)
        assert [each.verb for each in history_of(template.document_id)] == [
            "documents.version_added",
            "documents.filed",
        ]
        letter = actions.write_letter(template.pk, party.pk, today=TODAY, at=AT, actor=MACHINE)
        assert words(read(version_of(letter.pk).blob)).count("Anders.") == 1
        with pytest.raises(RefusalError, match="newest already"):
            actions.rewrite_page(template.pk, "# Neu\r\n\r\nAnders.\r\n", at=AT, actor=MACHINE)
        file = replace(NEW, data=docx(word_paragraphs("Hallo")), name="Hallo.docx")
        with pytest.raises(RefusalError, match="is a file"):
            actions.rewrite_page(actions.add_template(file, at=AT, actor=MACHINE).pk, "# Neu", at=AT, actor=MACHINE)


@pytest.mark.django_db
def test_the_pages_write_a_template_change_it_preview_it_and_make_the_pdf():
    house, stranger = make_house(), make_tenant("Birke")
    party = make_party(house)
    client = browser(administrator(house.tenant, "ida@kontor.example", "Ida Holm"), house.tenant)
    given = {"title": "Auftrag", "kind": "parties.Party", "language": "en", "text": "kein Betreff"}
    bad = client.post(f"{LIST}write/", given)
    assert (bad.status_code, len(bad.context["form"].errors["text"])) == (422, 1)
    made = client.post(f"{LIST}write/", given | {"text": TEXT})
    assert client.get(made.url).context["unknown"] == []
    sample = client.get(f"{made.url}preview/")
    assert (sample.content[:5], sample.headers["Content-Disposition"]) == (
        b"%PDF-",
        'attachment; filename="Auftrag.pdf"',
    )
    assert client.post(f"{made.url}text/", {"text": "Betreff fort"}).status_code == 422
    assert client.get(f"{made.url}text/").status_code == 200
    assert client.post(f"{made.url}text/", {"text": "# Hallo {{ contact.name }}"}).url == made.url
    letter = client.post(f"{made.url}write/", {"record": str(party.pk)})
    assert words(letter.content).count("Hallo Alder & Söhne GmbH") == 1

    with as_tenant(house.tenant.pk):
        file = replace(NEW, data=docx(word_paragraphs("Hallo")), name="Hallo.docx")
        other = actions.add_template(file, at=AT, actor=MACHINE).pk
        assert Template.objects.count() == 2
    assert client.get(f"{LIST}{other}/text/").url == f"{LIST}{other}/"
    assert client.get(f"{LIST}{uuid.uuid4()}/text/").status_code == 404
    outside = browser(administrator(stranger), stranger)
    assert outside.post(f"{made.url}text/", {"text": "# Meins"}).status_code == 404
    reader = make_user("lea@kontor.example", "Lea Sund")
    join(house.tenant, reader, role="Leser", permissions=["documents.read", "parties.see"])
    assert browser(reader, house.tenant).post(f"{made.url}text/", {"text": "# Meins"}).status_code == 403
