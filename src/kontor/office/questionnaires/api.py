"""Questionnaires over the API: what is asked as JSON Schema, brought in, published; answers kept and read."""

import base64
import binascii
import json
import uuid
from datetime import datetime
from typing import Annotated, Any, Final

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext
from ninja import Query, Schema
from pydantic import Field, StrictBool, StrictFloat, StrictInt

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.actions.record import looked_at
from kontor.kernel.api import Call, Cursor, Endpoints, Page, ProblemError, after, cut
from kontor.kernel.api.schemas import Body
from kontor.office.questionnaires.actions import answering, importing, lawful, writing
from kontor.office.questionnaires.formats.checking import read
from kontor.office.questionnaires.formats.definition import Definition
from kontor.office.questionnaires.formats.schema import Shortfall
from kontor.office.questionnaires.formats.sentences import said
from kontor.office.questionnaires.models import AnswerSheet, Questionnaire, Version
from kontor.office.questionnaires.queries import newest
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

SEE, WRITE, ANSWERS = "questionnaires.see", "questionnaires.write", "questionnaires.answers"
LIMIT: Any = Query(100, ge=1, le=500)  # type: ignore[type-arg]  # ninja types it twice
_MOST: Final = 10**15
_PLAIN: Final = r"[^\x00-\x1f\x7f-\x9f]"
_LINES: Final = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
_KEY: Final = r"^[a-z][a-z0-9_]{0,39}$"
Title = Annotated[str, Field(pattern=rf"^{_PLAIN}*[^\s\x00-\x1f\x7f-\x9f]{_PLAIN}*$", max_length=120)]
Written = Annotated[str, Field(pattern=_LINES, max_length=4000)]
Picture = Annotated[str, Field(pattern="^[A-Za-z0-9+/]+={0,2}$", max_length=14_000_000)]
Key = Annotated[str, Field(pattern=_KEY)]
Answer = (
    StrictBool
    | Annotated[StrictInt, Field(ge=-_MOST, le=_MOST)]
    | Annotated[StrictFloat, Field(ge=-_MOST, le=_MOST, allow_inf_nan=False)]
    | Written
    | Annotated[list[Written], Field(max_length=100)]
)
endpoints = Endpoints()


class QuestionnaireShown(Schema):
    """A questionnaire: its title in both languages, and how many versions went out."""

    id: uuid.UUID
    title_de: str
    title_en: str
    number: int
    archived: bool
    changed_at: datetime


class VersionShown(Schema):
    """One version by which people are asked, never changed; `asks` is its JSON Schema 2020-12."""

    id: uuid.UUID
    questionnaire: uuid.UUID
    number: int
    title_de: str
    title_en: str
    asks: dict[str, Any]
    sha256: str
    at: datetime


class NewQuestionnaire(Body):
    """A questionnaire from elsewhere; `asks` is a JSON Schema as it comes from here, or of a flat object."""

    title_de: Title
    title_en: Title
    asks: dict[str, Any]


class NewAnswers(Body):
    """
    What somebody answered.

    version   by which they were asked; the newest, or the answers are refused
    answers   by the questions' keys, as the version's schema demands them, without signature and photo
    pictures  signature and photo by the questions' keys, each a PNG or JPEG in base64
    """

    version: uuid.UUID
    answers: Annotated[dict[Key, Answer], Field(max_length=200)]
    pictures: Annotated[dict[Key, Picture], Field(max_length=5)] = {}
    language: Annotated[str, Field(pattern="^(de|en)$")] = "de"


class SheetShown(Schema):
    """That somebody answered, to which version, and what it belongs to; "" and null for nothing."""

    id: uuid.UUID
    version: uuid.UUID
    number: int
    language: str
    about_kind: str
    about: uuid.UUID | None
    at: datetime


class SheetWhole(SheetShown):
    """What somebody answered; of signature and photo the SHA-256."""

    answers: dict[str, Any]
    by_name: str


@endpoints.reads("/questionnaires", permission=SEE, answers=Page[QuestionnaireShown])
def list_questionnaires(
    request: Call,  # noqa: ARG001  an endpoint's signature
    cursor: Query[Cursor | None] = None,
    limit: int = LIMIT,
) -> Page[QuestionnaireShown]:
    """List the questionnaires, the oldest first, archived ones too."""
    rows = Questionnaire.objects.order_by("pk")
    if begins := after(cursor):
        rows = rows.filter(pk__gt=begins)
    some, coming = cut(list(rows[: limit + 1]), limit=limit, key=lambda row: row.pk)
    return Page[QuestionnaireShown](items=[_shown(row) for row in some], next=coming)


@endpoints.reads("/questionnaires/{uuid:questionnaire_id}/newest", permission=SEE, answers=VersionShown)
def newest_version(request: Call, questionnaire_id: uuid.UUID) -> VersionShown:  # noqa: ARG001  an endpoint's signature
    """Show the version by which people are asked today; 404 before the first and for an archived questionnaire."""
    version = newest(get_object_or_404(Questionnaire, pk=questionnaire_id).pk)
    if version is None:
        raise Version.DoesNotExist
    return _version(version)


@endpoints.reads("/questionnaires/versions/{uuid:version_id}", permission=SEE, answers=VersionShown)
def show_version(request: Call, version_id: uuid.UUID) -> VersionShown:  # noqa: ARG001  an endpoint's signature
    """Show a version, however old: what was answered to it stays bound to it."""
    return _version(get_object_or_404(Version, pk=version_id))


@endpoints.writes("/questionnaires", permission=WRITE, answers=QuestionnaireShown, status=201)
def bring_in(request: Call, told: NewQuestionnaire) -> QuestionnaireShown:
    """Begin a questionnaire with a schema from elsewhere; 409 says what in it cannot be asked, and where."""
    data = json.dumps(told.asks).encode()
    made = importing.bring_in(Text(told.title_de, told.title_en), data, at=request.at, actor=request.actor)
    return _shown(made)


@endpoints.writes("/questionnaires/{uuid:questionnaire_id}/publish", permission=WRITE, answers=VersionShown)
def publish(request: Call, questionnaire_id: uuid.UUID) -> VersionShown:
    """Ask people by what is written from now on; 409 says what keeps it from being asked."""
    row = get_object_or_404(Questionnaire, pk=questionnaire_id, archived_at=None)
    return _version(writing.publish(row.pk, at=request.at, actor=request.actor))


@endpoints.reads("/questionnaires/{uuid:questionnaire_id}/answers", permission=ANSWERS, answers=Page[SheetShown])
def list_answers(
    request: Call,  # noqa: ARG001  an endpoint's signature
    questionnaire_id: uuid.UUID,
    cursor: Query[Cursor | None] = None,
    limit: int = LIMIT,
) -> Page[SheetShown]:
    """List who was asked by a questionnaire, the oldest first; what they answered is read one by one."""
    known = get_object_or_404(Questionnaire, pk=questionnaire_id)
    rows = AnswerSheet.objects.filter(version__questionnaire=known).select_related("version").order_by("pk")
    if begins := after(cursor):
        rows = rows.filter(pk__gt=begins)
    some, coming = cut(list(rows[: limit + 1]), limit=limit, key=lambda row: row.pk)
    return Page[SheetShown](items=[SheetShown(**_sheet(row)) for row in some], next=coming)


@endpoints.reads("/questionnaires/answers/{uuid:sheet_id}", permission=ANSWERS, answers=SheetWhole)
def show_answers(request: Call, sheet_id: uuid.UUID) -> SheetWhole:
    """Show what one person answered; that it was read is recorded."""
    row = get_object_or_404(AnswerSheet.objects.select_related("version"), pk=sheet_id)
    looked_at(row, at=request.at, actor=request.actor, fields=["answers"])
    return _whole(row)


@endpoints.writes("/questionnaires/{uuid:questionnaire_id}/answers", permission=ANSWERS, answers=SheetWhole, status=201)
def answer(request: Call, questionnaire_id: uuid.UUID, told: NewAnswers) -> SheetWhole:
    """Keep what somebody answered; 422 names each question whose answer falls short. Never changed afterwards."""
    version = newest(get_object_or_404(Questionnaire, pk=questionnaire_id).pk)
    if version is None or version.pk != told.version:
        raise RefusalError(_OLD)
    pictures = {key: _picture(data) for key, data in told.pictures.items()}
    given = answering.Given(answers=told.answers, pictures=pictures, language=told.language)
    lawful.refuse_uninformed(version, at=request.at)
    try:
        kept = answering.keep_answers(version.pk, given, at=request.at, actor=request.actor)
    except answering.AnswersRefusedError as refused:
        definition = read(version.schema)
        faults = [_fault(definition, each) for each in refused.shortfalls]
        raise ProblemError(422, "answers", gettext("Some answers fall short."), faults=faults) from refused
    except QuotaExceededError as full:
        raise ProblemError(409, "full", str(full)) from full
    return _whole(kept)


def _fault(definition: Definition, short: Shortfall) -> tuple[str, str]:
    """Return where an answer falls short, and the sentence that the page would say there."""
    key = str(short.demand if short.keyword == "required" else next(iter(short.path), ""))
    question = definition.question(key)
    if question is None or short.keyword == "false":
        return f"answers.{key}", gettext("This is not asked.")
    return f"answers.{key}", said(question, short).spoken(get_language() or "de")


def _picture(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as broken:
        raise RefusalError(_NO_PICTURE) from broken


def _shown(row: Questionnaire) -> QuestionnaireShown:
    return QuestionnaireShown(
        id=row.pk, title_de=row.title_de, title_en=row.title_en, number=row.number,
        archived=row.archived_at is not None, changed_at=row.changed_at,
    )  # fmt: skip


def _version(row: Version) -> VersionShown:
    return VersionShown(
        id=row.pk, questionnaire=row.questionnaire_id, number=row.number, title_de=row.title_de,
        title_en=row.title_en, asks=row.schema, sha256=bytes(row.sha256).hex(), at=row.at,
    )  # fmt: skip


def _sheet(row: AnswerSheet) -> dict[str, Any]:
    columns = ("language", "about_kind", "about", "at")
    return {"id": row.pk, "version": row.version_id, "number": row.version.number} | {
        name: getattr(row, name) for name in columns
    }


def _whole(row: AnswerSheet) -> SheetWhole:
    return SheetWhole(**_sheet(row), answers=row.answers, by_name=row.by_name)


_OLD: Final = Text(
    "Nach dieser Fassung wird nicht gefragt. Bitte holen Sie die neueste und fragen Sie danach.",
    "Nobody is asked by this version. Please fetch the newest and ask by that.",
)
_NO_PICTURE: Final = Text("Das ist kein Bild in Base64.", "This is no picture in base64.")
