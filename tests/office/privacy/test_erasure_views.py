"""The house's pages of erasures and holds."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import erasing
from kontor.office.privacy.models import Erasure, Hold
from tests.factories import House, make_house, make_user
from tests.office.privacy.test_erasing import NIGHT, plan
from tests.people import browser, join, make_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def test_an_erasure_is_planned_taken_back_and_certified(house: House):
    tenant = make_tenant("Alder")
    client = browser(house.staff, house.tenant)
    new = reverse("privacy:erasure-plan")
    assert client.get(new).status_code == 200
    assert client.post(new, {"company": str(tenant.pk), "due_on": "2026-12-01"}).status_code == 422
    told = {"company": str(tenant.pk), "due_on": "2026-12-01", "because": "Brief vom 1. November"}
    page = client.post(new, told, follow=True)
    assert (page.status_code, page.context["erasure"].due_on) == (200, date(2026, 12, 1))
    erasure = page.context["erasure"]
    drop = reverse("privacy:erasure-drop", args=(erasure.pk,))
    assert client.post(drop, {}).status_code == 422
    assert client.post(drop, {"because": "Doch nicht."}).status_code == 302
    assert client.post(drop, {"because": "Noch einmal."}).status_code == 422
    assert client.get(reverse("privacy:erasure-certificate", args=(erasure.pk,))).status_code == 404
    again = plan(house, tenant)
    with as_tenant(house.tenant.pk):
        assert erasing.begin(again.pk, at=NIGHT)
        again.refresh_from_db()
        again.rewritten, again.counts = "yes", {"parties.Party": 3, "parties.Contact": 2}
        again.remains = [
            {"table": "books.Invoice", "rows": 1, "kind": "invoice", "until": "2034-12-31", "clause": "AO"}
        ]
        erasing.finish(again, at=NIGHT)
        again.save()
    page = client.get(reverse("privacy:erasure", args=(again.pk,)))
    assert (page.context["total"], [part.rows for part in page.context["parts"]]) == (5, [5])
    file = client.get(reverse("privacy:erasure-certificate", args=(again.pk,)))
    assert (file.content[:5], file.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert client.get(reverse("privacy:erasures") + "?state=DONE&as=csv").status_code == 200
    gone = client.post(new, told)  # nothing of it can be chosen any more
    assert gone.status_code == 422


def test_a_hold_is_laid_and_lifted(house: House):
    tenant = make_tenant("Alder")
    client = browser(house.staff, house.tenant)
    lay = reverse("privacy:hold-lay")
    told = {"company": str(tenant.pk), "ground": "withholding", "reason": "Rechnung 7", "review_on": "2099-12-01"}
    assert client.get(lay).status_code == 200
    assert client.post(lay, {**told, "review_on": "2020-01-01"}).status_code == 422
    page = client.post(lay, told, follow=True)
    assert [row["name"] for row in page.context["rows"]] == ["Alder"]
    with as_tenant(house.tenant.pk):
        hold = Hold.objects.get()
    assert (hold.made_by, hold.review_on) == ("Ida Lindwurm", date(2099, 12, 1))
    lift = reverse("privacy:hold-lift", args=(hold.pk,))
    assert client.post(lift, {}).status_code == 422
    assert client.post(lift, {"because": "Bezahlt"}).status_code == 302
    assert client.post(lift, {"because": "Bezahlt"}).status_code == 422


def test_the_pages_cost_the_same_for_one_and_for_three(house: House):
    client = browser(house.staff, house.tenant)
    counted = []
    for number in range(3):
        erasure = plan(house, make_tenant(f"Alder {number}"))
        urls = [reverse("privacy:erasures"), reverse("privacy:holds"), reverse("privacy:erasure", args=(erasure.pk,))]
        if not number:
            for url in urls:
                client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for url in urls:
                assert client.get(url).status_code == 200
        counted.append(len(queries))
    assert len(set(counted)) == 1


def test_nobody_else_sees_or_plans_anything(house: House):
    tenant = make_tenant("Alder")
    erasure = plan(house, tenant)
    powerless = make_user("pit@lindwurm.example", "Pit")
    join(house.tenant, powerless, role="reader", permissions=["contracts.see"])
    client = browser(powerless, house.tenant)
    for name in ("privacy:erasures", "privacy:erasure-plan", "privacy:holds", "privacy:hold-lay"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("privacy:erasure", args=(erasure.pk,))).status_code == 403
    own = browser(house.staff, house.tenant)
    for name in ("privacy:erasure", "privacy:erasure-certificate"):
        assert own.get(reverse(name, args=(uuid.uuid4(),))).status_code == 404
    for name in ("privacy:erasure-drop", "privacy:hold-lift"):
        assert own.post(reverse(name, args=(uuid.uuid4(),)), {"because": "x"}).status_code == 404
    with as_tenant(house.tenant.pk):
        assert Erasure.objects.get().state == "PLANNED"
