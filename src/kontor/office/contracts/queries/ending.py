"""A contract's rule on notice, the terms around its end, and what is known of its endings."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter

from kontor.office.contracts.models import Amendment, Contract, ContractNotice, EndingCase, NoticeWithdrawal
from kontor.office.contracts.queries.billing import billing_rule
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.running import term_rule_now
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.changing import running_interval
from kontor.rulebook.ending.finding import Finding
from kontor.rulebook.ending.kinds import Kind, decide
from kontor.rulebook.ending.notice import NoticeRule
from kontor.rulebook.ending.pack_rule import notice_rule
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Ruling

_TOLD: Final = TypeAdapter(Told)


@dataclass(frozen=True, slots=True)
class Notices:
    """A contract's notices, the latest first, and the withdrawals by notice."""

    rows: Sequence[ContractNotice]
    withdrawn: Mapping[uuid.UUID, NoticeWithdrawal]


def rows_of(contract: Contract) -> list[Amendment]:
    """Return a contract's amendments in their order."""
    return list(Amendment.objects.filter(contract=contract).order_by("number"))


def rule_of(contract: Contract, rows: Sequence[Amendment], on: date) -> NoticeRule:
    """Return what the contract says about notice of a day; NoAnswerError where its terms do not say when it ends."""
    rule, clauses = term_rule_now(contract, rows, on)
    return notice_rule(terms_on(contract, on, rows), rule, clauses=clauses)


def ends_of(contract: Contract, rows: Sequence[Amendment]) -> date | None:
    """Return the contract's last day, None while it has none."""
    return history_of(contract, rows).ends()


def term_around(contract: Contract, rows: Sequence[Amendment], on: date) -> Period:
    """Return the term in which a day lies, the first one before it begins."""
    rule = rule_of(contract, rows, on).term
    return next(term for term in rule.terms() if on < term.end)


def interval_around(contract: Contract, rows: Sequence[Amendment], on: date) -> Period:
    """Return the billing interval in which a day lies, as it was changed; the days before the first belong to it."""
    rule = billing_rule(contract, rows)
    running = running_interval(amendments_of(rows, pack=contract.pack, version=contract.version), rule, on)
    return Period(min(rule.first_day, running.first), running.end) if on < rule.anchor else running


def told_of(case: EndingCase, *, proofs: int) -> Told:
    """Return what is known of a case, with the number of proofs on file."""
    return _TOLD.validate_python({**case.told, "proofs": proofs})


def told_as_json(told: Told) -> dict[str, Any]:
    """Return what is known as a case's row keeps it; what nobody has said is left out."""
    written: dict[str, Any] = _TOLD.dump_python(told, mode="json")
    return {key: value for key, value in written.items() if value and key != "proofs"}


def finding(case: EndingCase, *, on: date, proofs: int, rows: Sequence[Amendment] | None = None) -> Ruling[Finding]:
    """
    Return what a case comes to on a day; SilentError where the contract does not know that ending.

    rows  the contract's amendments, where the caller has read them
    """
    pack = terms_on(case.contract, on, rows)
    return decide(Kind(case.kind), pack, told_of(case, proofs=proofs), on=on, side=Side(case.side))


def notices_of(contract: Contract, *, own: bool) -> Notices:
    """Return a contract's notices as the house or its customer may see them, in two queries."""
    notices = (ContractNotice.objects if own else ContractNotice.received).filter(contract_id=contract.pk)
    taken = (NoticeWithdrawal.objects if own else NoticeWithdrawal.received).filter(notice__contract_id=contract.pk)
    rows = list(notices.order_by("-at", "-pk"))
    return Notices(rows, {row.notice_id: row for row in taken})
