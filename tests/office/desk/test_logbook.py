"""The logbook of a customer: everything that was logged, as page and files, with the proof that it is unchanged."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.answering import Answer, answer_customer
from kontor.office.desk.models import TicketLog
from kontor.office.desk.queries.logbook import all_agree, digest_of
from tests.factories import make_house
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import DOWN, MONDAY, WHO, opened
from tests.office.desk.test_views import tom
from tests.people import browser, make_tenant


def told(response):
    return [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]


@pytest.mark.django_db
def test_the_logbook_is_shown_exported_and_proved():
    house = make_house("visitor")
    contract = signed(house)
    ticket = opened(house, contract, answers=DOWN)
    with as_tenant(house.tenant.pk):
        answer_customer(ticket.pk, Answer(text="Wir sind dran.", begins=True), at=MONDAY + timedelta(hours=1), **WHO)
        rows = list(TicketLog.objects.all())
        assert all_agree(rows)
        rows[0].detail = "changed"  # somebody with the database in hand
        assert not all_agree(rows)
        assert digest_of(rows[0]) != digest_of(TicketLog.objects.get(pk=rows[0].pk))
    desk = browser(house.staff, house.tenant)
    page = reverse("desk:logbook", args=(contract.party_id,))
    assert [row.what for row in desk.get(page).context["rows"].page] == [
        "answered", "work_started", "autoreplied", "classified", "reported",
    ]  # fmt: skip
    proved = desk.get(page, {"proof": "1"})
    assert (proved.context["proof"].broken, proved.context["agree"]) == (None, True)
    assert len(desk.get(page, {"format": "csv"}).content.decode("utf-8-sig").splitlines()) == 1 + 5
    *lines, last = told(desk.get(page, {"format": "jsonl"}))
    assert [line["what"] for line in lines][:2] == ["reported", "classified"]
    assert all(line["agrees"] and len(line["record"]["sha256"]) == 64 for line in lines)
    assert (last["proof"]["agree_with_the_record"], last["proof"]["chain_whole"]) == (5, True)

    customer = tom(contract, "desk.own", "desk.company")
    own = reverse("desk:own-logbook")
    assert len(customer.get(own).context["rows"].page) == 5
    received = told(customer.get(own, {"format": "jsonl"}))
    assert [line["sha256"] for line in received] == [line["sha256"] for line in lines]
    assert "record" not in received[0]
    assert customer.get(page).status_code == 403
    assert desk.get(reverse("desk:logbook", args=(make_tenant("Fremd").pk,))).status_code == 404
