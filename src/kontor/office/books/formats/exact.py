"""
Our own proof of every amount to the cent.

The official rules let a whole euro of VAT slip and only warn where a line is not quantity times price. So the finished
file is read back and the rulebook reckons each amount again from the numbers printed in it.
"""

from decimal import Decimal

from kontor.office.books.formats.finding import Finding, Severity
from kontor.office.books.formats.invoice import Adjustment, Invoice
from kontor.rulebook import totals as reckoned
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.totals_check import deviations


def cent_findings(invoice: Invoice) -> tuple[Finding, ...]:
    """
    Return each amount that differs by a cent or more from what the invoice's own numbers give.

    A rule's number stands where the standard has one, else CENT. An amount with a part of a cent is one finding, and
    then nothing else is reckoned.
    """
    try:
        lines, totals, adjustments = _lines(invoice), _totals(invoice), _adjustments(invoice)
    except RefusalError as refusal:
        return (Finding(Severity.FATAL, "CENT", refusal.text),)
    return tuple(
        Finding(Severity.FATAL, deviation.rule or "CENT", deviation.text, deviation.term)
        for deviation in deviations(lines, totals, adjustments=adjustments)
    )


def _lines(invoice: Invoice) -> tuple[reckoned.Line, ...]:
    return tuple(
        reckoned.Line(
            quantity=line.quantity,
            unit_price=line.price,
            base_quantity=line.base_quantity,
            category=line.category,
            percent=line.rate,
        )
        for line in invoice.lines
    )


def _totals(invoice: Invoice) -> reckoned.Totals:
    def money(amount: Decimal) -> Money:
        return Money.parse(amount, invoice.currency)

    totals = invoice.totals
    return reckoned.Totals(
        lines=tuple(money(line.net) for line in invoice.lines),
        breakdown=tuple(
            reckoned.VatShare(vat.category, vat.rate, taxable=money(vat.taxable), tax=money(vat.tax))
            for vat in invoice.vat
        ),
        line_total=money(totals.lines),
        allowances=money(totals.allowances),
        charges=money(totals.charges),
        net=money(totals.net),
        vat=money(totals.vat),
        gross=money(totals.gross),
        prepaid=money(totals.prepaid),
        rounding=money(totals.rounding),
        payable=money(totals.due),
    )


def _adjustments(invoice: Invoice) -> tuple[reckoned.Adjustment, ...]:
    def adjustment(each: Adjustment, *, charge: bool) -> reckoned.Adjustment:
        amount = Money.parse(each.amount, invoice.currency)
        return reckoned.Adjustment(amount=amount, charge=charge, category=each.category, percent=each.rate)

    allowances = (adjustment(each, charge=False) for each in invoice.allowances)
    charges = (adjustment(each, charge=True) for each in invoice.charges)
    return (*allowances, *charges)
