"""What the API tells of visits, and what it is told."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field

from kontor.kernel.api import Call
from kontor.kernel.api.schemas import Body
from kontor.products.visitors.actions.keys import code_for
from kontor.products.visitors.models import SigningKey, Visit
from kontor.products.visitors.queries.codes import rules_of

INVITE: Final = "visitors.invite"
_PLAIN: Final = r"[^\x00-\x1f\x7f-\x9f]"
_EMAIL: Final = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,3}"
Name = Annotated[str, Field(pattern=rf"^{_PLAIN}*[^\s\x00-\x1f\x7f-\x9f]{_PLAIN}*$", max_length=200)]
Words = Annotated[str, Field(pattern=f"^{_PLAIN}*$", max_length=200)]
Because = Annotated[str, Field(pattern=f"^{_PLAIN}*$", max_length=300)]
Email = Annotated[str, Field(pattern=f"^({_EMAIL})?$", max_length=254)]
Phone = Annotated[str, Field(pattern=f"^{_PLAIN}*$", max_length=50)]
State = Literal["ASKED", "EXPECTED", "REFUSED", "CANCELLED", "IN", "OUT", "MISSED"]


def _of_our_time(at: datetime) -> datetime:
    if not datetime(2000, 1, 1, tzinfo=UTC) <= at < datetime(2100, 1, 1, tzinfo=UTC):
        raise ValueError("is no time between 2000 and 2100")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]


class SiteShown(Schema):
    """A site where visitors are received, with its zone (IANA)."""

    id: uuid.UUID
    name: str
    zone: str


class KindShown(Schema):
    """A kind of visit: what is asked of its visitors, what must be answered, and how it goes."""

    id: uuid.UUID
    title_de: str
    title_en: str
    asks: list[str]
    demands: list[str]
    walk_in: bool
    approval: bool
    qualified: bool


class VisitShown(Schema):
    """
    A visit; `assumed` where nobody saw its visitor leave: such a visit is OUT, and yet the visitor may be inside.

    code, pin  what its visitor shows or types, to whoever may invite and while it is expected; else ""
    """

    id: uuid.UUID
    site: uuid.UUID
    kind: uuid.UUID
    group: uuid.UUID | None
    name: str
    company: str
    email: str
    phone: str
    language: str
    host: str
    host_email: str
    begins_at: datetime
    ends_at: datetime
    state: str
    origin: str
    in_at: datetime | None
    out_at: datetime | None
    assumed: bool
    flag: str
    code: str
    pin: str


class HappenedShown(Schema):
    """What happened to a visit: "invited", "checked_in", "left", ..., how, and by whom."""

    kind: str
    way: str
    by: str
    at: datetime


class HostTold(Body):
    """Whoever receives a visit; they are written to as their visitor arrives."""

    name: Name
    email: Email = ""


class GuestTold(Body):
    """Whoever comes."""

    name: Name
    company: Words = ""
    email: Email = ""
    phone: Phone = ""
    language: Literal["de", "en"] = "de"
    plate: Words = ""
    dock: Words = ""
    reason: Words = ""


class NewVisits(Body):
    """
    One person or several, invited to one appointment.

    open_places  so many may take a place by the group's link
    """

    site: uuid.UUID
    kind: uuid.UUID
    begins_at: Moment
    ends_at: Moment
    guests: Annotated[list[GuestTold], Field(max_length=500)]
    host: HostTold | None = None
    title: Words = ""
    open_places: Annotated[int, Field(ge=0, le=500)] = 0


class NewWalkIn(Body):
    """Somebody who stands before the desk and was not expected; `reason` lets in who comes by invitation only."""

    site: uuid.UUID
    kind: uuid.UUID
    guest: GuestTold
    until: Moment
    host: HostTold | None = None
    because: Because = ""


class VisitMoved(Body):
    """When and where a visit takes place instead."""

    begins_at: Moment
    ends_at: Moment
    site: uuid.UUID | None = None


class GivenReason(Body):
    """Why."""

    because: Because = ""


class CheckIn(Body):
    """Where somebody comes in; `because` is why they are let in although something keeps them out."""

    site: uuid.UUID
    because: Because = ""


def shown(rows: Sequence[Visit], request: Call) -> list[VisitShown]:
    """Return visits as the API tells them; codes and PINs of those that are expected to whoever may invite."""
    key = SigningKey.objects.order_by("-at").first() if INVITE in request.api_key.scopes else None
    rules = {row.site_id: row.site for row in rows if row.state == Visit.State.EXPECTED} if key else {}
    settled = {site_id: rules_of(site) for site_id, site in rules.items()}
    found = []
    for row in rows:
        given = key is not None and row.state == Visit.State.EXPECTED
        found.append(
            VisitShown(
                id=row.pk, site=row.site_id, kind=row.type_id, group=row.group_id, name=row.name, company=row.company,
                email=row.email, phone=row.phone, language=row.language, host=row.host_name, host_email=row.host_email,
                begins_at=row.begins_at, ends_at=row.ends_at, state=row.state, origin=row.origin, in_at=row.in_at,
                out_at=row.out_at, assumed=row.assumed, flag=row.flag, pin=row.pin if given else "",
                code=code_for(row, key, settled[row.site_id]) if given and key else "",
            )
        )  # fmt: skip
    return found
