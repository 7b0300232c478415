"""What visitors say of themselves: before they come, and at the terminal."""

import uuid

from django.db import transaction

from kontor.office.questionnaires import public as questionnaires
from kontor.products.visitors.actions.happening import Attempt, held, note
from kontor.products.visitors.actions.inviting import Guest, InvitationRefusedError
from kontor.products.visitors.models import Visit
from kontor.products.visitors.queries.asking import ABOUT
from kontor.rulebook.ruling import Text


@transaction.atomic
def register(visit_id: uuid.UUID, guest: Guest, attempt: Attempt) -> Visit:
    """Keep what somebody says of themselves before they are let in; InvitationRefusedError once the visit is over."""
    visit = held(visit_id)
    if visit.state not in {Visit.State.ASKED, Visit.State.EXPECTED}:
        german = "Dieser Besuch hat schon begonnen oder findet nicht statt."
        raise InvitationRefusedError(Text(german, "This visit has begun already or does not take place."))
    visit.name, visit.language = guest.name, guest.language
    visit.company, visit.phone = guest.company or visit.company, guest.phone or visit.phone
    visit.email = guest.email or visit.email
    visit.details = {**visit.details, **guest.details}
    visit.save(update_fields=["name", "company", "phone", "email", "language", "details"])
    note(visit, "registered", attempt)
    return visit


@transaction.atomic
def answer(visit_id: uuid.UUID, version: uuid.UUID, given: questionnaires.Given, attempt: Attempt) -> uuid.UUID:
    """
    Keep what a visitor answered; the sheet's key.

    AnswersRefusedError where it falls short of the questionnaire, RefusalError while no privacy notice is published
    (visitor 6.4.3).
    """
    visit = held(visit_id)
    told = questionnaires.Given(
        answers=given.answers, pictures=given.pictures, language=given.language, email=visit.email,
        about=(ABOUT, visit.pk),
    )  # fmt: skip
    return questionnaires.keep_answers(version, told, at=attempt.at, actor=attempt.actor)
