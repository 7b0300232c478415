"""
E-invoices per second and core: written as XRechnung, checked by all rules, printed as ZUGFeRD, checked again.

    uv run --group dev python benchmarks/einvoice.py [invoices]

Every invoice differs in number and amounts. The data inside the PDF are those of the XRechnung but for the profile they
name, which is proved for each; "twice" lets the Factur-X rules, which repeat those of EN 16931, run over them as well.
The peer, in the same run on the same pages, is the package factur-x: it puts our data into our plain page by its own
hand. Times are processor time of this process, Saxon's threads included, after a warm-up; a core is 1,000 ms a second.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import facturx

from kontor.kernel.pdf import render
from kontor.office.books.formats.check import check
from kontor.office.books.formats.cii import cii
from kontor.office.books.formats.finding import Finding
from kontor.office.books.formats.invoice import (
    Address,
    Contact,
    Days,
    Invoice,
    Kind,
    Line,
    Means,
    Party,
    Payment,
    Profile,
    Seller,
)
from kontor.office.books.formats.paper import Letterhead, invoice_paper
from kontor.office.books.formats.reckoned import from_shares, from_totals
from kontor.office.books.formats.ubl import ubl
from kontor.office.books.formats.zugferd import TEMPLATE, zugferd, zugferd_findings
from kontor.rulebook import totals as reckoned
from kontor.rulebook.vat_rates import VatCategory

AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
PERIOD = Days(date(2026, 11, 1), date(2027, 1, 31))
LETTERHEAD = Letterhead("+49 40 1234567", "rechnung@nordkai.example", "nordkai.example", ("Amtsgericht Hamburg",))
SELLER = Seller(
    name="Nordkai Software GmbH",
    address=Address(("Nordkai 7",), "20457", "Hamburg", "DE"),
    vat_id="DE300000001",
    electronic_address="rechnung@nordkai.example",
    contact=Contact("Marit Behn", "+49 40 1234567", "rechnung@nordkai.example"),
)
BUYER = Party(
    name="Weserwerk Anlagenbau GmbH",
    address=Address(("Hafenrandstraße 12",), "28237", "Bremen", "DE"),
    electronic_address="eingang@weserwerk.example",
)
NINETEEN = Decimal(19)
ENOUGH = 20  # invoices per second and core


def invoice(at: int) -> Invoice:
    """Return the at-th invoice: two lines, amounts by the rulebook."""
    price = Decimal(18900 + at * 7).scaleb(-2)
    counted = [
        reckoned.Line(quantity=Decimal(3), unit_price=price, category=VatCategory.STANDARD, percent=NINETEEN),
        reckoned.Line(
            quantity=Decimal(18), unit_price=Decimal("14.00"), category=VatCategory.STANDARD, percent=NINETEEN
        ),
    ]
    totals = reckoned.invoice_totals(counted, currency="EUR").value
    lines = tuple(
        Line(
            number=str(number),
            name=name,
            quantity=each.quantity,
            unit="MON",
            price=each.unit_price,
            net=net.amount,
            category=each.category,
            rate=each.percent,
            note="Ziff. 7.2",
            period=PERIOD,
        )
        for number, (name, each, net) in enumerate(
            zip(("Besucher", "Bildschirme"), counted, totals.lines, strict=True), 1
        )
    )
    number = f"2026-{at:05}"
    return Invoice(
        number=number,
        issued=date(2026, 11, 2),
        kind=Kind.INVOICE,
        currency="EUR",
        seller=SELLER,
        buyer=replace(BUYER, name=f"Weserwerk {at} GmbH"),
        lines=lines,
        vat=from_shares(totals),
        totals=from_totals(totals),
        payment=Payment(Means.SEPA_CREDIT_TRANSFER, iban="DE02120300000000202051", reference=number),
        due=date(2026, 11, 17),
        terms="Zahlbar innerhalb von 14 Kalendertagen nach Zugang.",
        period=PERIOD,
        buyer_reference="WW-4500-0187",
    )


def printed(each: Invoice) -> bytes:
    return zugferd(each, LETTERHEAD, language="de", at=AT)


def complete(each: Invoice) -> None:
    """Write, check, print, check: what a run does for one invoice besides the database."""
    xrechnung = cii(each, Profile.XRECHNUNG)
    sound(check(xrechnung))
    sound(zugferd_findings(printed(each), xrechnung=xrechnung))


def complete_twice(each: Invoice) -> None:
    complete(each)
    sound(check(cii(each, Profile.FACTUR_X)))


def by_factur_x(each: Invoice) -> bytes:
    page = render(TEMPLATE, invoice_paper(each, LETTERHEAD, language="de"), at=AT, standard="a-3b")
    data = cii(each, Profile.FACTUR_X)
    return bytes(facturx.generate_from_binary(page, data, check_xsd=False, level="en16931", flavor="factur-x"))


def sound(findings: tuple[Finding, ...]) -> None:
    if findings:
        raise AssertionError([str(finding) for finding in findings])


def timed(work: Callable[[Invoice], object], invoices: Sequence[Invoice]) -> float:
    """Return milliseconds of processor time per invoice."""
    began = time.process_time()
    for each in invoices:
        work(each)
    return (time.process_time() - began) * 1000 / len(invoices)


def main(count: int) -> None:
    works: dict[str, Callable[[Invoice], object]] = {
        "write XRechnung (CII)": lambda each: cii(each, Profile.XRECHNUNG),
        "write XRechnung (UBL)": ubl,
        "check XRechnung (CII)": lambda each: check(cii(each, Profile.XRECHNUNG)),
        "check XRechnung (UBL)": lambda each: check(ubl(each)),
        "check Factur-X by its own rules": lambda each: check(cii(each, Profile.FACTUR_X)),
        "print ZUGFeRD": printed,
        "complete": complete,
        "complete, data checked twice": complete_twice,
        "print, data put in by factur-x": by_factur_x,
    }
    warm, invoices = [invoice(at) for at in range(100)], [invoice(at) for at in range(100, 100 + count)]
    found = {}
    for name, work in works.items():
        timed(work, warm)
        found[name] = timed(work, invoices)
        print(f"{name:34} {found[name]:8.2f} ms  {1000 / found[name]:10.1f} /s per core")
    peer = found["print, data put in by factur-x"] / found["print ZUGFeRD"]
    print(f"factur-x takes {peer:.2f} times our time for one ZUGFeRD page")
    rate = 1000 / found["complete"]
    print(f"complete: {rate:.1f} /s per core, {rate / ENOUGH:.2f} times the {ENOUGH} asked for")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
