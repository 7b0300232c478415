"""What a terminal does for whoever stands before it: recognise them, ask what is due, let them in, let them out."""

import uuid
import zoneinfo
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.kernel.models import Site
from kontor.products.visitors.actions import arriving, inviting
from kontor.products.visitors.actions.arriving import Arrival, NotAdmittedError
from kontor.products.visitors.actions.happening import Attempt
from kontor.products.visitors.actions.inviting import Appointment, Guest, Host, InvitationRefusedError
from kontor.products.visitors.models import Visit, VisitType
from kontor.products.visitors.queries.codes import code_in, rules_of
from kontor.rulebook.ruling import Text

SALT: Final = "visitors.kiosk"
NOBODY: Final = Text("Mit diesem Code ist hier niemand angemeldet.", "Nobody is checked in with this code.")
GOOD_FOR: Final = timedelta(minutes=15)  # so long somebody may stand before a terminal with a briefing


class TicketOverError(Exception):
    """What somebody began at a terminal is over; they begin anew."""


def ticket(visit: Visit, *, site: Site, number: int | None) -> str:
    """Return what lets the next page of a terminal know whom the page before recognised."""
    return signing.dumps([str(visit.pk), str(site.pk), number], salt=SALT)


def of_ticket(text: str, *, site: Site) -> tuple[Visit, int | None]:
    """Return the visit and the number of the code that was shown; TicketOverError after a quarter of an hour."""
    try:
        visit_id, site_id, number = signing.loads(text, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature as over:
        raise TicketOverError from over
    visit = Visit.objects.select_related("type", "site").filter(pk=visit_id).first()
    if visit is None or site_id != str(site.pk):
        raise TicketOverError
    return visit, number


def at_terminal(visit: Visit, *, what: str, terminal: uuid.UUID, at: datetime) -> Attempt:
    """Return what a visitor does at a terminal as an attempt that two taps, or two terminals, make only once."""
    key = f"{what}-{visit.pk}-{visit.code}"
    return Attempt(way="kiosk", at=at, actor=Actor("OUTSIDE", visit.pk, visit.name), key=key, terminal=terminal)


def enter(visit: Visit, *, site: Site, number: int | None, terminal: uuid.UUID, at: datetime) -> Visit:
    """Let in whoever was recognised; NotAdmittedError where something stands in the way."""
    attempt = at_terminal(visit, what="in", terminal=terminal, at=at)
    return arriving.check_in(visit.pk, Arrival(site=site, number=number), attempt)


def announce(kind: VisitType, guest: Guest, host: Host, *, site: Site, terminal: uuid.UUID, at: datetime) -> Visit:
    """Expect somebody who stands before the terminal unannounced; they come in once they are asked nothing more."""
    if not kind.walk_in:
        german = "Für diese Besuchsart braucht es eine Einladung. Bitte wenden Sie sich an den Empfang."
        raise InvitationRefusedError(
            Text(german, "This kind of visit needs an invitation. Please turn to the reception.")
        )
    to = Appointment(
        site=site, type=kind, begins_at=at, ends_at=stays_until(site, at), host=host, origin=Visit.Origin.WALK_IN
    )
    attempt = Attempt(way="kiosk", at=at, actor=Actor("OUTSIDE", None, guest.name), terminal=terminal)
    (visit,) = inviting.invite([guest], to, attempt)
    return visit


@transaction.atomic
def leave_by_code(text: str, *, site: Site, terminal: uuid.UUID, at: datetime) -> Visit:
    """Let out whoever shows the code they came in with; NotAdmittedError for any other."""
    code = code_in(text)
    inside = Visit.objects.filter(site=site, state=Visit.State.IN)
    visit = inside.filter(pk=code.visit).first() if code else None
    if visit is None:
        raise NotAdmittedError("unknown", NOBODY)
    return leave(visit, terminal=terminal, at=at)


def leave(visit: Visit, *, terminal: uuid.UUID, at: datetime) -> Visit:
    """Let out whoever was recognised."""
    return arriving.check_out(visit.pk, at_terminal(visit, what="out", terminal=terminal, at=at))


def stays_until(site: Site, at: datetime) -> datetime:
    """Return until when somebody unannounced is expected to stay: the site's hour of closing, an hour at least."""
    here = at.astimezone(zoneinfo.ZoneInfo(site.zone))
    closes = datetime.combine(here.date(), rules_of(site).closes_at, tzinfo=here.tzinfo)
    return max(closes, here + timedelta(hours=1), key=lambda moment: moment.timestamp())
