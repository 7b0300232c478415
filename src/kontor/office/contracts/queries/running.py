"""Which term of a contract runs, by when notice must be given, and what is billed next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.billing import billing_rule, units_of
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.terms import accepted_versions, pack_of_terms, terms_on
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import DueKey
from kontor.rulebook.calc.facts import months_rule
from kontor.rulebook.changing import billing_intervals
from kontor.rulebook.contract_state import SetTerm
from kontor.rulebook.duration import Duration
from kontor.rulebook.invoice_lines import InvoiceLine, invoice_lines
from kontor.rulebook.money import Money
from kontor.rulebook.period import Interval, Period, next_month
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.renewal import fitted
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.term import TermAnswer, TermRule, term_on
from kontor.rulebook.terms import NoAnswerError, PackError, TermsPack, given, versions

AHEAD = timedelta(days=400)  # the next invoice of a yearly contract, with the time before its interval


@dataclass(frozen=True, slots=True)
class NextInvoice:
    """What is invoiced on the next day on which anything is: net, and why."""

    on: date
    net: Money
    lines: tuple[InvoiceLine, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Unbillable:
    """The terms do not say how to bill; `text` says what is missing."""

    text: Text


def term_rule(contract: Contract, pack: TermsPack) -> tuple[TermRule, tuple[Clause, ...]]:
    """
    Return the contract's rule on its term with the clauses it rests on; NoAnswerError where they do not say.

    pack  the terms of the day asked about: the first term stays as it was agreed, and terms that began under an
          earlier version run to their end
    """
    rule, clauses = _term_rule(contract, pack)
    if pack.version == contract.version:
        return rule, clauses
    since = next(first for first, version in reversed(accepted_versions(contract)) if version == pack.version)
    before, _clauses = _term_rule(contract, pack_of_terms(contract.terms))
    return _going_on(rule, before, since), clauses


def _term_rule(contract: Contract, pack: TermsPack) -> tuple[TermRule, tuple[Clause, ...]]:
    section, notices = pack.term, pack.notice
    agreed = pack_of_terms(contract.terms).term
    initial = given(agreed.initial if agreed else None, key="term.initial")
    notice = given(notices.period if notices else None, key="notice.period")
    renewal: Interval | Duration
    if section is not None and section.renews_by is not None:
        every = given(pack.invoicing.interval if pack.invoicing else None, key="invoicing.interval")
        renewal, source = Interval(every.value), section.renews_by.clause
    else:
        further = given(section.renewal if section else None, key="term.renewal")
        renewal, source = further.value, further.clause
    counted = counted_from(contract.start_on, pack)
    rule = TermRule(contract.start_on, initial.value, renewal, notice.value, counted, months=months_rule(pack))
    return rule, tuple(dict.fromkeys((notice.clause, source, initial.clause)))


def term_rule_now(contract: Contract, rows: Sequence[Amendment], on: date) -> tuple[TermRule, tuple[Clause, ...]]:
    """
    Return the rule on a contract's term with the terms that stand fast and the billing intervals that were agreed.

    rows  all amendments of the contract, in order; on  the day asked about; NoAnswerError where its terms do not say
    """
    rule, clauses = term_rule(contract, terms_on(contract, on, rows))
    told = history_of(contract, rows).in_order()
    settled = sorted(it.change.term for it in told if isinstance(it.change, SetTerm))
    if isinstance(rule.renewal, Interval):
        rule = fitted(rule, billing_intervals(told, billing_rule(contract, rows)))
    return replace(rule, settled=tuple(settled)), clauses


def _going_on(rule: TermRule, before: TermRule, since: date) -> TermRule:
    """Return a rule whose terms follow the one that ran when it came to hold, where it renews by another length."""
    if rule.renewal == before.renewal:
        return rule
    number, running = next((n, term) for n, term in enumerate(before.terms()) if term.end > since)
    if not number:
        return rule
    length = before.renewal
    initial = Duration.parse(f"{length.months} months") if isinstance(length, Interval) else length
    return replace(rule, first_day=running.first, initial=initial, counted_from=None)


def counted_from(first_day: date, pack: TermsPack) -> date:
    """Return the day from which the initial term counts: the contract's first, or that of its first interval."""
    rule = pack.term.counted_from if pack.term else None
    return next_month(first_day) if rule is not None and rule.value == "first_billing_interval" else first_day


def running_term(contract: Contract, rows: Sequence[Amendment], on: date) -> Ruling[TermAnswer] | None:
    """Return the term that runs on a day, the first one before it begins; None where the terms do not say."""
    try:
        rule, clauses = term_rule_now(contract, rows, on)
    except NoAnswerError:
        return None
    return term_on(rule, max(on, rule.first_day), clauses=clauses)


def terms_may_move(contract: Contract) -> bool:
    """Tell whether amendments may move the terms to come: by another billing interval, or another version of terms."""
    section = pack_of_terms(contract.terms).term
    by_interval = section is not None and section.renews_by is not None
    return by_interval or contract.version != versions(contract.pack)[-1]


def ends_any_time(contract: Contract, on: date) -> bool:
    """Tell whether notice of a day need not wait for the end of a term, so that no day is the last for it."""
    notices = terms_on(contract, on).notice
    return notices is not None and notices.to is not None and notices.to.value == "any_time"


def terms_around(contract: Contract, rows: Sequence[Amendment], on: date) -> list[Period]:
    """Return the terms from the first to the one after that which runs on a day."""
    try:
        rule, _clauses = term_rule_now(contract, rows, on)
    except NoAnswerError:
        return []
    found = []
    for term in rule.terms():
        found.append(term)
        if term.first > on:
            break
    return found


def next_invoice(
    contract: Contract, rows: Sequence[Amendment], *, after: date, billed: Collection[DueKey] = ()
) -> NextInvoice | Unbillable | None:
    """Return what is invoiced next after a day; None where nothing more is to come within a year."""
    try:
        changes = amendments_of(rows, pack=contract.pack, version=contract.version)
        dues = due_on(changes, billing_rule(contract, rows), after + AHEAD, billed=billed).value
        later = [due for due in dues if due.issued_on > after]
        if not later:
            return None
        first = min(due.issued_on for due in later)
        lines = invoice_lines(
            [due for due in later if due.issued_on == first],
            currency=contract.terms["currency"],
            units=units_of(contract),
        ).value
    except (RefusalError, NoAnswerError, PackError) as error:
        return Unbillable(getattr(error, "text", Text(str(error), str(error))))
    net = Money.total([line.amount for line in lines], contract.terms["currency"])
    return NextInvoice(first, net, lines, tuple(dict.fromkeys(clause for line in lines for clause in line.clauses)))
