"""A base fee of a thousand euros in a month of which a hundredth was lost, from the outages to the credit note."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import conclusion
from kontor.office.contracts.models import Contract
from kontor.office.service_levels.actions import claiming, statements
from kontor.office.service_levels.models import AvailabilityStatement
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send
from tests.office.contracts.test_billing import bill
from tests.office.service_levels.test_settling import KAI, claimed, down

pytestmark = pytest.mark.django_db
MAY, JUNE = (datetime(2027, month, 10, 8, 0, tzinfo=UTC) for month in (5, 6))
AFTER = datetime(2027, 7, 2, 9, 0, tzinfo=UTC)


def eighty_seats(house: House, reading: str, name: str) -> Contract:
    """Conclude a contract of 80 seats at 12.50 a month, with a reading of what is proportional."""
    draft = make_draft(house, make_party(house, name=name), settings={"service_level.credit": reading})
    with as_tenant(house.tenant.pk):
        draft.lines.exclude(item__key="seats").delete()
        draft.lines.update(quantity=80)
    offer = send(house, draft)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        made = conclusion.conclude(offer.pk, at=AT)
    assert made is not None
    return made


@pytest.mark.requirement("SO-025")
def test_a_hundredth_of_a_month_is_a_hundredth_of_its_base_fee_once_claimed() -> None:
    """
    June 2027: 432 of 43,200 minutes are 1.0 %, of 80 × 12.50 = 1,000.00 that is 10.00 net, 11.90 with 19 % VAT.

    Under the other reading only what is missing from 99.8 % counts: 0.8 %, 8.00. May was as bad and nobody claimed.
    """
    house = make_house("crm")
    contracts = {
        reading: eighty_seats(house, reading, name)
        for reading, name in (("down_share", "Alder GmbH"), ("shortfall", "Birke AG"))
    }
    run_jobs()
    bill(house, date(2027, 6, 1))
    with as_tenant(house.tenant.pk):
        for start in (MAY, JUNE):
            down(start, 432)
            statements.settle_month(start.date().replace(day=1), at=AFTER)
        found = AvailabilityStatement.objects.order_by("month").values_list("month", "percent")
        assert {f"{month:%m} {percent}" for month, percent in found} == {"05 99.0322", "06 99.0000"}
        assert Invoice.objects.filter(kind="381").count() == 0
    for reading, net, gross in (("down_share", 1000, 1190), ("shortfall", 800, 952)):
        contract = contracts[reading]
        claim = claimed(contract, JUNE + timedelta(minutes=432), JUNE + timedelta(days=1))
        with as_tenant(house.tenant.pk):
            made = claiming.decide_claim(
                claim.pk, granted=True, reasons="Gemessen", on=AFTER.date(), at=AFTER, actor=KAI
            )
            note = Invoice.objects.get(kind="381", subject_id=contract.pk)
            assert (made.amount_minor, made.notes) == (net, [str(note.pk)])
            assert (note.net_minor, note.gross_minor) == (net, gross)
            assert note.corrects.lines.get(period_first=date(2027, 6, 1)).net_minor == 100_000
