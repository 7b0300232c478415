"""Whose law says how long the tenant keeps its books."""

from collections.abc import Iterator
from datetime import date

from kontor.kernel.keeping import Account
from kontor.office.books.models import Seller
from kontor.rulebook import terms


def own_law(on: date) -> Iterator[Account]:  # noqa: ARG001  every module is asked for a day
    """Yield what the law of each seller's country says of everything, where it is on file."""
    for country in sorted({each.lower() for each in Seller.objects.values_list("country", flat=True)}):
        law = terms.law(country) if country in terms.laws() else None
        if law is not None and law.retention is not None:
            yield Account(tenant=None, kinds=(law.retention.kinds,))
