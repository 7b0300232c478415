"""
What an invoice adds up to, as EN 16931 computes it: lines, VAT once per category and rate, the chain to the amount due.

>>> lines = [Line(quantity=Decimal(3), unit_price=Decimal("0.13"), category=VatCategory.STANDARD, percent=Decimal(19))]
>>> totals = invoice_totals(lines, currency="EUR").value
>>> totals.net.bare(), totals.vat.bare(), totals.payable.bare()
('0.39', '0.07', '0.46')

Names follow the standard's business terms, which the docstrings number (BT-106 and so on).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kontor.rulebook.currency import number, price_text
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.tax import refuse_mixture
from kontor.rulebook.vat_rates import VatCategory
from kontor.rulebook.wording import said

TaxKey = tuple[VatCategory, Decimal | None]


@dataclass(frozen=True, slots=True)
class LineAdjustment:
    """An allowance (BG-27) or charge (BG-28) on a line: never negative, its direction in `charge`."""

    amount: Money
    charge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    An invoice line as far as it counts.

    quantity       BT-129, negative for what is taken back
    unit_price     BT-146, net, an exact decimal with as many places as it needs, never negative (BR-27)
    base_quantity  BT-149, the number of units the price is for
    category       BT-151
    percent        BT-152; None outside the scope (O), where no rate may be stated
    """

    quantity: Decimal
    unit_price: Decimal
    base_quantity: Decimal = Decimal(1)
    adjustments: tuple[LineAdjustment, ...] = ()
    category: VatCategory
    percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An allowance (BG-20) or charge (BG-21) on the whole invoice: never negative, taxed like a line."""

    amount: Money
    charge: bool = False
    category: VatCategory
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class VatShare:
    """
    One VAT category and rate of the invoice (BG-23).

    taxable  BT-116
    tax      BT-117
    """

    category: VatCategory
    percent: Decimal | None
    taxable: Money
    tax: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """
    All amounts of an invoice.

    lines       BT-131, one per line
    breakdown   BG-23, one per category and rate
    line_total  BT-106    allowances  BT-107    charges  BT-108    net      BT-109
    vat         BT-110    gross       BT-112    prepaid  BT-113    rounding BT-114    payable  BT-115
    """

    lines: tuple[Money, ...]
    breakdown: tuple[VatShare, ...]
    line_total: Money
    allowances: Money
    charges: Money
    net: Money
    vat: Money
    gross: Money
    prepaid: Money
    rounding: Money
    payable: Money


_RATELESS: Final = VatCategory.OUTSIDE
_TAXED: Final = VatCategory.STANDARD


def line_net(line: Line, currency: str) -> Money:
    """Return BT-131: quantity × price / base quantity, rounded once, then charges added and allowances taken off."""
    gross = Fraction(line.quantity) * Fraction(line.unit_price) / Fraction(line.base_quantity)
    net = Money.rounded(gross, currency)
    for adjustment in line.adjustments:
        net = net + adjustment.amount if adjustment.charge else net - adjustment.amount
    return net


def invoice_totals(
    lines: Sequence[Line],
    *,
    currency: str,
    adjustments: Sequence[Adjustment] = (),
    prepaid: Money | None = None,
    rounding: Money | None = None,
    clauses: Iterable[Clause] = (),
) -> Ruling[Totals]:
    """
    Return every amount of an invoice, VAT computed once per category and rate (BR-CO-10 to BR-CO-17).

    prepaid   what was paid already (BT-113)
    rounding  what the amount due is rounded by, with its sign (BT-114)

    No lines, negative prices or adjustments, misfit rates, or O beside other categories raise RefusalError.
    """
    _refuse_unsound(lines, adjustments)
    nets = tuple(line_net(line, currency) for line in lines)
    breakdown = _breakdown(lines, nets, adjustments=adjustments, currency=currency)
    line_total, vat = Money.total(nets, currency), Money.total((entry.tax for entry in breakdown), currency)
    allowances = Money.total((entry.amount for entry in adjustments if not entry.charge), currency)
    charges = Money.total((entry.amount for entry in adjustments if entry.charge), currency)
    net = line_total - allowances + charges
    paid, rounded = prepaid or Money.zero(currency), rounding or Money.zero(currency)
    totals = Totals(
        lines=nets,
        breakdown=breakdown,
        line_total=line_total,
        allowances=allowances,
        charges=charges,
        net=net,
        vat=vat,
        gross=net + vat,
        prepaid=paid,
        rounding=rounded,
        payable=net + vat - paid + rounded,
    )
    counted = (("currency", currency), ("lines", str(len(lines))), ("adjustments", str(len(adjustments))))
    return Ruling(totals, tuple(clauses), counted, _working(lines, totals, currency))


def net_of_gross(gross: Money, percent: Decimal) -> Ruling[tuple[Money, Money]]:
    """
    Take the VAT out of an amount that contains it: net and VAT, together exactly the amount.

    The net is what is kept and reckoned with; the gross is never derived from it again.

    >>> [part.bare() for part in net_of_gross(Money.parse("100.00", "EUR"), Decimal(19)).value]
    ['84.03', '15.97']
    """
    net = gross.times(1 / (1 + Fraction(percent) / 100))
    step = said(
        "{gross} enthalten {percent} % Umsatzsteuer: netto {net}, Steuer {vat}.",
        "{gross} includes {percent} % VAT: net {net}, VAT {vat}.",
        gross=gross.text,
        percent=number(percent),
        net=net.text,
        vat=(gross - net).text,
    )
    return Ruling((net, gross - net), (), (("gross", gross.bare()), ("percent", f"{percent:f}")), (step,))


def tax_key(entry: Line | Adjustment) -> TaxKey:
    """Return what lines are gathered by for VAT: category and rate, 19 and 19.00 being one rate."""
    return entry.category, None if entry.percent is None else entry.percent.normalize()


def rate_fits(category: VatCategory, percent: Decimal | None) -> bool:
    """Say whether a rate may stand with a category: none with O, more than 0 with S, 0 with all others."""
    if percent is None:
        return category is _RATELESS
    if category is _RATELESS:
        return False
    return percent > 0 if category is _TAXED else percent == 0


def _breakdown(
    lines: Sequence[Line], nets: Sequence[Money], *, adjustments: Sequence[Adjustment], currency: str
) -> tuple[VatShare, ...]:
    taxable: dict[TaxKey, Money] = {}
    for line, net in zip(lines, nets, strict=True):
        taxable[tax_key(line)] = taxable.get(tax_key(line), Money.zero(currency)) + net
    for entry in adjustments:
        signed = entry.amount if entry.charge else -entry.amount
        taxable[tax_key(entry)] = taxable.get(tax_key(entry), Money.zero(currency)) + signed
    ordered = sorted(taxable.items(), key=lambda item: (item[0][0].value, -(item[0][1] or 0)))
    return tuple(
        VatShare(category, percent, base, base.times(Fraction(percent or 0) / 100))
        for (category, percent), base in ordered
    )


def _refuse_unsound(lines: Sequence[Line], adjustments: Sequence[Adjustment]) -> None:
    entries: tuple[Line | Adjustment, ...] = (*lines, *adjustments)
    refuse_mixture(entry.category for entry in entries)
    if not lines:
        raise RefusalError(Text("Eine Rechnung hat mindestens eine Zeile.", "An invoice has at least one line."))
    if any(line.unit_price < 0 or line.base_quantity <= 0 for line in lines):
        raise RefusalError(
            Text(
                "Ein Einzelpreis ist nicht negativ und gilt für eine Menge über null; zurückgenommen wird mit "
                "negativer Menge.",
                "A unit price is not negative and is for a quantity above zero; what is taken back has a negative "
                "quantity.",
            )
        )
    on_lines = [part.amount for line in lines for part in line.adjustments]
    if any(amount.minor < 0 for amount in (*on_lines, *(entry.amount for entry in adjustments))):
        raise RefusalError(
            Text("Ein Nachlass oder Zuschlag ist nicht negativ.", "An allowance or charge is not negative.")
        )
    for entry in entries:
        if not rate_fits(entry.category, entry.percent):
            raise RefusalError(
                said(
                    "Der Steuersatz {percent} passt nicht zur Kategorie {category}.",
                    "The VAT rate {percent} does not fit category {category}.",
                    percent="–" if entry.percent is None else f"{entry.percent:f} %",
                    category=entry.category.value,
                )
            )


def _working(lines: Sequence[Line], totals: Totals, currency: str) -> tuple[Text, ...]:
    steps = [
        said(
            "{quantity} × {price}{base} = {net}",
            "{quantity} × {price}{base} = {net}",
            quantity=number(line.quantity),
            price=price_text(line.unit_price, currency),
            base="" if line.base_quantity == 1 else said(" / {n}", " / {n}", n=number(line.base_quantity)),
            net=net.text,
        )
        for line, net in zip(lines, totals.lines, strict=True)
    ]
    steps += [
        said(
            "{percent} % von {taxable} = {tax}",
            "{percent} % of {taxable} = {tax}",
            percent=number(entry.percent),
            taxable=entry.taxable.text,
            tax=entry.tax.text,
        )
        for entry in totals.breakdown
        if entry.percent
    ]
    steps.append(
        said(
            "Netto {net} + Umsatzsteuer {vat} = {gross}; zu zahlen {payable}",
            "Net {net} + VAT {vat} = {gross}; payable {payable}",
            net=totals.net.text,
            vat=totals.vat.text,
            gross=totals.gross.text,
            payable=totals.payable.text,
        )
    )
    return tuple(steps)
