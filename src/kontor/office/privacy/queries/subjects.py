"""Requests of data subjects as they stand: their clock, their log, what it is all called."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from kontor.kernel.components import Badge, Moment
from kontor.kernel.models import Membership
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import SubjectForward, SubjectMark, SubjectRequest, SubjectStep
from kontor.office.privacy.queries.subject_data import Subject
from kontor.rulebook.calendar import HolidayList, WorkingDays
from kontor.rulebook.restriction import why_restricted
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.subject_request import may_answer

_COUNTRIES: Final = {"Europe/Berlin": "DE", "Europe/Paris": "FR", "Europe/Oslo": "NO"}
TELEMETRY: Final = "telemetry"
KINDS: Final = {
    "access": Text("Auskunft", "Access"),
    "rectification": Text("Berichtigung", "Rectification"),
    "erasure": Text("Löschung", "Erasure"),
    "restriction": Text("Einschränkung", "Restriction"),
    "portability": Text("Mitnahme der Daten", "Portability"),
    "objection": Text("Widerspruch", "Objection"),
    "safeguards": Text("Kopie der Garantien für Drittländer", "Copy of the safeguards for third countries"),
}
WAYS: Final = {
    "page": Text("angemeldet, auf der eigenen Seite", "signed in, on their own page"),
    "form": Text("über das offene Formular", "by the open form"),
    "mail": Text("per E-Mail", "by e-mail"),
    "paper": Text("per Brief oder am Telefon", "by letter or telephone"),
    "controller": Text("über den Verantwortlichen", "through the controller"),
}
KNOWN: Final = {
    "": Text("noch nicht klar", "not clear yet"),
    "signed_in": Text("angemeldet", "signed in"),
    "address": Text("Link an die bekannte Adresse bestätigt", "confirmed by the link to the known address"),
    "staff": Text("von uns geprüft", "checked by us"),
}
STEPS: Final = {
    "received": Text("Eingegangen", "Received"),
    "confirmed": Text("Adresse bestätigt", "Address confirmed"),
    "known": Text("Geprüft, wer fragt", "Checked who asks"),
    "doubts": Text("Rückfrage: wer fragt?", "Asked back: who asks?"),
    "extended": Text("Es dauert länger", "It takes longer"),
    "forwarded": Text("An den Verantwortlichen weitergeleitet", "Forwarded to the controller"),
    "authorised": Text("Der Verantwortliche überträgt die Antwort", "The controller hands the answer over"),
    "taken": Text("Der Verantwortliche antwortet selbst", "The controller answers itself"),
    "kind": Text("Anders eingeordnet", "Sorted differently"),
    "rectified": Text("Berichtigt", "Rectified"),
    "marked": Text("Vermerkt: Einschränkung oder Widerspruch", "Marked: restriction or objection"),
    "lifted": Text("Vermerk aufgehoben", "Mark lifted"),
    "note": Text("Notiz", "Note"),
    "fetched": Text("Daten abgeholt", "Data fetched"),
    "answered": Text("Beantwortet", "Answered"),
    "erased": Text("Gelöscht", "Erased"),
    "refused": Text("Abgelehnt", "Refused"),
    "withdrawn": Text("Zurückgezogen", "Withdrawn"),
}
STATES: Final = {
    "open": Badge(Text("offen", "open"), "warn"),
    "forwarded": Badge(Text("weitergeleitet", "forwarded"), "info"),
    "answered": Badge(Text("beantwortet", "answered"), "good"),
    "refused": Badge(Text("abgelehnt", "refused")),
    "withdrawn": Badge(Text("zurückgezogen", "withdrawn")),
}


def working_days(zone: str) -> WorkingDays:
    """
    Return the working days by which a last day moves: Monday to Friday less the holidays of the whole country.

    A holiday of one region moves nothing, and a country that is not known has none: then the answer is due earlier.
    """
    return WorkingDays(HolidayList(country=_COUNTRIES.get(zone)))


def badge_of(row: SubjectRequest, *, today: date) -> Badge:
    """Return where a request stands, as it is shown."""
    if row.state == SubjectRequest.State.OPEN and today > row.due_on:
        return Badge(Text("überfällig", "overdue"), "bad")
    return STATES[row.state]


def permission_of(row: SubjectRequest) -> Ruling[bool]:
    """Return whether we may answer it, and why."""
    return may_answer(processor=row.role == SubjectRequest.Role.PROCESSOR, authorised=row.authorised_at is not None)


def steps_of(row: SubjectRequest, *, told_alone: bool = False) -> list[SubjectStep]:
    """Return its log, the newest first; `told_alone` for the person, who reads no notes."""
    rows = SubjectStep.objects.of(current_tenant()).filter(request=row).order_by("-at", "-pk")
    return list(rows.exclude(key="note") if told_alone else rows)


def moments(steps: Sequence[SubjectStep], *, zone: Any) -> list[Moment]:
    """Return steps as a timeline."""
    return [
        Moment(each.at.astimezone(zone).date(), STEPS[each.key], " · ".join(filter(None, (each.by_name, each.text))))
        for each in steps
    ]


def subject_of(row: SubjectRequest) -> Subject:
    """Return who is looked for: their account's address beside the one they wrote from, once it is known who asks."""
    emails = {row.email}
    if row.person is not None:
        emails |= set(Membership.objects.filter(user=row.person).values_list("user__email", flat=True))
    return Subject(row.person, tuple(sorted(emails)), row.name)


def member_with(email: str) -> uuid.UUID | None:
    """Return the key of the member of this tenant with an address; None where nobody here has it."""
    return Membership.objects.filter(user__email__iexact=email).values_list("user_id", flat=True).first()


def requests_of(person: uuid.UUID) -> QuerySet[SubjectRequest]:
    """Return a person's own requests to this tenant, the newest first."""
    return SubjectRequest.objects.filter(person=person).order_by("-received_at", "-pk")


def forwarded_to(tenant: uuid.UUID) -> TenantQuerySet[SubjectForward]:
    """Return what processors forwarded to this tenant, the newest first."""
    return TenantQuerySet(SubjectForward).received_by(tenant).order_by("-at", "-pk")


def marks_of(row: SubjectRequest) -> list[SubjectMark]:
    """Return the marks that a request led to, those in force first."""
    return list(SubjectMark.objects.of(current_tenant()).filter(request=row).order_by("-ended_at", "-since"))


def in_force(*, email: str = "", person: uuid.UUID | None = None, purpose: str = "") -> SubjectMark | None:
    """Return the mark that forbids using somebody's data for a purpose in this tenant now; None where nothing does."""
    who = Q(pk=None)
    who |= Q(email__iexact=email) if email else Q(pk=None)
    who |= Q(person=person) if person else Q(pk=None)
    marks = SubjectMark.objects.of(current_tenant()).filter(who, ended_at=None)
    return marks.filter(Q(purpose="") | Q(purpose=purpose)).order_by("since").first()


def restricted() -> dict[str, Ruling[bool]]:
    """Return why data is restricted as a whole in this tenant now, by the addresses of whom it is about; one query."""
    marks = SubjectMark.objects.of(current_tenant()).filter(ended_at=None, purpose="")
    rows = marks.filter(kind=SubjectMark.Kind.RESTRICTION).select_related("request").order_by("-since")
    return {row.email.lower(): why_restricted(localdate(row.since), row.request.reference) for row in rows}
