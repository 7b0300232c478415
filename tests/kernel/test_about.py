"""Whose work the program is stands on its own page and on every letter, beside any tenant's mark (leisure Art. 15)."""

from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from django.test import Client

import kontor
from kontor.kernel.pdf import render
from kontor.kernel.views.about import NOTICE
from kontor.rulebook.registers import REGISTERS, Circumstances
from kontor.rulebook.terms import load
from tests.people import administrator, browser, make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
LETTERS = Path(kontor.__file__).parent / "kernel" / "typst"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'
BODY = """
#import "/kernel/typst/letter.typ": *
#let data = json(bytes(sys.inputs.data))
#letter(data, title: "Rechnung")[Ein Satz.]
"""


def printed(language: str) -> str:
    """Return the words of a letter that somebody sends under their own name and mark."""
    sender = {"name": "Kartbahn Nord", "lines": ["Hafenweg 9", "20457 Hamburg"], "logo": LOGO}
    data = {"sender": sender, "recipient": ["Jonas Alder"], "language": language}
    template = LETTERS / "about_probe.typ"
    template.write_text(BODY)
    try:
        pdf = render(template, data, at=AT)
    finally:
        template.unlink()
    return pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.requirement("AP-041")
def test_the_copyright_notice_stays_beside_a_tenants_own_mark_and_a_reference_names_basis_and_purpose():
    tenant = make_tenant("Kartbahn Nord")
    page = browser(administrator(tenant), tenant).get("/about/").content.decode()
    assert ("Kartbahn Nord" in page, NOTICE in page, version("kontor") in page) == (True, True, True)
    paper = printed("de")
    assert ("Kartbahn Nord" in paper, f"Erstellt mit Kontor. {NOTICE}" in paper) == (True, True)
    facts = {"by": "provider", "what": "Logo", "purpose": "Referenzliste im Netz"}
    seen = Circumstances(load("leisure"), AT.date(), "EUR", lambda *_days: None, lambda _on: None)  # type: ignore[arg-type]
    ruling = REGISTERS["references"].decide(facts, seen)
    assert (ruling.value.state.en, [clause.number for clause in ruling.clauses]) == (
        "allowed by Art. 15, purpose: Referenzliste im Netz", ["Art. 15"],
    )  # fmt: skip


def test_who_is_not_signed_in_reads_it_too():
    page = Client(headers={"accept-language": "en"}).get("/about/")
    assert (page.status_code, NOTICE in page.content.decode(), "Apache License 2.0" in page.content.decode()) == (
        200, True, True,
    )  # fmt: skip
    assert f"Made with Kontor. {NOTICE}" in printed("en")
