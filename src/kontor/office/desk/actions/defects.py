"""A defect as a case: told, remedied, given two periods, and at last a reduction of the fee."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.answering import Answer, answer_customer, refuse_closed
from kontor.office.desk.actions.logbook import locked
from kontor.office.desk.models import Defect, DefectAnswer, DefectPeriod, DefectReduction
from kontor.office.desk.queries.defects import facts_of, is_remedied, remedies_of
from kontor.rulebook.defect import INSTRUCTION, clauses_of, next_period, notice, stands_in_the_way
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice of a defect in text form: the part, how it differs from what was described, and when."""

    position: str
    deviation: str
    noticed_on: date
    reported_on: date
    interfered: bool = False


@transaction.atomic
def open_defect(ticket_id: uuid.UUID, told: Told, *, at: datetime, actor: Actor) -> Defect:
    """
    Take a request's defect in as a case, once.

    RefusalError under terms that say nothing of defects, for a part the contract does not have, or without a deviation.
    """
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    if ticket.contract_id is None:
        raise RefusalError(Text("Ohne Vertrag gibt es keinen Mangel.", "Without a contract there is no defect."))
    notice(told.noticed_on, told.reported_on, clauses=_clauses(ticket.contract_id, at))
    if told.position not in {key for key, _, _ in contracts.parts_of(ticket.contract_id, told.reported_on)}:
        raise RefusalError(Text("Diesen Teil hat der Vertrag nicht.", "The contract has no such part."))
    if not told.deviation.strip():
        raise RefusalError(
            Text("Worin weicht es von der Beschreibung ab?", "How does it differ from what was described?")
        )
    if Defect.objects.filter(ticket=ticket).exists():
        raise RefusalError(Text("Die Anfrage ist schon ein Mangel.", "The request is a defect already."))
    made = Defect.objects.create(
        ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, position=told.position, deviation=told.deviation,
        noticed_on=told.noticed_on, reported_on=told.reported_on, interfered=told.interfered, at=at,
    )  # fmt: skip
    record("desk.defect_opened", ticket, at=at, actor=actor, after={"position": told.position})
    return made


@transaction.atomic
def decide_late(defect_id: uuid.UUID, late: str, *, reason: str, at: datetime, actor: Actor) -> Defect:
    """Decide whether a late notice excludes the claims, with a reason; RefusalError for one that was not late."""
    defect = _locked(defect_id)
    if defect.reported_on == defect.noticed_on or late not in Defect.Late.values or not reason.strip():
        raise RefusalError(Text("Entschieden wird über Verspätung, mit Grund.", "Lateness is decided, with a reason."))
    defect.late, defect.late_reason = late, reason.strip()
    return _saved(defect, "desk.defect_lateness_decided", ("late", "late_reason"), at=at, actor=actor)


@transaction.atomic
def attach_proof(defect_id: uuid.UUID, proof: str, *, at: datetime, actor: Actor) -> Defect:
    """Note the proof that the customer's interference had no effect; RefusalError for none."""
    defect = _locked(defect_id)
    if not proof.strip():
        raise RefusalError(Text("Worin besteht der Nachweis?", "What is the proof?"))
    defect.proof = proof.strip()
    return _saved(defect, "desk.defect_proved", ("proof",), at=at, actor=actor)


@transaction.atomic
def remedy(defect_id: uuid.UUID, kind: str, words: str, *, name: str, at: datetime, actor: Actor) -> Defect:
    """
    Choose how a defect is remedied and tell the customer; instructions count once they are found reasonable.

    RefusalError where something stands in the way of the claims, or for a remedy the contract does not know.
    """
    defect = _locked(defect_id)
    _refuse_blocked(defect)
    known = remedies_of(defect, at=at)
    if kind not in known or not words.strip():
        raise RefusalError(Text("Welche Abhilfe, und wie?", "Which remedy, and how?"))
    defect.remedy, defect.remedy_words, defect.remedy_at = kind, words.strip(), at
    asks = Text("Ist das zumutbar?", "Is that reasonable?").spoken(defect.ticket.language)
    answer = Answer(text=words, asks=asks if kind == INSTRUCTION else "", begins=True)
    answer_customer(defect.ticket_id, answer, name=name, at=at, actor=actor)
    return _saved(defect, "desk.defect_remedy", ("remedy", "remedy_words", "remedy_at"), at=at, actor=actor)


@transaction.atomic
def mend(defect_id: uuid.UUID, on: date, *, at: datetime, actor: Actor) -> Defect:
    """Note that the defect is gone; RefusalError without a remedy that counts."""
    defect = _locked(defect_id)
    if not is_remedied(defect):
        raise RefusalError(
            Text(
                "Es fehlt die Abhilfe, oder die Antwort des Kunden, ob die Anleitung zumutbar ist.",
                "The remedy is missing, or the customer's answer whether the instructions are reasonable.",
            )
        )
    defect.mended_on = on
    return _saved(defect, "desk.defect_mended", ("mended_on",), at=at, actor=actor)


@transaction.atomic
def answer_instruction(
    defect: Defect, *, reasonable: bool, words: str, name: str, at: datetime, actor: Actor
) -> DefectAnswer:
    """Say, as the customer, whether instructions are reasonable; once for each. RefusalError where none are asked."""
    row = _locked(defect.pk)
    if row.remedy != INSTRUCTION or row.remedy_at is None or row.answers.filter(remedy_at=row.remedy_at).exists():
        raise RefusalError(Text("Dazu ist nichts gefragt.", "Nothing is asked about that."))
    made = DefectAnswer.objects.create(
        defect=row, customer_tenant_id=row.customer_tenant_id, remedy_at=row.remedy_at, reasonable=reasonable,
        words=words[:1000], by=name, at=at,
    )  # fmt: skip
    record("desk.defect_answered", row.ticket, at=at, actor=actor, after={"reasonable": reasonable})
    return made


@transaction.atomic
def set_period(
    defect_id: uuid.UUID, *, set_on: date, until: date, words: str, name: str, at: datetime, actor: Actor
) -> DefectPeriod:
    """Note a period that the customer set in writing; the second only after the first has passed. RefusalError else."""
    defect = _locked(defect_id)
    if defect.mended_on is not None or not words.strip():
        raise RefusalError(
            Text("Eine Frist steht schriftlich, solange der Mangel besteht.", "A period is in writing, for a defect.")
        )
    before = list(defect.periods.order_by("number"))
    number = next_period(before[-1].until if before else None, len(before), set_on=set_on, until=until)
    made = DefectPeriod.objects.create(
        defect=defect, customer_tenant_id=defect.customer_tenant_id, number=number, set_on=set_on, until=until,
        words=words.strip(), by=name, at=at,
    )  # fmt: skip
    record("desk.defect_period", defect.ticket, at=at, actor=actor, after={"number": number, "until": until})
    return made


@transaction.atomic
def reduce_fee(
    defect_id: uuid.UUID, month: date, amount: Decimal, *, on: date, at: datetime, actor: Actor
) -> DefectReduction:
    """
    Reduce the fee of the defective part for a month in which the defect stood, once for each month.

    on  today. RefusalError where claims are barred, or before a second period has passed (visitor 4.5.3).
    """
    defect = _locked(defect_id)
    _refuse_blocked(defect)
    first = month.replace(day=1)
    if first < defect.reported_on.replace(day=1) or first > (defect.mended_on or on):
        raise RefusalError(Text("In diesem Monat bestand der Mangel nicht.", "The defect did not stand in that month."))
    if known := defect.reductions.filter(month=first).first():
        return known
    second = defect.periods.filter(number=2).first()
    assert defect.ticket.contract_id is not None, "a defect is one of a contract"
    done = contracts.reduce_for_defect(
        defect.ticket.contract_id, defect.position, month=first, amount=amount,
        second_period_until=second.until if second else None, key=f"{defect.pk.hex[-12:]}-{first:%Y-%m}",
        reason=f"{defect.ticket.name}: {defect.deviation}"[:300], on=on, at=at, actor=actor,
    )  # fmt: skip
    made = DefectReduction.objects.create(
        defect=defect, customer_tenant_id=defect.customer_tenant_id, month=first, amount_minor=done.amount.minor,
        currency=done.amount.currency, reduction=done.id, ruling=done.ruling, at=at,
    )  # fmt: skip
    after = {"month": first, "amount": done.amount.bare()}
    record("desk.defect_reduced", defect.ticket, at=at, actor=actor, ruling=done.ruling, after=after)
    return made


def _locked(defect_id: uuid.UUID) -> Defect:
    return Defect.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=defect_id)


def _refuse_blocked(defect: Defect) -> None:
    for reason in stands_in_the_way(facts_of(defect)):
        raise RefusalError(reason)


def _clauses(contract_id: uuid.UUID, at: datetime) -> tuple[Clause, ...]:
    return clauses_of(contracts.served(contract_id, at=at).pack.defects)


def _saved(defect: Defect, verb: str, fields: tuple[str, ...], *, at: datetime, actor: Actor) -> Defect:
    defect.save(update_fields=list(fields))
    record(verb, defect.ticket, at=at, actor=actor, after={name: str(getattr(defect, name)) for name in fields})
    return defect
