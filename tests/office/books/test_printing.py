"""E-invoices are printed in batches; what cannot leave the house is held back with its reason and holds up no other."""

import hashlib
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from kontor.kernel.models import Event, OutgoingMail, RecordEntry
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.actions import printing
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceFile, Seller
from kontor.office.parties.models import Contact, Party
from tests.background import run_jobs
from tests.factories import AT, House, make_house, make_party
from tests.office.books.invoicing import invoices, issue, make_customer_tenant, order

pytestmark = pytest.mark.django_db


def addressed(house: House, party: Party, email: str) -> None:
    with as_tenant(house.tenant.pk):
        Contact.objects.filter(party=party).delete()
        Contact.objects.create(party=party, name="Eingang", email=email, receives_invoices=True)


def printed(house: House, *rows: Invoice) -> None:
    with as_tenant(house.tenant.pk):
        printing.print_invoices([row.pk for row in rows], at=AT)


def held(house: House) -> list[tuple[str, str, str]]:
    with as_tenant(house.tenant.pk):
        return [(each.number, each.problem.de, each.problem.en) for each in books.held_back()]


def sent(house: House) -> list[str]:
    with as_tenant(house.tenant.pk):
        rows = InvoiceBalance.objects.exclude(sent_at=None).order_by("invoice__number")
        return list(rows.values_list("invoice__number", flat=True))


def line(**given: Any) -> books.OrderedLine:
    told = {"item": "x", "name": "Einrichtung", "quantity": Decimal(1), "unit": "H87", "price": Decimal(100)}
    return books.OrderedLine(**told | {"clause": "7.4"} | given)


def test_many_invoices_are_printed_in_as_many_queries_as_one():
    house = make_house()
    first, one, two, three, four = invoices(house, make_party(house), "50.00", "100.00", "200.00", "300.00", "400.00")
    printed(house, first)  # from then on it is known whether the tenant is only a test
    counts = []
    for rows in ([one], [two, three, four]):
        with CaptureQueriesContext(connection) as queries:
            printed(house, *rows)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    with as_tenant(house.tenant.pk):
        assert InvoiceFile.objects.count() == 10
        assert OutgoingMail.objects.filter(about_kind="books.Invoice").count() == 5


def test_a_long_run_is_printed_in_jobs_of_twenty_five():
    house = make_house()
    party = make_party(house)
    issue(house, *(order(house, party) for _ in range(60)))
    jobs = ProcrastinateJob.objects.filter(task_name="books.print_invoices").order_by("id")
    assert [len(job.args["invoices"]) for job in jobs] == [25, 25, 10]


def test_those_that_cannot_leave_are_held_back_with_their_reasons_and_the_other_goes():
    house = make_house()
    sound, unwritable, unprintable, invalid, nowhere = issue(
        house,
        order(house, make_party(house)),
        order(house, make_party(house), lines=(line(name="Glocke \x07"),)),
        order(house, make_party(house, name="漢字")),
        order(house, make_party(house), lines=(line(unit="QQQ"),)),
        order(house, nobody := make_party(house)),
    )
    addressed(house, nobody, "ä@alder.example")
    run_jobs()

    code = "Unit code MUST be coded according to the UN/ECE Recommendation 20 with Rec 21 extension"
    no_shape = 'PDF/A-3a error: the text `"漢"` could not be displayed with font `"Inter"`'
    assert held(house) == [
        (
            unwritable.number,
            "Das Zeichen U+0007 in 'Glocke \\x07' kann in keiner XML-Datei stehen.",
            "The character U+0007 in 'Glocke \\x07' cannot stand in an XML file.",
        ),
        (
            unprintable.number,
            f"invoice.typ lässt sich nicht drucken: {no_shape}",
            f"invoice.typ cannot be printed: {no_shape}",
        ),
        (
            invalid.number,
            f"Die Datei verletzt die Norm. BR-CL-23: {code}",
            f"The file breaks the standard. BR-CL-23: {code}",
        ),
        (nowhere.number, "„ä@alder.example“ ist keine E-Mail-Adresse.", "“ä@alder.example” is no e-mail address."),
    ]
    assert sent(house) == [sound.number]
    with as_tenant(house.tenant.pk):
        assert set(InvoiceFile.objects.values_list("invoice_id", flat=True)) == {sound.pk}
        refused = RecordEntry.objects.filter(verb="books.invoice_refused").values_list("object_id", flat=True)
        assert sorted(refused) == sorted(row.pk for row in (unwritable, unprintable, invalid, nowhere))
        event = Event.objects.get(kind="books.invoice_refused")
        assert event.payload == {"numbers": [row.number for row in (unwritable, unprintable, invalid, nowhere)]}
    assert not ProcrastinateJob.objects.filter(status="failed").exists()


def test_what_is_mended_is_sent_the_next_time():
    house = make_house()
    party = make_party(house)
    row, other = invoices(house, party, "100.00", "200.00")
    addressed(house, party, "ä@alder.example")
    run_jobs()
    assert [number for number, *_ in held(house)] == [row.number, other.number]

    addressed(house, party, "eingang@alder.example")
    with as_tenant(house.tenant.pk):
        printing.print_again([row.pk], at=AT, actor=house.actor)
    run_jobs()
    assert [number for number, *_ in held(house)] == [other.number]
    assert sent(house) == [row.number]
    with as_tenant(house.tenant.pk):
        assert OutgoingMail.objects.get(about_id=row.pk).to == "eingang@alder.example"
        verbs = RecordEntry.objects.filter(object_id=row.pk).order_by("pk").values_list("verb", flat=True)
        expected = ["invoice_issued", "invoice_refused", "printing_repeated", "invoice_sent"]
        assert list(verbs) == [f"books.{verb}" for verb in expected]


def test_what_was_sent_is_not_printed_again():
    house = make_house()
    (row,) = invoices(house, make_party(house), "100.00")
    run_jobs()
    with as_tenant(house.tenant.pk):
        printing.print_again([row.pk], at=AT, actor=house.actor)
    assert run_jobs() == []
    printed(house, row)
    with as_tenant(house.tenant.pk):
        assert (InvoiceFile.objects.count(), OutgoingMail.objects.filter(about_id=row.pk).count()) == (2, 1)


@pytest.mark.trap(37)
def test_the_kept_file_stays_as_it_was_whatever_is_changed_later():
    house = make_house()
    party = make_party(house)
    (row,) = invoices(house, party, "100.00")
    run_jobs()
    with as_tenant(house.tenant.pk):
        before = {file.format: read(file.file) for file in InvoiceFile.objects.select_related("file")}
        Party.objects.filter(pk=party.pk).update(name="Alder AG", street="Neuer Weg 1")
        Seller.objects.update(phone="+49 30 1", legal_note="Neue Fußzeile")
    printed(house, row)
    with as_tenant(house.tenant.pk):
        files = InvoiceFile.objects.select_related("file")
        assert {file.format: read(file.file) for file in files} == before
        hashes = {file.format: bytes(file.sha256) for file in files}
        assert hashes == {form: hashlib.sha256(content).digest() for form, content in before.items()}


@pytest.mark.django_db(transaction=True)
def test_two_jobs_that_print_one_invoice_at_once_send_it_once():
    house = make_house()
    rows = invoices(house, make_party(house), "100.00", "200.00")
    start, errors = threading.Barrier(2), []

    def run() -> None:
        try:
            start.wait()
            printed(house, *rows)
        except Exception as error:  # noqa: BLE001  shown by the assertion below
            errors.append(error)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with as_tenant(house.tenant.pk):
        assert InvoiceFile.objects.count() == 4
        assert OutgoingMail.objects.filter(about_kind="books.Invoice").count() == 2
        assert RecordEntry.objects.filter(verb="books.invoice_sent").count() == 2


def test_a_ubl_file_that_breaks_the_standard_is_not_kept():
    house = make_house()
    (invalid,) = issue(house, order(house, make_party(house), lines=(line(unit="QQQ"),)))
    with as_tenant(house.tenant.pk):
        with pytest.raises(printing.InvalidInvoiceError) as refused:
            printing.print_ubl(invalid.pk, at=AT)
        assert [each.rule for each in refused.value.findings] == ["BR-CL-23"]
        assert not InvoiceFile.objects.exists()


def test_another_tenant_prints_nothing():
    house = make_house()
    (row,) = invoices(house, make_party(house), "100.00")
    with as_tenant(make_customer_tenant("Birch").pk):
        with pytest.raises(Invoice.DoesNotExist):
            printing.print_ubl(row.pk, at=AT)
        printing.print_invoices([row.pk], at=AT)
        printing.print_again([row.pk], at=AT, actor=house.actor)
        assert not RecordEntry.objects.exists()
    assert sent(house) == []
