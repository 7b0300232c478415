"""Bringing running cases from the version they began by to a newer one: first as a dry run, then for good."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.flows.actions.running import CaseRefusedError, append
from kontor.office.flows.formats.definition import Flow as Written
from kontor.office.flows.formats.running import MIGRATED, Happened
from kontor.office.flows.models import Case, Version
from kontor.office.flows.queries import newest, waiting, written
from kontor.rulebook.ruling import Text

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    What a migration does with the cases of one state of one version.

    target   the state of the newest version to which they come; "" where none is named and they stay as they are
    problem  why they cannot come there; None where they can
    """

    number: int
    state: str
    label: Text
    cases: int
    target: str
    problem: Text | None = None


def dry_run(flow_id: uuid.UUID, states: Mapping[str, str]) -> list[Row]:
    """
    Return what would happen to each state's cases, the oldest version first; nothing is changed.

    states  where the cases of a state go, by its key; a state that the newest version has too stays itself
    """
    version = _newest(flow_id)
    target = written(version)
    counted = {key: many for key, many in waiting(flow_id).items() if key[0] != version.number}
    numbers = {number for number, _state in counted}
    olds = {each.number: written(each) for each in Version.objects.filter(flow=flow_id, number__in=numbers)}
    return [_row(olds[key[0]], target, states, key=key, cases=cases) for key, cases in sorted(counted.items())]


@transaction.atomic
def migrate(flow_id: uuid.UUID, states: Mapping[str, str], *, at: datetime, actor: Actor) -> int:
    """
    Bring the cases of older versions to the newest, where each keeps its values and the time since which it waits.

    CaseRefusedError where the dry run names a problem; then none is moved. Cases whose state leads nowhere stay. At
    most 500 go at once, so that no case is locked for long: call it again until it returns 0.
    """
    rows = {(each.number, each.state): each for each in dry_run(flow_id, states)}
    if wrong := next((each.problem for each in rows.values() if each.problem), None):
        raise CaseRefusedError(wrong)
    version = _newest(flow_id)
    target = written(version)
    ready = {key for key, each in rows.items() if each.target}
    chosen = Q()
    for number, state in sorted(ready):
        chosen |= Q(version__number=number, state=state)
    if not ready:
        return 0
    behind = Case.objects.filter(chosen, flow=flow_id, over_at=None).select_related("version").order_by("pk")
    moved = 0
    for case in behind.select_for_update(of=("self",))[:AT_ONCE]:
        row = rows[case.version.number, case.state]
        told = {"version": version.number, "before": case.version.number, "from": case.state, "to": row.target}
        case.version = version
        append(case, target, [Happened(kind=MIGRATED, told=told)], at=at, actor=actor)
        record("flows.case_migrated", case, at=at, actor=actor, after=told)
        moved += 1
    return moved


def _newest(flow_id: uuid.UUID) -> Version:
    version = newest(flow_id)
    if version is None:
        raise CaseRefusedError(_NO_VERSION)
    return version


def _row(old: Written, target: Written, states: Mapping[str, str], *, key: tuple[int, str], cases: int) -> Row:
    number, state = key
    begun = old.state(state)
    assert begun is not None, "a case is in a state of its version"
    wanted = states.get(state, state if target.state(state) else "")
    found = target.state(wanted)
    problem = None
    if wanted and (found is None or found.kind in {"choice", "end"}):
        problem = Text(
            f"Von „{begun.label.de}“ führt die Umstellung in keinen Zustand, in dem ein Fall warten kann.",
            f"From “{begun.label.en}” the migration leads to no state in which a case can wait.",
        )
    elif wanted and {(each.key, each.kind) for each in old.values} - {(each.key, each.kind) for each in target.values}:
        problem = Text("Die neue Version kennt nicht mehr alle Werte.", "The new version no longer knows all values.")
    return Row(number=number, state=state, label=begun.label, cases=cases, target=wanted, problem=problem)


_NO_VERSION: Final = Text("Dieser Ablauf ist noch nicht veröffentlicht.", "This flow is not published yet.")
