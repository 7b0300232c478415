"""The pages of price changes and of the index register."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import index_register, price_changes
from kontor.office.contracts.models import Contract, IndexAgreement, IndexSeries, IndexValue, PriceAdjustment, PriceRun
from tests.background import run_jobs
from tests.factories import House, make_house, make_user
from tests.office.contracts.pricing import IN_AUGUST, JULY, SEPTEMBER, UNTIL, enter, indexed, value
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.walking import customer
from tests.people import browser, join, make_tenant

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


@pytest.fixture
def in_august(monkeypatch: pytest.MonkeyPatch):
    """Ask on a day on which the index of July is published and the renewal lies ahead."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: IN_AUGUST)


def released(house: House) -> PriceRun:
    with as_tenant(house.tenant.pk):
        ids = list(Contract.objects.values_list("pk", flat=True))
        run = price_changes.release("INDEX", ids, until=UNTIL, at=IN_AUGUST, actor=house.actor)
        price_changes.announce(run.pk, ids, at=IN_AUGUST)
        return run


@pytest.mark.usefixtures("in_august")
def test_the_preview_shows_every_contract_and_releasing_tells_the_customers():
    house, contract = indexed()
    staff = browser(house.staff, house.tenant)

    page = staff.get(url("price-changes"), {"by": "INDEX", "until": "2027-12-31"})

    assert page.context["heading"] == "1 contract changes its prices"
    (found,) = page.context["due"]
    assert [(line.name, str(line.after)) for line in found.lines] == [
        ("Besucherverwaltung", "94.12"),
        ("Arbeitsplätze", "13.22"),
    ]
    answer = staff.post(url("price-release"), {"by": "INDEX", "until": "2027-12-31"})
    run_jobs()
    with as_tenant(house.tenant.pk):
        run = PriceRun.objects.get()
        assert PriceAdjustment.objects.get().contract_id == contract.pk
    assert answer.headers["Location"] == url("price-run", run.pk)
    page = staff.get(url("price-run", run.pk))
    assert [(state.adjustment.contract_id, state.state) for state, _badge, _why in page.context["rows"]] == [
        (contract.pk, "ANNOUNCED")
    ]
    assert staff.get(url("price-run-progress", run.pk)).headers["HX-Refresh"] == "true"
    again = staff.get(url("price-changes"), {"by": "INDEX", "until": "2027-12-31"})
    assert again.context["heading"] == "No price is to be changed"


def test_what_cannot_be_read_is_asked_again():
    house = make_house("leisure")
    staff = browser(house.staff, house.tenant)
    assert staff.get(url("price-changes"), {"until": "soon"}).status_code == 422
    assert staff.post(url("price-release"), {"by": "INDEX"}).headers["Location"] == url("price-changes")
    assert staff.get(url("price-changes"), {"format": "csv"}).headers["Content-Type"].startswith("text/csv")
    by_list = staff.get(url("price-changes"), {"by": "LIST"})
    assert by_list.context["heading"] == "No price is to be changed"


def test_letters_and_the_contract_s_tab_are_for_both_sides():
    house, contract = indexed()
    released(house)
    with as_tenant(house.tenant.pk):
        told = PriceAdjustment.objects.get()
    staff, buyer = browser(house.staff, house.tenant), customer(contract)
    assert staff.get(url("price-file", told.pk)).content.startswith(b"%PDF-")
    assert buyer.get(url("account-price-file", told.pk)).content.startswith(b"%PDF-")
    for page in (staff.get(url("contract-terms", contract.pk)), buyer.get(url("account-terms", contract.pk))):
        assert [state.state for state, *_rest in page.context["prices"]] == ["ANNOUNCED"]
        assert [version for _since, version, _now in page.context["versions"]] == ["2026-01"]


def test_values_are_entered_and_imported_and_a_wrong_row_is_named():
    house = make_house("leisure")
    staff = browser(house.staff, house.tenant)
    made = staff.post(url("index"), {"name": "Syntec", "publisher": "Fédération Syntec"})
    assert staff.post(url("index"), {"name": "syntec", "publisher": "x"}).status_code == 422
    with as_tenant(house.tenant.pk):
        series = IndexSeries.objects.get()
    assert made.headers["Location"] == url("index-series", series.pk)
    page = url("index-series", series.pk)
    entered = {"month": "2026-01", "base": "1961=100", "value": "288.8", "published_on": "2026-02-20", "source": "s"}
    assert staff.post(page, {"do": "value", **entered}).status_code == 302
    assert staff.post(page, {"do": "value", **entered, "published_on": "2025-12-31"}).status_code == 422
    told = "Monat;Basis;Wert;am;Quelle\n2026-02;1961=100;290.1;2026-03-20;syntec.fr\n\n"
    file = SimpleUploadedFile("syntec.csv", told.encode())
    assert staff.post(page, {"do": "import", "file": file}).status_code == 302
    with as_tenant(house.tenant.pk):
        assert IndexValue.objects.count() == 2
    for wrong in (b"2026-03;1961=100;290,1;2026-04-20;s", b"2026-03;x", b"\xff\xfe", b"Monat;Basis\n"):
        file = SimpleUploadedFile("syntec.csv", wrong)
        assert staff.post(page, {"do": "import", "file": file}).status_code == 422
    assert staff.get(page).context["chart"].labels == ["2026-01", "2026-02"]
    assert staff.get(page, {"format": "csv"}).headers["Content-Type"].startswith("text/csv")


@pytest.mark.requirement("AP-033")
def test_a_lost_index_names_the_contracts_that_wait_and_takes_their_agreement():
    house, contract = indexed()
    staff = browser(house.staff, house.tenant)
    other = enter(house, value(date(2026, 9, 1), "117.6", date(2026, 10, 1)), name="ILAT")
    with as_tenant(house.tenant.pk):
        series = IndexSeries.objects.get(name="Syntec")
    page = url("index-series", series.pk)
    assert staff.post(page, {"do": "loss", "lost_on": "2027-07-01", "reason": "eingestellt"}).status_code == 302
    assert [each.pk for each in staff.get(page).context["waiting"]] == [contract.pk]
    told = {
        "series": str(other.pk), "month": "2026-09", "base": "2020=100", "value": "117.6",
        "published_on": "2027-07-02", "source": "Brief",
    }  # fmt: skip
    agree = url("index-agree", series.pk, contract.pk)
    assert staff.get(agree).status_code == 200
    assert staff.post(agree, told).status_code == 302
    assert staff.post(agree, told).status_code == 422
    with as_tenant(house.tenant.pk):
        assert IndexAgreement.objects.get().contract_id == contract.pk
    assert staff.get(page).context["waiting"] == []


def test_who_may_not_and_who_is_somebody_else():
    house, contract = indexed()
    run = released(house)
    with as_tenant(house.tenant.pk):
        told, series = PriceAdjustment.objects.get(), IndexSeries.objects.get()
    clerk = make_user("kurt@lindwurm.example", "Kurt")
    join(house.tenant, clerk, role="Leser", permissions=["contracts.account"])
    stranger = make_user("fritz@fremd.example", "Fritz")
    other = make_tenant("Fremd")
    join(other, stranger)
    pages = {
        "price-changes": (), "price-run": (run.pk,), "price-run-progress": (run.pk,), "price-file": (told.pk,),
        "index": (), "index-series": (series.pk,), "index-agree": (series.pk, contract.pk),
        "contract-terms": (contract.pk,), "account-terms": (contract.pk,), "account-price-file": (told.pk,),
    }  # fmt: skip
    for name, args in pages.items():
        if name.startswith("account"):
            assert browser(stranger, other).get(url(name, *args)).status_code in (403, 404)
            continue
        assert browser(clerk, house.tenant).get(url(name, *args)).status_code == 403
        if args:
            assert browser(stranger, other).get(url(name, *args)).status_code in (403, 404)


@pytest.mark.usefixtures("in_august")
def test_the_number_of_queries_does_not_depend_on_the_contracts():
    def asked(house: House) -> int:
        staff = browser(house.staff, house.tenant)
        staff.get(url("price-changes"))
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(url("price-changes"), {"until": "2027-12-31"}).status_code == 200
        return len(queries)

    house, _contract = indexed(SEPTEMBER, JULY)
    one = asked(house)
    for name in ("Birke GmbH", "Cedar GmbH"):
        concluded(house, name=name, email=f"{name[:5].lower()}@kunde.example")
    assert asked(house) == one


def test_entering_the_same_value_again_is_no_harm():
    house, _contract = indexed()
    with as_tenant(house.tenant.pk):
        series = IndexSeries.objects.get()
        assert index_register.enter_values(series.pk, [JULY, SEPTEMBER], at=IN_AUGUST, actor=house.actor) == 0
