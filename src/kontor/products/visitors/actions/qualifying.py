"""Service companies: which there are, whom they send, what they have shown, and who is kept out."""

import calendar
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import Actor
from kontor.products.visitors.models import Contractor, ContractorPerson, Proof, ProofKind
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day

REMIND: Final = "visitors.remind_contractors"
CLAUSE: Final = "Anlage 1, 1.2"
_DAY: Final = 24 * 60


class QualificationRefusedError(RefusalError):
    """Nothing was kept about a service company."""


@transaction.atomic
def add_kind(*, at: datetime, actor: Actor, **given: Any) -> ProofKind:
    """Demand a further proof of service companies of some types, or of the people they send."""
    try:
        with transaction.atomic():
            made = ProofKind.objects.create(**given)
    except IntegrityError as taken:
        raise _taken(given["title_de"]) from taken
    record("visitors.proof_demanded", made, at=at, actor=actor, clause=CLAUSE, after=dict(given))
    return made


@transaction.atomic
def drop_kind(kind_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Demand a proof no more; those that were shown stay."""
    row = ProofKind.objects.select_for_update().get(pk=kind_id, archived_at=None)
    row.archived_at = at
    row.save(update_fields=["archived_at"])
    record("visitors.proof_demanded_no_more", row, at=at, actor=actor)


@transaction.atomic
def add_contractor(*, at: datetime, actor: Actor, **given: Any) -> Contractor:
    """Admit a service company, with its type; QualificationRefusedError where its name is taken."""
    try:
        with transaction.atomic():
            made = Contractor.objects.create(at=at, **given)
    except IntegrityError as taken:
        raise _taken(given["name"]) from taken
    record("visitors.contractor_added", made, at=at, actor=actor, clause=CLAUSE, after=dict(given))
    return made


@transaction.atomic
def change_contractor(contractor_id: uuid.UUID, *, at: datetime, actor: Actor, **given: Any) -> Contractor:
    """Change a service company, its type or whether it is blocked."""
    row = Contractor.objects.select_for_update().get(pk=contractor_id, archived_at=None)
    before = {key: getattr(row, key) for key in given}
    for key, value in given.items():
        setattr(row, key, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise _taken(row.name) from taken
    record("visitors.contractor_changed", row, at=at, actor=actor, before=before, after=dict(given))
    return row


@transaction.atomic
def add_person(contractor: Contractor, *, at: datetime, actor: Actor, **given: Any) -> ContractorPerson:
    """Note somebody whom a service company sends."""
    made = ContractorPerson.objects.create(contractor=contractor, **given)
    record("visitors.contractor_person_added", made, at=at, actor=actor, after={"contractor": contractor.name, **given})
    return made


@transaction.atomic
def block_person(person_id: uuid.UUID, because: str, *, at: datetime, actor: Actor) -> ContractorPerson:
    """Keep one person out, with the reason, or let them in again by an empty one."""
    row = ContractorPerson.objects.select_for_update().get(pk=person_id)
    before, row.blocked = row.blocked, because
    row.save(update_fields=["blocked"])
    verb = "visitors.contractor_person_blocked" if because else "visitors.contractor_person_unblocked"
    record(verb, row, at=at, actor=actor, before={"blocked": before}, after={"blocked": because})
    return row


@transaction.atomic
def show_proof(
    kind: ProofKind, contractor: Contractor, person: ContractorPerson | None, *, first_day: date,
    last_day: date | None, note: str = "", document: uuid.UUID | None = None, at: datetime, actor: Actor,
) -> Proof:  # fmt: skip
    """
    Keep that a proof was shown; where it names no last day, its kind says how many months it holds (BGB § 188 (3)).

    QualificationRefusedError where it is for a person and none is named, or the reverse, or it ends before it begins.
    """
    if (kind.of == ProofKind.Of.PERSON) != (person is not None):
        raise QualificationRefusedError(
            Text("Dieser Nachweis gehört zu etwas anderem.", "This proof belongs to something else.")
        )
    last = last_day or (after_months(first_day, kind.valid_months) if kind.valid_months else None)
    if last is not None and last < first_day:
        raise QualificationRefusedError(
            Text("Der Nachweis endet, bevor er beginnt.", "The proof ends before it begins.")
        )
    made = Proof.objects.create(
        kind=kind, contractor=contractor, person=person, first_day=first_day, last_day=last, note=note,
        document=document, by_name=actor.name, at=at,
    )  # fmt: skip
    told = {"kind": kind.title_de, "first_day": str(first_day), "last_day": str(last) if last else ""}
    record("visitors.proof_shown", made, at=at, actor=actor, clause=CLAUSE, after=told)
    _remind_later(at)
    return made


@transaction.atomic
def withdraw_proof(proof_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Count a proof no more, from now on."""
    row = Proof.objects.select_for_update().get(pk=proof_id, withdrawn_at=None)
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    record("visitors.proof_withdrawn", row, at=at, actor=actor)


@transaction.atomic
def remind(*, today: date, at: datetime) -> int:
    """
    Write to service companies whose proofs run out soon, one mail each for all of them; the number of mails.

    A proof is reminded of once for each of its last days; one that a later proof of its kind replaces is not.
    """
    proofs = list(_running_out(today))
    by_company: dict[Contractor, list[Proof]] = defaultdict(list)
    for proof in proofs:
        by_company[proof.contractor].append(proof)
    mails = [_reminder(company, found) for company, found in by_company.items() if company.email]
    send_mails(mails, at=at)
    for proof in proofs:
        proof.reminded = proof.last_day
    Proof.objects.bulk_update(proofs, ["reminded"])
    return len(mails)


def after_months(first: date, months: int) -> date:
    """
    Return the last day of so many months that begin with a day (BGB § 188 (2)).

    >>> after_months(date(2026, 1, 31), 1), after_months(date(2025, 3, 1), 12)
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 28))
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    if first.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, first.day) - timedelta(days=1)


def _running_out(today: date) -> Sequence[Proof]:
    rows = Proof.objects.select_for_update(of=("self",)).select_related("kind", "contractor", "person")
    open_ones = rows.filter(
        withdrawn_at=None, contractor__archived_at=None, kind__archived_at=None, last_day__gte=today
    )
    every = list(open_ones.order_by("contractor__name", "last_day", "pk"))
    latest: dict[tuple[Any, ...], Proof] = {(each.kind_id, each.contractor_id, each.person_id): each for each in every}
    return [
        each
        for each in every
        if latest[each.kind_id, each.contractor_id, each.person_id] == each
        and each.reminded != each.last_day
        and each.last_day is not None
        and each.last_day - timedelta(days=each.kind.warn_days) <= today
    ]


def _reminder(company: Contractor, proofs: Sequence[Proof]) -> NewMail:
    german = company.language == "de"
    lines = [
        f"- {kind}{f' ({proof.person.name})' if proof.person else ''}: {day(proof.last_day).spoken(company.language)}"
        for proof in proofs
        if proof.last_day is not None
        for kind in [proof.kind.title_de if german else proof.kind.title_en]
    ]
    if german:
        subject, head = "Nachweise laufen ab", f"Guten Tag {company.name},\n\ndiese Nachweise gelten nur noch bis:"
        foot = "Ohne neuen Nachweis ist danach kein Zutritt möglich."
    else:
        subject, head = "Proofs run out", f"Hello {company.name},\n\nthese proofs are good only until:"
        foot = "Without a new proof nobody can be let in after that."
    text = "\n".join((head, "", *lines, "", foot))
    return NewMail(to=company.email, to_name=company.name, subject=subject, text=text, about=company)


def _remind_later(at: datetime) -> None:
    """Look once a day, early in the morning."""
    tomorrow = datetime.combine(at.date() + timedelta(days=1), time(4), tzinfo=at.tzinfo)
    put_due(REMIND, at=tomorrow, repeat_minutes=_DAY)


def _taken(name: str) -> QualificationRefusedError:
    return QualificationRefusedError(Text(f"„{name}“ gibt es schon.", f"There is “{name}” already."))
