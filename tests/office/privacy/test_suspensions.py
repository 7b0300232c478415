"""A controller suspends the processing: pages lock, work waits, a month counts, and other purposes are refused."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from procrastinate.contrib.django import app

from kontor.kernel import purposes
from kontor.kernel.actor import Actor
from kontor.kernel.background import tenant_job
from kontor.kernel.models import Due, Entitlement
from kontor.kernel.purposes import RETURN, may_be_done
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import entitling
from kontor.office.privacy.actions import agreements, suspensions
from kontor.office.privacy.models import Suspension
from kontor.office.privacy.queries.contracts import running
from kontor.office.privacy.queries.processing import right_to_end
from kontor.rulebook.duration import Duration
from kontor.rulebook.processing_suspension import Work, may_end, may_work
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause
from tests.factories import make_house
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_use_views import agreed
from tests.office.privacy.test_papers import NOW, ours
from tests.people import administrator, browser, entitle, mails, make_tenant, verbs

pytestmark = pytest.mark.django_db
FIFTH = datetime(2027, 5, 5, 9, 0, tzinfo=UTC)
MONTH = Duration.parse("1 month")
CLAUSES = tuple(Clause("visitor", f"Anlage 3, Klausel 10 {letter}", "2026-01") for letter in "ba")
JOB = "visitors.mail"


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def contract(house):
    return concluded(house)


@pytest.fixture
def agreement(house, contract):
    """Return the agreement that both have signed; the module is open."""
    with as_tenant(house.tenant.pk):
        made = agreements.issue_agreement(contract.pk, at=FIFTH, actor=house.actor)
        agreements.sign_agreement(made.pk, function="CEO", at=FIFTH, actor=house.actor)
    ours(contract, "privacy.agreement_signed_by_customer", made, function="Geschäftsführer")
    follow(house, contract)
    return made


def follow(house, contract, at=FIFTH):
    """Have what the contract opens follow, as the jobs do."""
    with as_tenant(house.tenant.pk):
        told = entitling.positions_told([contract])[contract.pk]
    with as_tenant(contract.customer_tenant_id):
        entitling.entitle(contract.pk, told, at=at, actor=Actor("MACHINE", None))


def is_open(contract) -> bool:
    with as_tenant(contract.customer_tenant_id):
        return Entitlement.objects.filter(module="visitors").exists()


def done(contract, job=JOB, purpose="operation", at=FIFTH, **arguments: object):
    with as_tenant(contract.customer_tenant_id):
        return may_be_done(job, purpose, arguments, at=at)


@pytest.mark.requirement("FW-111")
def test_all_but_storage_stops_until_it_is_lifted_and_after_a_month_the_agreement_may_be_ended(
    house, contract, agreement
):
    assert (is_open(contract), done(contract, visits=["1"])) == (True, True)
    ours(contract, "privacy.suspended_by_customer", agreement, because="Unterauftrag ohne Genehmigung")
    with as_tenant(house.tenant.pk):
        row = Suspension.objects.get()
        row.ordered_at = FIFTH
        row.save()
    follow(house, contract)
    assert is_open(contract) is False
    assert (done(contract, visits=["1"]), done(contract, visits=["1"])) == (False, False)
    assert done(contract, purpose=RETURN) is True  # storing, giving back and deleting go on
    with as_tenant(contract.customer_tenant_id):
        waits = Due.objects.get(tenant_id=contract.customer_tenant_id, job=JOB)
    assert (waits.at, waits.arguments) == (FIFTH + timedelta(hours=1), {"visits": ["1"]})
    with as_tenant(house.tenant.pk):
        on_the_fifth = right_to_end(row, on=date(2027, 6, 5), zone="Europe/Berlin")
        on_the_sixth = right_to_end(row, on=date(2027, 6, 6), zone="Europe/Berlin")
    assert (on_the_fifth.value, on_the_sixth.value, on_the_sixth.clauses) == (False, True, CLAUSES)
    assert on_the_sixth.working[0].en == (
        "There is time up to and including 5 June 2027; after it the agreement may be ended."
    )
    with as_tenant(house.tenant.pk):
        suspensions.restore_compliance(row.pk, how="Genehmigung nachgeholt", at=FIFTH, actor=house.actor)
        row.refresh_from_db()
        assert right_to_end(row, on=date(2027, 6, 6), zone="Europe/Berlin").value is False
    assert is_open(contract) is False  # it is the controller's to lift
    ours(contract, "privacy.lifted_by_customer", row)
    follow(house, contract)
    assert (is_open(contract), done(contract, visits=["1"])) == (True, True)
    with as_tenant(house.tenant.pk):
        assert verbs(house.tenant, row) == [
            "privacy.processing_suspended", "privacy.compliance_restored", "privacy.suspension_lifted",
            "privacy.lifted_by_customer",
        ]  # fmt: skip


def test_whoever_cannot_comply_says_so_and_the_controller_may_suspend_for_it(house, contract, agreement):
    with as_tenant(house.tenant.pk):
        told = suspensions.report_inability(agreement.pk, because="Schlüssel verloren", at=NOW, actor=house.actor)
        assert right_to_end(told, on=date(2028, 1, 1), zone="Europe/Berlin") is None  # nothing was suspended yet
        with pytest.raises(RefusalError, match=r"Not in this state\."):
            suspensions.restore_compliance(told.pk, how="gefunden", at=NOW, actor=house.actor)
    assert [mail.subject for mail in mails(house.tenant)][-1] == (
        "Wir können die Klauseln nicht einhalten / we cannot comply with the clauses: " + agreement.contract_number
    )
    made = ours(contract, "privacy.suspended_by_customer", agreement, because="wie gemeldet")
    assert (made.pk, made.because, made.reported_by) == (told.pk, "Schlüssel verloren", house.actor.name)
    with pytest.raises(RefusalError, match=r"The processing is suspended already\."):
        ours(contract, "privacy.suspended_by_customer", agreement, because="noch einmal")
    ours(contract, "privacy.lifted_by_customer", made)
    with pytest.raises(RefusalError, match=r"Not in this state\."):
        ours(contract, "privacy.lifted_by_customer", made)


def test_without_words_or_without_both_signatures_nothing_is_suspended(house, contract):
    with as_tenant(house.tenant.pk):
        made = agreements.issue_agreement(contract.pk, at=NOW, actor=house.actor)
        with pytest.raises(RefusalError, match=r"One suspends under an agreement that both have signed\."):
            suspensions.report_inability(made.pk, because="warum", at=NOW, actor=house.actor)
        with pytest.raises(RefusalError, match=r"Say in words what it is about\."):
            suspensions.report_inability(made.pk, because=" ", at=NOW, actor=house.actor)
        agreements.sign_agreement(made.pk, function="CEO", at=NOW, actor=house.actor)
    ours(contract, "privacy.agreement_signed_by_customer", made, function="Chef")
    row = ours(contract, "privacy.suspended_by_customer", made, because="weil")
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError, match=r"Say in words what it is about\."):
        suspensions.restore_compliance(row.pk, how=" ", at=NOW, actor=house.actor)


@pytest.mark.requirement("FW-102")
def test_a_job_with_another_purpose_is_refused_and_recorded_and_after_the_term_only_return_and_deletion_are_done(
    house, contract, agreement
):
    tenant = contract.customer_tenant
    assert [done(contract, purpose=each) for each in ("operation", "maintenance", "advertising")] == [True, True, False]
    with as_tenant(tenant.pk):
        Entitlement.objects.filter(module="visitors").update(until_on=date(2027, 6, 1))
    last, after = datetime(2027, 5, 31, 21, 59, tzinfo=UTC), datetime(2027, 5, 31, 22, 0, tzinfo=UTC)
    assert (done(contract, at=last), done(contract, at=after)) == (True, False)  # midnight in Berlin is 22:00 UTC
    assert (done(contract, purpose=RETURN, at=after), done(contract, job="desk.remind", at=after)) == (True, True)
    assert verbs(tenant).count("kernel.work_refused") == 2
    with as_tenant(house.tenant.pk):
        assert may_be_done(JOB, "advertising", {}, at=after) is True  # the house's own data is nobody's order


def test_a_refused_job_does_not_run_and_an_agreed_one_does(house, contract, agreement):
    ran = []

    @tenant_job("visitors.sample_for_purposes", purpose="advertising")
    def sample(*, at, what):
        ran.append(what)

    def run(tenant):
        number = uuid.uuid4().int % 2**31
        context = SimpleNamespace(job=SimpleNamespace(id=number))
        app.tasks["visitors.sample_for_purposes"].func(context, tenant_id=str(tenant.pk), what=tenant.name)

    run(contract.customer_tenant)
    run(house.tenant)
    assert ran == [house.tenant.name]
    del app.tasks["visitors.sample_for_purposes"]


def test_a_tenant_without_an_agreement_works_while_its_module_is_open():
    tenant = make_tenant("Sandkasten")
    entitle(tenant, "visitors", until_on=date(2027, 7, 1))
    with as_tenant(tenant.pk):
        assert may_be_done(JOB, "anything", {}, at=NOW) is True
        assert may_be_done(JOB, "operation", {}, at=datetime(2027, 6, 30, 22, 0, tzinfo=UTC)) is False
    other = make_tenant("Birke")  # whose contract never opened it: nothing of it is there to be limited
    with as_tenant(other.pk):
        assert may_be_done(JOB, "operation", {}, at=NOW) is True


@pytest.mark.parametrize(
    ("ordered", "restored", "on", "right"),
    [
        (date(2026, 5, 5), None, date(2026, 6, 5), False),
        (date(2026, 5, 5), None, date(2026, 6, 6), True),
        (date(2026, 5, 5), date(2026, 6, 5), date(2026, 7, 1), False),
        (date(2026, 5, 5), date(2026, 6, 6), date(2026, 7, 1), True),  # too late is too late
        (date(2026, 1, 31), None, date(2026, 2, 28), False),  # BGB 188 (3): February has no 31st
        (date(2026, 1, 31), None, date(2026, 3, 1), True),
    ],
)
def test_the_month_ends_on_the_day_of_the_same_number(ordered, restored, on, right):
    assert may_end(ordered, MONTH, restored_on=restored, on=on).value is right


def test_what_is_agreed_runs_and_what_is_not_does_not():
    told = {"agreed": {"operation"}, "running": True, "suspended": False}
    assert may_work("operation", **told).value is Work.MAY
    assert may_work("advertising", **told | {"suspended": True}).value is Work.OTHER_PURPOSE
    assert may_work("operation", **told | {"running": False}).value is Work.OVER
    assert may_work("operation", **told | {"running": False, "suspended": True}).value is Work.WAITS
    assert may_work(RETURN, agreed=set(), running=False, suspended=True).value is Work.MAY


def test_both_sides_walk_through_a_suspension_and_no_third_company_sees_it(house, contract, agreement):
    customer = agreed(contract)
    desk = browser(house.staff, house.tenant)
    place = reverse("privacy-own:agreement", args=[agreement.pk])
    assert b"Suspend the processing" in customer.get(place).content
    suspended = customer.post(reverse("privacy-own:suspend", args=[agreement.pk]), {"words": "Keine Genehmigung"})
    assert suspended.status_code == 302
    follow(house, contract)
    shut = customer.get(reverse("visitors:visits"))
    assert (shut.status_code, shut["X-Reason"]) == (403, "subscription")
    assert "stands still: your company has suspended the processing" in shut.content.decode()
    with as_tenant(contract.customer_tenant_id):
        assert purposes.suspended("visitors", at=FIFTH).clauses == CLAUSES
        assert (purposes.suspended("privacy", at=FIFTH), purposes.suspended("none", at=FIFTH)) == (None, None)
    with as_tenant(house.tenant.pk):
        row = Suspension.objects.get()
    assert (row.ordered_by, b"There is time up to" in customer.get(place).content) == (row.ordered_by, True)
    assert b"Complied with again" in desk.get(reverse("privacy:agreement", args=[agreement.pk])).content
    put_right = reverse("privacy:restore-compliance", args=[row.pk])
    assert (desk.get(put_right).status_code, desk.post(put_right, {"words": "Genehmigt"}).status_code) == (200, 302)
    other = make_tenant("Birke")
    stranger = browser(administrator(other, "ayla@birke.example", "Ayla"), other)
    assert "is not part of your contract today" in stranger.get(reverse("visitors:visits")).content.decode()
    lift = reverse("privacy-own:lift", args=[row.pk])
    assert [stranger.post(lift).status_code, customer.post(lift).status_code] == [404, 302]
    with as_tenant(house.tenant.pk):
        assert Suspension.objects.get().state == "LIFTED"
    unable = reverse("privacy:inability", args=[agreement.pk])
    assert (desk.post(unable, {"words": "Ausfall"}).status_code, desk.get(unable).status_code) == (302, 200)


def test_a_controller_without_an_address_for_mail_still_finds_the_report_on_its_page(house, contract, monkeypatch):
    with as_tenant(house.tenant.pk):
        (told,) = running(FIFTH.date())
        monkeypatch.setattr(agreements, "running_one", lambda *_: replace(told, email=""))
        made = agreements.issue_agreement(contract.pk, at=FIFTH, actor=house.actor)
        agreements.sign_agreement(made.pk, function="CEO", at=FIFTH, actor=house.actor)
    ours(contract, "privacy.agreement_signed_by_customer", made, function="Chef")
    before = len(mails(house.tenant))
    with as_tenant(house.tenant.pk):
        row = suspensions.report_inability(made.pk, because="Ausfall", at=FIFTH, actor=house.actor)
    assert (len(mails(house.tenant)), row.state) == (before, "REPORTED")
