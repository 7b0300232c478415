"""How use beyond what is included is named on the invoice."""

from decimal import Decimal

from kontor.office.contracts.queries.usage import Limit
from kontor.rulebook.currency import number
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said


def charge_text(limit: Limit, included: Decimal, *, correction: bool) -> Text:
    """Return the words of the line: what was used, above what, and the size of its blocks."""
    assert limit.tariff is not None
    text = said(
        "{title} über {included} {unit}: Blöcke zu {size}",
        "{title} above {included} {unit}: blocks of {size}",
        title=limit.meter.title or Text(limit.meter.name, limit.meter.name),
        included=number(included),
        unit=limit.unit,
        size=number(limit.tariff.block),
    )
    return said("{text} (Nachtrag)", "{text} (correction)", text=text) if correction else text
