"""Which contracts renew on a day, and for which terms."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.running import term_rule_now
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.period import Period
from kontor.rulebook.renewal import renewed
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.terms import NoAnswerError


def renewals(contract: Contract, rows: Sequence[Amendment], *, at: datetime) -> Ruling[tuple[Period, ...]] | None:
    """
    Return the further terms that stand fast by now, in the contract's zone; None where its terms know no renewal.

    rows  all amendments of the contract, in order
    """
    today = at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
    state = history_of(contract, rows).state(date.max)
    try:
        rule, clauses = term_rule_now(contract, rows, today)
    except NoAnswerError:
        return None
    if state.term is None:
        return None
    return renewed(rule, state.term, today, ends=state.ends, clauses=clauses[1:] + clauses[:1])


def last_term(rows: Sequence[Amendment], on: date) -> Period | None:
    """Return the term that runs on a day as amendments set it, the first one before it begins; None without any."""
    terms = sorted(
        Period(date.fromisoformat(told["first"]), date.fromisoformat(told["end"]))
        for row in rows
        for told in row.content
        if told["change"] == "SetTerm"
    )
    return next((term for term in terms if on < term.end), terms[-1] if terms else None)
