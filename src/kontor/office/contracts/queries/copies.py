"""How long before a copy of its data a customer announces it: what its running contracts say."""

from datetime import date, datetime

from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.over import all_over
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.copies import available_from
from kontor.rulebook.ruling import Ruling


def copy_notice(asked: date, *, at: datetime) -> Ruling[date] | None:
    """
    Decide from which day a copy asked for on `asked` is there; None where no contract of the current tenant has a say.

    Once every contract is over the copy is there at once: the customer then only has the days until its data go.
    """
    if all_over(at=at):
        return None
    packs = {contract.terms["pack"]: pack_of_terms(contract.terms) for contract in Contract.received.all()}
    demanded = [pack.retention.copy_notice for pack in packs.values() if pack.retention and pack.retention.copy_notice]
    ruled = [available_from(asked, each.value, clauses=each.clauses) for each in demanded]
    return max(ruled, key=lambda ruling: ruling.value, default=None)
