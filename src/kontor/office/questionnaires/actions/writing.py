"""Writing questionnaires: their questions one by one, and the versions by which people are asked."""

import uuid
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.questionnaires.actions.lawful import QuestionnaireRefusedError, held, refuse_unlawful
from kontor.office.questionnaires.formats.checking import digest, lacks
from kontor.office.questionnaires.formats.definition import Definition, Question
from kontor.office.questionnaires.models import Questionnaire, Version
from kontor.office.questionnaires.queries import draft_of, newest
from kontor.rulebook.ruling import Text

UP, DOWN = -1, 1
NOTHING: Final = Definition()


@transaction.atomic
def write(title: Text, *, definition: Definition = NOTHING, at: datetime, actor: Actor) -> Questionnaire:
    """Begin a questionnaire; QuestionnaireRefusedError where one of this German title is there."""
    _refuse_wrong(definition)
    try:
        with transaction.atomic():
            made = Questionnaire.objects.create(
                title_de=title.de, title_en=title.en, draft=definition.schema(), at=at, changed_at=at
            )
    except IntegrityError as taken:
        raise QuestionnaireRefusedError(_TAKEN) from taken
    record("questionnaires.written", made, at=at, actor=actor, after={"title": title.de})
    return made


@transaction.atomic
def rename(questionnaire_id: uuid.UUID, title: Text, *, at: datetime, actor: Actor) -> Questionnaire:
    """Call a questionnaire otherwise; versions keep the title under which people were asked."""
    row = held(questionnaire_id)
    before = row.title_de
    row.title_de, row.title_en, row.changed_at = title.de, title.en, at
    try:
        with transaction.atomic():
            row.save(update_fields=["title_de", "title_en", "changed_at"])
    except IntegrityError as taken:
        raise QuestionnaireRefusedError(_TAKEN) from taken
    record("questionnaires.renamed", row, at=at, actor=actor, before={"title": before}, after={"title": title.de})
    return row


@transaction.atomic
def put_question(questionnaire_id: uuid.UUID, question: Question, *, at: datetime, actor: Actor) -> Questionnaire:
    """Add a question at the end, or write the one of its key anew; QuestionnaireRefusedError says what it lacks."""
    row = held(questionnaire_id)
    known = draft_of(row).questions
    if any(each.key == question.key for each in known):
        return _save(row, tuple(question if each.key == question.key else each for each in known), at=at, actor=actor)
    return _save(row, (*known, question), at=at, actor=actor)


@transaction.atomic
def drop_question(questionnaire_id: uuid.UUID, key: str, *, at: datetime, actor: Actor) -> Questionnaire:
    """Leave a question out; QuestionnaireRefusedError where another is shown by its answer."""
    row = held(questionnaire_id)
    return _save(row, tuple(each for each in draft_of(row).questions if each.key != key), at=at, actor=actor)


@transaction.atomic
def move_question(questionnaire_id: uuid.UUID, key: str, step: int, *, at: datetime, actor: Actor) -> Questionnaire:
    """Move a question up or down by one place; beyond the ends it stays, before what it hangs on it may not go."""
    row = held(questionnaire_id)
    order = list(draft_of(row).questions)
    place = next((at_place for at_place, each in enumerate(order) if each.key == key), None)
    if place is None or not 0 <= place + step < len(order):
        return row
    order[place], order[place + step] = order[place + step], order[place]
    return _save(row, tuple(order), at=at, actor=actor)


@transaction.atomic
def publish(questionnaire_id: uuid.UUID, *, at: datetime, actor: Actor) -> Version:
    """
    Make what is written the version by which people are asked from now on; those before stay for their answers.

    QuestionnaireRefusedError without a question, where nothing has changed since the last, where people are asked
    without a legal basis (visitor 6.4.1), and where a special category is not secured and approved (Klausel 7.5).
    """
    row = held(questionnaire_id)
    if not draft_of(row).questions:
        raise QuestionnaireRefusedError(_EMPTY)
    refuse_unlawful(row)
    found = digest(row.draft)
    last = newest(row.pk)
    if last is not None and (bytes(last.sha256), last.title_de, last.title_en) == (found, row.title_de, row.title_en):
        raise QuestionnaireRefusedError(_SAME)
    row.number += 1
    row.save(update_fields=["number"])
    made = Version.objects.create(
        questionnaire=row, number=row.number, title_de=row.title_de, title_en=row.title_en, schema=row.draft,
        sha256=found, by_name=actor.name, at=at,
    )  # fmt: skip
    record("questionnaires.published", row, at=at, actor=actor, after={"number": made.number, "sha256": found.hex()})
    return made


@transaction.atomic
def archive(questionnaire_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Ask nobody by a questionnaire any more; what was answered stays. Doing it twice changes nothing."""
    row = Questionnaire.objects.select_for_update().get(pk=questionnaire_id)
    if row.archived_at is None:
        row.archived_at = at
        row.save(update_fields=["archived_at"])
        record("questionnaires.archived", row, at=at, actor=actor)


def _save(row: Questionnaire, questions: tuple[Question, ...], *, at: datetime, actor: Actor) -> Questionnaire:
    before = draft_of(row)
    definition = Definition(questions, before.basis, before.consent)
    _refuse_wrong(definition)
    row.draft, row.changed_at = definition.schema(), at
    row.save(update_fields=["draft", "changed_at"])
    record("questionnaires.changed", row, at=at, actor=actor, after={"questions": [each.key for each in questions]})
    return row


def _refuse_wrong(definition: Definition) -> None:
    if reasons := lacks(definition):
        raise QuestionnaireRefusedError(reasons[0])


_TAKEN: Final = Text("Einen Fragebogen dieses Titels gibt es schon.", "There is a questionnaire of this title already.")
_EMPTY: Final = Text("Noch fragt er nichts.", "It asks nothing yet.")
_SAME: Final = Text("Seit der letzten Fassung hat sich nichts geändert.", "Nothing has changed since the last version.")
