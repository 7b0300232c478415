"""Asking people for what only they can agree to, and keeping what they say: each by itself, taken back as easily."""

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import Declaration, Statement
from kontor.office.privacy.queries.statements import answers_of
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A statement as a contract asks for it: {key, title, text, clause}."""

    key: str
    title: Text
    text: Text
    clause: str


class UnknownStatementError(Exception):
    """Somebody answered what is not asked here; the page shows what is."""


@transaction.atomic
def ask(statements: Collection[Asked], *, edition: str, at: datetime, actor: Actor) -> list[uuid.UUID]:
    """
    Ask the current tenant's people for statements from now on, and return the new ones' keys.

    An edition that is asked already is not asked again.

    edition  names the terms they come from, "crm 2026-01"
    """
    known = set(Statement.objects.of(current_tenant()).values_list("key", "edition"))
    made = []
    for each in statements:
        if (each.key, edition) in known:
            continue
        row = Statement.objects.create(
            key=each.key,
            edition=edition,
            title_de=each.title.de,
            title_en=each.title.en,
            text_de=each.text.de,
            text_en=each.text.en,
            clause=each.clause,
            sha256=hashlib.sha256(each.text.de.encode() + b"\0" + each.text.en.encode()).digest(),
            at=at,
        )
        record("privacy.statement_asked", row, at=at, actor=actor, clause=each.clause, after={"key": each.key})
        made.append(row.pk)
    return made


@transaction.atomic
def declare(person: uuid.UUID, said: Mapping[uuid.UUID, bool], *, at: datetime, actor: Actor) -> list[Declaration]:
    """
    Keep what a person says to statements, by their keys; what they said before already is not kept twice.

    UnknownStatementError for a statement that is not asked (any more); nothing is kept then.
    """
    answers = {answer.statement.pk: answer for answer in answers_of(person)}
    if unknown := set(said) - set(answers):
        raise UnknownStatementError(sorted(str(each) for each in unknown))
    kept = []
    for key, agreed in said.items():
        before = answers[key].said
        if before is not None and before.agreed == agreed:
            continue
        row = Declaration.objects.create(statement=answers[key].statement, person=person, agreed=agreed, at=at)
        told = {"statement": answers[key].statement.key, "agreed": agreed}
        record("privacy.declared", row, at=at, actor=actor, clause=answers[key].statement.clause, after=told)
        kept.append(row)
    return kept
