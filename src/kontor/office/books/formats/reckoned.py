"""What the rulebook reckoned, as an invoice states it."""

from kontor.office.books.formats.invoice import Totals, Vat
from kontor.rulebook import totals as reckoned
from kontor.rulebook.vat_rates import VatCategory


def from_totals(totals: reckoned.Totals) -> Totals:
    """Return the rulebook's totals as the standard writes them."""
    return Totals(
        lines=totals.line_total.amount,
        net=totals.net.amount,
        vat=totals.vat.amount,
        gross=totals.gross.amount,
        due=totals.payable.amount,
        allowances=totals.allowances.amount,
        charges=totals.charges.amount,
        prepaid=totals.prepaid.amount,
        rounding=totals.rounding.amount,
    )


def from_shares(totals: reckoned.Totals, *, reason: str = "", reason_code: str = "") -> tuple[Vat, ...]:
    """Return the rulebook's VAT breakdown; the reason stands where no tax is charged, never at the standard rate."""
    return tuple(
        Vat(
            category=share.category,
            rate=share.percent,
            taxable=share.taxable.amount,
            tax=share.tax.amount,
            reason="" if share.category is VatCategory.STANDARD else reason,
            reason_code="" if share.category is VatCategory.STANDARD else reason_code,
        )
        for share in totals.breakdown
    )
