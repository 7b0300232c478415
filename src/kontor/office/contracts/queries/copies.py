"""Copies of a customer's data: how long before one it announces it, and whether it is its only backup."""

from datetime import date, datetime

from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.over import all_over
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.copies import available_from
from kontor.rulebook.own_backups import backs_up_itself
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.terms import TermsPack, ToBeAgreed


def copy_notice(asked: date, *, at: datetime) -> Ruling[date] | None:
    """
    Decide from which day a copy asked for on `asked` is there; None where no contract of the current tenant has a say.

    Once every contract is over the copy is there at once: the customer then only has the days until its data go.
    """
    if all_over(at=at):
        return None
    demanded = [pack.retention.copy_notice for pack in _packs() if pack.retention and pack.retention.copy_notice]
    ruled = [available_from(asked, each.value, clauses=each.clauses) for each in demanded]
    return max(ruled, key=lambda ruling: ruling.value, default=None)


def own_backups(*, at: datetime, before_work: bool = False) -> Ruling[bool] | None:
    """
    Return that the current tenant backs up its content itself by a contract that it has; None where none says so.

    before_work  that it does so before every intervention
    """
    if all_over(at=at):
        return None
    clauses = [clause for pack in _packs() for clause in (_before_work(pack) if before_work else _says_so(pack))]
    return backs_up_itself(clauses) if clauses else None


def _packs() -> list[TermsPack]:
    known = {contract.terms["pack"]: pack_of_terms(contract.terms) for contract in Contract.received.all()}
    return list(known.values())


def _says_so(pack: TermsPack) -> list[Clause]:
    """Return the clauses by which a customer backs up itself, and the one that owes it no backup of content."""
    entry = pack.cooperation.customer_backs_up if pack.cooperation else None
    if entry is None or isinstance(entry, ToBeAgreed) or not entry.value:
        return []
    beyond = pack.support.out_of_scope if pack.support else None
    stated = None if beyond is None or isinstance(beyond, ToBeAgreed) else beyond
    not_owed = stated is not None and "content_backup" in {each.key for each in stated.value}
    return [*entry.clauses, *(stated.clauses if stated and not_owed else ())]


def _before_work(pack: TermsPack) -> list[Clause]:
    """Return the clauses by which a customer backs up before whatever is done to its system."""
    entry = pack.cooperation.backup_before_work if pack.cooperation else None
    return [] if entry is None or isinstance(entry, ToBeAgreed) or not entry.value else list(entry.clauses)
