"""Everything that is given back of invoices: what an end leaves without ground, and what is given out of goodwill."""

from datetime import date
from fractions import Fraction

from benchmarks.oracle.bills import cents, vat_percent
from benchmarks.oracle.endings import Credit, credit_notes
from benchmarks.oracle.life import Life


def given_back(life: Life, until: date) -> list[Credit]:
    """Return a life's credit notes by the invoices they correct; VAT goes back at the rate it was charged with."""
    found = credit_notes(life, until)
    for on, of, amount in life.goodwill:
        if on <= until:
            vat = cents(Fraction(amount * vat_percent(life.deal.country, of), 10000))
            found.append(Credit(on, of, (amount,), vat))
    return sorted(found, key=lambda each: (each.of, each.issued))
