"""An outage that lasts: two periods in writing, then the fee is reduced (visitor 4.5.3)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions import outages, reducing
from kontor.office.service_levels.models import MendingPeriod
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.test_billing import concluded
from tests.office.service_levels.test_settling import AT, DECEMBER, KAI, WHO, at, component, down
from tests.people import browser, verbs

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 12, 28, 9, 0, tzinfo=UTC)


def test_a_fee_is_reduced_after_a_second_period_that_passed_without_remedy(monkeypatch):
    house = make_house("visitor")
    contract = concluded(house)
    run_jobs()
    who = {"at": LATER, "actor": KAI}
    with as_tenant(house.tenant.pk):
        (key, _name, fee), *_rest = contracts.parts_of(contract.pk, DECEMBER)
        told = outages.NewOutage(
            title="Kiosk steht", hits="ALL", started_at=AT, noticed_at=AT, known_at=AT, found_by="REPORT",
            components=(component().pk,),
        )  # fmt: skip
        outage = outages.open_outage(told, **WHO)
        other = down(at(0), 10, contracts=(contract.pk,))
        other_contract = uuid7()
        with pytest.raises(RefusalError, match="does not concern"):
            reducing.set_period(other.pk, other_contract, received_on=DECEMBER, until=DECEMBER, proof="E-Mail", **WHO)
        with pytest.raises(RefusalError, match="while the outage goes on"):
            reducing.set_period(other.pk, contract.pk, received_on=DECEMBER, until=DECEMBER, proof="E-Mail", **WHO)
        with pytest.raises(RefusalError, match="in writing"):
            reducing.set_period(outage.pk, contract.pk, received_on=DECEMBER, until=DECEMBER, proof=" ", **WHO)
        with pytest.raises(RefusalError, match="second period set in writing"):
            reducing.reduce_for_outage(outage.pk, contract.pk, key, month=DECEMBER, amount=Decimal(5), **who)
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    staff = browser(house.staff, house.tenant)
    staff.cookies["kontor_language"] = "en"
    path = f"/service_levels/outages/{outage.pk}/contracts/{contract.pk}/"
    found = staff.get(f"/service_levels/outages/{outage.pk}/contracts/?number={contract.number}")
    assert (found.status_code, found.headers["Location"]) == (302, path)
    assert staff.get(f"/service_levels/outages/{outage.pk}/contracts/?number=x").headers["Location"] != path
    queries: set[int] = set()
    assert b'value="reduce"' not in staff.get(path).content  # what could only be refused is not offered
    for first, last in (("2026-12-10", "2026-12-14"), ("2026-12-15", "2026-12-18")):
        period = {"part": "period", "received_on": first, "until": last, "proof": "Brief, Ordner 3"}
        assert staff.post(path, period).status_code == 302
        with CaptureQueriesContext(connection) as asked:
            shown = staff.get(path).content
        queries.add(len(asked))
    assert b'value="reduce"' in shown
    assert len(queries) == 1  # as many with one period as with two
    assert path in staff.get(f"/service_levels/outages/{outage.pk}/").content.decode()
    assert "Both periods have been set." in staff.post(path, period).content.decode()
    assert staff.get(f"/service_levels/outages/{outage.pk}/contracts/{uuid7()}/").status_code == 404
    reduce = {"part": "reduce", "position": key, "month": "2026-12", "amount": "5.00"}
    assert staff.post(path, reduce).status_code == 302
    early = staff.post(path, reduce | {"month": "2026-11"})
    assert (early.status_code, "did not last in that month" in early.content.decode()) == (422, True)
    with as_tenant(house.tenant.pk):
        again = reducing.reduce_for_outage(outage.pk, contract.pk, key, month=DECEMBER, amount=Decimal(5), **who)
        assert (again.amount.bare(), again.amount <= fee) == ("5.00", True)  # once for each part and month
        outages.end_outage(outage.pk, datetime(2026, 12, 17, tzinfo=UTC), cause="Platte", **WHO)
        with pytest.raises(RefusalError, match="within the second period"):
            reducing.reduce_for_outage(outage.pk, contract.pk, key, month=date(2026, 12, 1), amount=Decimal(5), **who)
        assert MendingPeriod.objects.count() == 2
    assert verbs(house.tenant, outage).count("service_levels.period_set") == 2
    assert "service_levels.fee_reduced" in verbs(house.tenant, outage)
