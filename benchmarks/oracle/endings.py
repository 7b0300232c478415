"""
The money of an end before its time.

crm          an end refunds nothing (§13); by the customer's fault the running interval stays due (§3)
leisure      the customer's fault leaves everything due to the end of the term, at once (21.2)
both         what was invoiced before it began, for days after these, has no ground and goes back whole
all others   what was invoiced for days after the end goes back by days, at the rate it was invoiced with
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from benchmarks.oracle.bills import Invoice, Line, cents, invoices, running, slots, vat_percent
from benchmarks.oracle.days import DAY
from benchmarks.oracle.life import Life


@dataclass(frozen=True)
class Credit:
    """A credit note: its day, the invoice it corrects by its day of issue, what goes back net, and the VAT on it."""

    issued: date
    of: date
    lines: tuple[int, ...]
    vat: int


def credit_notes(life: Life, until: date) -> list[Credit]:
    """Return the credit notes of a life, by the invoices they correct."""
    known, ends = life.ends_known, life.ends
    if known is None or ends is None or known > until:
        return []
    fault = life.ended_for == "fault"
    kept = life.deal.pack == "crm" or (life.deal.pack == "leisure" and fault)
    owed = _owed_until(life, ends) if kept and fault else ends
    found = []
    for invoice in invoices(life, known):
        later = [line for line in invoice.lines if line.last and line.last > owed and line.cents > 0]
        back = [_not_begun(line, owed) if kept else _back(line, ends) for line in later]
        if any(back):
            parts = tuple(sorted(each for each in back if each))
            tax = cents(Fraction(sum(parts) * vat_percent(life.deal.country, invoice.issued), 10000))
            found.append(Credit(known, invoice.issued, parts, tax))
    return found


def _owed_until(life: Life, ends: date) -> date:
    """The last day that stays due by the customer's fault: of the running interval (§3), of the term (21.2)."""
    interval = running(life, ends) if life.deal.pack == "crm" else life.ended_term
    return interval[1] - DAY if interval else ends


def _not_begun(line: Line, owed: date) -> int:
    assert line.first is not None
    return line.cents if line.first > owed else 0


def _back(line: Line, ends: date) -> int:
    assert line.first is not None
    assert line.last is not None
    days, after = (line.last - line.first).days + 1, (line.last - max(ends, line.first - DAY)).days
    return cents(Fraction(line.cents * after, days * 100))


def claimed(life: Life, until: date) -> list[Invoice]:
    """Return the invoice over what stays due after a leisure contract's end by the customer's fault, if any."""
    ends, known = life.ends, life.ends_known
    if ends is None or known is None or known > until or life.ended_for != "fault" or life.deal.pack != "leisure":
        return []
    last = life.ended_term[1]
    open_life = life.unended()
    lines = []
    for slot in slots(open_life, last):
        if slot.planned <= known or slot.first >= last:
            continue
        assert slot.end <= last, "intervals fill the term"
        for name in life.positions:
            item, count = life.price(name, slot.first), life.quantity(name, slot.first)
            if item.per != "once" and count:
                lines.append(_owed(slot.first, slot.end, ends, count * item.price * slot.months / _per(item.per)))
    if not lines:
        return []
    lines.sort(key=lambda line: (line.first or date.min, line.cents))
    tax = cents(Fraction(sum(line.cents for line in lines) * vat_percent(life.deal.country, known), 10000))
    return [Invoice(known, known, tuple(lines), tax)]


def _owed(first: date, end: date, ends: date, whole: Fraction) -> Line:
    """Return what a period not invoiced yet leaves due after the end; what lies before it is invoiced on its day."""
    if first > ends:
        return Line(first, end - DAY, cents(whole))
    kept = cents(whole * Fraction((ends + DAY - first).days, (end - first).days))
    return Line(ends + DAY, end - DAY, cents(whole) - kept)


def _per(per: str) -> int:
    return {"month": 1, "quarter": 3, "year": 12}[per]
