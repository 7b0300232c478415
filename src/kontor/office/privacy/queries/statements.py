"""What the people of a tenant are asked to agree to, and what each of them said last."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import Declaration, Statement


@dataclass(frozen=True, slots=True)
class Answer:
    """A statement as it is asked today, and what a person said to it last; None where nothing was said yet."""

    statement: Statement
    said: Declaration | None


def asked() -> list[Statement]:
    """Return the newest edition of each statement of the current tenant, in the order in which they came."""
    newest = Statement.objects.of(current_tenant()).order_by("key", "-at", "-pk").distinct("key")
    return sorted(newest, key=lambda each: each.pk)


def answers_of(person: uuid.UUID) -> list[Answer]:
    """Return every statement with what the person said to it: two queries."""
    statements = asked()
    said: dict[uuid.UUID, Declaration] = {}
    rows = Declaration.objects.of(current_tenant()).filter(person=person, statement__in=[one.pk for one in statements])
    for each in rows.order_by("at", "pk"):
        said[each.statement_id] = each
    return [Answer(one, said.get(one.pk)) for one in statements]


def awaited(person: uuid.UUID) -> bool:
    """Tell whether the person has yet to answer a statement; refusing is an answer."""
    return any(answer.said is None for answer in answers_of(person))


def agreeing(key: str, people: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """
    Return those of the people whose newest word to the newest edition of a statement is yes.

    Who was never asked did not agree: advertising goes to nobody without it (crm 9.2). One query for any number.
    """
    rows = Declaration.objects.of(current_tenant()).filter(person__in=list(people), statement__key=key)
    newest = rows.order_by("person", "-at", "-pk").distinct("person").values_list("person", "agreed", "statement_id")
    edition = {one.key: one.pk for one in asked()}.get(key)
    return {person for person, agreed, statement in newest if agreed and statement == edition}
