"""What an erasure does with what is kept about a person: what goes, what is masked, what stays, until when and why."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from django.core import signing

from kontor.kernel import registry
from kontor.kernel.keeping import Keeping
from kontor.kernel.personal_data import PersonalData
from kontor.kernel.rows import TenantOwned
from kontor.office.privacy.models import PersonErasure
from kontor.office.privacy.queries.holds import holds_on
from kontor.office.privacy.queries.subject_data import Subject, model_of, rows_about
from kontor.rulebook.retention import kept_until
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.protection import Kept

SALT: Final = "privacy.left"
What = Literal["delete", "mask", "keep", "held"]
Stays = tuple[str, str, str, str]  # table, kind, last day, clause
Counts = dict[str, Counter[str]]
AT_ONCE: Final = 500
WHATS: Final[dict[What, Text]] = {
    "delete": Text("wird gelöscht", "is deleted"),
    "mask": Text("wird unkenntlich gemacht", "is made unrecognisable"),
    "keep": Text("bleibt, gesperrt", "stays, locked away"),
    "held": Text("bleibt wegen einer Sperre", "stays for a hold"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """
    A table's rows about somebody and what becomes of them.

    rule  the law's kind for which rows stay, and its key; None where a proof of the contract keeps them
    """

    data: PersonalData
    what: What
    rows: Any
    number: int
    rule: tuple[str, Kept] | None = None

    def until(self, row: Any, on: date) -> date | None:
        """Return the last day for which a row stays; counted from today where the row does not say its day."""
        if self.rule is None:
            return None
        return kept_until(*self.rule, _day_of(self.data.model, row, on)).value.last

    @property
    def clause(self) -> str:
        """The clause under which rows stay."""
        return self.data.clause if self.rule is None else _clauses(self.rule)


def parts_of(tenant: uuid.UUID, subject: Subject, *, on: date) -> Iterator[Part]:
    """Yield every table of the current tenant with rows about somebody, and what becomes of them; a query for each."""
    held, kinds = bool(holds_on(tenant)), law_kinds(on)
    for data in registry.personal_data().values():
        model = model_of(data.model)
        if not issubclass(model, TenantOwned):
            continue
        rows = rows_about(data, subject)
        number = 0 if rows is None else rows.count()
        if number:
            yield _part(data, model, rows, number, kinds=kinds, held=held)


def counted_here(tenant: uuid.UUID, subject: Subject, *, on: date) -> tuple[Counts, Counter[Stays]]:
    """Return what becomes of somebody's rows in the current tenant: rows by what and table, and what stays."""
    counts: Counts = {"delete": Counter(), "mask": Counter()}
    remains: Counter[Stays] = Counter()
    for part in parts_of(tenant, subject, on=on):
        if part.what in counts:
            counts[part.what][part.data.model] += part.number
            continue
        for row in part.rows.iterator(AT_ONCE):
            until = part.until(row, on)
            kind = part.rule[0] if part.rule else part.what
            remains[part.data.model, kind, until.isoformat() if until else "", part.clause] += 1
    return counts, remains


def remaining(found: Counter[Stays]) -> list[dict[str, Any]]:
    """Return what stays as an erasure keeps it."""
    return [
        {"table": label, "kind": kind, "until": until, "clause": clause, "rows": rows}
        for (label, kind, until, clause), rows in sorted(found.items())
    ]


def left_token(erasure: PersonErasure) -> str:
    """Return what opens the page that shows what became of somebody's data; it tells no name."""
    return signing.dumps([str(erasure.tenant_id), str(erasure.pk)], salt=SALT)


def law_kinds(on: date) -> Mapping[str, Kept]:
    """Return what the law of the current tenant's sellers keeps, by kind."""
    told: dict[str, Kept] = {}
    for one in registry.modules():
        for account in one.accounts(on) if one.accounts else ():
            if account.tenant is None:
                for kinds in account.kinds:
                    told = {**kinds, **told}
    return told


def _part(
    data: PersonalData, model: type[TenantOwned], rows: Any, number: int, *, kinds: Mapping[str, Kept], held: bool
) -> Part:
    if held:
        return Part(data, "held", rows, number)
    if data.on_erasure == "delete":
        return Part(data, "delete", rows, number)
    if data.on_erasure == "mask" and not model.row_rules.append_only:
        return Part(data, "mask", rows, number)
    rule = (data.ground, kinds[data.ground]) if data.ground in kinds else None
    return Part(data, "keep", rows, number, rule)


def _day_of(label: str, row: Any, on: date) -> date:
    keeping: Keeping | None = next((each for each in registry.keepings() if each.model == label), None)
    day = getattr(row, keeping.since) if keeping is not None else None
    return day.date() if isinstance(day, datetime) else day or on


def _clauses(rule: tuple[str, Kept]) -> str:
    return ", ".join(map(str, kept_until(*rule, date(2000, 1, 1)).clauses))
