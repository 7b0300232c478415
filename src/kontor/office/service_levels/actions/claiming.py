"""Credits for outages: claimed by the customer, refused by rule or decided by a person, given once."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.models import AvailabilityStatement, ClaimDecision, CreditClaim
from kontor.office.service_levels.queries.claims import given_before, months_given
from kontor.office.service_levels.queries.counting import MonthOfContract, month_of_contract
from kontor.office.service_levels.queries.statements import latest
from kontor.rulebook.availability_claim import Verdict, filing_of, lacking, verdict
from kontor.rulebook.availability_credit import credit_of
from kontor.rulebook.availability_promise import Claiming
from kontor.rulebook.calc.promises import claiming_of
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text, combined
from kontor.rulebook.terms import TermsPack

NOTHING_CLAIMED = Text(
    "Unter diesen Bedingungen wird keine Gutschrift verlangt.", "Under these terms no credit is claimed."
)


def file_claim(
    contract: Any, *, incident_at: datetime, told: Mapping[str, str], at: datetime, actor: Actor
) -> CreditClaim:
    """
    File a customer's claim for an outage; a late one is recorded and refused by rule.

    contract  the supplier's row, as the customer action hands it over
    RefusalError where the terms know no claims, something the contract wants told is missing, or the outage lies ahead.
    """
    served = contracts.supplied(contract.pk, at.date())
    claiming = _claiming(served.pack)
    if missing := lacking(claiming, told):
        names = Text(", ".join(item.de for item in missing), ", ".join(item.en for item in missing))
        raise RefusalError(Text(f"Es fehlt: {names.de}.", f"Missing: {names.en}."))
    filing = filing_of(incident_at, at, claiming)
    ruling = _stored(filing.map(lambda found: found.in_time), served, "service_levels.claim_filed", at=at)
    happened = incident_at.astimezone(ZoneInfo(claiming.zone)).date()
    made = CreditClaim.objects.create(
        contract_id=served.id, customer_tenant_id=served.customer_tenant, contract_number=served.number,
        customer_name=served.customer, month=happened.replace(day=1), incident_at=incident_at,
        told={item.key: told[item.key].strip() for item in claiming.contains}, filed_by=actor.name, filed_at=at,
        in_time=filing.value.in_time, file_by=filing.value.file_by, decide_by=filing.value.decide_by, ruling=ruling,
    )  # fmt: skip
    clause = str(filing.clauses[0])
    after = {"incident_at": incident_at, "in_time": made.in_time}
    record("service_levels.claim_filed", made, at=at, actor=actor, clause=clause, ruling=ruling, after=after)
    publish("service_levels.claim_filed", {"claim": str(made.pk)}, at=at)
    if not filing.value.in_time:
        _refused(made, filing.working[1].spoken(served.language), ruling, None, at=at)
    return made


@transaction.atomic
def decide_claim(
    claim_id: uuid.UUID, *, granted: bool, reasons: str, on: date, at: datetime, actor: Actor
) -> ClaimDecision:
    """
    Decide a claim with the month's statement at hand; what is granted is credited at once.

    on  the day of the credit note. RefusalError without reasons, before the month is settled, once decided, or where
    the rules leave nothing to grant: then only a goodwill credit is left.
    """
    claim = _open(claim_id, reasons)
    statement = latest(claim.contract_id, claim.month)
    if statement is None:
        raise RefusalError(
            Text("Entschieden wird, wenn der Monat abgerechnet ist.", "It is decided once the month is settled.")
        )
    found, ruling = _judged(claim, at=at)
    if ruling.value is not Verdict.OPEN or not granted:
        if granted:
            raise RefusalError(ruling.working[-1])
        served = contracts.supplied(claim.contract_id, claim.month)
        stored = _stored(ruling.map(str), served, "service_levels.claim", at=at)
        return _refused(claim, reasons, stored, statement, at=at, actor=actor)
    fee = contracts.base_fee(claim.contract_id, claim.month)
    before = given_before(claim.contract_id, claim.month, fee.currency)
    credit = credit_of(found.ruling.value, found.promise, fee, before=before)
    return _credited(
        claim, combined(credit.value, credit, ruling), ClaimDecision.Outcome.GRANTED, statement=statement,
        reasons=reasons, on=on, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def grant_goodwill(
    claim_id: uuid.UUID, amount: Money, *, reasons: str, on: date, at: datetime, actor: Actor
) -> ClaimDecision:
    """Credit what the rules refuse, as a person's own decision; RefusalError without reasons or before a refusal."""
    claim = CreditClaim.objects.get(pk=claim_id)
    _one_at_a_time(claim)
    outcomes = set(claim.decisions.values_list("outcome", flat=True))
    if outcomes != {ClaimDecision.Outcome.REFUSED} or not reasons.strip():
        raise RefusalError(
            Text(
                "Entgegenkommen folgt einer Ablehnung, einmal und mit Gründen.",
                "Goodwill follows a refusal, once and with reasons.",
            )
        )
    _found, judged = _judged(claim, at=at)
    ruling = judged.map(lambda _: amount).because(
        working=(Text("Eine Person gibt aus Entgegenkommen.", "A person gives it as goodwill."),)
    )
    return _credited(
        claim, ruling, ClaimDecision.Outcome.GOODWILL, statement=latest(claim.contract_id, claim.month),
        reasons=reasons, on=on, at=at, actor=actor,
    )  # fmt: skip


def _open(claim_id: uuid.UUID, reasons: str) -> CreditClaim:
    claim = CreditClaim.objects.get(pk=claim_id)
    _one_at_a_time(claim)
    if claim.decisions.exists():
        raise RefusalError(Text("Über diese Forderung ist entschieden.", "This claim is decided."))
    if not reasons.strip():
        raise RefusalError(Text("Eine Entscheidung nennt ihre Gründe.", "A decision gives its reasons."))
    return claim


def _judged(claim: CreditClaim, *, at: datetime) -> tuple[MonthOfContract, Ruling[Verdict]]:
    """Return the claim's month and what the rules say to the claim."""
    served = contracts.supplied(claim.contract_id, claim.month)
    found = month_of_contract(served, claim.month, at=at)
    assert found is not None, "a claim is filed under a promise"
    filing = filing_of(claim.incident_at, claim.filed_at, _claiming(served.pack))
    return found, verdict(filing, found.ruling.value, claimed=months_given(claim.contract_id))


def _credited(
    claim: CreditClaim,
    ruling: Ruling[Money],
    outcome: ClaimDecision.Outcome,
    *,
    statement: AvailabilityStatement | None,
    reasons: str,
    on: date,
    at: datetime,
    actor: Actor,
) -> ClaimDecision:
    served = contracts.supplied(claim.contract_id, claim.month)
    key = f"availability-{claim.month:%Y-%m}" + ("-goodwill" if outcome == ClaimDecision.Outcome.GOODWILL else "")
    credit = contracts.Credit(key=key, month=claim.month, amount=ruling, reason=reasons, on=on)
    notes = contracts.credit_month(claim.contract_id, credit, at=at, actor=actor)
    stored = _stored(ruling, served, "service_levels.claim", at=at)
    made = ClaimDecision.objects.create(
        claim=claim, customer_tenant_id=claim.customer_tenant_id, statement=statement, outcome=outcome,
        reasons=reasons, amount_minor=ruling.value.minor, currency=ruling.value.currency,
        notes=[str(each) for each in notes], ruling=stored, decided_by=actor.name, at=at,
    )  # fmt: skip
    after = {"outcome": outcome, "amount_minor": made.amount_minor, "reasons": reasons}
    clause = str(ruling.clauses[0])
    record("service_levels.claim_decided", claim, at=at, actor=actor, clause=clause, ruling=stored, after=after)
    publish("service_levels.claim_decided", {"claim": str(claim.pk)}, at=at)
    return made


def _refused(
    claim: CreditClaim,
    reasons: str,
    ruling: uuid.UUID,
    statement: AvailabilityStatement | None,
    *,
    at: datetime,
    actor: Actor = MACHINE,
) -> ClaimDecision:
    made = ClaimDecision.objects.create(
        claim=claim, customer_tenant_id=claim.customer_tenant_id, statement=statement,
        outcome=ClaimDecision.Outcome.REFUSED, reasons=reasons, ruling=ruling, decided_by=actor.name, at=at,
    )  # fmt: skip
    record("service_levels.claim_decided", claim, at=at, actor=actor, ruling=ruling, after={"outcome": made.outcome})
    publish("service_levels.claim_decided", {"claim": str(claim.pk)}, at=at)
    return made


def _claiming(pack: TermsPack) -> Claiming:
    found = claiming_of(pack)
    if found is None:
        raise RefusalError(NOTHING_CLAIMED)
    return found


def _stored(ruling: Ruling[Any], served: contracts.Supplied, question: str, *, at: datetime) -> uuid.UUID:
    return store_ruling(
        ruling, question=question, pack=served.pack.key, version=served.pack.version,
        customer_tenant=served.customer_tenant, at=at,
    )  # fmt: skip


def _one_at_a_time(claim: CreditClaim) -> None:
    """Let no two people give a credit for one month at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"availability {claim.contract_id} {claim.month}"]
        )
