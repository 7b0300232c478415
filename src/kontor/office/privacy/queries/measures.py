"""The technical and organisational measures that the packs name, each with what proves it and when it is due again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kontor.office.privacy.models import MeasureReview
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import ToBeAgreed, keys, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """
    A measure with its newest review.

    clauses    the clauses of all packs that ask for it
    owner      who answers for it; "" where nobody ever looked
    review_by  the day by which it is looked at again; None where nobody ever did
    overdue    nobody ever looked, or that day is over
    """

    key: str
    title: Text
    clauses: tuple[Clause, ...]
    owner: str
    evidence: str
    reviewed_on: date | None
    reviewed_by: str
    review_by: date | None
    overdue: bool


def measures(on: date) -> Iterator[Measure]:
    """Yield every measure once, in the order of packs, with its newest review; one query."""
    newest = {row.measure: row for row in MeasureReview.objects.order_by("reviewed_on", "id")}
    for key, (title, clauses) in _named().items():
        row = newest.get(key)
        yield Measure(
            key=key, title=title, clauses=clauses, owner=row.owner if row else "",
            evidence=row.evidence if row else "",
            reviewed_on=row.reviewed_on if row else None, reviewed_by=row.reviewed_by if row else "",
            review_by=row.review_by if row else None, overdue=row is None or row.review_by < on,
        )  # fmt: skip


def known_measures() -> frozenset[str]:
    """Return the keys of all measures."""
    return frozenset(_named())


def _named() -> dict[str, tuple[Text, tuple[Clause, ...]]]:
    found: dict[str, tuple[Text, tuple[Clause, ...]]] = {}
    for pack in map(load, sorted(keys(), key=lambda key: (key != "visitor", key))):
        told = pack.privacy.measures if pack.privacy else None
        if told is None or isinstance(told, ToBeAgreed):
            continue
        for item in told.value:
            title, clauses = found.get(item.key, (Text(item.de, item.en), ()))
            found[item.key] = (title, (*clauses, *told.clauses[:1]))
    return found
