"""Work charged beside the contract, and fees reduced for a defect: each once, each with the clause that says so."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.charges import add_charge
from kontor.office.contracts.actions.giving_back import Part, Reason, give_back
from kontor.office.contracts.models import Charge, Contract, ExtraWork, FeeReduction
from kontor.office.contracts.queries.corrections import (
    free_reinstallations,
    position_on,
    reduced_before,
    signed_offer,
)
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.extra_work import Charged, Work, charged, kinds_of
from kontor.rulebook.fee_reduction import Asked, monthly_fee, reduced
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.service_order import services_of
from kontor.rulebook.terms import TermsPack

EXACT_MINUTES: Final = 3  # 1/20 of an hour is an exact decimal; twenty minutes, a third of one, are not


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """
    What a person writes down about a piece of work.

    key  names it: the same key again is the same work; rate_source  the price list and its day, or what was agreed
    """

    key: str
    work: Work
    rate_source: str
    request: str = ""
    finding: str = ""
    approved_by: str = ""


@transaction.atomic
def log_work(contract_id: uuid.UUID, logged: Logged, *, at: datetime, actor: Actor) -> ExtraWork:
    """
    Write down work that was done; what the contract does not include is charged with the next invoice.

    RefusalError where the terms know no such work, or ask for an offer, an approval or a finding that is missing.
    Contract.DoesNotExist for a stranger's contract.
    """
    contract = Contract.objects.get(pk=contract_id)
    _one_at_a_time(contract)
    if known := ExtraWork.objects.filter(contract=contract, key=logged.key).first():
        return known
    pack, work = terms_on(contract, logged.work.on), logged.work
    _refuse_unsigned(contract, work)
    _refuse_by_the_hour(pack, work)
    before = free_reinstallations(contract, year=work.on.year)
    ruling = charged(work, pack, currency=contract.terms["currency"], free_before=before)
    charge = None if ruling.value.free else _charge(contract, logged, ruling, kinds_of(pack), at=at, actor=actor)
    made = ExtraWork.objects.create(
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        key=logged.key,
        kind=work.kind,
        done_on=work.on,
        minutes=work.minutes,
        rate=work.rate,
        rate_source=logged.rate_source,
        request=logged.request,
        finding=logged.finding,
        recognisable=work.recognisable,
        approved_by=logged.approved_by,
        approved_on=work.approved_on,
        offered_in=work.offered_in,
        amount_minor=ruling.value.amount.minor,
        currency=ruling.value.amount.currency,
        free=ruling.value.free,
        ruling=_stored(contract, ruling, "contracts.extra_work", at=at),
        charge=charge,
        at=at,
    )
    after = {"kind": work.kind, "on": work.on, "minutes": work.minutes, "amount_minor": made.amount_minor}
    record("contracts.work_logged", contract, at=at, actor=actor, ruling=made.ruling, after=after)
    publish("contracts.work_logged", {"contract": str(contract.pk)}, at=at)
    return made


@transaction.atomic
def reduce_fee(
    contract_id: uuid.UUID, position: str, asked: Asked, *, key: str, reason: str, on: date, at: datetime, actor: Actor
) -> FeeReduction:
    """
    Reduce the fee of a part for a month; what is billed already is given back by a credit note, else charged less.

    on  today in the seller's zone. RefusalError where the terms know no reduction, its conditions are missing, or
        nothing is left to reduce; Contract.DoesNotExist for a stranger's contract.
    """
    contract = Contract.objects.get(pk=contract_id)
    _one_at_a_time(contract)
    if known := FeeReduction.objects.filter(contract=contract, key=key).first():
        return known
    defects = terms_on(contract, on).defects
    if defects is None or defects.reduction_cap is None:
        raise RefusalError(
            Text(
                "Diese Bedingungen kennen keine Minderung; ein Entgegenkommen geht als Teilgutschrift der Rechnung.",
                "These terms know no reduction; a gesture of goodwill is a credit on the invoice.",
            )
        )
    fee = monthly_fee(position_on(contract, position, asked.month), contract.terms["currency"])
    before = reduced_before(contract, position, asked.month)
    ruling = reduced(asked, fee, today=on, clauses=defects.reduction_cap.clauses, before=before)
    note, charge = _given_back(contract, position, asked, ruling, key=key, reason=reason, on=on, at=at, actor=actor)
    made = FeeReduction.objects.create(
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        key=key,
        position=position,
        month=asked.month,
        reason=reason,
        second_period_until=asked.second_period_until,  # type: ignore[misc]  # refused above where there is none
        asked_minor=asked.amount.minor,
        fee_minor=fee.minor,
        amount_minor=ruling.value.minor,
        currency=fee.currency,
        whole=(before + ruling.value) == fee,
        ruling=_stored(contract, ruling, "contracts.fee_reduction", at=at),
        credit_note_id=note,
        charge=charge,
        at=at,
    )
    after = {"position": position, "month": asked.month, "amount_minor": made.amount_minor, "whole": made.whole}
    clause = str(ruling.clauses[0])
    record("contracts.fee_reduced", contract, at=at, actor=actor, clause=clause, ruling=made.ruling, after=after)
    publish("contracts.fee_reduced", {"contract": str(contract.pk)}, at=at)
    return made


def _refuse_unsigned(contract: Contract, work: Work) -> None:
    if work.offered_in and not signed_offer(contract, work.offered_in):
        raise RefusalError(
            Text(
                f"{work.offered_in} ist kein angenommenes Angebot dieses Kunden.",
                f"{work.offered_in} is no accepted offer of this customer.",
            )
        )


def _refuse_by_the_hour(pack: TermsPack, work: Work) -> None:
    """Refuse what goes by an offer of its own: its amount, days and how often stand there (leisure 9.2)."""
    needs = pack.prices.extra_services_need if pack.prices else None
    if work.offered_in and needs and needs.value == "signed_offer" and work.kind in services_of(pack):
        raise RefusalError(
            Text(
                "Diese Leistung bieten Sie eigens an; Betrag, Tage und Häufigkeit folgen ihrem Angebot.",
                "Offer this service by itself; its amount, days and how often follow the offer.",
            )
        )


def _charge(
    contract: Contract, logged: Logged, ruling: Ruling[Charged], kinds: dict[str, Text], *, at: datetime, actor: Actor
) -> Charge:
    work, words = logged.work, kinds[logged.work.kind]
    about = f" ({logged.request})" if logged.request else ""
    whole = work.minutes % EXACT_MINUTES == 0
    lasted = Text("", "") if whole else Text(f", {work.minutes} Minuten", f", {work.minutes} minutes")
    return add_charge(
        contract,
        f"work-{logged.key}",
        text_de=f"{words.de}{about}{lasted.de}",
        text_en=f"{words.en}{about}{lasted.en}",
        quantity=Decimal(work.minutes) / 60 if whole else Decimal(1),
        unit="HUR" if whole else "C62",
        price=work.rate if whole else ruling.value.amount.amount,
        first=work.on,
        last=work.on,
        ruling=ruling,
        at=at,
        actor=actor,
    )


def _given_back(
    contract: Contract,
    position: str,
    asked: Asked,
    ruling: Ruling[Money],
    *,
    key: str,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor,
) -> tuple[uuid.UUID | None, Charge | None]:
    """Return the credit note on the invoice that billed the month, or the charge below nought that will meet it."""
    name = contract.terms["names"].get(position, position)
    part = Part(f"reduction-{key}", position, ruling.value, Text(f"Minderung {name}", f"Reduction of {name}"))
    why = Reason(occasion=f"reduction {key}", reason=reason, month=asked.month, on=on, ruling=ruling)
    given = give_back(contract, [part], why, at=at, actor=actor)
    return next(iter(given.notes), None), next(iter(given.charges), None)


def _stored(contract: Contract, ruling: Ruling[Any], question: str, *, at: datetime) -> uuid.UUID:
    return store_ruling(
        ruling,
        question=question,
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=at,
    )


def _one_at_a_time(contract: Contract) -> None:
    """Let no two people correct one contract at once: the second sees what the first has used up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"corrections {contract.pk}"])
