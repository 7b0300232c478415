"""Keeping what somebody answered, bound to the version they were asked by."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.office.questionnaires.actions.lawful import consent_to
from kontor.office.questionnaires.formats.checking import read
from kontor.office.questionnaires.formats.definition import PICTURES, Question
from kontor.office.questionnaires.formats.pictures import made_anew
from kontor.office.questionnaires.formats.schema import Shortfall, shortfalls
from kontor.office.questionnaires.models import AnswerPicture, AnswerSheet, Version


class AnswersRefusedError(Exception):
    """Answers fall short of their questionnaire; `shortfalls` says each, nothing was kept."""

    def __init__(self, found: list[Shortfall]) -> None:
        super().__init__(", ".join(f"{each.path} {each.keyword}" for each in found))
        self.shortfalls = found


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """
    What somebody answered.

    answers   by the questions' keys, as JSON holds them; without the pictures
    pictures  by the questions' keys, as they were handed in
    about     kind and id of the record that it belongs to
    """

    answers: Mapping[str, Any]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    language: str
    email: str = ""
    about: tuple[str, uuid.UUID] | None = None


@transaction.atomic
def keep_answers(version_id: uuid.UUID, given: Given, *, at: datetime, actor: Actor) -> AnswerSheet:
    """
    Keep what somebody answered, bound to the version they were asked by.

    AnswersRefusedError where it falls short of it; RefusalError for what is no picture, QuotaExceededError where there
    is no room for one.
    """
    version = Version.objects.get(pk=version_id)
    definition = read(version.schema)
    drawn = {
        each.key: made_anew(given.pictures[each.key], signature=each.kind == "signature")
        for each in definition.questions
        if each.kind in PICTURES and each.key in given.pictures
    }
    answers = {**given.answers, **{key: hashlib.sha256(data).hexdigest() for key, data in drawn.items()}}
    if found := list(shortfalls(version.schema, answers)):
        raise AnswersRefusedError(found)
    kind, about = given.about or ("", None)
    first, digest = consent_to(version)
    sheet = AnswerSheet.objects.create(
        version=version, answers=answers, about_kind=kind, about=about, language=given.language, email=given.email,
        consent_version=first, consent_sha256=digest, by_name=actor.name, at=at,
    )  # fmt: skip
    AnswerPicture.objects.bulk_create(
        AnswerPicture(sheet=sheet, question=key, blob=_kept(definition.question(key), sheet, data, at=at))
        for key, data in drawn.items()
    )
    record("questionnaires.answered", sheet, at=at, actor=actor, after={"version": str(version.pk), "consent": first})
    publish("questionnaires.answered", {"sheet": str(sheet.pk)}, at=at)
    return sheet


def _kept(question: Question | None, sheet: AnswerSheet, data: bytes, *, at: datetime) -> Blob:
    signature = question is not None and question.kind == "signature"
    ending, media_type = ("png", "image/png") if signature else ("jpg", "image/jpeg")
    return keep(data, name=f"{sheet.pk}.{ending}", media_type=media_type, at=at)
