"""What the writers write passes the official rules and reads back as what was written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kontor.office.books.formats.check import check, read_invoice
from kontor.office.books.formats.cii import cii
from kontor.office.books.formats.invoice import Invoice, Note, Profile
from kontor.office.books.formats.ubl import ubl
from kontor.office.books.formats.xml_out import UnwritableTextError
from tests.office.books.formats import samples

WRITERS: dict[str, Callable[[Invoice], bytes]] = {
    "xrechnung-cii": lambda invoice: cii(invoice, Profile.XRECHNUNG),
    "factur-x": lambda invoice: cii(invoice, Profile.FACTUR_X),
    "xrechnung-ubl": ubl,
}
TRAPS = {
    "small_lines": pytest.mark.trap(22),
    "domestic": pytest.mark.trap(23),
    "cancellation": pytest.mark.trap(27),
    "reverse_charge": pytest.mark.trap(28),
    "outside_scope": pytest.mark.trap(29),
    "fine_prices": pytest.mark.trap(31),
    "direct_debit": pytest.mark.trap(33),
}
SITUATIONS = [pytest.param(make, marks=TRAPS.get(name, ()), id=name) for name, make in samples.EVERY.items()]


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_written_invoice_passes_every_rule_and_reads_back_as_written(
    situation: Callable[[], Invoice], writer: Callable[[Invoice], bytes]
) -> None:
    invoice = situation()
    content = writer(invoice)
    assert check(content) == ()
    assert read_invoice(content) == invoice


@pytest.mark.parametrize("situation", samples.EVERY.values(), ids=samples.EVERY)
def test_xrechnung_and_factur_x_differ_in_the_profile_alone(situation: Callable[[], Invoice]) -> None:
    xrechnung, factur_x = (cii(situation(), profile) for profile in (Profile.XRECHNUNG, Profile.FACTUR_X))
    assert xrechnung.replace(Profile.XRECHNUNG.encode(), Profile.FACTUR_X.encode()) == factur_x


def test_a_cancellation_in_ubl_is_a_credit_note() -> None:
    assert b"<CreditNote xmlns=" in ubl(samples.cancellation())
    assert b"<cbc:CreditNoteTypeCode>381<" in ubl(samples.cancellation())
    assert b"<cbc:InvoiceTypeCode>384<" in ubl(samples.correction())


@pytest.mark.trap(32)
def test_periods_of_invoice_and_lines_stand_in_both_syntaxes() -> None:
    assert cii(samples.domestic(), Profile.XRECHNUNG).count(b"<ram:BillingSpecifiedPeriod>") == 3
    assert ubl(samples.domestic()).count(b"<cac:InvoicePeriod>") == 3


def test_an_invoice_with_a_day_of_supply_needs_no_period() -> None:
    lines = tuple(replace(line, period=None) for line in samples.domestic().lines)
    invoice = replace(samples.domestic(), lines=lines, period=None, delivered=date(2026, 11, 2))
    for writer in WRITERS.values():
        content = writer(invoice)
        assert check(content) == ()
        assert read_invoice(content) == invoice


def test_the_same_invoice_gives_the_same_bytes() -> None:
    for writer in WRITERS.values():
        assert writer(samples.credited_and_prepaid()) == writer(samples.credited_and_prepaid())


def test_text_keeps_its_signs_in_xml() -> None:
    invoice = replace(samples.domestic(), notes=(Note('Zeile 1\nZeile 2: "Größe" <5 & mehr', "AAI"),))
    for writer in WRITERS.values():
        assert read_invoice(writer(invoice)).notes == invoice.notes


def test_a_sign_xml_cannot_hold_is_refused_by_name() -> None:
    invoice = replace(samples.domestic(), terms="Zahlbar\x00sofort")
    for writer in WRITERS.values():
        with pytest.raises(UnwritableTextError) as refused:
            writer(invoice)
        assert refused.value.text.de == "Das Zeichen U+0000 in 'Zahlbar\\x00sofort' kann in keiner XML-Datei stehen."


def test_an_amount_with_a_part_of_a_cent_is_not_written() -> None:
    totals = replace(samples.domestic().totals, due=Decimal("974.615"))
    for writer in WRITERS.values():
        with pytest.raises(ValueError, match=r"^974\.615 has a part of a cent; amounts are rounded before"):
            writer(replace(samples.domestic(), totals=totals))
