"""Changes of terms as rules and pages read them: which procedures a pack has, whom a change concerns, from when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from kontor.office.contracts.models import Amendment, Contract, TermsChange
from kontor.office.contracts.queries.billing import billing_rule
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.calc.changes import by_interval, one_sided, rule_of, sources_of
from kontor.rulebook.calc.facts import cited, months_rule
from kontor.rulebook.change_of_terms import ChangeAnswer, IntervalStart, change_of_terms, missing_elements
from kontor.rulebook.contract_state import SetTerms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import NoAnswerError, TermsPack
from kontor.rulebook.terms.conclusion import Change
from kontor.rulebook.wording import day, said

NEW_RULES: Final = "new_rules"
EFFECTIVE_DAY: Final = "effective_day"
LANGUAGES: Final = ("de", "en")
_NEW_RULES: Final = Text("Die neuen Regeln", "The new rules")
_EFFECTIVE_DAY: Final = Text("Der Tag des Inkrafttretens", "The day they take effect")


@dataclass(frozen=True, slots=True)
class Concerned:
    """A contract that a change concerns, and what follows where its customer has the notice on a day."""

    contract: Contract
    rows: Sequence[Amendment]
    ruling: Ruling[ChangeAnswer] | None
    refused: Text | None = None


def procedure(pack: TermsPack, kind: str) -> Change:
    """Return a kind of change that the provider announces; RefusalError where the pack knows none of that key."""
    found = one_sided(pack).get(kind)
    if found is None:
        raise RefusalError(Text("Diese Änderung kennen die Bedingungen nicht.", "The terms know no such change."))
    return found


def names_day(change: Change) -> bool:
    """Say whether the notice of a kind of change names its first day."""
    return change.takes_effect is not None and change.takes_effect.value == "named_day"


def required_of(change: Change) -> dict[str, Text]:
    """Return what a notice must state: what the pack lists, else the new rules and, where one is named, the day."""
    listed = change.notice_must_state
    if listed is not None:
        return {item.key: Text(item.de, item.en) for item in listed.value}
    return {NEW_RULES: _NEW_RULES} | ({EFFECTIVE_DAY: _EFFECTIVE_DAY} if names_day(change) else {})


def apart(change: Change) -> list[str]:
    """Return the elements that the notice tells separately: all that the pack lists (visitor, 4.3.3)."""
    return [item.key for item in change.notice_must_state.value] if change.notice_must_state else []


def told_in(change: TermsChange, language: str) -> dict[str, str]:
    """Return what a notice says in a language, the day it names put into words."""
    told = dict(change.told.get(language, {}))
    if change.named_on is not None:
        words = said("Die Änderung gilt ab dem {day}.", "The change holds from {day} on.", day=day(change.named_on))
        told[EFFECTIVE_DAY] = words.spoken(language)
    return told


def completeness(change: TermsChange, kind: Change) -> Ruling[tuple[str, ...]]:
    """Name the elements that the notice lacks in one of its languages."""
    required = required_of(kind)
    both = {key: all(told_in(change, language).get(key, "").strip() for language in LANGUAGES) for key in required}
    listed = kind.notice_must_state
    told = {key: "stated" if stated else "" for key, stated in both.items()}
    return missing_elements(required, told, clauses=listed.clauses if listed else cited(kind.form))


def follows(
    contract: Contract, rows: Sequence[Amendment], *, kind: str, received: date, named: date | None
) -> Ruling[ChangeAnswer]:
    """
    Decide from when a change holds for one contract whose customer had the notice on a day.

    RefusalError or NoAnswerError where the terms know no such change, or not how the contract is billed.
    """
    pack = terms_on(contract, received, rows)
    change = procedure(pack, kind)
    starts = _starts(contract, rows, pack, change) if by_interval(change) else None
    return change_of_terms(rule_of(change), received, starts=starts, named=named, clauses=clauses_of(change))


def clauses_of(change: Change) -> tuple[Clause, ...]:
    """Return the clauses that a kind of change rests on."""
    return cited(*sources_of(change))


def concerned(pack: str, *, kind: str, version: str, named: date | None, at: datetime) -> Iterator[Concerned]:
    """
    Yield every contract under a pack that runs, and what follows were the notice received now; two queries.

    version  what the terms are called from then on; whoever concluded under it is not concerned
    """
    contracts = list(Contract.objects.filter(pack=pack).exclude(version=version).order_by("number"))
    rows = amendments_by_contract([contract.pk for contract in contracts])
    for contract in contracts:
        on = at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
        ends = history_of(contract, rows[contract.pk]).ends()
        if ends is not None and ends < on:
            continue
        try:
            ruling = follows(contract, rows[contract.pk], kind=kind, received=on, named=named)
        except (RefusalError, NoAnswerError) as refused:
            yield Concerned(contract, rows[contract.pk], None, refused.text)
        else:
            yield Concerned(contract, rows[contract.pk], ruling)


def versions(contract: Contract, rows: Iterable[Amendment]) -> list[tuple[date, str]]:
    """Return each day from which another version of the terms holds, the one of the conclusion first."""
    told = sorted(
        (row.effective_on, row.number, change["version"])
        for row in rows
        for change in row.content
        if change["change"] == SetTerms.__name__
    )
    return [(contract.start_on, contract.version), *((on, version) for on, _number, version in told)]


def version_on(contract: Contract, rows: Sequence[Amendment], on: date) -> str:
    """Return the version of the terms that applies on a day."""
    return history_of(contract, rows).state(on).terms or contract.version


def _starts(contract: Contract, rows: Sequence[Amendment], pack: TermsPack, change: Change) -> IntervalStart:
    """Return the billing intervals as they run now, and the end of the first term as it was written down."""
    rule = billing_rule(contract)
    state = history_of(contract, rows).state(date.max)
    assert state.interval is not None, "a contract that is billed by intervals has one"
    first_end = next(
        (date.fromisoformat(told["end"]) for row in rows for told in row.content if told["change"] == "SetTerm"), None
    )
    return IntervalStart(
        anchor=_anchor(rows, rule.anchor),
        every=state.interval,
        months=months_rule(pack),
        not_before=first_end if change.not_before_first_term_ends else None,
    )


def _anchor(rows: Sequence[Amendment], first: date) -> date:
    """Return the day intervals count from: the first interval's, or the day from which another length holds."""
    later = [
        row.effective_on
        for row in rows
        if row.kind != "conclusion" and any(told["change"] == "SetInterval" for told in row.content)
    ]
    return max([first, *later])
