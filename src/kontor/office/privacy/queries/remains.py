"""What stays after a company was erased: the house's own rows about it, and the duty for which they stay."""

from datetime import date
from typing import Any, Final

from kontor.kernel import registry
from kontor.kernel.queries.owned_tables import shared_with
from kontor.office.privacy.models import Erasure
from kontor.rulebook import terms
from kontor.rulebook.retention import kept_until
from kontor.rulebook.terms.law import LawPack

VOUCHERS: Final = "invoice"
LETTERS: Final = "business_letter"


def remaining(erasure: Erasure, *, on: date) -> list[dict[str, Any]]:
    """
    Return, as the house, what of its own records names the company: table, rows, kind, last day and clause.

    No row about the company is made after its erasure, so counted from that day the last day is the latest possible.
    """
    law = law_of(erasure.told.get("law", ""))
    return [
        {"table": label, "rows": rows, **duty(label, law, on)}
        for label, rows in sorted(shared_with(erasure.of_tenant).items())
    ]


def law_of(country: str) -> LawPack | None:
    """Return the law of a country that is on file, None where none is."""
    return terms.law(country) if country in terms.laws() else None


def title_of(label: str) -> tuple[str, str]:
    """Return the name of a table's module in German and English."""
    title = registry.module(label.partition(".")[0]).title
    return title.de, title.en


def duty(label: str, law: LawPack | None, on: date) -> dict[str, str]:
    """Return for what a law keeps rows of a table, until when counted from a day, and its clause; "" for nothing."""
    if law is None or law.retention is None:
        return {"kind": "", "until": "", "clause": ""}
    kinds = law.retention.kinds
    said = registry.personal_data().get(label)
    wanted = (said.ground if said else "", VOUCHERS if label.startswith("books.") else LETTERS, VOUCHERS)
    key = next(key for key in wanted if key in kinds)
    ruling = kept_until(key, kinds[key], on)
    return {"kind": key, "until": ruling.value.last.isoformat(), "clause": ", ".join(map(str, ruling.clauses))}
