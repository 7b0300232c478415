"""Where data lies: the house's page, a company's own, moving files, the check before the start, and test tenants."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from kontor.config import environment
from kontor.config.data_places import refuse_wrong_places
from kontor.config.refusals import RefusedError
from kontor.kernel.actions import sandboxes
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.data_places import demand
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Entitlement, FileMove, Membership, Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant
from tests.background import run_jobs
from tests.factories import AT, make_house, make_user
from tests.people import administrator, browser, entitle, join, make_tenant, order_seats, verbs
from tests.places import declare, toml

pytestmark = pytest.mark.django_db
HOUSE = "/identity/house/places/"
OWN = "/identity/security/places/"


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def alder(house):
    return make_tenant()


def must_lie_in(tenant, country, *, pack="visitor", clause="Anlage 3, Anhang II"):
    with as_tenant(tenant.pk):
        demand(tenant.pk, pack=pack, version="2026-01", countries_named=[country] if country else [], clause=clause,
               at=AT, actor=MACHINE)  # fmt: skip


def text(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("SM-031")
@pytest.mark.requirement("SO-039")
@pytest.mark.parametrize(
    ("pack", "clause", "here", "elsewhere", "agreed"),
    [
        ("dealership", "§6", "DE", "NO", ("Germany", "Rechenhaus GmbH", "AVV 4711", "15 January 2026")),
        ("crm", "§9.2", "NO", "DE", ("Norway", "Fjordlager AS", "DBA 12", "1 February 2026")),
    ],
)
def test_nothing_starts_while_data_lies_elsewhere_and_the_page_names_country_partner_and_agreement(
    worker_database, alder, settings, monkeypatch, tmp_path, pack, clause, here, elsewhere, agreed
):
    must_lie_in(alder, here, pack=pack, clause=clause)
    with as_tenant(alder.pk):
        keep(b"x", name="x", media_type="text/plain", at=AT)

    for told, kinds in (
        (toml(tmp_path, database=here), []),
        (toml(tmp_path), []),
        (toml(tmp_path, database=elsewhere), ["database", "backups"]),
        ("", ["files"]),
    ):
        monkeypatch.setenv("KONTOR_PLACES", told)
        assert _refused(worker_database.url) == [
            f"The data of customer {alder.pk} must lie in {here} ({pack}, {clause}), and KONTOR_PLACES declares {kind} "
            "elsewhere or not at all: declare the place where they lie, or move them."
            for kind in kinds
        ]

    declare(settings, tmp_path, database=elsewhere)
    page = text(browser(administrator(alder), alder).get(OWN))
    for words in agreed:
        assert words in page
    assert page.count("elsewhere") == 2  # database and backups
    assert page.count("as agreed") == 1


def _refused(url):
    try:
        refuse_wrong_places(url)
    except RefusedError as refused:
        return list(refused.sentences)
    return []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("stage", "other"), [("production", "test"), ("test", "production")])
@pytest.mark.requirement("FW-123")
def test_a_server_for_tests_does_not_start_on_productions_database_nor_the_reverse(
    worker_database, settings, monkeypatch, stage, other
):
    """And whoever asks outside a tenant gets an error from the database itself, never a row."""
    settings.KONTOR_STAGE = stage
    make_house()
    monkeypatch.setenv("KONTOR_PLACES", "")
    monkeypatch.setenv("KONTOR_STAGE", stage)
    assert _refused(worker_database.url) == []
    monkeypatch.setenv("KONTOR_STAGE", other)
    assert _refused(worker_database.url) == [
        f"KONTOR_STAGE is {other}, but this database is for {stage}: real data and a test's never meet. Name the "
        "database that belongs to this stage."
    ]
    monkeypatch.setenv("KONTOR_STAGE", "test")
    monkeypatch.setenv("KONTOR_CARD_KEY", "sk_live_1")
    with pytest.raises(ImproperlyConfigured, match="collects real money"):
        environment.stage()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kernel_role")


def test_the_house_sees_every_place_and_company_and_moves_what_lies_wrong(house, alder, settings, tmp_path):
    declare(settings, tmp_path, database="NO")
    must_lie_in(alder, "DE")
    with as_tenant(alder.pk):
        blob = keep(b"x", name="x", media_type="text/plain", at=AT)
    must_lie_in(alder, "NO")
    staff = browser(house.staff, house.tenant)
    assert "The data of 1 company lies wrong" in text(staff.get(HOUSE))

    assert staff.post(f"{HOUSE}{alder.pk}/move/", {"target": "oslo"}).url == HOUSE
    with as_tenant(house.tenant.pk):
        move = FileMove.objects.get()
    page = text(staff.get(HOUSE))
    assert "0 of 1 files are at oslo" in page
    assert staff.post(f"{HOUSE}{alder.pk}/move/", {"target": "frankfurt"}).url == HOUSE
    assert "on their way already" in text(staff.get(HOUSE))
    assert "just being brought to another place" in text(browser(administrator(alder), alder).get(OWN))
    assert "HX-Refresh" not in staff.get(f"{HOUSE}moves/{move.pk}/").headers
    assert staff.post(f"{HOUSE}moves/{move.pk}/on/").url == HOUSE
    run_jobs()

    assert staff.get(f"{HOUSE}moves/{move.pk}/").headers["HX-Refresh"] == "true"
    page = text(staff.get(HOUSE))
    assert ("lies wrong" in page, "1 company has its files here" in page) == (False, True)
    with as_tenant(alder.pk):
        assert read(blob) == b"x"
    assert [verb for verb in verbs(alder) if "file" in verb] == ["kernel.file_move_begun", "kernel.files_moved"]
    assert staff.post(f"{HOUSE}{alder.pk}/move/", {"target": "bergen"}).url == HOUSE
    assert "This place is not declared." in text(staff.get(HOUSE))


def test_without_any_place_the_pages_say_what_that_means(house, alder, settings):
    settings.KONTOR_PLACES = ()
    assert "No place is declared" in text(browser(house.staff, house.tenant).get(HOUSE))
    page = text(browser(administrator(alder), alder).get(OWN))
    assert "No contract names a country." in page
    assert "Your provider has not said where this lies." in page


@pytest.mark.requirement("SD-008")
def test_data_of_a_user_from_the_eu_lies_in_germany_and_the_host_is_named_with_agreement_safeguard_and_what_it_sees(
    alder, settings, tmp_path
):
    declare(settings, tmp_path, database="NO")
    must_lie_in(alder, "DE", pack="bookkeeping", clause="8")
    with as_tenant(alder.pk):
        keep(b"x", name="x", media_type="text/plain", at=AT)
    page = text(browser(administrator(alder), alder).get(OWN))
    host = ("Rechenhaus GmbH", "AVV 4711", "Standard clauses, Art. 46 (2) (c) GDPR", "The hosting partner may see it.")
    for words in (*host, "Operating system", "IP address"):
        assert words in page, words
    assert page.count("Norway") == 2  # rows and backups, which are shown as lying elsewhere
    assert "Something lies in a country that your contract does not admit." in page


def test_the_pages_are_for_those_whose_business_it_is(house, alder):
    clerk = make_user("clerk@alder.example", "Carl Clerk")
    join(alder, clerk, role="Clerk", permissions=["identity.see"])
    outside = browser(clerk, alder)
    assert outside.get(OWN).status_code == 403
    assert outside.post(f"{OWN}sandbox/").status_code == 403
    customer = browser(administrator(alder), alder)
    assert customer.get(HOUSE).status_code == 403
    assert customer.post(f"{HOUSE}{alder.pk}/move/").status_code == 403
    staff = browser(house.staff, house.tenant)
    assert staff.post(f"{HOUSE}{house.seller.pk}/move/").status_code == 404
    assert staff.get(f"{HOUSE}moves/{alder.pk}/").status_code == 404
    assert staff.post(f"{HOUSE}moves/{alder.pk}/on/").status_code == 404


def test_as_many_queries_for_three_companies_as_for_one(house, alder, settings, tmp_path):
    declare(settings, tmp_path)
    staff = browser(house.staff, house.tenant)
    staff.get(HOUSE)
    counts = []
    for name in ("", "Birch", "Cedar"):
        if name:
            must_lie_in(make_tenant(name), "DE")
        with CaptureQueriesContext(connection) as queries:
            staff.get(HOUSE)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_a_company_makes_its_test_tenant_which_has_its_modules_and_nothing_else(alder, settings):
    jana = administrator(alder)
    entitle(alder, "contracts")
    client = browser(jana, alder)
    assert "No contract of your company promises a test tenant." in text(client.get(OWN))
    client.post(f"{OWN}sandbox/")
    assert not Tenant.objects.filter(sandbox_of=alder).exists()

    must_lie_in(alder, "DE")
    assert "Make a test tenant" in text(client.get(OWN))
    assert client.post(f"{OWN}sandbox/").url == OWN
    client.post(f"{OWN}sandbox/")
    made = Tenant.objects.get(sandbox_of=alder)
    assert (made.name, made.stage) == ("Alder · Test", "TEST")
    assert made.kept_under == Tenant.objects.get(pk=alder.pk).kept_under
    assert "stands beside your company" in text(client.get(OWN))
    with as_tenant(made.pk):
        assert [row.module for row in Entitlement.objects.all()] == ["contracts"]
        assert [row.user.email for row in Membership.objects.select_related("user")] == [jana.email]
    assert verbs(alder).count("kernel.sandbox_made") == 1

    inside = browser(jana, made)
    page = text(inside.get(OWN))
    assert "Test: nothing here is real." in page
    assert "This is the test tenant of <b>Alder</b>." in page
    inside.post(f"{OWN}sandbox/")
    assert Tenant.objects.filter(stage="TEST").count() == 1
    assert "nothing here is real" not in text(client.get(OWN))


def test_what_the_contract_gives_later_is_given_in_the_test_tenant_too(alder):
    must_lie_in(alder, "DE")
    browser(administrator(alder), alder).post(f"{OWN}sandbox/")
    made = Tenant.objects.get(sandbox_of=alder)
    for quantity in (5, 7):
        order_seats(alder, quantity, module=f"m{quantity}")
        run_jobs()
        run_jobs()
    with as_tenant(made.pk):
        assert [(row.module, row.quantity) for row in Entitlement.objects.order_by("module")] == [("m5", 5), ("m7", 7)]
    with as_tenant(alder.pk):  # a further contract opens the same from the same day
        again = Entitlement.objects.get(module="m5")
        again.pk, again.contract, again._state.adding = uuid7(), uuid7(), True
        again.save()
        for _ in range(2):
            sandboxes.entitle_sandbox(at=AT)
    with as_tenant(made.pk):
        told = Entitlement.objects.order_by("module", "pk").values_list("module", "contract")
        assert [(module, contract is None) for module, contract in told] == [("m5", True), ("m5", False), ("m7", True)]
    assert verbs(made).count("kernel.sandbox_entitled") == 3
    with as_tenant(made.pk):
        sandboxes.entitle_sandbox(at=AT)  # a test tenant has none itself
