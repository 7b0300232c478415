"""Reads about flows and cases: versions, where a case is, its events, who has what to do."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q, QuerySet

from kontor.kernel import registry
from kontor.kernel.flow_parts import FlowFacts
from kontor.kernel.models import RoleAssignment
from kontor.office.flows.formats.checking import lacks, read
from kontor.office.flows.formats.definition import Flow as Written
from kontor.office.flows.formats.running import Case as Standing, Happened, replayed
from kontor.office.flows.models import Case, CaseEvent, Flow, Version
from kontor.rulebook.ruling import Text


def draft_of(flow: Flow) -> Written:
    """Return a flow as it is being written."""
    return read(flow.draft)


def written(version: Version) -> Written:
    """Return what a version says."""
    return read(version.document)


def newest(flow_id: uuid.UUID) -> Version | None:
    """Return the version by which cases begin today, None before the first and for an archived flow."""
    rows = Version.objects.filter(flow=flow_id, flow__archived_at=None)
    return rows.order_by("-number").first()


def runnable() -> list[Flow]:
    """Return the flows that cases can begin by, by title."""
    return list(Flow.objects.filter(archived_at=None, number__gt=0).order_by("title_de"))


def reasons_against(flow: Written) -> list[Text]:
    """Return what keeps a flow from being published here, each in a sentence."""
    return lacks(
        flow,
        effects=frozenset(registry.flow_effects()),
        guards=frozenset(registry.flow_guards()),
        events=frozenset(each.key for each in registry.event_kinds()),
    )


def standing_of(case: Case) -> Standing:
    """Return where a case is, from its row."""
    return Standing(
        version=case.version.number, state=case.state, since=case.since, values=case.values,
        over=case.over_at is not None,
    )  # fmt: skip


def facts_of(case: Case) -> FlowFacts:
    """Return what effects and guards are told of a case."""
    about = (case.about_kind, case.about) if case.about else None
    return FlowFacts(case=case.pk, title=case.title, about=about, values=case.values)


def events_of(case: Case) -> list[tuple[CaseEvent, Happened]]:
    """Return what happened to a case, the first thing first."""
    rows = CaseEvent.objects.filter(case=case).order_by("number")
    return [(row, Happened(kind=row.kind, told=row.told)) for row in rows]


def replay(case: Case) -> Standing:
    """Return where its events lead a case; RefusalError names the first that does not fit its version."""
    versions = {each.number: written(each) for each in Version.objects.filter(flow=case.flow_id)}
    return replayed([(row.at, happened) for row, happened in events_of(case)], versions)


def roles_of(membership: uuid.UUID) -> list[str]:
    """Return the keys of the roles that a member has anywhere."""
    rows = RoleAssignment.objects.filter(membership=membership).values_list("role", flat=True)
    return [str(role) for role in rows]


def tasks(roles: Collection[str], *, everyone: bool = False) -> QuerySet[Case]:
    """Return the cases that wait for whoever has these roles, or, with `everyone`, for anybody, the oldest first."""
    rows = Case.objects.filter(over_at=None, task=True).select_related("flow", "version", "site")
    if not everyone:
        rows = rows.filter(Q(role="") | Q(role__in=roles))
    return rows.order_by("since", "pk")


def waiting(flow_id: uuid.UUID) -> dict[tuple[int, str], int]:
    """Return how many cases of a flow are open, by version number and state."""
    rows = Case.objects.filter(flow=flow_id, over_at=None).order_by().values_list("version__number", "state")
    return {(number, state): many for number, state, many in rows.annotate(many=Count("pk"))}


def open_cases() -> dict[uuid.UUID, int]:
    """Return how many cases of each flow are on their way."""
    rows = Case.objects.filter(over_at=None).order_by().values_list("flow").annotate(many=Count("pk"))
    return dict(rows)


def label_of(case: Any) -> Text:
    """Return what the state that a case is in is called."""
    told = next(each for each in case.version.document["states"] if each["key"] == case.state)
    return Text(**told["label"])
