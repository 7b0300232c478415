"""What a page shows of exports."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kontor.kernel import registry
from kontor.kernel.models import RecordEntry
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.public import names_of
from kontor.office.privacy.models import Export
from kontor.rulebook.ruling import Ruling

SHOWN = 50
PLAN = "privacy.contingency_plan_named"
UNDER_WAY = (Export.State.WAITING, Export.State.TABLES, Export.State.FILES)


@dataclass(frozen=True, slots=True)
class Shown:
    """An export with the name of whoever asked for it and the decision from which day it is there."""

    export: Export
    asked_by: str
    fetched_by: str
    why: Reasons | None


def shown_exports() -> list[Shown]:
    """Return the current tenant's exports, the newest first; three queries."""
    exports: Sequence[Export] = list(Export.objects.order_by("-asked_at")[:SHOWN])
    names = names_of({person for each in exports for person in (each.asked_by, each.fetched_by) if person})
    why = reasons_by_id([each.ruling for each in exports if each.ruling])
    return [
        Shown(
            each,
            names.get(each.asked_by, "") if each.asked_by else "",
            names.get(each.fetched_by, "") if each.fetched_by else "",
            why.get(each.ruling) if each.ruling else None,
        )
        for each in exports
    ]


def handed_over(tenant: uuid.UUID) -> tuple[datetime, str] | None:
    """Return when a company last fetched a copy of its data, and who did; None where nobody has."""
    with as_tenant(tenant):
        found = Export.objects.exclude(fetched_at=None).order_by("-fetched_at").first()
        if found is None or found.fetched_at is None:
            return None
        return found.fetched_at, names_of({found.fetched_by}).get(found.fetched_by, "") if found.fetched_by else ""


def own_backups(*, at: datetime, before_work: bool = False) -> Ruling[bool] | None:
    """Return that the current tenant backs up its content itself, as its contracts say; None where none does."""
    judges = [one.own_backups for one in registry.modules() if one.own_backups]
    return next((said for judge in judges if (said := judge(at=at, before_work=before_work))), None)


def lacks_contingency_plan(*, at: datetime) -> Ruling[bool] | None:
    """Return that the current tenant owes a contingency plan of its own and has named none; None where it need not."""
    demanded = own_backups(at=at, before_work=True)
    return None if demanded is None or RecordEntry.objects.filter(verb=PLAN).exists() else demanded
