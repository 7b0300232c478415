"""Locks by the house: for listed reasons, weighed, announced or justified; and violations told to the customer."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due, Lock, OutgoingMail, RoleAssignment, SentMail, Session, StoredRuling, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import house_locks
from kontor.office.contracts.actions.house_locks import HouseLockRefusedError, LockPlan
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.queries.house_locks import lock_ruling, pack_now
from kontor.office.identity.actions import locks, policy
from kontor.office.identity.models import HouseLock, Violation
from kontor.office.identity.queries.house_locks import house_locks as shown_locks, violations
from kontor.rulebook.blocking import Block
from tests.factories import make_house, make_user
from tests.office.contracts.test_billing import concluded
from tests.people import administrator, browser, join, mails, make_tenant, verbs

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # 25 November 0:00 in Berlin
PIA = "pia@alder.example"
PLAN = LockPlan(reason="credentials", user_name=PIA, evidence="Log", weighing="Nur eine Person")


def sold(pack):
    """Return a house, its contract, and the customer's tenant with an administrator and an employee."""
    house = make_house(pack)
    contract = concluded(house)
    customer = Tenant.objects.get(pk=contract.customer_tenant_id)
    administrator(customer)
    join(customer, make_user(PIA, "Pia"), role="Reader", permissions=["identity.see"])
    return house, contract, customer


@pytest.fixture
def visitor():
    return sold("visitor")


@pytest.fixture
def dealership():
    return sold("dealership")


def lay(house, contract, plan=PLAN, *, at=MONDAY):
    with as_tenant(house.tenant.pk):
        return house_locks.plan_lock(contract.pk, plan, at=at, actor=house.actor)


def refusal(house, contract, plan, *, at=MONDAY):
    with pytest.raises(HouseLockRefusedError) as refused:
        lay(house, contract, plan, at=at)
    return refused.value.why.en


@pytest.mark.requirement("FW-009")
def test_a_lock_needs_one_of_the_five_reasons_and_keeps_reason_evidence_scope_and_weighing(visitor):
    house, contract, customer = visitor
    for unknown in ("", "non_payment", "dislike"):
        plan = LockPlan(reason=unknown, evidence="x", weighing="x")
        assert refusal(house, contract, plan) == "The contract does not name this reason."
    unweighed = LockPlan(reason="credentials", evidence="x")
    assert refusal(house, contract, unweighed) == "Weigh the customer's interests: write how."
    assert refusal(house, contract, LockPlan(reason="technical", evidence=" ", weighing="x")) == (
        "What shows the reason must be said."
    )
    with as_tenant(house.tenant.pk):
        assert HouseLock.objects.count() == 0

    for reason in ("credentials", "technical", "legal_duty", "contact_data", "bank_data"):
        plan = LockPlan(reason=reason, user_name=PIA, evidence="Protokoll", weighing="Nur eine Person",
                        proof=Upload(name="log.txt", media_type="text/plain", content=b"log"))  # fmt: skip
        key = lay(house, contract, plan)
        with as_tenant(house.tenant.pk):
            (shown,) = [each for each in shown_locks(customer.pk) if each.pk == key]
            assert (shown.reason, shown.evidence, shown.who, shown.weighing, shown.proof.name) == (
                reason, "Protokoll", PIA, "Nur eine Person", "log.txt",
            )  # fmt: skip
            assert StoredRuling.objects.filter(pk=shown.ruling, customer_tenant=customer.pk).exists()
            house_locks.lift_lock(contract.pk, key, because="geklärt", at=MONDAY, actor=MACHINE)
    whole = lay(house, contract, LockPlan(reason="bank_data", evidence="Rücklast", weighing="Zahlung gefährdet"))
    with as_tenant(house.tenant.pk):
        assert [(each.pk, each.who) for each in shown_locks(customer.pk) if each.lifted_at is None] == [(whole, "")]


@pytest.mark.requirement("FW-010")
def test_told_on_monday_it_holds_from_wednesday_and_without_notice_it_is_justified(visitor):
    house, contract, customer = visitor
    join(customer, make_user("leo@alder.example", "Leo"), role="Reader")
    key = lay(house, contract)

    with as_tenant(customer.pk):
        row = Lock.objects.get(pk=key)
        assert (row.announced_at, row.effective_at, row.by, row.clause) == (MONDAY, WEDNESDAY, "HOUSE", "4.1.6")
        assert Due.objects.filter(job=locks.BEGINS, at=WEDNESDAY).count() == 1
        pia = row.membership
    told = [
        (mail.to, mail.text.split("\n")[0]) for mail in mails(customer) if mail.subject == "Ihr Zugang wird gesperrt"
    ]
    sentence = f"Der Zugang zu {customer.name} (pia@alder.example) wird gesperrt ab Mi 25.11.2026, 00:00 Uhr."
    assert sorted(told) == [(to, sentence) for to in ("jana@alder.example", "jonas@alder.example", PIA)]
    browser(pia.user, customer)
    with as_tenant(customer.pk):
        assert locks.begin(key, at=WEDNESDAY) == 1  # the schedule lets it take hold

    immediate = LockPlan(reason="technical", user_name="leo@alder.example", evidence="Angriff", weighing="x",
                         immediate="Der Angriff läuft")  # fmt: skip
    key = lay(house, contract, immediate)
    with as_tenant(customer.pk):
        row = Lock.objects.get(pk=key)
        assert (row.announced_at, row.effective_at, row.immediate_because) == (None, MONDAY, "Der Angriff läuft")
    with as_tenant(house.tenant.pk):
        untold = Block("technical", weighed=True)
        ruling, why = lock_ruling(pack_now(contract, at=MONDAY), untold, whole=False, known=[], at=MONDAY)
    assert ruling.value.because == "announcement"
    assert why.en == "Without an announcement it must be justified why one is unreasonable or defeats the purpose."


def test_the_locked_read_the_reason_its_clause_and_the_way_back(visitor):
    house, contract, customer = visitor
    now = datetime.now(tz=UTC)
    lay(house, contract, LockPlan(reason="credentials", user_name=PIA, evidence="Log", weighing="x",
                                  immediate="Missbrauch läuft"), at=now)  # fmt: skip
    with as_tenant(customer.pk):
        pia = Lock.objects.get().membership.user
        assert Session.objects.count() == 0
    client = browser(pia, customer)
    assert client.get("/identity/people/").url == "/identity/locked/"
    page = client.get("/identity/locked/").content.decode()
    assert "Credentials misused or passed on" in page
    assert "Missbrauch läuft" in page
    assert "4.1.6" in page
    assert "clears it up with the provider" in page
    assert "Why?" in page


def test_a_lock_of_the_house_is_lifted_by_the_house_alone_and_stands_beside_the_tenants_own(visitor):
    house, contract, customer = visitor
    with as_tenant(customer.pk):
        pia = join(customer, make_user("max@alder.example", "Max"), role="Reader")
        own = locks.lock(pia, locks.Ground(by="TENANT", reason="rules"), at=MONDAY, actor=MACHINE)
    plan = LockPlan(reason="credentials", user_name="max@alder.example", evidence="x", weighing="x")
    key = lay(house, contract, plan)
    with as_tenant(customer.pk):
        locks.lift(own.pk, because="wieder da", by=frozenset({"TENANT"}), at=MONDAY, actor=MACHINE)
        with pytest.raises(locks.LockRefusedError):
            locks.lift(key, because="x", by=frozenset({"TENANT"}), at=MONDAY, actor=MACHINE)
    with as_tenant(house.tenant.pk):
        with pytest.raises(HouseLockRefusedError) as refused:
            house_locks.lift_lock(contract.pk, key, because=" ", at=MONDAY, actor=MACHINE)
        assert refused.value.why.en == "The reason must be given."
        house_locks.lift_lock(contract.pk, key, because="geklärt", at=MONDAY, actor=house.actor)
        with pytest.raises(HouseLockRefusedError) as refused:
            house_locks.lift_lock(contract.pk, key, because="x", at=MONDAY, actor=MACHINE)
        assert refused.value.why.en == "This lock does not stand."
        row = HouseLock.objects.get(pk=key)
        assert (row.lifted_by, row.lifted_because) == ("Ida Lindwurm", "geklärt")
    assert verbs(house.tenant, row) == ["identity.house_locked", "identity.house_lock_lifted"]
    assert "contracts.house_lock_laid" in verbs(house.tenant, contract)


def test_nobody_outside_the_customer_is_locked_under_its_contract(visitor):
    house, contract, _customer = visitor
    stranger = LockPlan(reason="credentials", user_name="ida@lindwurm.example", evidence="x", weighing="x")
    assert refusal(house, contract, stranger) == "Nobody works there under this user name."
    nobody = LockPlan(reason="credentials", user_name="x@y.example", evidence="x", weighing="x")
    assert refusal(house, contract, nobody) == "Nobody works there under this user name."


def violate(house, contract, *, at, on=date(2026, 11, 20)):
    with as_tenant(house.tenant.pk):
        return house_locks.note_violation(
            contract.pk, PIA.upper(), rule="Gerät mit Custom-ROM", on=on, at=at, actor=house.actor
        )


@pytest.mark.requirement("SM-013")
def test_a_first_violation_excludes_the_user_and_repeated_ones_after_a_notice_the_tenant(dealership):
    house, contract, customer = dealership
    day = timedelta(days=1)
    first = violate(house, contract, at=MONDAY)
    whole = LockPlan(reason="manipulated_device", evidence="Meldung der App", weighing="Nicht unterbunden")
    one = LockPlan(reason="manipulated_device", user_name=PIA, evidence="Meldung der App")
    assert refusal(house, contract, whole) == "The customer was given notice of no violation."
    key = lay(house, contract, one)
    with as_tenant(customer.pk):
        assert Lock.objects.get(pk=key).membership.user.email == PIA
    with as_tenant(house.tenant.pk):
        house_locks.lift_lock(contract.pk, key, because="Gerät ersetzt", at=MONDAY, actor=MACHINE)
        house_locks.report_violation(contract.pk, first, at=MONDAY + day, actor=house.actor)
    second = violate(house, contract, at=MONDAY + 2 * day)
    assert refusal(house, contract, whole, at=MONDAY + 2 * day).endswith("since then 1 of at least 2 violations.")
    third = violate(house, contract, at=MONDAY + 3 * day)
    unsaid = LockPlan(reason="manipulated_device", evidence="x")
    assert refusal(house, contract, unsaid, at=MONDAY + 4 * day) == (
        "It must be said why the customer culpably failed to stop it."
    )

    key = lay(house, contract, whole, at=MONDAY + 4 * day)

    with as_tenant(house.tenant.pk):
        row = HouseLock.objects.get(pk=key)
        assert (row.person, row.made_by) == (None, "Ida Lindwurm")
        assert {uuid.UUID(each) for each in row.violations} == {first, second, third}
        assert row.notices == [str(first)]
    staff = browser(house.staff, house.tenant)
    page = staff.get(f"/contracts/running/{contract.pk}/access/").content.decode()
    for each in (first, second, third):
        assert str(each) in page
    assert "Ida Lindwurm" in page


@pytest.mark.requirement("SM-028")
def test_a_report_names_user_rule_and_day_with_the_demand_and_nothing_else(dealership):
    house, contract, customer = dealership
    with as_tenant(customer.pk):
        policy.change_policy(contact_name="Rita Recht", contact_email="rita@alder.example", at=MONDAY, actor=MACHINE)
    key = violate(house, contract, at=MONDAY)
    staff = browser(house.staff, house.tenant)
    assert "not reported" in staff.get(f"/contracts/running/{contract.pk}/access/").content.decode()

    staff.post(f"/contracts/running/{contract.pk}/access/{key}/report/")

    with as_tenant(house.tenant.pk):
        row = Violation.objects.get(pk=key)
        mail = OutgoingMail.objects.get(pk=row.mail_id)
        assert (mail.to, mail.to_name) == ("rita@alder.example", "Rita Recht")
        assert mail.text == (
            "Benutzername: pia@alder.example\nRegel: Gerät mit Custom-ROM (§4)\nTag: 20.11.2026\n\n"
            "Wir fordern Sie auf, dies zu unterbinden."
        )
        assert [each.delivery for each in violations(customer.pk)] == ["waiting"]
        SentMail.objects.filter(mail=mail).delete()
        sent = SentMail.objects.create(mail=mail, sent_at=MONDAY)
        assert [(each.delivery, each.delivered_at) for each in violations(customer.pk)] == [("sent", MONDAY)]
        assert "handed to the mail server" in staff.get(f"/contracts/running/{contract.pk}/access/").content.decode()
        SentMail.objects.filter(pk=sent.pk).update(sent_at=None, given_up_at=MONDAY)
        assert [each.delivery for each in violations(customer.pk)] == ["failed"]
        with pytest.raises(HouseLockRefusedError) as refused:
            house_locks.report_violation(contract.pk, key, at=MONDAY, actor=MACHINE)
        assert refused.value.why.en == "This violation is reported already."
    assert staff.post(f"/contracts/running/{contract.pk}/access/{key}/report/").status_code == 302
    assert verbs(house.tenant, row) == ["identity.violation_noted", "identity.violation_reported"]


def test_without_a_contact_an_administrator_is_told_and_without_anybody_nobody(dealership):
    house, contract, customer = dealership
    key = violate(house, contract, at=MONDAY)
    with as_tenant(house.tenant.pk):
        house_locks.report_violation(contract.pk, key, at=MONDAY, actor=MACHINE)
        assert Violation.objects.get(pk=key).mail.to == "jana@alder.example"
    key = violate(house, contract, at=MONDAY)
    with as_tenant(customer.pk):
        RoleAssignment.objects.filter(role__everything=True).delete()
    with as_tenant(house.tenant.pk), pytest.raises(HouseLockRefusedError) as refused:
        house_locks.report_violation(contract.pk, key, at=MONDAY, actor=MACHINE)
    assert refused.value.why.en == "The customer names nobody."


def test_a_contract_without_reports_keeps_no_violations(visitor):
    house, contract, _customer = visitor
    with pytest.raises(HouseLockRefusedError) as refused:
        violate(house, contract, at=MONDAY)
    assert refused.value.why.en == "The contract provides for no such reports."
    staff = browser(house.staff, house.tenant)
    assert staff.get(f"/contracts/running/{contract.pk}/access/violation/").status_code == 404


def test_staff_lay_lift_and_show_locks_by_the_pages(visitor):
    house, contract, customer = visitor
    staff, root = browser(house.staff, house.tenant), f"/contracts/running/{contract.pk}/access/"
    assert staff.get(root).status_code == 200
    assert staff.get(f"{root}lock/").status_code == 200
    assert staff.post(f"{root}lock/", {"reason": "dislike", "evidence": "x"}).status_code == 422
    assert staff.post(f"{root}lock/", {"reason": "technical", "evidence": "x"}).status_code == 422  # not weighed
    form = {"user_name": PIA, "reason": "credentials", "evidence": "Log", "weighing": "Nur sie",
            "proof": SimpleUploadedFile("log.txt", b"log")}  # fmt: skip
    assert staff.post(f"{root}lock/", form).url == root
    with as_tenant(house.tenant.pk):
        (row,) = shown_locks(customer.pk)
    page = staff.get(root).content.decode()
    for shown in ("announced", PIA, "Nur sie", "log.txt", "Why?"):
        assert shown in page
    assert b"".join(staff.get(f"{root}{row.pk}/proof/")) == b"log"
    assert staff.get(f"{root}{uuid.uuid4()}/proof/").status_code == 404
    assert "lock announced" in staff.get("/identity/house/locks/").content.decode()
    assert staff.get(f"/identity/house/locks/{row.pk}/lift/").status_code == 404  # it rests on a contract
    assert staff.get(f"{root}{row.pk}/lift/").status_code == 200
    assert staff.post(f"{root}{row.pk}/lift/", {"because": "geklärt"}).url == root
    assert staff.get(f"{root}{row.pk}/lift/").status_code == 404
    assert "lifted" in staff.get(root).content.decode()


def test_the_pages_are_for_the_right_and_for_the_own_contract(dealership):
    house, contract, customer = dealership
    key = violate(house, contract, at=MONDAY)
    root = f"/contracts/running/{contract.pk}/access/"
    sales = browser(make_user("v@lindwurm.example", "V"), house.tenant)
    join(house.tenant, make_user("w@lindwurm.example", "W"), role="Sales", permissions=["contracts.see"])
    stranger = make_tenant("Birke")
    berta = browser(administrator(stranger, "berta@birke.example", "Berta"), stranger)
    jana = browser(administrator(customer, "joe@alder.example", "Joe"), customer)
    for address in (root, f"{root}lock/", f"{root}violation/", f"{root}{key}/lift/", f"{root}{key}/proof/"):
        for client in (berta, jana):
            assert client.get(address).status_code in {403, 404}
        assert sales.get(address).status_code == 302  # no member of anything
    assert berta.post(f"{root}{key}/report/").status_code in {403, 404}
    staff = browser(house.staff, house.tenant)
    assert staff.post(f"{root}{uuid.uuid4()}/report/").status_code == 404
    assert staff.get(f"{root}violation/").status_code == 200
    noted = {"user_name": PIA, "rule": "Root", "on": "2026-11-20"}
    assert staff.post(f"{root}violation/", noted).url == root
    assert staff.post(f"{root}violation/", noted | {"user_name": "x@y.example"}).status_code == 422


def test_the_page_takes_the_same_queries_with_one_lock_and_with_three(visitor):
    house, contract, _customer = visitor
    staff, root, counts = browser(house.staff, house.tenant), f"/contracts/running/{contract.pk}/access/", []
    for more in (1, 2):
        for _ in range(more):
            key = lay(house, contract)
            with as_tenant(house.tenant.pk):
                house_locks.lift_lock(contract.pk, key, because="x", at=MONDAY, actor=MACHINE)
        staff.get(root)
        with CaptureQueriesContext(connection) as asked:
            assert staff.get(root).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
