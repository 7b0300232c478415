"""
What is kept about one person, over all tables of all modules: found by the lookups that each table declares.

Of a row that others stand in too, their part is masked: columns by which a row belongs to somebody else, and in a
`shared` table everything personal until somebody has read it and released the table.
"""

import json
import re
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from django.apps import apps
from django.db import models
from django.db.models import Q

from kontor.kernel import registry
from kontor.kernel.personal_data import PersonalData, Processing, person_key
from kontor.kernel.rows import TenantOwned
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.formats.subject_package import WITHHELD, Part
from kontor.office.privacy.queries.register import kept_label

NEVER: Final = frozenset({
    "password", "digest", "session_data", "session_key", "credential", "secret", "seed", "wrapped", "salt", "user_key",
})  # fmt: skip
AT_MOST: Final = 2000  # rows of one table; more are told and given by an export
_GIVEN_BY_THEM: Final = re.compile(r"Art\. 6 \(1\) \(?[ab]\)?")  # what Art. 20 (1) lets one take along


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is looked for: a user's key where they are one, their addresses, and a name as it is written."""

    user: uuid.UUID | None
    emails: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A table that holds something about somebody, with those of its rows; `model` is its class."""

    data: PersonalData
    model: type[models.Model]
    rows: list[models.Model]

    @property
    def label(self) -> str:
        """Its name in the product."""
        return self.data.model


def model_of(label: str) -> Any:
    """Return the class of a table of the register; LookupError for a label that no module.py declares."""
    if label not in registry.personal_data():
        raise LookupError(label)
    return apps.get_model(label)  # noqa: TID251  the label stands in a module.py and is checked at start


def found(subject: Subject, *, by_name: bool = False, elsewhere: bool = True) -> Iterator[Found]:
    """
    Yield each table with rows about somebody in the current tenant; one query for each.

    by_name    also rows that only name them: two people may be called the same
    elsewhere  also tables that belong to no tenant: their account, devices, sessions
    """
    for data in registry.personal_data().values():
        model = model_of(data.model)
        owned = issubclass(model, TenantOwned)
        wanted = _wanted(data, model, subject, by_name=by_name)
        if not wanted or not (owned or elsewhere):
            continue
        rows = model.objects.of(current_tenant()) if owned else cast("Any", model).objects.all()
        if kept := list(rows.filter(wanted).order_by("pk")[:AT_MOST]):
            yield Found(data, model, kept)


def rows_about(data: PersonalData, subject: Subject) -> Any:
    """Return the current tenant's rows of a table about somebody by user or address; None where none can be."""
    wanted = _wanted(data, model_of(data.model), subject, by_name=False)
    return model_of(data.model).objects.filter(wanted) if wanted else None


def known_addresses() -> set[str]:
    """Return every address by which the current tenant's rows belong to somebody; one query for each column of them."""
    known: set[str] = set()
    for data in registry.personal_data().values():
        model = model_of(data.model)
        if not issubclass(model, TenantOwned):
            continue
        for lookup in (each for each in data.people if person_key(model, each) == "email"):
            rows: Any = model.objects.of(current_tenant()).order_by()
            for value in rows.values_list(lookup, flat=True).distinct().iterator(AT_MOST):
                known |= {str(each) for each in (value if isinstance(value, list) else [value]) if each}
    return known


def part_of(held: Found, subject: Subject, *, released: Collection[str], language: str) -> Part:
    """Return a table's rows as they are handed out: others' data masked, secrets left out."""
    why = _processing(held.data)
    columns = [field for field in held.model._meta.concrete_fields if _is_told(field)]
    hidden = held.data.shared and held.label not in released
    rows = [_row(each, held, columns, subject, hidden=hidden, language=language) for each in held.rows]
    return Part(
        held.label, held.data.about, why.purpose, why.basis, why.recipients, why.source,
        kept_label(held.data.kept), [str(field.attname) for field in columns], rows,
    )  # fmt: skip


def is_portable(data: PersonalData) -> bool:
    """Tell whether somebody may take a table's rows along: kept by consent or for a contract (GDPR Art. 20 (1))."""
    return _GIVEN_BY_THEM.search(_processing(data).basis) is not None


def is_about(row: models.Model, data: PersonalData, subject: Subject) -> bool:
    """Tell whether a row is about somebody by user or address, never by name alone."""
    wanted = _wanted(data, type(row), subject, by_name=False)
    return bool(wanted) and cast("Any", type(row)).objects.filter(wanted, pk=row.pk).exists()


def _wanted(data: PersonalData, model: type[models.Model], subject: Subject, *, by_name: bool) -> Q:
    wanted = Q()
    for lookup in data.people:
        match person_key(model, lookup):
            case "user":
                wanted |= Q(**{lookup: subject.user}) if subject.user else Q()
            case "email":
                for email in subject.emails:
                    wanted |= Q(**{f"{lookup}__iexact": email})
            case _:
                wanted |= Q(**{lookup: subject.name}) if by_name and subject.name else Q()
    return wanted


def _row(
    row: models.Model, held: Found, columns: "list[models.Field[Any, Any]]", subject: Subject, *, hidden: bool,
    language: str,
) -> dict[str, Any]:  # fmt: skip
    told: dict[str, Any] = {}
    for field in columns:
        value, name = getattr(row, field.attname), str(field.attname)
        mine = {name, str(field.name)} & set(held.data.people)
        personal = {name, str(field.name)} & set(held.data.personal)
        others = (
            (value not in (None, "") and not _is(value, subject)) if mine else bool(personal) and hidden and bool(value)
        )
        told[name] = WITHHELD.spoken(language) if others else value
    return cast("dict[str, Any]", json.loads(json.dumps(told, default=str)))


def _is(value: Any, subject: Subject) -> bool:
    """Tell whether what stands in a column that names somebody is this person."""
    said = str(value).casefold()
    return said in {str(subject.user), subject.name.casefold(), *(email.casefold() for email in subject.emails)}


def _is_told(field: "models.Field[Any, Any]") -> bool:
    return not isinstance(field, models.BinaryField) and field.name not in NEVER | {"tenant", "made_in", "cluster"}


def _processing(data: PersonalData) -> Processing:
    return next(each for module in registry.modules() for each in module.processings if each.key == data.processing)
