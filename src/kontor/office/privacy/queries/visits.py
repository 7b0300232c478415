"""Auditors' visits as they stand, and where an auditor is led."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from kontor.kernel import registry
from kontor.kernel.actions.support import LOOKED
from kontor.kernel.components import Badge
from kontor.kernel.models import RecordEntry
from kontor.kernel.requests import is_auditor
from kontor.kernel.standing import Standing
from kontor.kernel.wording import spoken
from kontor.office.privacy.models import AuditVisit
from kontor.rulebook.ruling import Text

ALWAYS: Final = ("privacy.folder", "privacy.trail")
_MORE: Final = frozenset({"privacy.own"})


def visible(standing: Standing) -> list[tuple[str, str]]:
    """Return the pages that an auditor can be let in to: those that only show, open to whoever lets them in."""
    return [
        (one.key, f"{spoken(module.title)}: {spoken(one.meaning)}")
        for module in registry.modules()
        for one in module.permissions
        if (one.key.endswith(".see") or one.key in _MORE)
        and registry.meant_for(one.audience, is_house=standing.tenant.is_house)
        and standing.unlocked(one.key)
        and standing.may(one.key)
    ]


def ways(standing: Standing) -> list[tuple[str, str]]:
    """Return the pages of the navigation that are open to somebody here: what they are called, and their addresses."""
    items = [item for module in registry.modules() for item in module.navigation]
    return [
        (spoken(item.label), reverse(item.url_name))
        for item in items
        if registry.meant_for(item.audience, is_house=standing.tenant.is_house)
        and standing.unlocked(item.permission)
        and standing.may(item.permission)
    ]


def badge_of(visit: AuditVisit, *, at: datetime) -> Badge:
    """Return where a visit stands, as it is shown."""
    if visit.ended_at is None and visit.until > at:
        return Badge(Text("offen", "open"), "good")
    return Badge(Text("vorbei", "over"))


def looks_of(visit: AuditVisit) -> int:
    """Return how many pages an auditor has opened."""
    return RecordEntry.objects.filter(verb=LOOKED, object_id=visit.membership).count()


def audit_note(request: HttpRequest) -> dict[str, Any] | None:
    """Return what stands at the foot of each page of an auditor; no query, since it stands on refusals too."""
    return {} if is_auditor(request) else None
