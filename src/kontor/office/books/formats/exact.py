"""
Our own proof of every amount to the cent.

The official rules let a whole euro of VAT slip and only warn where a line is not quantity times price. So the finished
file is read back and each amount computed again from the numbers printed in it, as EN 16931 adds them up: BT-131 per
line, BT-117 once per category and rate, then BR-CO-10 to BR-CO-16. Rounding is half away from zero, once per amount.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from kontor.office.books.formats.finding import Finding, fatal
from kontor.office.books.formats.invoice import ZERO, Category, Invoice, cents, plain


def rounded(exact: Fraction) -> Decimal:
    """
    Return an exact amount in whole cents, half away from zero.

    >>> rounded(Fraction(-1446375, 1000)), rounded(Fraction(5, 1000)), rounded(Fraction(1, 3))
    (Decimal('-1446.38'), Decimal('0.01'), Decimal('0.33'))
    """
    hundredths = exact * 100
    whole = (abs(hundredths) + Fraction(1, 2)).__floor__()
    return Decimal(whole if exact >= 0 else -whole).scaleb(-2)


def cent_findings(invoice: Invoice) -> tuple[Finding, ...]:
    """Return each amount that differs by a cent or more from what the invoice's own numbers give."""
    parts = (_lines(invoice), _vat(invoice), _totals(invoice))
    return tuple(finding for part in parts for finding in part)


def _lines(invoice: Invoice) -> Iterator[Finding]:
    for line in invoice.lines:
        if line.base_quantity <= ZERO:
            yield fatal(
                "CENT-LINE",
                f"Position {line.number}: Die Preisbasis {plain(line.base_quantity)} ist keine Menge.",
                f"Line {line.number}: the price base {plain(line.base_quantity)} is no quantity.",
            )
            continue
        expected = rounded(Fraction(line.quantity) * Fraction(line.price) / Fraction(line.base_quantity))
        if expected != line.net:
            product = f"{plain(line.quantity)} × {plain(line.price)}"
            yield fatal(
                "CENT-LINE",
                f"Position {line.number}: {product} ergibt {cents(expected)}, dort steht {plain(line.net)}.",
                f"Line {line.number}: {product} is {cents(expected)}, stated is {plain(line.net)}.",
            )


def _vat(invoice: Invoice) -> Iterator[Finding]:
    bases = taxable_by_rate(invoice)
    stated: dict[tuple[Category, Decimal], tuple[Decimal, Decimal]] = {}
    for vat in invoice.vat:
        key = (vat.category, vat.rate)
        if key in stated:
            yield fatal(
                "CENT-VAT",
                f"Die Umsatzsteuer {vat.category} {plain(vat.rate)} % ist zweimal aufgeführt.",
                f"VAT {vat.category} {plain(vat.rate)} % is stated twice.",
            )
        stated[key] = (vat.taxable, vat.tax)
    for key in sorted(bases.keys() | stated.keys()):
        category, rate = key
        taxable, tax = stated.get(key, (ZERO, ZERO))
        base = bases.get(key, ZERO)
        expected = rounded(Fraction(base) * Fraction(rate) / 100)
        if key not in stated or (taxable, tax) != (base, expected):
            yield fatal(
                "CENT-VAT",
                f"{category} {plain(rate)} % auf {plain(base)} ergibt {cents(expected)};"
                f" dort steht {plain(tax)} auf {plain(taxable)}.",
                f"{category} {plain(rate)} % of {plain(base)} is {cents(expected)};"
                f" stated is {plain(tax)} of {plain(taxable)}.",
            )


def taxable_by_rate(invoice: Invoice) -> dict[tuple[Category, Decimal], Decimal]:
    """Return the taxable amount of each category and rate: lines less allowances plus charges."""
    bases: dict[tuple[Category, Decimal], Decimal] = {}
    for line in invoice.lines:
        bases[line.category, line.rate] = bases.get((line.category, line.rate), ZERO) + line.net
    for sign, adjustments in ((-1, invoice.allowances), (1, invoice.charges)):
        for each in adjustments:
            key = (each.category, each.rate)
            bases[key] = bases.get(key, ZERO) + sign * each.amount
    return bases


def _totals(invoice: Invoice) -> Iterator[Finding]:
    totals = invoice.totals
    allowances = sum((each.amount for each in invoice.allowances), ZERO)
    charges = sum((each.amount for each in invoice.charges), ZERO)
    lines = sum((line.net for line in invoice.lines), ZERO)
    vat = sum(taxes(invoice), ZERO)
    net = lines - allowances + charges
    expected = (
        ("BT-106", totals.lines, lines),
        ("BT-107", totals.allowances, allowances),
        ("BT-108", totals.charges, charges),
        ("BT-109", totals.net, net),
        ("BT-110", totals.vat, vat),
        ("BT-112", totals.gross, net + vat),
        ("BT-115", totals.due, net + vat - totals.prepaid + totals.rounding),
    )
    for term, stated, right in expected:
        if stated != right:
            yield fatal(
                "CENT-TOTAL",
                f"{term}: Die Beträge ergeben {plain(right)}, dort steht {plain(stated)}.",
                f"{term}: the amounts give {plain(right)}, stated is {plain(stated)}.",
            )


def taxes(invoice: Invoice) -> Iterator[Decimal]:
    """Yield the tax of each category and rate, computed from the lines and not from what is stated."""
    for (_, rate), base in taxable_by_rate(invoice).items():
        yield rounded(Fraction(base) * Fraction(rate) / 100)
