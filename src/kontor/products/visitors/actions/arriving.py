"""Coming in and leaving: at a terminal, at the reception desk, by a link, or after the fact from an outbox."""

import uuid
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.models import Due, Site
from kontor.kernel.tenancy import current_tenant
from kontor.products.visitors.actions.cards import dispense, revoke
from kontor.products.visitors.actions.forgetting import FIELDS, end
from kontor.products.visitors.actions.happening import Attempt, done_before, held, note, note_many
from kontor.products.visitors.actions.inviting import Guest, Host, InvitationRefusedError
from kontor.products.visitors.models import PinGuard, Visit, VisitType
from kontor.products.visitors.queries.codes import code_in, invitation, pin_digest, rules_of
from kontor.products.visitors.queries.qualified import lacks_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.visiting import NotAdmitted, refused

TELL_HOST: Final = "visitors.tell_host"
PRINT_BADGE: Final = "visitors.print_badge"
CLOSE_DAY: Final = "visitors.close_day"
_FINAL: Final = frozenset({NotAdmitted.USED, NotAdmitted.OTHER_SITE})  # nobody can override what is so
RECEPTION: Final = Text("Bitte wenden Sie sich an den Empfang.", "Please turn to the reception.")
_SAID: Final[dict[NotAdmitted, Text]] = {
    NotAdmitted.UNKNOWN: Text("Dieser Code ist hier nicht bekannt.", "This code is not known here."),
    NotAdmitted.OTHER_SITE: Text("Dieser Code gilt an einem anderen Standort.", "This code is for another site."),
    NotAdmitted.WITHDRAWN: Text(
        "Zu diesem Besuch gibt es einen neueren Code. Bitte sehen Sie in Ihrer letzten Nachricht nach.",
        "There is a newer code for this visit. Please look into your latest message.",
    ),
    NotAdmitted.CANCELLED: Text("Dieser Besuch wurde abgesagt.", "This visit was called off."),
    NotAdmitted.NOT_ALLOWED: Text("Dieser Besuch ist noch nicht genehmigt.", "This visit is not allowed yet."),
    NotAdmitted.USED: Text("Mit diesem Code ist schon jemand angemeldet.", "Somebody has checked in with this code."),
    NotAdmitted.EARLY: Text("Ihr Besuch beginnt erst später.", "Your visit begins later."),
    NotAdmitted.OVER: Text("Dieser Code ist abgelaufen.", "This code has expired."),
}


class NotAdmittedError(RefusalError):
    """Nobody was let in; `reason` names why, and reception may let them in all the same."""

    def __init__(self, reason: str, text: Text) -> None:
        super().__init__(Text(f"{text.de} {RECEPTION.de}", f"{text.en} {RECEPTION.en}"))
        self.reason = reason


class KeypadClosedError(RefusalError):
    """Too many wrong PINs in a row were typed at this terminal."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            Text(
                "Zu viele falsche PINs. Bitte versuchen Sie es in einigen Minuten noch einmal, oder nehmen Sie Ihren "
                "QR-Code.",
                "Too many wrong PINs. Please try again in a few minutes, or take your QR code.",
            )
        )
        self.until = until


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """
    What is known as somebody comes in.

    number      of the code that was shown, None for a PIN, a name or a hand at the desk
    overridden  why reception lets somebody in whom the rules keep out; "" otherwise
    """

    site: Site
    number: int | None = None
    overridden: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkIn:
    """Somebody who was not expected."""

    type: VisitType
    guest: Guest
    host: Host = field(default_factory=Host)
    until: datetime


def by_code(text: str, *, site: Site, at: datetime) -> tuple[Visit, int]:
    """Return the visit of a code and the code's number; NotAdmittedError where it lets nobody in now."""
    code = code_in(text)
    visit = Visit.objects.select_related("type", "site").filter(pk=code.visit).first() if code else None
    if code is None or visit is None:
        # A code of another site is of rows that this terminal cannot see, yet its signature says where it belongs.
        elsewhere = code is not None and code.site != site.pk
        raise _refusal(NotAdmitted.OTHER_SITE if elsewhere else NotAdmitted.UNKNOWN)
    _refuse(visit, Arrival(site=site, number=code.number), at=at)
    return visit, code.number


def refuse_entry(visit: Visit, *, site: Site, at: datetime) -> None:
    """Raise NotAdmittedError where a visit that was recognised without a code lets nobody in now."""
    _refuse(visit, Arrival(site=site), at=at)


@transaction.atomic
def by_pin(pin: str, *, site: Site, terminal: uuid.UUID, at: datetime) -> Visit | None:
    """
    Return the visit of a PIN, None for a wrong one, which counts.

    KeypadClosedError while too many wrong ones were typed here. Nobody learns whether a PIN exists at another site or
    on another day.
    """
    rules = rules_of(site)
    guard, _ = PinGuard.objects.select_for_update().get_or_create(terminal=terminal)
    if guard.closed_until and at < guard.closed_until:
        raise KeypadClosedError(guard.closed_until)
    rows = Visit.objects.select_related("type", "site").filter(site=site, pin_digest=pin_digest(site.pk, pin))
    open_ones = rows.filter(state__in=[Visit.State.ASKED, Visit.State.EXPECTED, Visit.State.IN])
    visit = open_ones.first()
    zone = zoneinfo.ZoneInfo(site.zone)
    if visit and refused(invitation(visit, site_id=site.pk), at=at, zone=zone, early_minutes=rules.early_minutes) in {
        None, NotAdmitted.USED,
    }:  # fmt: skip
        PinGuard.objects.filter(pk=guard.pk).update(wrong=0, closed_until=None)
        return visit
    _count_wrong(guard, rules.wrong_pins, rules.pause_minutes, at)
    return None


@transaction.atomic
def check_in(visit_id: uuid.UUID, arrival: Arrival, attempt: Attempt) -> Visit:
    """
    Let an expected visitor in: once, however often it is tried.

    NotAdmittedError where the invitation is not good here and now, or the visitor's company is not qualified; with a
    reason, reception lets in whoever is not qualified, early, late or not yet allowed.
    """
    visit = held(visit_id)
    if done_before(attempt):
        return visit
    reason = _reason(visit, arrival, at=attempt.at)
    lacking = lacks_of(visit, today=attempt.at.astimezone(zoneinfo.ZoneInfo(visit.site.zone)).date())
    if reason is not None and (not arrival.overridden or reason in _FINAL):
        raise _refusal(reason)
    if lacking and not arrival.overridden:
        raise NotAdmittedError("qualification", lacking[0])
    visit.overridden = arrival.overridden if reason or lacking else ""
    _let_in(visit, attempt, told={"overridden": visit.overridden} if visit.overridden else None)
    return visit


@transaction.atomic
def walk_in(who: WalkIn, arrival: Arrival, attempt: Attempt) -> Visit:
    """Let somebody in who was not expected; InvitationRefusedError where their kind of visit is by invitation only."""
    if attempt.key and (known := Visit.objects.filter(events__key=attempt.key).first()):
        return known
    if not who.type.walk_in and not arrival.overridden:
        german = "Für diese Besuchsart braucht es eine Einladung. Bitte wenden Sie sich an den Empfang."
        english = "This kind of visit needs an invitation. Please turn to the reception."
        raise InvitationRefusedError(Text(german, english))
    guest, host = who.guest, who.host
    visit = Visit(
        site=arrival.site, type=who.type, person=guest.person, contractor_person=guest.contractor_person,
        name=guest.name, company=guest.company, email=guest.email, phone=guest.phone, language=guest.language,
        details=dict(guest.details), host_user=host.user, host_name=host.name, host_email=host.email,
        begins_at=attempt.at, ends_at=who.until, origin=Visit.Origin.WALK_IN, at=attempt.at,
    )  # fmt: skip
    lacking = lacks_of(visit, today=attempt.at.astimezone(zoneinfo.ZoneInfo(arrival.site.zone)).date())
    if lacking and not arrival.overridden:
        raise NotAdmittedError("qualification", lacking[0])
    visit.overridden = arrival.overridden if lacking or not who.type.walk_in else ""
    visit.save(force_insert=True)
    _let_in(visit, attempt, told={"walk_in": True})
    return visit


@transaction.atomic
def check_out(visit_id: uuid.UUID, attempt: Attempt) -> Visit:
    """
    Note that a visitor has left; cards in their hand open nothing from the same moment on.

    Whoever was assumed out is out by this, at its moment. InvitationRefusedError where they are not inside.
    """
    visit = held(visit_id)
    if done_before(attempt):
        return visit
    if visit.state != Visit.State.IN and not visit.assumed:
        raise InvitationRefusedError(Text("Dieser Besuch ist nicht im Haus.", "This visit is not in the building."))
    _let_out([visit], attempt, assumed=False)
    note(visit, "left", attempt)
    return visit


@transaction.atomic
def assume_out(site: Site, attempt: Attempt) -> int:
    """
    Assume that whoever is still inside a site, and was not to stay longer, has left unseen; the number of them.

    They are not out for an alarm or for working time. Whoever was to stay is looked at again in an hour.
    """
    rows = Visit.objects.select_for_update(of=("self",)).select_related("type", "site")
    visits = list(rows.filter(site=site, state=Visit.State.IN, in_at__lt=attempt.at, ends_at__lte=attempt.at))
    _let_out(visits, attempt, assumed=True)
    note_many(visits, "assumed_out", attempt)
    if Visit.objects.filter(site=site, state=Visit.State.IN).exists():
        put_due(CLOSE_DAY, at=attempt.at + timedelta(hours=1), arguments={"site": str(site.pk)})
    return len(visits)


def _let_in(visit: Visit, attempt: Attempt, *, told: dict[str, Any] | None) -> None:
    visit.state, visit.in_at = Visit.State.IN, attempt.at
    visit.in_by, visit.in_way = attempt.actor.name, attempt.way
    visit.save(update_fields=["state", "in_at", "in_by", "in_way", "overridden"])
    note(visit, "checked_in", attempt, told)
    dispense(visit, attempt)
    queue(TELL_HOST, current_tenant(), visit=str(visit.pk))
    if visit.type.badge_id is not None:
        queue(PRINT_BADGE, current_tenant(), visit=str(visit.pk), terminal=attempt.terminal)
    _close_later(visit.site, at=attempt.at)


def _close_later(site: Site, *, at: datetime) -> None:
    """Have the day closed at the site's hour; asked first, so that check-ins do not wait for each other."""
    if not Due.objects.filter(tenant_id=current_tenant(), job=CLOSE_DAY, arguments={"site": str(site.pk)}).exists():
        here = at.astimezone(zoneinfo.ZoneInfo(site.zone))
        closes = datetime.combine(here.date(), rules_of(site).closes_at, tzinfo=here.tzinfo)
        put_due(CLOSE_DAY, at=closes if closes > here else at + timedelta(hours=1), arguments={"site": str(site.pk)})


def _let_out(visits: Sequence[Visit], attempt: Attempt, *, assumed: bool) -> None:
    revoke(visits, attempt)
    for visit in visits:
        visit.state, visit.out_at, visit.assumed = Visit.State.OUT, attempt.at, assumed
        visit.out_by, visit.out_way = attempt.actor.name, attempt.way
        visit.pin, visit.pin_digest = "", None
    end(visits, at=attempt.at)
    changed = ["state", "out_at", "assumed", "out_by", "out_way", "pin", "pin_digest", *FIELDS]
    Visit.objects.bulk_update(visits, changed)


def _reason(visit: Visit, arrival: Arrival, *, at: datetime) -> NotAdmitted | None:
    shown = invitation(visit, site_id=arrival.site.pk, number=arrival.number)
    zone = zoneinfo.ZoneInfo(visit.site.zone)
    return refused(shown, at=at, zone=zone, early_minutes=rules_of(arrival.site).early_minutes)


def _refuse(visit: Visit, arrival: Arrival, *, at: datetime) -> None:
    if reason := _reason(visit, arrival, at=at):
        raise _refusal(reason)


def _refusal(reason: NotAdmitted) -> NotAdmittedError:
    return NotAdmittedError(reason.value, _SAID[reason])


def _count_wrong(guard: PinGuard, most: int, pause_minutes: int, at: datetime) -> None:
    wrong = guard.wrong + 1
    closed = at + timedelta(minutes=pause_minutes) if wrong >= most else None
    PinGuard.objects.filter(pk=guard.pk).update(wrong=0 if closed else wrong, closed_until=closed)
