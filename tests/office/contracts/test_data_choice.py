"""After the end the customer chooses: its data erased and certified, or given back, and then erased and certified."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.cache import cache
from django.utils import timezone
from pypdf import PdfReader

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.schedule import queue_due
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.owned_tables import counted, tables_to_empty
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import erasures
from kontor.office.contracts.actions.ending import Ending, EndingRefusedError, end_contract
from kontor.office.contracts.actions.ending_choice import choose_data
from kontor.office.contracts.models import Contract, EndingTask
from kontor.office.contracts.queries.erasures import data_to_erase
from kontor.office.privacy import jobs as privacy_jobs
from kontor.office.privacy.actions import exports
from kontor.office.privacy.formats.sealing import Seal, proves
from kontor.office.privacy.models import Erasure, Export
from kontor.office.privacy.queries.certificates import certified
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.background import run_jobs
from tests.factories import House, make_house, make_user
from tests.office.contracts.ending_walk import billed, signed
from tests.office.contracts.test_ending_cases import leisure
from tests.office.contracts.test_suspensions import agreed
from tests.people import browser, join, sign_in, verbs, visitor

LAST = date(2027, 1, 31)
TOLD = datetime(2026, 12, 15, 9, tzinfo=UTC)
AFTER = datetime(2027, 2, 5, 9, tzinfo=UTC)
NIGHT = datetime(2027, 2, 27, 23, 15, tzinfo=UTC)  # 28 February, 00:15 in Berlin: four weeks


def ended(house: House, contract: Contract) -> EndingTask:
    ruling = Ruling(LAST, (Clause(contract.pack, "4.6", "2026-01"),), (), (Text("Ende.", "End."),))
    ending = Ending(kind="notice", ends=LAST, told_on=TOLD.date(), culpable=False, ruling=ruling)
    with as_tenant(house.tenant.pk):
        end_contract(contract, ending, at=TOLD, actor=house.actor)
        return EndingTask.objects.get(key="choice")


def erased(house: House, contract: Contract) -> tuple[Erasure, str]:
    with as_tenant(house.tenant.pk):
        erasures.plan_after_endings(at=AFTER)
        planned = Erasure.objects.get()
    privacy_jobs.erase(tenant_id=house.tenant.pk, at=NIGHT, erasure=str(planned.pk))
    privacy_jobs.rewrite(tenant_id=house.tenant.pk, at=NIGHT)
    assert contract.customer_tenant_id is not None
    with as_tenant(contract.customer_tenant_id):
        assert counted(contract.customer_tenant_id, tables_to_empty()) == {}
    with as_tenant(house.tenant.pk):
        done = Erasure.objects.select_related("certificate").get()
        assert done.certificate is not None
        pages = PdfReader(BytesIO(read(done.certificate))).pages
        return done, "".join(page.extract_text() for page in pages).replace("\xa0", " ")


def seal_in(text: str) -> Seal:
    """Read the seal off the paper; lines are broken where the paper is narrow."""
    plain = "".join(text.split())
    digest = plain.rpartition("SHA-256")[2][:64]
    key = plain.rpartition("Schlüssel")[2][:64]
    return Seal(digest, key, plain.rpartition("Unterschrift")[2][:128])


def choosing(house: House, contract: Contract, task: EndingTask, choice: str) -> None:
    """Choose on the page as the customer: only what the terms offer, and once."""
    client = visitor()
    sign_in(client, "jana@alder.example")
    page = f"/contracts/account/contracts/{contract.pk}/ending/"
    assert 'value="return"' in client.get(page).content.decode()
    url = f"/contracts/account/ending-tasks/{task.pk}/choice/"
    client.post(url, {"choice": "keep"})
    with as_tenant(house.tenant.pk):
        assert EndingTask.objects.get(pk=task.pk).done_on is None
    assert client.post(url, {"choice": choice}).url == page
    assert 'value="return"' not in client.get(page).content.decode()
    client.post(url, {"choice": "delete"})
    with as_tenant(house.tenant.pk):
        chosen = EndingTask.objects.get(pk=task.pk)
        assert (chosen.choice, chosen.done_on) == (choice, date(2027, 2, 5))
        with pytest.raises(EndingRefusedError, match="settled already"):
            choose_data(chosen, choice="delete", at=AFTER, actor=house.actor)
        other = EndingTask.objects.exclude(key="choice")[0]
        with pytest.raises(EndingRefusedError, match="no such choice"):
            choose_data(other, choice="delete", at=AFTER, actor=house.actor)
        assert verbs(house.tenant, chosen).count("contracts.data_chosen") == 1


def fetched(tenant: Tenant, who: Actor) -> None:
    """Have the package made, and fetch it; that is the hand-over, on record."""
    queue_due(at=AFTER)
    run_jobs()
    with as_tenant(tenant.pk):
        package = Export.objects.get()
        assert (package.state, package.asked_by) == (Export.State.READY, who.id)
        exports.fetch(exports.link_to(package.pk, at=AFTER, actor=who), at=AFTER, actor=who)
        assert verbs(tenant, package)[-1] == "privacy.export_fetched"


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("FW-112", "FW-015")
@pytest.mark.parametrize("choice", ["delete", "return"])
def test_by_the_customers_choice_all_goes_and_is_certified_or_is_given_back_first(
    choice: str, monkeypatch: pytest.MonkeyPatch
):
    """Visitor, Anlage 3, Klausel 10 d; materials on written request: 4.2.7."""
    cache.clear()
    house = make_house("visitor")
    contract = signed(house)
    billed(house, contract, date(2026, 12, 1))
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    task = ended(house, contract)
    run_jobs()
    jana = make_user("jana@alder.example", "Jana")
    join(tenant, jana)
    agreed(browser(jana, tenant))
    with as_tenant(tenant.pk):
        keep(b"Lageplan des Werks", name="plan.txt", media_type="text/plain", at=TOLD)
    monkeypatch.setattr(timezone, "now", lambda: AFTER)
    choosing(house, contract, task, choice)
    with as_tenant(tenant.pk):
        assert Export.objects.count() == (1 if choice == "return" else 0)
    if choice == "return":
        fetched(tenant, Actor.person(jana))

    with as_tenant(house.tenant.pk):
        invoices = Invoice.objects.filter(customer_tenant_id=tenant.pk).count()
    done, text = erased(house, contract)
    assert done.done_at == NIGHT
    assert f"Gewählt: {'Löschen' if choice == 'delete' else 'Zurückgeben'}" in text
    back = "Zurückgegeben: Die Kopie wurde am 2027-02-05 10:00:00 abgeholt (Jana)"
    assert (back in " ".join(text.split())) == (choice == "return")
    assert str(sum(done.counts.values())) in text
    kept = next(row for row in done.remains if row["table"] == "books.Invoice")
    assert (kept["rows"], kept["until"]) == (invoices, "2035-12-31")  # held by law, and listed
    assert "31.12.2035" in text
    with as_tenant(house.tenant.pk):
        says = certified(done, at=NIGHT)
    assert proves(seal_in(text), says)
    assert not proves(seal_in(text), says | {"erased": {}})


@pytest.mark.django_db
def test_where_the_terms_name_no_limit_nothing_goes_before_what_was_to_be_returned_was_fetched():
    house, contract = leisure()
    task = ended(house, contract)
    with as_tenant(house.tenant.pk):
        choose_data(task, choice="return", at=AFTER, actor=house.actor)
        assert data_to_erase() == {}
    assert contract.customer_tenant_id is not None
    with as_tenant(contract.customer_tenant_id):
        assert Export.objects.update(fetched_at=AFTER) == 1
    with as_tenant(house.tenant.pk):
        (found,) = data_to_erase().values()
        assert found.choice.startswith("Zurückgeben")
        again = EndingTask.objects.get(key="choice")
        again.done_on, again.choice = None, ""
        again.save()
        choose_data(again, choice="return", at=AFTER, actor=house.actor)  # the copy under way is that copy
    with as_tenant(contract.customer_tenant_id):
        assert Export.objects.count() == 1
