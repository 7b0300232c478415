"""Reads about flows and cases: versions, where a case is, its events, who has what to do."""

import uuid
from collections.abc import Collection
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kontor.kernel import registry
from kontor.kernel.flow_parts import FlowFacts
from kontor.kernel.models import RoleAssignment
from kontor.kernel.records import NamedRecord
from kontor.kernel.wording import spoken
from kontor.office.flows.formats.checking import lacks, read
from kontor.office.flows.formats.definition import Flow as Written
from kontor.office.flows.formats.running import Case as Standing, Happened, replayed
from kontor.office.flows.models import Case, CaseEvent, Flow, Version
from kontor.office.questionnaires import public as questionnaires
from kontor.rulebook.ruling import Text

LISTED: Final = 500


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
        questionnaires=_published(flow),
    )


def _published(flow: Written) -> frozenset[str]:
    if not any(each.questionnaire for each in flow.states):
        return frozenset()
    return frozenset(str(key) for key, _title in questionnaires.asked())


def standing_of(case: Case) -> Standing:
    """Return where a case is, from its row."""
    return Standing(
        version=case.version.number, state=case.state, since=case.since, values=case.values,
        over=case.over_at is not None,
    )  # fmt: skip


def facts_of(case: Case) -> FlowFacts:
    """Return what effects and guards are told of a case."""
    about = (case.about_kind, case.about) if case.about else None
    return FlowFacts(
        case=case.pk, title=case.title, about=about, values=case.values, email=case.email, site=case.site_id
    )


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


def named_cases(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, NamedRecord]:
    """Name these cases, as documents that are filed with them speak of them."""
    rows = Case.objects.filter(pk__in=keys)
    return {row.pk: NamedRecord(row.title, reverse("flows:case", args=(row.pk,))) for row in rows}


def listed() -> list[tuple[uuid.UUID, str]]:
    """Return the cases that a letter can be about, the newest first."""
    return list(Case.objects.order_by("-at").values_list("pk", "title")[:LISTED])


def letter_values(case_id: uuid.UUID) -> dict[str, Any]:
    """Return what a letter may say about a case."""
    row = Case.objects.select_related("flow", "version").get(pk=case_id)
    known = [
        {"label": spoken(each.label), "value": said(row.values[each.key])}
        for each in written(row.version).values
        if row.values.get(each.key) is not None
    ]
    return {
        "case.title": row.title, "case.flow": row.flow.title_de, "case.email": row.email,
        "case.begun": localdate(row.at), "case.known": known,
    }  # fmt: skip


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


def said(value: Any) -> str:
    """Say a value of a case."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "–" if value is None else str(value)


def label_of(case: Any) -> Text:
    """Return what the state that a case is in is called."""
    told = next(each for each in case.version.document["states"] if each["key"] == case.state)
    return Text(**told["label"])
