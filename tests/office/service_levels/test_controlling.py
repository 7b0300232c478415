"""Results looked at once more; what is reminded of, once."""

from datetime import UTC, datetime, timedelta

import pytest

from kontor.kernel.models import StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.service_levels.actions import claiming, components, controlling, outages, reminding, statements
from kontor.office.service_levels.actions.probing import Seen, note_results
from kontor.office.service_levels.jobs import daily, warn
from kontor.office.service_levels.models import AvailabilityStatement, RawControl, StateInterval
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house
from tests.office.contracts.ordering import concluded as concluded_under
from tests.office.contracts.test_billing import concluded
from tests.office.service_levels.test_settling import AT, DECEMBER, KAI, WHO, at, claimed, down, probed, settled, told
from tests.people import browser, mails, verbs

pytestmark = pytest.mark.django_db
FIRST = datetime(2027, 1, 1, 5, 0, tzinfo=UTC)
DAY = (AT.replace(hour=0), AT.replace(hour=0) + timedelta(days=1))


def test_the_control_agrees_blocks_a_month_that_differs_and_takes_the_results():
    house = make_house("crm")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        here, there = probed(places=("here", "there"), confirm=2)
        told(here, *((minute, minute % 11 not in {3, 4, 5, 9}) for minute in range(60) if minute not in range(30, 40)))
        told(there, *((minute, True) for minute in range(0, 60, 4)))
        note_results([Seen(here.pk, at(35), good=False)], at=at(70))  # late: kept, changes nothing
        found = controlling.control(*DAY, at=FIRST)
        assert (found.differences, found.results, found.places) == ([], 66, 2)
        with pytest.raises(RefusalError, match="agrees"):
            controlling.take_results(found.pk, **WHO)
        wrong = StateInterval.objects.filter(watched=here, state="down").order_by("start")[0]
        assert (wrong.start, wrong.end) == (at(3), at(6))
        StateInterval.objects.filter(pk=wrong.pk).update(state="up")
        daily(at=FIRST)  # yesterday agrees, December does not
        assert [bool(each.differences) for each in RawControl.objects.order_by("pk")] == [False, False, True]
        assert AvailabilityStatement.objects.count() == 0
        row = RawControl.objects.order_by("pk").last()
        assert row is not None
        assert row.differences == [[str(here.pk), "here", "platform", at(3).isoformat(), at(6).isoformat()]]
        assert [mail.to for mail in mails(house.tenant) if mail.about_id == row.pk] == ["ida@lindwurm.example"]
        with pytest.raises(RefusalError, match="cleared up"):
            statements.settle_month(DECEMBER, at=FIRST)
    staff = browser(house.staff, house.tenant)
    staff.cookies["kontor_language"] = "en"
    assert "Take the results" in staff.get("/service_levels/").content.decode()
    assert staff.post(f"/service_levels/control/{row.pk}/").status_code == 302
    assert staff.post(f"/service_levels/control/{found.pk}/").status_code == 302
    with as_tenant(house.tenant.pk):
        kept = StateInterval.objects.filter(watched=here, state="down").order_by("start")
        assert (kept[0].start, kept[0].end) == (at(3), at(6))
        assert StateInterval.objects.filter(watched=here, end__isnull=True).count() == 1
        daily(at=FIRST + timedelta(minutes=5))
        assert AvailabilityStatement.objects.get().contract_id == contract.pk
        count = RawControl.objects.count()
        daily(at=FIRST + timedelta(minutes=9))  # the month is frozen: only the day is looked at
        assert RawControl.objects.count() == count + 1
    assert verbs(house.tenant, row) == ["service_levels.control_differs", "service_levels.intervals_rebuilt"]


def test_what_lies_on_the_edge_of_a_time_is_rebuilt_inside_of_it_alone():
    house = make_house("crm")
    with as_tenant(house.tenant.pk):
        (place,) = probed()
        told(place, *((minute, True) for minute in range(0, 60, 4)))
        StateInterval.objects.filter(watched=place).update(state="down")
        row = controlling.control(at(20), at(40), at=at(58))
        assert [each[3:] for each in row.differences] == [[at(20).isoformat(), at(40).isoformat()]]
        controlling.take_results(row.pk, at=at(58), actor=WHO["actor"])
        kept = StateInterval.objects.order_by("start").values_list("state", "start", "end")
        assert list(kept) == [("down", at(0), at(20)), ("up", at(20), at(40)), ("down", at(40), None)]
        StateInterval.objects.filter(state="up").delete()
        components.stop_probe(place.probe_id, at=at(30), actor=WHO["actor"])
        again = controlling.control(at(20), at(40), at=at(58))
        assert [each[3:] for each in again.differences] == [[at(20).isoformat(), at(30).isoformat()]]


@pytest.mark.requirement("SO-024")
def test_a_claim_is_reminded_of_seven_days_before_it_is_due_and_decided_with_reasons_and_data():
    """A claim of 1 January 2027 is due on 31 January; the reminder comes on the 24th."""
    house = make_house("crm")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        outage = down(datetime(2026, 12, 30, 10, 0, tzinfo=UTC), 1116)
    filed = datetime(2027, 1, 1, 10, 0, tzinfo=UTC)
    claim = claimed(contract, outage.ended_at, filed)
    with as_tenant(house.tenant.pk):
        assert (claim.decide_by - filed.date()).days == 30
        due = datetime(2027, 1, 24, 10, 0, tzinfo=UTC)
        assert reminding.remind_of_claims(at=due - timedelta(days=1)) == []
        assert reminding.remind_of_claims(at=due) == [claim]
        assert reminding.remind_of_claims(at=due + timedelta(days=1)) == []
        (mail,) = (each for each in mails(house.tenant) if each.about_id == claim.pk)
        assert (mail.to, f"/claims/{claim.pk}/" in mail.text) == ("ida@lindwurm.example", True)
        statement = settled(contract)
        with pytest.raises(RefusalError, match="reasons"):
            claiming.decide_claim(claim.pk, granted=False, reasons="", on=DECEMBER, at=due, actor=KAI)
        made = claiming.decide_claim(claim.pk, granted=True, reasons="Gemessen", on=due.date(), at=due, actor=KAI)
        assert (made.outcome, made.statement_id, made.reasons) == ("GRANTED", statement.pk, "Gemessen")
        assert StoredRuling.objects.filter(pk=made.ruling).exists()


def test_a_recovery_is_warned_of_once_after_three_quarters_of_its_time():
    house = make_house("dealership")
    concluded_under(house)
    with as_tenant(house.tenant.pk):
        outage = down(at(0), 30)
        outage.ended_at = None
        outage.save()
        assert reminding.warn_of_recoveries(at=at(54 * 60 - 1)) == []
        warn(at=at(54 * 60))
        (mail,) = (each for each in mails(house.tenant) if each.about_id == outage.pk)
        assert mail.to == "ida@lindwurm.example"
        assert reminding.warn_of_recoveries(at=at(54 * 60 + 1)) == []
        outages.end_outage(outage.pk, at(55 * 60), cause="Platte", **WHO)
        assert reminding.warn_of_recoveries(at=at(60 * 60)) == []
