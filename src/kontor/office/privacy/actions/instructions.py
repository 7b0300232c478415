"""A controller's instructions: kept, suspended where they seem unlawful, insisted on, carried out or ended."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.privacy.models import Instruction
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

State = Instruction.State
_ORDER = Text("Das geht in diesem Stand nicht, oder nicht ohne Worte.", "Not in this state, or not without words.")


def instruct_as_customer(row: Any, *, text: str, at: datetime, actor: Actor) -> Instruction:
    """Keep an instruction of the controller with author, time and text; `row` is its agreement."""
    if not text.strip():
        raise RefusalError(Text("Eine Weisung sagt, was geschehen soll.", "An instruction says what is to happen."))
    made = Instruction.objects.create(
        agreement=row, customer_tenant_id=row.customer_tenant_id, text=text.strip(), given_by=actor.name, given_at=at
    )
    record("privacy.instruction_given", made, at=at, actor=actor, after={"text": text.strip()})
    publish("privacy.instruction_given", {"instruction": str(made.pk)}, at=at)
    return made


@transaction.atomic
def suspend_instruction(instruction: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> Instruction:
    """Say why an instruction seems unlawful: it is suspended and the controller is told at once."""
    found = _moved(instruction, State.GIVEN, State.SUSPENDED, words=because)
    found.unlawful_because, found.suspended_at = because.strip(), at
    found.save()
    record("privacy.instruction_suspended", found, at=at, actor=actor, after={"because": because.strip()})
    email = found.agreement.annexes["I"]["controller"].get("email", "")
    if email:
        text = (
            "Ihre Weisung scheint uns rechtswidrig und ruht / your instruction seems unlawful and is suspended:\n\n"
            f"{found.text}\n\n{found.unlawful_because}"
        )
        subject = f"Weisung ruht / instruction suspended: {found.agreement.contract_number}"
        send_mail(to=email, subject=subject, text=text, about=found, at=at)
    return found


def insist_as_customer(row: Any, *, at: datetime, actor: Actor) -> Instruction:
    """Insist for the controller on what we held to be unlawful; from now on we may end the agreement."""
    found = _moved(row.pk, State.SUSPENDED, State.INSISTED, words=row.text)
    found.insisted_by, found.insisted_at = actor.name, at
    found.save()
    record("privacy.instruction_insisted", found, at=at, actor=actor)
    publish("privacy.instruction_insisted", {"instruction": str(found.pk)}, at=at)
    return found


@transaction.atomic
def end_for_instruction(instruction: uuid.UUID, *, how: str, at: datetime, actor: Actor) -> Instruction:
    """Give notice because the controller insisted on an unlawful instruction; RefusalError before it did."""
    return _closed(instruction, State.INSISTED, State.ENDED, how=how, at=at, actor=actor)


@transaction.atomic
def carry_out(instruction: uuid.UUID, *, how: str, at: datetime, actor: Actor) -> Instruction:
    """Say how an instruction was carried out; a suspended one is not."""
    return _closed(instruction, State.GIVEN, State.DONE, how=how, at=at, actor=actor)


def withdraw_as_customer(row: Any, *, at: datetime, actor: Actor) -> Instruction:
    """Take back a suspended instruction."""
    return _closed(row.pk, State.SUSPENDED, State.WITHDRAWN, how=actor.name or "-", at=at, actor=actor)


def _closed(
    instruction: uuid.UUID, before: State, after: State, *, how: str, at: datetime, actor: Actor
) -> Instruction:
    found = _moved(instruction, before, after, words=how)
    found.closed_at, found.closed_by, found.closed_how = at, actor.name, how.strip()
    found.save()
    record("privacy.instruction_closed", found, at=at, actor=actor, after={"state": str(after), "how": how.strip()})
    return found


def _moved(instruction: uuid.UUID, before: State, after: State, *, words: str) -> Instruction:
    found = Instruction.objects.select_for_update().get(pk=instruction)
    if found.state != before or not words.strip():
        raise RefusalError(_ORDER)
    found.state = after
    return found
