"""
What a payment is for: decided from what the payer wrote, how much came and from which account, never guessed.

Certain is only what names its invoices by their whole numbers and is exactly their sum, or misses it by no more than
the seller's tolerance: then the last of them stays open by that much. Everything else is a proposal with its reasons,
for a person to decide. Plain values in, plain values out.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from kontor.office.books.queries.match_reasons import Reason, reasons
from kontor.office.books.queries.naming import Named, NumberBook
from kontor.rulebook.money import Money

LIMIT: Final = 4
_SOUGHT: Final = 12  # so many open invoices of one customer are tried in pairs and threes; more say nothing
_TOGETHER: Final = 3


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice with something to pay; `due_on` orders what is paid first."""

    id: uuid.UUID
    number: str
    party: uuid.UUID
    customer: str
    open: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class Incoming:
    """
    Money that came in.

    texts   free text, structured references and the payer's own reference
    payers  the customers known to pay from this account; empty for one never seen
    name    who the bank says it is
    tolerance  so little may be missing for the invoices named to be paid all the same, the last of them but for that
    """

    money: Money
    texts: tuple[str, ...]
    payers: frozenset[uuid.UUID] = frozenset()
    name: str = ""
    tolerance: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    What could be booked: how much for which invoice, and why.

    shares   (invoice, minor units), in the order in which they are paid
    rest     what stays on the payment
    certain  it may be booked without a person
    """

    shares: tuple[tuple[OpenInvoice, int], ...]
    rest: Money
    reasons: tuple[Reason, ...]
    score: int
    named: bool
    certain: bool = False

    @property
    def customer(self) -> str:
        """Whose invoices these are."""
        return self.shares[0][0].customer


class Receivables:
    """The open invoices of one seller in one currency, ready to be looked up."""

    def __init__(self, invoices: Iterable[OpenInvoice]) -> None:
        """Keep the invoices by number, by amount and by customer, each group the oldest first."""
        self.invoices = sorted(invoices, key=lambda each: (each.due_on, each.number))
        self.book = NumberBook({each.number: each for each in self.invoices})
        self.by_party: dict[uuid.UUID, list[OpenInvoice]] = defaultdict(list)
        self.by_amount: dict[Money, list[OpenInvoice]] = defaultdict(list)
        self.by_name: dict[str, set[uuid.UUID]] = defaultdict(set)
        for each in self.invoices:
            self.by_party[each.party].append(each)
            self.by_amount[each.open].append(each)
            self.by_name[bare_name(each.customer)].add(each.party)


def bare_name(name: str) -> str:
    """Return a name as two writings of it can be compared: small letters and figures only."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def proposals(incoming: Incoming, receivables: Receivables) -> tuple[Proposal, ...]:
    """
    Return what the money could be for, the best first; at most one of them is certain, and then it stands first.

    Money that goes out is for nothing here. A payment larger than its invoices leaves a rest, a smaller one pays the
    oldest first (section 366 (2) of the German Civil Code: what the payer does not determine).
    """
    if incoming.money.minor <= 0:
        return ()
    named = receivables.book.named(*incoming.texts)
    found: dict[frozenset[uuid.UUID], Proposal] = {}
    for group in _groups(incoming, named, receivables):
        proposal = _proposal(incoming, group, named)
        found.setdefault(frozenset(invoice.id for invoice, _ in proposal.shares), proposal)
    ranked = sorted(found.values(), key=lambda each: (-each.score, each.shares[0][0].due_on, each.shares[0][0].number))
    best = [each for each in ranked if each.certain]
    return tuple([*best, *(each for each in ranked if not each.certain)][:LIMIT])


def _groups(incoming: Incoming, named: Named[OpenInvoice], receivables: Receivables) -> Iterable[Sequence[OpenInvoice]]:
    """Yield the sets of invoices worth weighing, each of one customer."""
    by_party: dict[uuid.UUID, list[OpenInvoice]] = defaultdict(list)
    for invoice in (*named.full, *named.short):
        by_party[invoice.party].append(invoice)
    yield from by_party.values()
    likely = incoming.payers | receivables.by_name.get(bare_name(incoming.name), set())
    for invoice in receivables.by_amount.get(incoming.money, ())[:LIMIT]:
        yield [invoice]
    for party in sorted(likely):
        theirs = receivables.by_party.get(party, [])
        if not theirs:
            continue
        yield from _that_sum_to(incoming.money, theirs)
        if Money.total((each.open for each in theirs), incoming.money.currency) <= incoming.money:
            yield theirs
        else:
            yield theirs[:1]


def _that_sum_to(money: Money, invoices: Sequence[OpenInvoice]) -> Iterable[Sequence[OpenInvoice]]:
    """Yield pairs and threes of one customer's invoices that give exactly this money."""
    if len(invoices) > _SOUGHT:
        return
    for size in range(2, _TOGETHER + 1):
        for group in combinations(invoices, size):
            if sum(each.open.minor for each in group) == money.minor:
                yield group


def _proposal(incoming: Incoming, group: Sequence[OpenInvoice], named: Named[OpenInvoice]) -> Proposal:
    ordered = sorted(group, key=lambda each: (each.due_on, each.number))
    shares, rest = _shared_out(incoming.money, ordered)
    party = ordered[0].party
    in_full = all(each in named.full for each in group)
    exact = (
        not rest.minor and all(minor == invoice.open.minor for invoice, minor in shares) and len(shares) == len(group)
    )
    stranger = bool(incoming.payers) and party not in incoming.payers
    only = {each.id for each in named.full} == {each.id for each in group} and not named.short
    why = reasons(
        money=incoming.money,
        owed=Money.total((each.open for each in group), incoming.money.currency),
        full=[each.number for each in group if each in named.full],
        short=[each.number for each in group if each in named.short],
        several=len(group) > 1,
        account="ours" if party in incoming.payers else "another" if stranger else "new",
        same_name=bare_name(incoming.name) == bare_name(ordered[0].customer),
    )
    return Proposal(
        shares=tuple(shares),
        rest=rest,
        reasons=why,
        score=sum(reason.weight for reason in why),
        named=in_full,
        certain=in_full and (exact or _nearly(incoming, ordered, shares)) and only and not stranger,
    )


def _nearly(incoming: Incoming, invoices: Sequence[OpenInvoice], shares: Sequence[tuple[OpenInvoice, int]]) -> bool:
    """Tell whether no more is missing than the seller puts up with, and each invoice gets something."""
    missing = sum(each.open.minor for each in invoices) - incoming.money.minor
    return 0 < missing <= incoming.tolerance and len(shares) == len(invoices)


def _shared_out(money: Money, invoices: Sequence[OpenInvoice]) -> tuple[list[tuple[OpenInvoice, int]], Money]:
    """Pay one after the other as far as the money goes; return the shares and what is left."""
    shares, left = [], money.minor
    for invoice in invoices:
        if part := min(left, invoice.open.minor):
            shares.append((invoice, part))
            left -= part
    return shares, Money(money.currency, left)
