"""Answering the questions of a task: kept with the questionnaire, known to the case."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.flow_parts import CASE
from kontor.office.flows.actions.running import CaseRefusedError, append, held, tell
from kontor.office.flows.formats.definition import Flow as Written, State
from kontor.office.flows.formats.running import TOLD, Happened
from kontor.office.flows.models import Case
from kontor.office.questionnaires import public as questionnaires
from kontor.rulebook.ruling import Text

ANSWERED: Final = "questionnaires.answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """
    What was answered in a task.

    number   of the case's last event when it was asked
    version  of the questionnaire by which it was asked
    """

    number: int
    version: uuid.UUID
    answers: Mapping[str, Any]
    pictures: Mapping[str, bytes]
    language: str


@transaction.atomic
def answer(case_id: uuid.UUID, given: Answered, *, at: datetime, actor: Actor) -> Case:
    """
    Keep what was answered, bound to the version by which it was asked, and tell the case the answers it is to know.

    A question that was not asked, or not answered, leaves its value unknown, whatever it was before. The case goes on
    where it waits for its answers. CaseRefusedError where something happened since, where nothing is asked here, and
    where the questions changed meanwhile; the questionnaires' own refusals.
    """
    case, flow = held(case_id)
    state = flow.state(case.state)
    assert state is not None, "a case is in a state of its version"
    if case.number != given.number or case.over_at is not None or not state.questionnaire:
        raise CaseRefusedError(_GONE_ON)
    asked = questionnaires.newest(uuid.UUID(state.questionnaire))
    if asked is None or asked.version != given.version:
        raise CaseRefusedError(_CHANGED)
    about = (case.about_kind, case.about) if case.about else (CASE, case.pk)
    told = questionnaires.Given(
        answers=given.answers, pictures=given.pictures, language=given.language, email=case.email, about=about
    )
    sheet = questionnaires.keep_answers(asked.version, told, at=at, actor=actor)
    values = known_from(flow, state, given.answers)
    append(case, flow, [Happened(kind=TOLD, told={"values": values, "sheet": str(sheet)})], at=at, actor=actor)
    record("flows.case_answered", case, at=at, actor=actor, after={"sheet": str(sheet), "values": sorted(values)})
    return tell(case.pk, {}, event=ANSWERED, at=at, actor=actor)


def known_from(flow: Written, state: State, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a case knows from these answers, None for what was not answered as its kind."""
    kinds = {each.key: each for each in flow.values}
    return {
        key: answers[question] if question in answers and kinds[key].takes(answers[question]) else None
        for question, key in state.answers
    }


_GONE_ON: Final = Text(
    "Der Fall ist inzwischen an anderer Stelle, oder hier wird nichts gefragt. Bitte laden Sie die Seite neu.",
    "The case has gone on meanwhile, or nothing is asked here. Please load the page anew.",
)
_CHANGED: Final = Text(
    "Die Fragen haben sich inzwischen geändert. Bitte laden Sie die Seite neu und fragen Sie noch einmal.",
    "The questions have changed meanwhile. Please load the page anew and ask again.",
)
