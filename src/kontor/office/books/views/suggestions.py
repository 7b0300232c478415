"""Proposals as pages show them: what would be booked on which invoice, why, and what a button sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kontor.office.books.queries.match_reasons import Reason
from kontor.office.books.queries.matching import Proposal
from kontor.office.books.queries.receivables import Waiting, waiting_entries, weighed
from kontor.rulebook.money import Money

_LOOKED_THROUGH: Final = 100  # so many waiting entries are weighed for one invoice; the rest are on their own page
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class ShownShare:
    """What one invoice would get; `left` is what would stay open of it, None where nothing does."""

    number: str
    money: Money
    left: Money | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A bank entry and one thing it could be for; `token` names it to the booking page."""

    waiting: Waiting
    customer: str
    numbers: str
    shares: tuple[ShownShare, ...]
    rest: Money
    reasons: tuple[Reason, ...]
    token: str
    score: int


def suggestion(waiting: Waiting, proposal: Proposal) -> Suggestion:
    """Return a proposal as a page shows it."""
    currency = waiting.money.currency
    shares = tuple(
        ShownShare(
            invoice.number,
            Money(currency, minor),
            Money(currency, invoice.open.minor - minor) if minor < invoice.open.minor else None,
        )
        for invoice, minor in proposal.shares
    )
    return Suggestion(
        waiting,
        proposal.customer,
        ", ".join(share.number for share in shares),
        shares,
        proposal.rest,
        proposal.reasons,
        token(proposal),
        proposal.score,
    )


def suggestions(waiting: Waiting) -> tuple[Suggestion, ...]:
    """Return everything an entry could be for, the best first."""
    return tuple(suggestion(waiting, proposal) for proposal in waiting.proposals)


def suggestions_for(invoice: Any) -> Sequence[Suggestion]:
    """Return the waiting bank entries that could pay this invoice, the likeliest first."""
    rows = waiting_entries().filter(statement__seller=invoice.seller_id, currency=invoice.currency).defer("iban")
    found = []
    for waiting in weighed(list(rows[:_LOOKED_THROUGH])):
        fitting = (each for each in waiting.proposals if any(one.id == invoice.pk for one, _minor in each.shares))
        if proposal := next(fitting, None):
            found.append(suggestion(waiting, proposal))
    return sorted(found, key=lambda each: -each.score)[:_SHOWN]


def token(proposal: Proposal) -> str:
    """Return what a button sends to book just this proposal."""
    return ",".join(f"{invoice.id}:{minor}" for invoice, minor in proposal.shares)
