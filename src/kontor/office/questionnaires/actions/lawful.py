"""What makes it lawful to ask people: a legal basis, and more for what is specially protected (GDPR Art. 6, 9)."""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.questionnaires.formats.checking import lacks, read
from kontor.office.questionnaires.formats.definition import CONSENT, NO_WORDS, Definition
from kontor.office.questionnaires.formats.people import SENSITIVE, asks_people, sensitive
from kontor.office.questionnaires.models import Questionnaire, Safeguard, Version
from kontor.office.questionnaires.queries import draft_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said


class QuestionnaireRefusedError(RefusalError):
    """A step that a questionnaire does not allow; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why a question of a special category is asked, how people are told, how consent is had, what protects it."""

    justification: str
    information: str
    consent: str
    measures: str


@transaction.atomic
def declare_basis(
    questionnaire_id: uuid.UUID, basis: str, *, consent: Text = NO_WORDS, at: datetime, actor: Actor
) -> Questionnaire:
    """
    Say why people may be asked, and for consent what they agree to; it holds with the next version.

    QuestionnaireRefusedError for what is no basis, and for consent without its words.
    """
    row = held(questionnaire_id)
    definition = Definition(draft_of(row).questions, basis, consent if basis == CONSENT else NO_WORDS)
    if reasons := lacks(definition):
        raise QuestionnaireRefusedError(reasons[0])
    row.draft, row.changed_at = definition.schema(), at
    row.save(update_fields=["draft", "changed_at"])
    record("questionnaires.basis_declared", row, at=at, actor=actor, after={"basis": basis, "consent": consent.de})
    return row


@transaction.atomic
def record_safeguard(
    questionnaire_id: uuid.UUID, question: str, grounds: Grounds, *, at: datetime, actor: Actor
) -> Safeguard:
    """
    Record why a question of a special category is asked all the same; it waits for its approval, again if it did.

    QuestionnaireRefusedError where one of the four is missing, and for a question of none.
    """
    row = held(questionnaire_id)
    category = next((found for each, found in sensitive(draft_of(row)) if each.key == question), None)
    if category is None or not all(each.strip() for each in asdict(grounds).values()):
        raise QuestionnaireRefusedError(_FOUR)
    told = {key: text.strip() for key, text in asdict(grounds).items()}
    fresh = {"category": category, "recorded_by": actor.name, "recorded_at": at, "approved_by": "", "approved_at": None}
    made, _ = Safeguard.objects.update_or_create(questionnaire=row, question=question, defaults=told | fresh)
    record("questionnaires.safeguard_recorded", made, at=at, actor=actor, clause="GDPR Art. 9 (2)", after=told)
    return made


@transaction.atomic
def approve_safeguard(safeguard_id: uuid.UUID, *, at: datetime, actor: Actor) -> Safeguard:
    """Approve it; QuestionnaireRefusedError where it is approved already."""
    row = Safeguard.objects.select_for_update().get(pk=safeguard_id)
    if row.approved_at is not None:
        raise QuestionnaireRefusedError(Text("Das ist schon genehmigt.", "This is approved already."))
    row.approved_at, row.approved_by = at, actor.name
    row.save(update_fields=["approved_at", "approved_by"])
    record("questionnaires.safeguard_approved", row, at=at, actor=actor, clause="GDPR Art. 9 (2)")
    return row


def refuse_unlawful(row: Questionnaire) -> None:
    """Raise QuestionnaireRefusedError where people may not be asked what a questionnaire asks."""
    definition = draft_of(row)
    if asks_people(definition) and not definition.basis:
        raise QuestionnaireRefusedError(_NO_BASIS)
    for question, category in sensitive(definition):
        kept = Safeguard.objects.filter(questionnaire=row, question=question.key, category=category).first()
        if kept is None or kept.approved_at is None:
            german, english = _UNSAFE if kept is None else _UNAPPROVED
            raise QuestionnaireRefusedError(said(german, english, label=question.label, category=SENSITIVE[category]))


def refuse_uninformed(version: Version, *, at: datetime) -> None:
    """Raise QuestionnaireRefusedError while people are asked for data without a published notice (visitor 6.4.3)."""
    if asks_people(read(version.schema)) and registry.notice(at) is None:
        raise QuestionnaireRefusedError(_NO_NOTICE)


def consent_to(version: Version) -> tuple[int | None, bytes | None]:
    """Return by which version what a version has people agree to was first asked, and its SHA-256; None for neither."""
    definition = read(version.schema)
    if definition.basis != CONSENT:
        return None, None
    first = version.number
    for earlier in Version.objects.filter(questionnaire=version.questionnaire_id, number__lt=first).order_by("-number"):
        if read(earlier.schema).consent != definition.consent:
            break
        first = earlier.number
    text = definition.consent
    return first, hashlib.sha256(text.de.encode() + b"\0" + text.en.encode()).digest()


def held(questionnaire_id: uuid.UUID) -> Questionnaire:
    """Return a questionnaire that is not archived, locked for writing."""
    return Questionnaire.objects.select_for_update().get(pk=questionnaire_id, archived_at=None)


_FOUR: Final = Text(
    "Begründung, Information, Einwilligung und Schutzmaßnahmen sind zu nennen, zu einer Frage besonderer Kategorie.",
    "Justification, information, consent and security measures must be given, for a question of a special category.",
)
_NO_BASIS: Final = Text(
    "Er fragt nach Menschen: Nennen Sie zuerst die Rechtsgrundlage (visitor 6.4.1).",
    "It asks about people: name the legal basis first (visitor 6.4.1).",
)
_UNSAFE: Final = (
    "„{label}“ fragt nach einer besonderen Kategorie ({category}): Begründung, Information, Einwilligung und "
    "Schutzmaßnahmen fehlen.",
    "“{label}” asks for a special category ({category}): justification, information, consent and security measures are "
    "missing.",
)
_UNAPPROVED: Final = (
    "„{label}“ ({category}): Die Schutzmaßnahmen sind noch nicht genehmigt.",
    "“{label}” ({category}): the safeguards are not approved yet.",
)
_NO_NOTICE: Final = Text(
    "Bevor Menschen nach Daten gefragt werden, muss die Datenschutzerklärung veröffentlicht sein (visitor 6.4.3).",
    "Before people are asked for data the privacy notice must be published (visitor 6.4.3).",
)
