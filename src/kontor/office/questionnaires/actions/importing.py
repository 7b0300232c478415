"""Bringing in a questionnaire that was written elsewhere."""

import hashlib
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.questionnaires.actions.writing import write
from kontor.office.questionnaires.formats.foreign import questions_from
from kontor.office.questionnaires.models import Questionnaire
from kontor.rulebook.ruling import Text


@transaction.atomic
def bring_in(title: Text, data: bytes, *, at: datetime, actor: Actor) -> Questionnaire:
    """
    Begin a questionnaire with the questions of a file; nobody is asked by it before it is published here.

    RefusalError for a file that asks what nobody can be asked, QuestionnaireRefusedError where the title is taken.
    """
    made = write(title, definition=questions_from(data), at=at, actor=actor)
    record("questionnaires.imported", made, at=at, actor=actor, after={"sha256": hashlib.sha256(data).hexdigest()})
    return made
