"""What is left when a contract is over: content shut the day after, gone in four weeks, invoices kept with ground."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.cache import cache
from django.utils import timezone
from pypdf import PdfReader

from kontor.kernel.actions.blobs import keep
from kontor.kernel.models import Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.owned_tables import counted, tables_to_empty
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import erasures
from kontor.office.contracts.actions.ending import Ending, end_contract
from kontor.office.privacy import jobs as privacy_jobs
from kontor.office.privacy.models import Erasure
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.background import run_jobs
from tests.factories import make_house, make_user
from tests.office.contracts.ending_walk import billed, signed
from tests.office.contracts.test_suspensions import agreed
from tests.people import browser, join, sign_in, visitor

LAST = date(2027, 1, 31)
TOLD = datetime(2026, 12, 15, 9, tzinfo=UTC)
NIGHT = datetime(2027, 2, 27, 23, 15, tzinfo=UTC)  # 28 February, 00:15 in Berlin


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("FW-030")
def test_content_is_shut_on_1_february_gone_by_the_28th_and_invoices_stay_with_reason_and_date(
    monkeypatch: pytest.MonkeyPatch,
):
    """Visitor 4.6.5: at most four weeks; 31 January + 28 days is 28 February. Vouchers: eight years (AO 147)."""
    cache.clear()
    house = make_house("visitor")
    contract = signed(house)
    billed(house, contract, date(2026, 12, 1))
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    mia = make_user("mia@alder.example", "Mia")
    join(tenant, mia, role="desk", permissions=["questionnaires.see"])
    agreed(browser(mia, tenant))
    with as_tenant(tenant.pk):
        keep(b"Grundriss", name="plan.txt", media_type="text/plain", at=TOLD)
    with as_tenant(house.tenant.pk):
        ruling = Ruling(LAST, (Clause(contract.pack, "4.6", "2026-01"),), (), (Text("Ende.", "End."),))
        ending = Ending(kind="notice", ends=LAST, told_on=TOLD.date(), culpable=False, ruling=ruling)
        end_contract(contract, ending, at=TOLD, actor=house.actor)
        erasures.plan_after_endings(at=TOLD)
        erasure = Erasure.objects.get()
        assert (erasure.of_tenant, erasure.due_on, erasure.reason) == (tenant.pk, date(2027, 2, 28), "contract_ended")
    run_jobs()  # what the contract unlocked ends with it

    answers = []
    for day in (31, 32):
        at = datetime(2027, 1, 31, 12, tzinfo=UTC) if day == 31 else datetime(2027, 2, 1, 12, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        client = visitor()
        sign_in(client, "mia@alder.example")
        page = client.get("/questionnaires/")
        answers.append((page.status_code, page.headers.get("Location", "")))
    assert answers == [(200, ""), (302, "/contracts/ended/")]

    with as_tenant(house.tenant.pk):
        invoices = Invoice.objects.filter(customer_tenant_id=tenant.pk).count()
        assert invoices > 0
    privacy_jobs.erase(tenant_id=house.tenant.pk, at=NIGHT, erasure=str(erasure.pk))
    privacy_jobs.rewrite(tenant_id=house.tenant.pk, at=NIGHT)
    with as_tenant(tenant.pk):
        assert counted(tenant.pk, tables_to_empty()) == {}
    with as_tenant(house.tenant.pk):
        done = Erasure.objects.select_related("certificate").get()
        assert (done.state, done.done_at) == ("DONE", NIGHT)
        kept = next(row for row in done.remains if row["table"] == "books.Invoice")
        assert (kept["rows"], kept["kind"], kept["until"]) == (invoices, "invoice", "2035-12-31")
        assert Invoice.objects.filter(customer_tenant_id=tenant.pk).count() == invoices
        assert done.certificate is not None
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(read(done.certificate))).pages)
        assert "31.12.2035" in text.replace("\xa0", " ")
        assert kept["clause"]
