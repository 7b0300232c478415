"""A breach of the limits of use: locked out at once with a reason, sessions ended, what is owed stays owed."""

from datetime import date

import pytest
from django.test import Client

from kontor.kernel import live
from kontor.kernel.actions.sessions import end_sessions_of_tenant
from kontor.kernel.models import Event, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance
from kontor.office.contracts.actions.breach_lock import lock_for_breach, unlock
from kontor.office.contracts.actions.ending_cases import end_by_case, open_case, prove_case, tell_case
from kontor.office.contracts.actions.suspending import SuspensionRefusedError, lift, lift_settled
from kontor.office.contracts.models import Contract, EndingCase, Suspension
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.kinds import Kind
from kontor.rulebook.ending.told import Side, Told
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import LETTER, billed, noon, signed
from tests.people import administrator, browser, make_tenant, verbs

pytestmark = pytest.mark.django_db
ON = date(2027, 1, 10)
REASON = "Zugang an Dritte weitergegeben"


def broken(house: House, contract: Contract, *, ground: str = "breach_of_use", proved: bool = True) -> EndingCase:
    told = Told(ground=ground, declared_on=ON, declared_by=Means.LETTER)
    with as_tenant(house.tenant.pk):
        case = open_case(contract, Kind.IMMEDIATE, side=Side.PROVIDER, at=noon(ON), actor=house.actor)
        tell_case(case.pk, told, at=noon(ON), actor=house.actor)
        if proved:
            prove_case(case.pk, LETTER, about="Protokoll", at=noon(ON), actor=house.actor)
        return case


def locked(house: House, case: EndingCase, reason: str = REASON) -> Suspension:
    with as_tenant(house.tenant.pk):
        return lock_for_breach(case.pk, reason=reason, at=noon(ON), actor=house.actor)


@pytest.fixture
def house() -> House:
    return make_house("crm")


@pytest.fixture
def contract(house: House) -> Contract:
    made = signed(house, agreed={"invoicing.interval": "quarter", "invoicing.lead": "1 day"})
    billed(house, made, date(2026, 12, 1))
    return made


def inside(contract: Contract) -> Client:
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    return browser(administrator(tenant), tenant)


@pytest.mark.requirement("SO-016")
def test_a_lock_ends_every_session_and_leaves_what_is_owed(house: House, contract: Contract):
    client, birch = inside(contract), make_tenant("Birch")
    stranger = browser(administrator(birch, "jo@birch.example", "Jo"), birch)
    with as_tenant(house.tenant.pk):
        before = {row.pk: row.open_minor for row in InvoiceBalance.objects.all()}
        assert sum(before.values()) > 0
    case = broken(house, contract)
    row = locked(house, case)
    assert (row.reason, row.clause, row.kind) == (REASON, "§3", "BREACH")
    assert "contracts.end_sessions" in run_jobs()  # queued with the lock: the next second, not the next minute

    assert client.get("/identity/people/").status_code == 302  # signed out, whichever page
    assert client.get("/identity/people/").url == "/sign-in/?next=/identity/people/"
    assert stranger.session.get("tenant") == str(birch.pk)
    assert live.CHECK_SECONDS + live.HEARTBEAT_SECONDS <= 60  # open pages look at their session so often
    with as_tenant(contract.customer_tenant_id):
        assert Event.objects.filter(kind="contracts.access_shut").count() == 1  # wakes the open pages, which end
    with as_tenant(house.tenant.pk):
        end_by_case(case.pk, on=ON, at=noon(ON), actor=house.actor)
        assert {row.pk: row.open_minor for row in InvoiceBalance.objects.all()} == before
        assert not Invoice.objects.filter(kind="381").exists()
    assert "contracts.access_locked" in verbs(house.tenant, contract)


def test_a_lock_is_refused_without_reason_ground_or_proof_and_a_second_time(house: House, contract: Contract):
    with pytest.raises(SuspensionRefusedError, match="The reason must be given"):
        locked(house, broken(house, contract), " ")
    with pytest.raises(SuspensionRefusedError, match="names no such ground"):
        locked(house, broken(house, contract, ground="other_breach"))
    case = broken(house, contract)
    locked(house, case)
    with pytest.raises(SuspensionRefusedError, match="locked already"):
        locked(house, case)


def test_a_lock_needs_proof(house: House, contract: Contract):
    with pytest.raises(SuspensionRefusedError, match="No proof is on file"):
        locked(house, broken(house, contract, proved=False))


def test_terms_that_name_no_reason_to_block_lock_nobody_out():
    house = make_house("leisure")
    contract = signed(house)
    with pytest.raises(SuspensionRefusedError, match="names no such ground"):
        locked(house, broken(house, contract, ground="integrity"))


def test_payment_lifts_no_lock_and_a_person_does(house: House, contract: Contract):
    locked(house, broken(house, contract))
    with as_tenant(house.tenant.pk):
        assert lift_settled(at=noon(ON)) == 0
        with pytest.raises(SuspensionRefusedError, match="not suspended"):
            lift(contract.pk, because="paid", at=noon(ON), actor=house.actor)
        unlock(contract.pk, because="Geklärt", at=noon(ON), actor=house.actor)
        with pytest.raises(SuspensionRefusedError, match="not locked"):
            unlock(contract.pk, because="Geklärt", at=noon(ON), actor=house.actor)
        assert Suspension.objects.get().lifted_because == "Geklärt"


def test_another_tenant_locks_nobody(house: House, contract: Contract):
    case, birch = broken(house, contract), make_tenant("Birch")
    with as_tenant(birch.pk), pytest.raises(EndingCase.DoesNotExist):
        lock_for_breach(case.pk, reason=REASON, at=noon(ON), actor=house.actor)
    assert end_sessions_of_tenant(birch.pk) == 0


def test_the_page_of_the_case_locks_and_lets_in_again(house: House, contract: Contract):
    case, client = broken(house, contract), browser(house.staff, house.tenant)
    page = f"/contracts/ending-cases/{case.pk}/"
    assert client.post(page, {"do": "lock", "reason": REASON}).status_code == 302
    assert "Locked since" in client.get(page).content.decode()
    gate = inside(contract).get("/contracts/suspended/")
    assert (gate.status_code, REASON in gate.content.decode()) == (200, True)
    assert client.post(page, {"do": "lock", "reason": REASON}).status_code == 422
    assert client.post(page, {"do": "unlock", "reason": "Geklärt"}).status_code == 302
