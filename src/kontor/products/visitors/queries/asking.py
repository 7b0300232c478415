"""What a visitor is still to be asked: questionnaires of their kind of visit that nobody, or not lately, answered."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from kontor.office.questionnaires import public as questionnaires
from kontor.products.visitors.models import TypeStep, Visit
from kontor.rulebook.visiting import asked_again

ABOUT: Final = "visitors.Visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A questionnaire to be answered, by its newest version."""

    step: uuid.UUID
    early: bool
    asked: questionnaires.Asked


def due(visit: Visit, *, today: date, early: bool = False) -> list[Due]:
    """
    Return what a visitor is to be asked on a day, in its order; with `early`, what can be answered before the visit.

    What the same person answered at an earlier visit holds for as long as the step says (visitor, preamble); the same
    person is who was said to be, or who came with the same name and address.
    """
    steps = [step for step in TypeStep.objects.filter(type=visit.type_id).order_by("place") if step.early or not early]
    if not steps:
        return []
    zone = ZoneInfo(visit.site.zone)
    answered = questionnaires.answered_on([step.questionnaire for step in steps], ABOUT, _same_persons(visit))
    own = questionnaires.answered_on([step.questionnaire for step in steps], ABOUT, [visit.pk])
    found = []
    for step in steps:
        at = answered.get(step.questionnaire)
        again = asked_again(at.astimezone(zone).date() if at else None, step.valid_days, today=today)
        newest = questionnaires.newest(step.questionnaire) if again and step.questionnaire not in own else None
        if newest is not None:
            found.append(Due(step=step.pk, early=step.early, asked=newest))
    return found


def _same_persons(visit: Visit) -> list[uuid.UUID]:
    same = Q(pk=visit.pk)
    if visit.person:
        same |= Q(person=visit.person)
    if visit.email:
        same |= Q(email__iexact=visit.email, name__iexact=visit.name)
    return list(Visit.objects.filter(same).values_list("pk", flat=True))
