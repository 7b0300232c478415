"""Whether a contract's services may be suspended for late payment, and whose are."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime

from kontor.office.contracts.models import Contract, Suspension
from kontor.office.contracts.queries.arrears import counts
from kontor.office.contracts.queries.claims import Facts, claims_of
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.arrears_terms import arrears_terms, suspension_clauses
from kontor.rulebook.ending.breach import immediate_grounds
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.suspension import due_while_suspended
from kontor.rulebook.wording import day, said


def may_suspend(contract: Contract, claims: Sequence[Facts], *, today: date) -> Ruling[bool]:
    """
    Return whether services may be suspended today; the last sentence of the working says why not, and where they may,
    what stays due meanwhile.

    Leisure: at once (Art. 11). Crm: after a notification that arrived (§13). Where a text lists other reasons for
    blocking (visitor, 4.1.6), late payment is none of them.
    """
    pack = terms_on(contract, today)
    rule = arrears_terms(pack).suspension
    named = suspension_clauses(pack)
    if rule is None:
        words = (
            "Zahlungsverzug gehört nicht zu den Gründen, aus denen der Vertrag eine Sperre erlaubt.",
            "Late payment is not among the reasons for which the contract allows blocking.",
        )
        return Ruling(False, named or (Clause(pack.key, "", pack.version),), (), (said(*words),))
    late = [facts for facts in claims if counts(facts, today)]
    if not late:
        words = ("Es ist keine Rechnung überfällig.", "No invoice is overdue.")
        return Ruling(False, named, (), (said(*words),))
    days = [when for facts in late if (when := facts.late_on(today).suspension_from)]
    if not days:
        words = (
            "Erst nach einer Benachrichtigung, deren Zugang feststeht: Es ist keine Mahnung zugegangen.",
            "Only after a notification that is known to have arrived: no reminder has arrived.",
        )
        return Ruling(False, named, (), (said(*words),))
    first = min(days)
    step = said("Sperren ist möglich ab {day}.", "Suspension is possible from {day}.", day=day(first))
    found = Ruling(first <= today, named, (("invoice", late[0].row.number),), (step,))
    if not found.value:
        return found
    meanwhile = due_while_suspended(pack)
    return found.because(clauses=meanwhile.clauses, working=meanwhile.working)


def may_lock(contract: Contract, *, ground: str, proofs: int, today: date) -> Ruling[bool]:
    """
    Return whether access may be locked at once for a breach; the last sentence of the working says why not.

    ground  one that the contract names both for ending at once and for blocking; late payment has conditions of its own
    """
    pack = terms_on(contract, today)
    named = pack.blocking.reasons if pack.blocking else None
    grounds = {item.key: item for item in immediate_grounds(pack)}
    known = {item.key: item for item in named.value} if named else {}
    if named is None or ground not in grounds or ground not in known:
        words = (
            "Der Vertrag nennt keinen solchen Grund, den Zugang sofort zu sperren.",
            "The contract names no such ground for locking access at once.",
        )
        return Ruling(False, named.clauses if named else (Clause(pack.key, "", pack.version),), (), (said(*words),))
    clauses = (known[ground].clause or named.clause, *named.clauses)
    if not proofs:
        words = ("Es ist kein Nachweis hinterlegt.", "No proof is on file.")
        return Ruling(False, tuple(dict.fromkeys(clauses)), (("ground", ground),), (said(*words),))
    words = (
        "Grund: {ground}. Die Sperre wirkt sofort; was geschuldet ist, bleibt geschuldet.",
        "Ground: {ground}. The lock holds at once; what is owed stays owed.",
    )
    step = said(*words, ground=known[ground].label)
    return Ruling(True, tuple(dict.fromkeys(clauses)), (("ground", ground), ("proofs", str(proofs))), (step,))


def locked_for_breach(contract: uuid.UUID) -> Suspension | None:
    """Return the lock for a breach that stands before a contract's services, as the house."""
    return Suspension.objects.filter(contract_id=contract, kind=Suspension.Kind.BREACH, lifted_at=None).first()


def suspendable(contracts: Collection[uuid.UUID], *, at: datetime) -> list[Contract]:
    """Return those of these contracts that may be suspended today and are not; fixed queries."""
    claims: dict[uuid.UUID, list[Facts]] = {}
    for facts in claims_of(contracts):
        claims.setdefault(facts.row.contract_id, []).append(facts)
    late = Suspension.objects.filter(kind=Suspension.Kind.LATE, lifted_at=None, contract_id__in=claims)
    standing = late.values_list("contract_id", flat=True)
    found = Contract.objects.filter(pk__in=claims).exclude(pk__in=list(standing)).order_by("number")
    return [each for each in found if may_suspend(each, claims[each.pk], today=claims[each.pk][0].today(at)).value]


def standing_before(tenant_id: uuid.UUID) -> list[Suspension]:
    """Return the suspensions that stand before the current tenant's work, as its supplier shares them; one query."""
    return list(Suspension.received.filter(lifted_at=None, customer_tenant_id=tenant_id).order_by("from_at", "pk"))
