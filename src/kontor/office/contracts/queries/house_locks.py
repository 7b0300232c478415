"""What a contract lets the house lock its customer for, and what is locked under it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.office.identity.public import ShownViolation
from kontor.rulebook.blocking import Block, MayBlock, may_block, reasons
from kontor.rulebook.exclusion import may_exclude
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack

ELSEWHERE: Final = frozenset({"non_payment", "breach_of_use"})  # these have a page and conditions of their own
_NAMED: Final[Mapping[str, Text]] = {
    "reason": Text("Der Vertrag nennt diesen Grund nicht.", "The contract does not name this reason."),
    "weighing": Text(
        "Die Interessen des Kunden sind abzuwägen: Schreiben Sie, wie.", "Weigh the customer's interests: write how."
    ),
    "announcement": Text(
        "Ohne Ankündigung ist zu begründen, warum sie unzumutbar ist oder den Zweck vereitelt.",
        "Without an announcement it must be justified why one is unreasonable or defeats the purpose.",
    ),
}


def pack_now(contract: Contract, *, at: datetime) -> TermsPack:
    """Return the terms that a contract follows on the day of this moment, in their own zone."""
    zone = ZoneInfo(pack_of_terms(contract.terms).zone)
    return terms_on(contract, at.astimezone(zone).date())


def lock_reasons(pack: TermsPack) -> Sequence[tuple[str, Text]]:
    """Return the reasons for which accesses are locked on the page of locks, in the pack's order."""
    return [(key, words) for key, words in reasons(pack) if key not in ELSEWHERE]


def keeps_violations(pack: TermsPack) -> bool:
    """Tell whether the terms let the provider report violations to the customer."""
    return pack.blocking is not None and pack.blocking.report_states is not None


def has_access_page(pack: TermsPack) -> bool:
    """Tell whether the terms let the provider lock accesses, or report violations, on the page of accesses."""
    return bool(lock_reasons(pack)) or keeps_violations(pack)


def lock_ruling(
    pack: TermsPack, plan: Block, *, whole: bool, known: Sequence[ShownViolation], at: datetime
) -> tuple[Ruling[MayBlock], Text | None]:
    """
    Decide whether and from when a lock may hold; the second is why not, None where it may.

    whole  everybody of the customer, which some texts allow after repeated violations only
    known  the violations on file
    """
    found = may_block(pack, plan, at=at)
    if found.value.earliest is None:
        return found, _NAMED[found.value.because]
    if not whole:
        return found, None
    told = [each.reported_at for each in known if each.reported_at is not None]
    zone = ZoneInfo(pack.zone)
    excluded = may_exclude(
        pack,
        [each.made_at for each in known],
        notice=min(told).astimezone(zone) if told else None,
        culpable=bool(plan.weighed),
    )
    if not excluded.value:
        return found.because(clauses=excluded.clauses, working=excluded.working), excluded.working[-1]
    if not excluded.clauses:
        return found, None
    return found.because(clauses=excluded.clauses, working=excluded.working), None
