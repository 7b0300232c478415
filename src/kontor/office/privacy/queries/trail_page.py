"""The trail as it is searched: who entered, changed, deleted or saw what."""

import uuid
from functools import cache, reduce
from operator import or_
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Q, QuerySet, Subquery

from kontor.kernel import registry
from kontor.kernel.models import Membership, RecordEntry
from kontor.kernel.wording import spoken
from kontor.rulebook.deed import ENDINGS
from kontor.rulebook.ruling import Text

MACHINE = Text("von selbst", "by itself")
OUTSIDE = Text("von außen, mit einem Schlüssel", "from outside, with a key")


def trail() -> QuerySet[RecordEntry]:
    """Return the current tenant's record, each entry with the name of whoever did it as `who`."""
    names = get_user_model().objects.filter(pk=OuterRef("actor")).values("name")[:1]
    return RecordEntry.objects.annotate(who=Subquery(names))


def of_kind(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """Narrow the trail to what was entered, changed, deleted or seen; `rulebook.deed` says how it is told."""
    every = {each: reduce(or_, (Q(verb__endswith=ending) for ending in endings)) for each, endings in ENDINGS.items()}
    if kind in every:
        before = list(every)[: list(every).index(kind)]
        return rows.filter(every[kind]).exclude(reduce(or_, (every[each] for each in before), Q(pk=None)))
    return rows.exclude(reduce(or_, every.values()))


def people() -> list[tuple[str, str]]:
    """Return who can be chosen: everybody who is or was a member here."""
    rows = Membership.objects.select_related("user").order_by("user__name")[:500]
    return [(str(row.user_id), str(row.user)) for row in rows]


def apps() -> list[tuple[str, str]]:
    """Return the modules by which the trail can be narrowed."""
    return [(module.key, spoken(module.title)) for module in registry.modules()]


@cache
def thing_of(label: str) -> Text:
    """Return what a table's rows are about, as the register says it; else its name."""
    said = registry.personal_data().get(label)
    return said.about if said else Text(*[label.partition(".")[2]] * 2)


def who(row: Any) -> str:
    """Return who did an entry's deed, as it is shown."""
    if row.who:
        return str(row.who)
    return spoken(MACHINE if row.actor_kind == "MACHINE" else OUTSIDE)


def about_person(rows: QuerySet[Any], person: uuid.UUID) -> QuerySet[Any]:
    """Narrow the trail to what one person did, or what was done to their account."""
    return rows.filter(Q(actor=person) | Q(object_id=person))
