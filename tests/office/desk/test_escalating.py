"""Who is told of a promise that is about to break, when, and that nobody is woken."""

from datetime import UTC, datetime, timedelta

import pytest

from kontor.kernel.models import Due, OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.desk import jobs
from kontor.office.desk.actions import working
from kontor.office.desk.actions.escalating import escalate
from kontor.office.desk.models import DeskHabits, Ticket, TicketAlert
from kontor.rulebook.ticket_log import What
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import DOWN, MONDAY, SLOW, WHO, again, opened

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house(request) -> House:
    return make_house(getattr(request, "param", "visitor"))


@pytest.fixture
def contract(house) -> Contract:
    return signed(house)


def told(house: House, ticket: Ticket, at: datetime) -> list[tuple[str, str, str]]:
    with as_tenant(house.tenant.pk):
        return [(each.promise, each.stage, each.whom) for each in escalate(ticket.pk, at=at)]


def mails(house: House) -> list[OutgoingMail]:
    with as_tenant(house.tenant.pk):
        return list(OutgoingMail.objects.filter(about_kind="desk.Ticket").order_by("at", "id"))[1:]


def due_at(ticket: Ticket) -> datetime | None:
    return (
        Due.objects.filter(job="desk.escalate", arguments={"ticket": str(ticket.pk)})
        .values_list("at", flat=True)
        .first()
    )


def test_somebody_is_told_ahead_and_at_the_breach_once_each(house, contract):
    ticket = opened(house, contract, answers=DOWN)
    assert due_at(ticket) == MONDAY + timedelta(hours=3, minutes=45)  # a quarter of five hours is left
    assert told(house, ticket, MONDAY + HOUR) == []
    assert told(house, ticket, MONDAY + 4 * HOUR) == [("reaction", "ahead", "office")]
    assert told(house, ticket, MONDAY + 4 * HOUR) == []
    assert due_at(ticket) == MONDAY + 5 * HOUR
    assert told(house, ticket, MONDAY + 6 * HOUR) == [("reaction", "breach", "office")]
    assert [mail.to for mail in mails(house)] == ["ida@lindwurm.example"] * 2
    assert mails(house)[1].text == "Alder & Söhne GmbH\nReaktion gerissen / Reaction broken: 07.12.2026, 15:00"


def test_it_is_told_to_whoever_has_it_else_to_the_desk(house, contract):
    with as_tenant(house.tenant.pk):
        DeskHabits.objects.create(address="desk@lindwurm.example")
    ticket = opened(house, contract, answers=DOWN)
    told(house, ticket, MONDAY + 4 * HOUR)
    with as_tenant(house.tenant.pk):
        working.assign(ticket.pk, house.staff.pk, at=MONDAY, **WHO)
        jobs.escalate(at=MONDAY + 6 * HOUR, ticket=str(ticket.pk))
    assert [mail.to for mail in mails(house)] == ["desk@lindwurm.example", "ida@lindwurm.example"]


def test_at_night_it_waits_for_the_opening(house, contract):
    """Reported Monday at 10:00; a quarter of 24 clock hours is left on Tuesday at 04:00, when nobody is there."""
    ticket = opened(house, contract, answers=SLOW)
    night = datetime(2026, 12, 8, 3, 0, tzinfo=UTC)
    assert told(house, ticket, night) == []
    assert due_at(ticket) == datetime(2026, 12, 8, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
    assert told(house, ticket, datetime(2026, 12, 8, 8, 0, tzinfo=UTC)) == [("reaction", "ahead", "office")]


def test_what_is_kept_or_nobody_s_customer_s_tells_nobody(house, contract):
    ticket, stranger = opened(house, contract, answers=DOWN), opened(house)
    with as_tenant(house.tenant.pk):
        for what in (What.WORK_STARTED, What.INFORMED, What.RESTORED):
            working.take_step(ticket.pk, what, at=MONDAY + HOUR, **WHO)
    assert (due_at(ticket), again(ticket).escalate_at) == (None, None)
    assert told(house, stranger, MONDAY + 90 * HOUR) == []


@pytest.mark.parametrize("house", ["leisure"], indirect=True)
def test_the_technician_on_call_is_told_of_a_blocking_fault_whose_help_was_consulted(house, contract):
    """Reported Monday 10:00 in Paris; 24 office hours end on Wednesday 16:00, a quarter before is Wednesday 10:00."""
    monday = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    late = datetime(2026, 12, 9, 18, 0, tzinfo=UTC)  # Wednesday 19:00, after the breach
    asked, unasked = (
        opened(house, contract, answers=DOWN, at=monday, reported=monday, help_consulted=each) for each in (True, False)
    )
    assert {whom for _name, _stage, whom in told(house, asked, late)} == {"on_call"}
    assert told(house, unasked, late) == []
    with as_tenant(house.tenant.pk):
        assert TicketAlert.objects.filter(ticket=unasked).count() == 0
