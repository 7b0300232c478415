"""Reads about questionnaires: which are asked, their questions, what was answered."""

import base64
import io
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from PIL import Image

from kontor.kernel.flow_parts import FlowFacts
from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read as read_blob
from kontor.kernel.wording import day as day_words
from kontor.office.questionnaires.formats.checking import read
from kontor.office.questionnaires.formats.definition import CHOSEN, PICTURES, WORDLESS, Definition, Question
from kontor.office.questionnaires.models import AnswerPicture, AnswerSheet, Questionnaire, Version
from kontor.rulebook.ruling import Text

_SAID: Final = {True: Text("Ja", "Yes"), False: Text("Nein", "No")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    A question and what was answered to it.

    text     the answer in words; "" where there is none
    picture  key of the blob with what was drawn or taken
    """

    question: Question
    text: str
    picture: uuid.UUID | None = None


def draft_of(questionnaire: Any) -> Definition:
    """Return the questions as they are being written."""
    return read(questionnaire.draft)


def newest(questionnaire_id: uuid.UUID) -> Version | None:
    """Return the version by which people are asked today, None before the first and for an archived one."""
    rows = Version.objects.filter(questionnaire=questionnaire_id, questionnaire__archived_at=None)
    return rows.order_by("-number").first()


def asked() -> list[Questionnaire]:
    """Return the questionnaires that people can be asked by, by title."""
    return list(Questionnaire.objects.filter(archived_at=None, number__gt=0).order_by("title_de"))


def is_answered(facts: FlowFacts, told: Mapping[str, str], *, at: datetime) -> bool:
    """
    Tell whether a questionnaire was answered to its newest version, at most so many days ago where that is told.

    By the person that the case is about, at this or any earlier time, or about the case's own record. What was answered
    to an older version does not count: what changed is asked again.
    """
    kind, record = facts.record
    whose = Q(about_kind=kind, about=record)
    if facts.email:
        whose |= Q(email__iexact=facts.email)
    rows = AnswerSheet.objects.filter(whose, version__questionnaire=uuid.UUID(told["questionnaire"]), at__lte=at)
    rows = rows.filter(version__number=F("version__questionnaire__number"))
    if told.get("days"):
        rows = rows.filter(at__gt=at - timedelta(days=int(told["days"])))
    return rows.exists()


def answered(sheet: AnswerSheet, pictures: Iterable[AnswerPicture], language: str) -> list[Answer]:
    """Return what a sheet says, question by question, in the order in which they were shown."""
    blobs = {each.question: each.blob_id for each in pictures}
    shown = read(sheet.version.schema).visible(sheet.answers)
    return [
        Answer(question=each, text=worded(each, sheet.answers.get(each.key), language), picture=blobs.get(each.key))
        for each in shown
        if each.kind not in WORDLESS
    ]


def worded(question: Question, answer: Any, language: str) -> str:
    """Return an answer in words; "" for none, and for a picture."""
    if answer is None or question.kind in PICTURES:
        return ""
    if isinstance(answer, bool):
        return _SAID[answer].spoken(language)
    if question.kind in CHOSEN:
        return ", ".join(_labels(question, answer if isinstance(answer, list) else [answer], language))
    if question.kind == "day":
        return day_words(date.fromisoformat(answer), language)
    return str(answer).replace(".", ",") if isinstance(answer, float) and language == "de" else str(answer)


def _labels(question: Question, values: Collection[str], language: str) -> list[str]:
    return [each.label.spoken(language) for each in question.options if each.value in values]


_FACTS: Final = {
    "answered": Text("Beantwortet", "Answered"), "by": Text("Von", "By"), "version": Text("Fassung", "Version"),
    "digest": Text("Prüfsumme der Fassung", "Digest of the version"),
}  # fmt: skip
_FOOT: Final = Text(
    "Antworten werden nie geändert; eine Berichtigung ist ein weiterer Bogen.",
    "Answers are never changed; a correction is another sheet.",
)


def paper_of(sheet: AnswerSheet, facts: Sequence[tuple[Text, str]], *, zone: ZoneInfo) -> dict[str, Any]:
    """
    Return what typst/sheet.typ prints of a sheet, in the language in which it was asked: all that was read and said.

    facts  what whoever asked says of the occasion; zone  in whose clock the moment is told
    """
    spoken = sheet.language
    pictures = {each.question: each for each in AnswerPicture.objects.filter(sheet=sheet).select_related("blob")}
    at = sheet.at.astimezone(zone)
    told = [
        (_FACTS["by"], sheet.by_name), *facts,
        (_FACTS["answered"], f"{day_words(at.date(), spoken)}, {at:%H:%M:%S} ({zone.key})"),
        (_FACTS["version"], str(sheet.version.number)),
        (_FACTS["digest"], f"SHA-256 {bytes(sheet.version.sha256).hex()[:16]}…"),
    ]  # fmt: skip
    shown = read(sheet.version.schema).visible(sheet.answers)
    return {
        "title": sheet.version.title_de if spoken == "de" else sheet.version.title_en,
        "language": spoken,
        "operator": sheet.tenant.name,
        "foot": _FOOT.spoken(spoken),
        "facts": [(label.spoken(spoken), value) for label, value in told if value],
        "answers": [_printed(each, sheet, pictures.get(each.key), spoken) for each in shown],
    }


def _printed(question: Question, sheet: AnswerSheet, picture: AnswerPicture | None, spoken: str) -> dict[str, Any]:
    notice = question.kind in WORDLESS
    answer = worded(question, sheet.answers.get(question.key), spoken) or "–"
    return {
        "label": question.label.spoken(spoken),
        "notice": notice,
        "text": question.hint.spoken(spoken) if notice else answer,
        "picture": _drawn(picture.blob) if picture else "",
    }


def _drawn(blob: Blob) -> str:
    """Return a picture as SVG, which is text as JSON needs it; Typst reads it from there."""
    data = read_blob(blob)
    with Image.open(io.BytesIO(data)) as seen:
        width, height = seen.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><image width="{width}" '
        f'height="{height}" href="data:{blob.media_type};base64,{base64.b64encode(data).decode()}"/></svg>'
    )
