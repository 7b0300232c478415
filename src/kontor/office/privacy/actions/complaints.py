"""Complaints of a customer's mailings: the proof is looked for at once, without one a suspension is to be decided."""

import uuid
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.timezone import localdate

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity import public as identity
from kontor.office.privacy.models import Complaint, ConsentStep
from kontor.office.privacy.queries.consents import consents, plain
from kontor.rulebook.complaint import CLAUSE, suspension_by
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

LOOK: Final = "privacy.look_for_consent"
DECIDE: Final = "privacy.decide_complaint"
MORNING: Final = time(9)
_CLOSED: Final = Text("Diese Beschwerde ist abgeschlossen.", "This complaint is closed.")
_WORDS: Final = Text("Sagen Sie in Worten, was geschah.", "Say in words what happened.")


@transaction.atomic
def enter_complaint(tenant: uuid.UUID, email: str, *, words: str, at: datetime, actor: Actor) -> Complaint:
    """Keep a complaint of a customer's mailing; its book of consents is looked into at once. RefusalError for none."""
    if not words.strip():
        raise RefusalError(_WORDS)
    customer = Tenant.objects.get(pk=tenant, is_house=False)
    made = Complaint.objects.create(
        customer_tenant=customer, customer_name=customer.name, email=plain(email), words=words.strip(), received_at=at
    )
    record("privacy.complaint_entered", made, at=at, actor=actor, clause=CLAUSE.number, after={"email": made.email})
    queue(LOOK, customer.pk, complaint=str(made.pk))
    return made


def look_for_proof(complaint: uuid.UUID, *, at: datetime, actor: Actor = MACHINE) -> Complaint:
    """
    Look, as the customer, what its book of consents holds of the address, and hand exactly that to the provider.

    Without a confirmed consent the customer's administrators are told what follows.
    """
    row = Complaint.received.get(pk=complaint)
    proof = [
        _told(step)
        for consent in consents([row.email])
        if any(step.kind == ConsentStep.Kind.CONFIRMED for step in consent.steps)
        for step in consent.steps
    ]
    answer("privacy.complaint_answered_by_customer", row.pk, proof=proof, at=at, actor=actor)
    row = Complaint.received.get(pk=complaint)
    if row.suspend_by is not None:
        identity.tell_administrators(
            Text("Beschwerde über Ihre Mails: der Nachweis fehlt", "A complaint of your mail: the proof is missing"),
            said(
                "{email} hat sich beschwert:\n{words}\n\nIhr Einwilligungsbuch enthält keine bestätigte Zustimmung "
                "dieser Adresse. Ohne Nachweis bis {last} wird Ihr Konto gesperrt ({clause}). Liegt eine Zustimmung "
                "auf Papier vor, tragen Sie sie ein.",
                "{email} complained:\n{words}\n\nYour book of consents holds no confirmed consent of this address. "
                "Without proof by {last} your account is suspended ({clause}). If there is one on paper, enter it.",
                email=row.email,
                words=row.words,
                last=day(row.suspend_by),
                clause=CLAUSE.number,
            ),
            about=row,
            at=at,
        )
    return row


def answer_as_customer(row: Any, *, proof: Sequence[dict[str, Any]], at: datetime, actor: Actor) -> Complaint:
    """Keep what the customer's book of consents holds; without it a suspension falls due, as the provider's task."""
    found = Complaint.objects.select_for_update().get(pk=row.pk)
    if found.closed_at is not None:
        raise RefusalError(_CLOSED)
    found.proof, found.looked_at = list(proof), at
    by = suspension_by(localdate(found.received_at), proved=bool(proof)).value
    found.suspend_by = by
    found.save(update_fields=["proof", "looked_at", "suspend_by"])
    record(
        "privacy.complaint_looked_into", found, at=at, actor=actor, clause=CLAUSE.number, after={"steps": len(proof)}
    )
    told = {"complaint": str(found.pk)}
    if by is None:
        take_off(DECIDE, arguments=told)
    else:
        zone = ZoneInfo(Tenant.objects.values_list("zone", flat=True).get(pk=current_tenant()))
        put_due(DECIDE, at=datetime.combine(by, MORNING, zone), arguments=told)
    return found


def remind_to_decide(complaint: uuid.UUID, *, at: datetime) -> bool:
    """Tell the house's administrators that an account without proof is to be suspended; False where it is settled."""
    row = Complaint.objects.get(pk=complaint)
    if row.closed_at is not None or row.suspend_by is None:
        return False
    record("privacy.suspension_due", row, at=at, actor=MACHINE, clause=CLAUSE.number)
    identity.tell_administrators(
        said("Konto sperren: {name}", "Suspend the account: {name}", name=row.customer_name),
        said(
            "Für die Zustimmung von {email} gibt es keinen Nachweis ({clause}). Sperren Sie das Konto, oder schließen "
            "Sie die Beschwerde mit einem Grund.",
            "There is no proof that {email} agreed ({clause}). Suspend the account, or close the complaint with a "
            "reason.",
            email=row.email,
            clause=CLAUSE.number,
        ),
        about=row,
        at=at,
    )
    return True


@transaction.atomic
def close_complaint(complaint: uuid.UUID, *, how: str, at: datetime, actor: Actor) -> Complaint:
    """Say what was done in the end: suspended, or why not. RefusalError without words, or twice."""
    row = Complaint.objects.select_for_update().get(pk=complaint)
    if row.closed_at is not None or not how.strip():
        raise RefusalError(_CLOSED if row.closed_at else _WORDS)
    row.closed_at, row.closed_by, row.closed_how = at, actor.name, how.strip()
    row.save(update_fields=["closed_at", "closed_by", "closed_how"])
    take_off(DECIDE, arguments={"complaint": str(row.pk)})
    record("privacy.complaint_closed", row, at=at, actor=actor, clause=CLAUSE.number, after={"how": how.strip()})
    return row


def _told(step: ConsentStep) -> dict[str, Any]:
    text = step.text
    return {
        "purpose": text.purpose, "edition": text.edition, "title": {"de": text.title_de, "en": text.title_en},
        "text": {"de": text.text_de, "en": text.text_en}, "kind": step.kind, "channel": step.channel,
        "at": step.at.isoformat(), "address": step.address or "", "client": step.client,
        "paper": step.proof_id is not None,
    }  # fmt: skip
