"""
From when an addendum holds: a written change needs the signatures of both.

>>> written = (Clause("leisure", "21.7"),)
>>> signed = Signatures(date(2026, 3, 2), date(2026, 3, 5))
>>> holds_from(date(2026, 4, 1), signed, clauses=written).value
datetime.date(2026, 4, 1)
>>> holds_from(date(2026, 4, 1), Signatures(date(2026, 3, 2), None), clauses=written).value is None
True
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True)
class Signatures:
    """The days on which the provider and the customer signed; None while one has not."""

    provider: date | None
    customer: date | None


def holds_from(named: date, signed: Signatures, *, clauses: Iterable[Clause] = ()) -> Ruling[date | None]:
    """
    Return the day from which an addendum holds, None while a signature is missing.

    named    the day the addendum names; both may agree on one before they sign
    clauses  those that want the written form, none where the terms do not say
    """
    inputs = (
        ("effective_on", named.isoformat()),
        ("signed_by_us_on", signed.provider.isoformat() if signed.provider else "-"),
        ("signed_by_customer_on", signed.customer.isoformat() if signed.customer else "-"),
    )
    if signed.provider is None or signed.customer is None:
        step = Text(
            "Es fehlt eine Unterschrift: Der Nachtrag hat keine Wirkung.",
            "A signature is missing: the addendum has no effect.",
        )
        return Ruling(None, tuple(clauses), inputs, (step,))
    steps = (
        said(
            "Der Anbieter hat am {ours} unterschrieben, der Kunde am {theirs}.",
            "The provider signed on {ours}, the customer on {theirs}.",
            ours=day(signed.provider),
            theirs=day(signed.customer),
        ),
        said("Der Nachtrag nennt den {named}.", "The addendum names {named}.", named=day(named)),
    )
    return Ruling(named, tuple(clauses), inputs, steps)
