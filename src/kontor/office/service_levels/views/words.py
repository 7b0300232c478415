"""What states, causes and kinds are called on the pages of service levels."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _, gettext_lazy

from kontor.kernel.components import Badge
from kontor.kernel.wording import language
from kontor.office.service_levels.models import ClaimDecision, Component, Maintenance, Outage, StatementHandOver
from kontor.office.service_levels.queries.status import Shown
from kontor.rulebook.probing import State
from kontor.rulebook.ruling import Text

STATES: Final = {
    State.UP: Badge(Text("verfügbar", "up"), "good"),
    State.DOWN: Badge(Text("gestört", "down"), "bad"),
    State.UNKNOWN: Badge(Text("unbekannt", "unknown"), ""),
}
HITS: Final = {
    "ALL": gettext_lazy("nothing could be done"),
    "READ": gettext_lazy("reading"),
    "WRITE": gettext_lazy("writing"),
}
FOUND: Final = {
    "PROBE": gettext_lazy("by a probe"),
    "REPORT": gettext_lazy("by a customer's report"),
    "PERSON": gettext_lazy("by a person of the house"),
}
NOTES: Final = {
    "INVESTIGATING": Badge(Text("wird untersucht", "being looked into"), "bad"),
    "IDENTIFIED": Badge(Text("Ursache gefunden", "cause found"), "warn"),
    "WATCHING": Badge(Text("unter Beobachtung", "being watched"), "info"),
    "SOLVED": Badge(Text("behoben", "solved"), "good"),
}
OUTCOMES: Final = {
    ClaimDecision.Outcome.GRANTED: Badge(Text("gutgeschrieben", "credited"), "good"),
    ClaimDecision.Outcome.REFUSED: Badge(Text("abgelehnt", "refused"), "warn"),
    ClaimDecision.Outcome.GOODWILL: Badge(Text("Entgegenkommen", "goodwill"), "info"),
    ClaimDecision.Outcome.CORRECTED: Badge(Text("berichtigt", "corrected"), "info"),
}
WAYS: Final = {
    StatementHandOver.Way.TAKEN: gettext_lazy("taken on the page"),
    StatementHandOver.Way.REQUESTED: gettext_lazy("mailed on request"),
    StatementHandOver.Way.AUTOMATIC: gettext_lazy("mailed by itself"),
}
_GOING_ON: Final = Badge(Text("dauert an", "going on"), "bad")
_OVER: Final = Badge(Text("zu Ende", "over"), "good")


def name_of(component: Component) -> str:
    """Return a component's name in the page's language."""
    return component.name_de if language() == "de" else component.name_en


def title_of(work: Maintenance) -> str:
    """Return the title of work in the page's language."""
    return work.title_de if language() == "de" else work.title_en


def outage_badge(outage: Outage | Shown) -> Badge:
    """Say whether an outage goes on."""
    return _GOING_ON if outage.ended_at is None else _OVER


def work_badge(work: Maintenance, at: datetime) -> Badge:
    """Say how work stands at a moment."""
    if work.cancelled_at is not None:
        return Badge(_("cancelled"))
    if at < work.starts_at:
        return Badge(_("planned"), "info")
    return Badge(_("being done"), "warn") if at < work.ends_at else Badge(_("done"), "good")


def kept_badge(*, kept: bool) -> Badge:
    """Say whether a month's promise was kept."""
    return Badge(_("kept"), "good") if kept else Badge(_("missed"), "bad")


def minutes(start: datetime, end: datetime) -> int:
    """Return whole minutes between two moments, a begun one counted."""
    return -int((start - end).total_seconds() // 60)
