"""
A second, independent reckoning of an invoice that lets no cent slip.

The official rules of EN 16931 accept VAT that is up to a euro off and line amounts that are not quantity × price. This
check reads an invoice's own amounts, ours or one received, and finds every deviation. It shares the shapes of
`totals`, but none of its arithmetic: Decimals, half up, each term from the terms stated before it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from kontor.rulebook.currency import minor_digits
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.totals import Adjustment, Line, TaxKey, Totals, VatShare, rate_fits, tax_key
from kontor.rulebook.vat_rates import VatCategory
from kontor.rulebook.wording import said

# Enough that a quotient which ends at all ends well inside, so that a tie is seen as a tie.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Deviation:
    """
    An amount or term that is not what it must be.

    term      the business term or group, "BT-117"
    rule      the rule it breaks, "BR-CO-17"; "" where only our own check asks for it
    stated    what the invoice says
    expected  what it must say
    """

    term: str
    rule: str
    stated: str
    expected: str

    @property
    def text(self) -> Text:
        """The deviation as a sentence."""
        rule = f" ({self.rule})" if self.rule else ""
        return said(
            "{term}: {stated} statt {expected}{rule}",
            "{term}: {stated} instead of {expected}{rule}",
            term=self.term,
            stated=self.stated,
            expected=self.expected,
            rule=rule,
        )


class TotalsError(RefusalError):
    """An invoice does not add up; `deviations` lists every place."""

    def __init__(self, deviations: Sequence[Deviation]) -> None:
        places = [deviation.text for deviation in deviations]
        super().__init__(
            said(
                "Die Rechnung geht nicht auf. {places}.",
                "The invoice does not add up. {places}.",
                places=Text("; ".join(place.de for place in places), "; ".join(place.en for place in places)),
            )
        )
        self.deviations = tuple(deviations)


def check_totals(lines: Sequence[Line], totals: Totals, *, adjustments: Sequence[Adjustment] = ()) -> None:
    """Raise TotalsError unless every amount of the invoice is exact to the minor unit."""
    found = deviations(lines, totals, adjustments=adjustments)
    if found:
        raise TotalsError(found)


def deviations(
    lines: Sequence[Line], totals: Totals, *, adjustments: Sequence[Adjustment] = ()
) -> tuple[Deviation, ...]:
    """
    Return everything on an invoice that is not exact, in the order of the standard; nothing where all is.

    lines        as stated, in order
    totals       as stated: line amounts, VAT breakdown and totals
    adjustments  allowances and charges of the whole invoice, as stated
    """
    currency = totals.payable.currency
    strangers = sorted({money.currency for money in _amounts(lines, totals, adjustments)} - {currency})
    if strangers:
        return (Deviation("BT-5", "", ", ".join(strangers), currency),)
    if len(totals.lines) != len(lines):
        return (Deviation("BG-25", "", str(len(totals.lines)), str(len(lines))),)
    with localcontext(_EXACT):
        return (
            *_lines(lines, totals, currency),
            *_shares(lines, totals, adjustments=adjustments),
            *_chain(totals, adjustments),
        )


def _lines(lines: Sequence[Line], totals: Totals, currency: str) -> Iterator[Deviation]:
    for place, (line, stated) in enumerate(zip(lines, totals.lines, strict=True), start=1):
        if line.base_quantity <= 0:
            yield Deviation(f"BT-149 [{place}]", "", f"{line.base_quantity:f}", "> 0")
            continue
        expected = _to_minor_unit(line.quantity * line.unit_price / line.base_quantity, currency)
        for part in line.adjustments:
            expected += part.amount.amount if part.charge else -part.amount.amount
        yield from _compare(f"BT-131 [{place}]", "", stated.amount, expected)
        if not rate_fits(line.category, line.percent):
            wanted = {VatCategory.STANDARD: "> 0 %", VatCategory.OUTSIDE: "–"}.get(line.category, "0 %")
            yield Deviation(f"BT-152 [{place}]", _rule(line.category, "05"), _rate(line.percent), wanted)


def _shares(lines: Sequence[Line], totals: Totals, *, adjustments: Sequence[Adjustment]) -> Iterator[Deviation]:
    base: dict[TaxKey, Decimal] = {}
    for line, net in zip(lines, totals.lines, strict=True):
        base[tax_key(line)] = base.get(tax_key(line), Decimal(0)) + net.amount
    for entry in adjustments:
        signed = entry.amount.amount if entry.charge else -entry.amount.amount
        base[tax_key(entry)] = base.get(tax_key(entry), Decimal(0)) + signed
    stated = Counter(_key(share) for share in totals.breakdown)
    for key in (*base, *(key for key in stated if key not in base)):
        if stated[key] != (1 if key in base else 0):
            expected = "1" if key in base else "0"
            yield Deviation(f"BG-23 [{key[0].value} {_rate(key[1])}]", "BR-CO-18", str(stated[key]), expected)
    if VatCategory.OUTSIDE in {key[0] for key in base} and len(base) > 1:
        yield Deviation("BG-23", "BR-O-11", str(len(base)), "1")
    for share in totals.breakdown:
        where = f"[{share.category.value} {_rate(share.percent)}]"
        yield from _compare(
            f"BT-116 {where}", _rule(share.category, "08"), share.taxable.amount, base.get(_key(share), Decimal(0))
        )
        tax = _to_minor_unit(share.taxable.amount * (share.percent or 0) / 100, share.taxable.currency)
        yield from _compare(f"BT-117 {where}", "BR-CO-17", share.tax.amount, tax)


def _chain(totals: Totals, adjustments: Sequence[Adjustment]) -> Iterator[Deviation]:
    nought = Decimal(0)
    allowances = sum((entry.amount.amount for entry in adjustments if not entry.charge), nought)
    charges = sum((entry.amount.amount for entry in adjustments if entry.charge), nought)
    sum_of_lines = sum((net.amount for net in totals.lines), nought)
    sum_of_tax = sum((share.tax.amount for share in totals.breakdown), nought)
    net = totals.line_total.amount - totals.allowances.amount + totals.charges.amount
    payable = totals.gross.amount - totals.prepaid.amount + totals.rounding.amount
    yield from _compare("BT-106", "BR-CO-10", totals.line_total.amount, sum_of_lines)
    yield from _compare("BT-107", "BR-CO-11", totals.allowances.amount, allowances)
    yield from _compare("BT-108", "BR-CO-12", totals.charges.amount, charges)
    yield from _compare("BT-109", "BR-CO-13", totals.net.amount, net)
    yield from _compare("BT-110", "BR-CO-14", totals.vat.amount, sum_of_tax)
    yield from _compare("BT-112", "BR-CO-15", totals.gross.amount, totals.net.amount + totals.vat.amount)
    yield from _compare("BT-115", "BR-CO-16", totals.payable.amount, payable)


def _compare(term: str, rule: str, stated: Decimal, expected: Decimal) -> Iterator[Deviation]:
    if stated != expected:
        yield Deviation(term, rule, f"{stated:f}", f"{expected:f}")


def _amounts(lines: Sequence[Line], totals: Totals, adjustments: Sequence[Adjustment]) -> Iterator[Money]:
    yield from totals.lines
    yield from (part.amount for line in lines for part in line.adjustments)
    yield from (entry.amount for entry in adjustments)
    for share in totals.breakdown:
        yield from (share.taxable, share.tax)
    yield from (totals.line_total, totals.allowances, totals.charges, totals.net, totals.vat, totals.gross)
    yield from (totals.prepaid, totals.rounding)


def _key(share: VatShare) -> TaxKey:
    return share.category, None if share.percent is None else share.percent.normalize()


def _rule(category: VatCategory, place: str) -> str:
    # the standard's rules call intra-Community supplies IC, its code list K
    return f"BR-{'IC' if category is VatCategory.INTRA_COMMUNITY else category.value}-{place}"


def _rate(percent: Decimal | None) -> str:
    return "–" if percent is None else f"{percent.normalize():f} %"


def _to_minor_unit(value: Decimal, currency: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-minor_digits(currency)))
