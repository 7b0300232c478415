"""What other apps may do with questionnaires: ask by one, keep what was answered, show it."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F

from kontor.kernel import pdf
from kontor.kernel.actions.record import looked_at
from kontor.kernel.actor import Actor
from kontor.office.questionnaires import queries
from kontor.office.questionnaires.actions import answering, lawful
from kontor.office.questionnaires.actions.answering import AnswersRefusedError, Given
from kontor.office.questionnaires.formats import people
from kontor.office.questionnaires.formats.checking import read
from kontor.office.questionnaires.formats.definition import Definition
from kontor.office.questionnaires.models import AnswerPicture, AnswerSheet, Version
from kontor.office.questionnaires.public import asking
from kontor.office.questionnaires.queries import Answer
from kontor.rulebook.ruling import Text

__all__ = [
    "Answer",
    "AnswersRefusedError",
    "Asked",
    "Given",
    "Sheet",
    "answer_form",
    "answered_on",
    "asked",
    "asks_people",
    "keep_answers",
    "newest",
    "read_sheets",
    "sheet_paper",
    "sheets",
]

_SHEET: Final = Path(__file__).resolve().parents[1] / "typst" / "sheet.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A version by which people are asked: its schema, and its questions as they are read from it."""

    version: uuid.UUID
    questionnaire: uuid.UUID
    number: int
    title: Text
    schema: dict[str, Any]
    definition: Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one person answered, and to which version."""

    id: uuid.UUID
    title: Text
    number: int
    at: datetime
    answers: tuple[Answer, ...]


def asked() -> list[tuple[uuid.UUID, Text]]:
    """Return the questionnaires by which people can be asked, by title."""
    return [(row.pk, Text(row.title_de, row.title_en)) for row in queries.asked()]


def newest(questionnaire_id: uuid.UUID) -> Asked | None:
    """Return the version by which people are asked today, None where there is none."""
    row = queries.newest(questionnaire_id)
    if row is None:
        return None
    return Asked(
        version=row.pk, questionnaire=questionnaire_id, number=row.number, title=Text(row.title_de, row.title_en),
        schema=row.schema, definition=read(row.schema),
    )  # fmt: skip


def answer_form(asked: Asked, data: Any = None, files: Any = None, *, prefix: str | None = None) -> Any:
    """
    Return the questions of a version as a form; once it is valid, `answers` and `pictures` are as `Given` takes them.

    Its rows are drawn by the template questionnaires/fields.html.
    """
    return asking.AnswerForm(asked.definition, asked.schema, data, files, prefix=prefix)


def answered_on(
    questionnaires: Collection[uuid.UUID], about_kind: str, records: Collection[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """
    Return when each of these questionnaires was last answered, by its newest version, about one of these records.

    One query. What was answered to an older version is not among it: what changed is asked again.
    """
    rows = (
        AnswerSheet.objects.filter(version__questionnaire__in=questionnaires, about_kind=about_kind, about__in=records)
        .filter(version__number=F("version__questionnaire__number"))
        .order_by("version__questionnaire", "-at")
        .distinct("version__questionnaire")
    )
    return dict(rows.values_list("version__questionnaire", "at"))


def keep_answers(version_id: uuid.UUID, given: Given, *, at: datetime, actor: Actor) -> uuid.UUID:
    """
    Keep what somebody answered to a version; the sheet's key. AnswersRefusedError where it falls short.

    RefusalError while the tenant's privacy notice is not published: until then no page or terminal asks people for data
    (visitor 6.4.3).
    """
    lawful.refuse_uninformed(Version.objects.get(pk=version_id), at=at)
    return answering.keep_answers(version_id, given, at=at, actor=actor).pk


def asks_people(asked: Asked) -> bool:
    """Tell whether any answer is about somebody: then nobody is asked before the privacy notice is published."""
    return people.asks_people(asked.definition)


def read_sheets(keys: Collection[uuid.UUID], *, language: str, at: datetime, actor: Actor) -> list[Sheet]:
    """Return these sheets, the oldest first; that somebody looked is recorded with each."""
    rows = list(AnswerSheet.objects.filter(pk__in=keys).select_related("version").order_by("at", "pk"))
    for row in rows:
        looked_at(row, at=at, actor=actor, fields=["answers"])
    return [each for _about, each in _shown(rows, language)]


def sheets(about_kind: str, records: Collection[uuid.UUID], *, language: str) -> dict[uuid.UUID, list[Sheet]]:
    """Return what was answered about these records, the oldest first; two queries, however many."""
    rows = AnswerSheet.objects.filter(about_kind=about_kind, about__in=records).select_related("version")
    found: dict[uuid.UUID, list[Sheet]] = {}
    for about, each in _shown(list(rows.order_by("at", "pk")), language):
        found.setdefault(about, []).append(each)  # type: ignore[arg-type]
    return found


def sheet_paper(
    sheet_id: uuid.UUID, about: tuple[str, uuid.UUID], facts: Sequence[tuple[Text, str]], *, zone: ZoneInfo,
    at: datetime, actor: Actor,
) -> bytes | None:  # fmt: skip
    """
    Return what somebody answered about a record, with their signature, as PDF/A; None where there is no such sheet.

    In the language in which they were asked; that somebody looked is recorded. PrintingError as `pdf.render`.
    """
    rows = AnswerSheet.objects.select_related("version", "tenant").filter(about_kind=about[0], about=about[1])
    row = rows.filter(pk=sheet_id).first()
    if row is None:
        return None
    looked_at(row, at=at, actor=actor, fields=["answers"])
    return pdf.render(_SHEET, queries.paper_of(row, facts, zone=zone), at=row.at)


def _shown(told: list[AnswerSheet], language: str) -> Iterator[tuple[uuid.UUID | None, Sheet]]:
    pictures: dict[uuid.UUID, list[AnswerPicture]] = {}
    for each in AnswerPicture.objects.filter(sheet__in=[row.pk for row in told]):
        pictures.setdefault(each.sheet_id, []).append(each)
    for row in told:
        answers = queries.answered(row, pictures.get(row.pk, []), language)
        title = Text(row.version.title_de, row.version.title_en)
        yield row.about, Sheet(id=row.pk, title=title, number=row.version.number, at=row.at, answers=tuple(answers))
