"""Use over the API: report it, read what it comes to."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from ninja import Query, Schema
from pydantic import AfterValidator, AwareDatetime, Field

from kontor.kernel import registry
from kontor.kernel.actions.meters import OtherUseError, SubjectError, UnknownMeterError, Use, meter_many
from kontor.kernel.api import Call, Cursor, Page, ProblemError, after, cut
from kontor.kernel.api.schemas import Body
from kontor.kernel.queries.meters import readings
from kontor.office.contracts.api.mounted import LIMIT, endpoints
from kontor.office.contracts.models import UsageStatement
from kontor.office.contracts.queries.own_use import own_use
from kontor.rulebook.period import Period
from kontor.rulebook.usage import month_of

SEE = "contracts.use"
REPORT = "contracts.report_use"
BATCH = 10_000


def _of_our_time(at: datetime) -> datetime:
    if not datetime(2000, 1, 1, tzinfo=UTC) <= at < datetime(2100, 1, 1, tzinfo=UTC):
        raise ValueError("not of our time")
    return at


Plain = r"^[!-~]+$"
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="2027-05")]
MeterKey = Annotated[
    str, Field(pattern=r"^[a-z][a-z_]*\.[a-z][a-z_]*$", max_length=100, examples=["contracts.check_ins"])
]


class Event(Body):
    """
    One use.

    id       names it within its meter; sent again it is the same use
    at       when it happened; it decides the month, in the zone of the contract
    subject  who or what used it, for meters that count each once a month; kept as a digest
    """

    id: Annotated[str, Field(min_length=1, max_length=150, pattern=Plain)]
    meter: MeterKey
    at: Annotated[AwareDatetime, AfterValidator(_of_our_time)]
    quantity: Annotated[Decimal, Field(ge=0, lt=10**13, decimal_places=6)] = Decimal(1)
    subject: Annotated[str, Field(max_length=200, pattern=r"^[!-~]*$")] = ""


class Batch(Body):
    """Up to 10,000 uses; all are counted or none."""

    events: Annotated[list[Event], Field(min_length=1, max_length=BATCH)]


class Counted(Schema):
    """How many uses were new, and how many had been counted before."""

    counted: int
    known: int


class Reading(Schema):
    """A use as it was counted."""

    id: str
    meter: str
    at: datetime
    quantity: Decimal


class MonthUse(Schema):
    """What a month came to under one contract; `included` null where no limit is published, `left` what may be used."""

    contract: str
    meter: str
    month: str
    unit: str
    used: Decimal
    included: Decimal | None
    left: Decimal | None
    hard: bool
    closed: bool
    blocks: int
    clause: str


class Statement(Schema):
    """A month as the supplier stated it: number 0 opens it, 1 closes it, the following correct it."""

    contract: str
    meter: str
    month: date
    number: int
    unit: str
    used: Decimal
    included: Decimal
    blocks: int
    clause: str
    at: datetime


@endpoints.writes("/usage/events", permission=REPORT, answers=Counted)
def report_use(request: Call, told: Event) -> Counted:
    """Report one use. The same id with other content is refused with 409."""
    return _counted(request, [told])


@endpoints.writes("/usage/batches", permission=REPORT, answers=Counted)
def report_batch(request: Call, told: Batch) -> Counted:
    """Report up to 10,000 uses at once."""
    return _counted(request, told.events)


@endpoints.reads("/usage/events", permission=SEE, answers=Page[Reading])
def list_events(
    request: Call, meter: Query[MeterKey], month: Query[Month], cursor: Query[Cursor | None] = None,
    limit: int = LIMIT,
) -> Page[Reading]:  # fmt: skip
    """List the uses of a meter in a month of the tenant's zone, in the order in which they were written down."""
    zone = ZoneInfo(request.tenant.zone)
    rows, following = cut(
        readings(meter, _month(month), zone=zone, after=after(cursor), limit=limit + 1),
        limit=limit,
        key=lambda row: row.id,
    )
    items = [
        Reading(id=row.source.removeprefix(_SOURCE), meter=row.meter, at=row.at, quantity=row.quantity) for row in rows
    ]
    return Page[Reading](items=items, next=following)


@endpoints.reads("/usage", permission=SEE, answers=Page[MonthUse])
def list_use(request: Call, month: Query[Month | None] = None) -> Page[MonthUse]:
    """Say what was used of each meter in a month, the running one where none is named, and what is included."""
    asked = _month(month) if month else month_of(request.at.astimezone(ZoneInfo(request.tenant.zone)).date())
    items = [
        MonthUse(
            contract=each.contract.number, meter=each.limit.meter.key, month=f"{asked.first:%Y-%m}",
            unit=each.limit.unit.en, used=each.used, included=each.included, left=each.left, hard=each.limit.hard,
            closed=each.closed is not None, blocks=each.closed.blocks if each.closed else 0, clause=str(each.clause),
        )
        for each in own_use(asked, at=request.at)
    ]  # fmt: skip
    return Page[MonthUse](items=items)


@endpoints.reads("/usage/statements", permission=SEE, answers=Page[Statement])
def list_statements(
    request: Call,  # noqa: ARG001  an endpoint's signature
    cursor: Query[Cursor | None] = None,
    limit: int = LIMIT,
) -> Page[Statement]:
    """List the statements of use that the suppliers made, the oldest first."""
    found = UsageStatement.received.select_related("contract").order_by("pk")
    if (last := after(cursor)) is not None:
        found = found.filter(pk__gt=last)
    rows, following = cut(list(found[: limit + 1]), limit=limit, key=lambda row: row.pk)
    items = [
        Statement(
            contract=row.contract.number, meter=row.meter, month=row.month, number=row.number, unit=row.unit,
            used=row.used, included=row.included, blocks=row.blocks, clause=row.clause, at=row.at,
        )
        for row in rows
    ]  # fmt: skip
    return Page[Statement](items=items, next=following)


_SOURCE = "api:"


def _counted(request: Call, events: list[Event]) -> Counted:
    del request  # whose use it is, the transaction's tenant says
    try:
        new = meter_many(
            Use(key=one.meter, source=f"{_SOURCE}{one.id}", at=one.at, quantity=one.quantity, subject=one.subject)
            for one in events
        )
    except UnknownMeterError as error:
        known = ", ".join(one.key for module in registry.modules() for one in module.meters)
        raise ProblemError(422, "unknown-meter", gettext("There is no such meter; known are %s.") % known) from error
    except SubjectError as error:
        detail = gettext("A subject belongs to meters that count each visitor once a month, and only to these.")
        raise ProblemError(422, "subject", detail) from error
    except OtherUseError as error:
        ids = ", ".join(source.removeprefix(_SOURCE) for source in error.sources)
        detail = gettext(
            "Counted before with other content, nothing was changed: %s. Report a correction under a new id."
        )
        raise ProblemError(409, "other-use", detail % ids) from error
    return Counted(counted=new, known=len(events) - new)


def _month(month: str) -> Period:
    return month_of(date(int(month[:4]), int(month[5:]), 1))
