"""Suspending services: only where and as the contract allows; lifted the moment what is due has been paid."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from kontor.kernel.models import Due, Entitlement, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import InvoiceBalance, InvoiceLoss
from kontor.office.books.public import LossRefusedError
from kontor.office.contracts.actions import claim_cases, claim_letters, suspending
from kontor.office.contracts.actions.claim_letters import ClaimRefusedError
from kontor.office.contracts.actions.suspending import SuspensionRefusedError
from kontor.office.contracts.models import ClaimLetter, Suspension
from kontor.office.contracts.queries.arrears import contract_arrears, late_contracts, suspended
from kontor.rulebook.money import Money
from tests.office.contracts.late import Late, conclude_late, make_late, noon
from tests.people import browser, join, make_user

pytestmark = pytest.mark.django_db
DUE = date(2026, 5, 15)


def suspend(late: Late, on: date) -> Suspension:
    with as_tenant(late.house.tenant.pk):
        return suspending.suspend(
            late.contract.pk, today=on, reason="nicht bezahlt", at=noon(on), actor=late.house.actor
        )


def refused(late: Late, on: date) -> str:
    with pytest.raises(SuspensionRefusedError) as error:
        suspend(late, on)
    return error.value.text.en


@pytest.mark.requirement("AP-036")
def test_leisure_suspends_at_once_and_one_euro_is_enough():
    late = make_late("leisure")
    invoice = late.invoice(DUE)
    late.pay(invoice, "1189.00", DUE)
    late.keep(DUE + timedelta(days=1))
    row = suspend(late, DUE + timedelta(days=1))
    assert (row.clause, row.lifted_at) == ("Art. 11", None)
    assert refused(late, DUE + timedelta(days=1)) == "The contract is suspended already."


@pytest.mark.requirement("AP-036")
@pytest.mark.trap(57)
def test_full_payment_lifts_it_the_same_day_and_nothing_of_the_entitlements_moves():
    late = make_late("leisure")
    invoice = late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    with as_tenant(late.contract.customer_tenant_id):
        before = list(Entitlement.objects.order_by("pk").values_list("module", "from_on", "until_on", "quantity"))
    suspend(late, DUE + timedelta(days=1))
    with as_tenant(late.house.tenant.pk):
        assert Due.objects.filter(job=suspending.JOB, repeat_minutes=2).count() == 1
    late.pay(invoice, "600.00", date(2026, 5, 20))
    with as_tenant(late.house.tenant.pk):
        assert suspending.lift_settled(at=noon(date(2026, 5, 20))) == 0
    late.pay(invoice, "590.00", date(2026, 5, 20))
    with as_tenant(late.house.tenant.pk):
        assert suspending.lift_settled(at=noon(date(2026, 5, 20))) == 1
        assert suspending.lift_settled(at=noon(date(2026, 5, 20))) == 0
        assert Suspension.objects.get().lifted_at == noon(date(2026, 5, 20))
        assert Due.objects.filter(job=suspending.JOB).count() == 0
    with as_tenant(late.contract.customer_tenant_id):
        after = list(Entitlement.objects.order_by("pk").values_list("module", "from_on", "until_on", "quantity"))
    assert before == after


def test_of_two_suspensions_the_one_that_is_paid_for_is_lifted_and_the_other_still_looked_at():
    one = make_late("leisure")
    other = conclude_late(one.house, name="Elbhof eG", email="post@elbhof.example")
    invoices = [each.invoice(DUE) for each in (one, other)]
    one.keep(DUE + timedelta(days=1))
    for each in (one, other):
        suspend(each, DUE + timedelta(days=1))
    one.pay(invoices[0], "1190.00", date(2026, 5, 20))
    with as_tenant(one.house.tenant.pk):
        assert suspending.lift_settled(at=noon(date(2026, 5, 20))) == 1
        assert Suspension.objects.get(lifted_at=None).contract_id == other.contract.pk
        assert Due.objects.filter(job=suspending.JOB).count() == 1
    other.pay(invoices[1], "1190.00", date(2026, 5, 21))
    with as_tenant(one.house.tenant.pk):
        assert suspending.lift_settled(at=noon(date(2026, 5, 21))) == 1
        assert Due.objects.filter(job=suspending.JOB).count() == 0


@pytest.mark.trap(57)
@pytest.mark.requirement("SO-064")
def test_crm_blocks_only_after_a_notification_that_arrived():
    late = make_late("crm")
    late.plan()
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    assert refused(late, DUE + timedelta(days=10)) == (
        "Only after a notification that is known to have arrived: no reminder has arrived."
    )
    at = noon(DUE + timedelta(days=10))
    with as_tenant(late.house.tenant.pk):
        letter = claim_letters.send_statement(
            late.facts().row.pk, pay_until=date(2026, 6, 1), at=at, actor=late.house.actor
        )
    assert "no reminder has arrived" in refused(late, DUE + timedelta(days=10))
    with as_tenant(late.house.tenant.pk):
        claim_letters.note_mail_taken(letter.pk, at=at)
    row = suspend(late, DUE + timedelta(days=10))
    assert row.clause == "§13"


def test_visitor_lists_other_reasons_and_late_payment_is_none_of_them():
    late = make_late("visitor")
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=60))
    assert refused(late, DUE + timedelta(days=60)) == (
        "Late payment is not among the reasons for which the contract allows blocking."
    )


def test_nothing_overdue_nothing_suspended_nor_lifted():
    late = make_late("leisure")
    assert refused(late, DUE) == "No invoice is overdue."
    with as_tenant(late.house.tenant.pk):
        assert suspending.lift_settled(at=noon(DUE)) == 0
        with pytest.raises(SuspensionRefusedError, match="is not suspended"):
            suspending.lift(late.contract.pk, because="x", at=noon(DUE), actor=late.house.actor)


def test_the_day_it_may_begin_is_waited_for():
    late = make_late("leisure")
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    assert refused(late, DUE) == "No invoice is overdue."


def agreed(client: Client) -> Client:
    document = client.get("/documents/agree/").context["document"]
    client.post("/documents/agree/", {"document": document.pk, "sha256": bytes(document.sha256).hex()})
    return client


@pytest.mark.requirement("SO-064")
def test_a_gate_stands_before_services_and_leaves_the_account_open():
    late = make_late("leisure")
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    tenant = Tenant.objects.get(pk=late.contract.customer_tenant_id)
    boss = make_user("chef@alder.example", "Jana Chefin")
    join(tenant, boss)
    desk = make_user("mia@alder.example", "Mia Alder")
    join(tenant, desk, role="desk", permissions=["contracts.terms"])
    suspend(late, DUE + timedelta(days=1))
    chief, other = agreed(browser(boss, tenant)), agreed(browser(desk, tenant))
    assert chief.get("/contracts/terms/").headers["Location"] == "/contracts/suspended/"
    page = chief.get("/contracts/suspended/").content.decode()
    assert "Services are suspended" in page
    assert "DE02" in page  # where to pay
    assert chief.get("/contracts/account/").status_code == 200
    assert chief.get("/contracts/account/open/").status_code == 200
    assert chief.get("/contracts/received/").status_code == 200
    assert chief.get(f"/contracts/account/contracts/{late.contract.pk}/money/").status_code == 200
    assert other.get("/contracts/terms/").headers["Location"] == "/contracts/suspended/"
    told = other.get("/contracts/suspended/").content.decode()
    assert "Please ask your administrator" in told
    with as_tenant(late.house.tenant.pk):
        suspending.lift(late.contract.pk, because="gezahlt", at=noon(DUE), actor=late.house.actor)
    assert chief.get("/contracts/terms/").status_code == 200
    assert chief.get("/contracts/suspended/").headers["Location"] == "/"


@pytest.mark.requirement("FW-027")
def test_visitor_may_be_ended_from_day_43_with_a_warning_of_two_weeks_that_arrived():
    # due 1 April, in default from 2 April: six weeks are over with 13 May (day 42)
    late = make_late("visitor")
    late.invoice(date(2026, 4, 1))
    late.keep(date(2026, 4, 2))
    claim = late.facts().row.pk
    with as_tenant(late.house.tenant.pk):
        sent = noon(date(2026, 4, 29))
        letter = claim_letters.threaten(claim, at=sent, actor=late.house.actor)
        assert (letter.kind, letter.pay_until) == (ClaimLetter.Kind.THREAT, date(2026, 5, 13))
        with pytest.raises(ClaimRefusedError, match="sent already"):
            claim_letters.threaten(claim, at=sent, actor=late.house.actor)
        with pytest.raises(ClaimRefusedError, match="cannot arrive before"):
            claim_letters.note_received(letter.pk, on=date(2026, 4, 28), proof="x", at=sent, actor=late.house.actor)
        claim_letters.note_mail_taken(letter.pk, at=sent)
        claim_letters.note_received(
            letter.pk, on=date(2026, 5, 2), proof="Brief", at=noon(date(2026, 5, 2)), actor=late.house.actor
        )
        found = contract_arrears([late.contract.pk], today=date(2026, 5, 14))[late.contract.pk]
        assert (found.days, found.threatened_on, found.termination_possible_from) == (
            43,
            date(2026, 4, 29),
            date(2026, 5, 14),
        )
        assert late_contracts(today=date(2026, 5, 14)) == [late.contract.pk]


@pytest.mark.requirement("AP-037")
def test_leisure_ends_by_itself_on_day_31_and_a_dispute_takes_it_out():
    late = make_late("leisure")
    late.invoice(date(2026, 1, 17))
    late.keep(date(2026, 1, 18))
    with as_tenant(late.house.tenant.pk):
        found = contract_arrears([late.contract.pk], today=date(2026, 2, 16))[late.contract.pk]
        assert (found.days, found.ends_automatically_on) == (30, date(2026, 2, 17))
        assert found.open == Money("EUR", 119_000)
        claim_cases.dispute(late.facts().row.pk, reason="Mangel", at=noon(date(2026, 2, 1)), actor=late.house.actor)
        assert contract_arrears([late.contract.pk], today=date(2026, 2, 16)) == {}
        assert suspended([late.contract.pk]) == {}


def test_a_contract_that_asks_for_no_warning_gets_none():
    late = make_late("leisure")
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    with as_tenant(late.house.tenant.pk), pytest.raises(ClaimRefusedError, match="does not ask"):
        claim_letters.threaten(late.facts().row.pk, at=noon(DUE), actor=late.house.actor)


def test_a_statement_goes_once_a_day_and_not_with_a_day_behind():
    late = make_late("leisure")
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    claim, at = late.facts().row.pk, noon(DUE + timedelta(days=5))
    with as_tenant(late.house.tenant.pk):
        with pytest.raises(ClaimRefusedError, match="lies behind"):
            claim_letters.send_statement(claim, pay_until=DUE, at=at, actor=late.house.actor)
        letter = claim_letters.send_statement(claim, pay_until=date(2026, 6, 1), at=at, actor=late.house.actor)
        # 1190 x 3 x 2.62 % x 5/365 = 1.2812…; with 40.00
        assert letter.total_minor == 119_000 + 128 + 4_000
        with pytest.raises(ClaimRefusedError, match="sent already"):
            claim_letters.send_statement(claim, pay_until=date(2026, 6, 1), at=at, actor=late.house.actor)


def test_written_off_it_leaves_the_receivables_with_its_vat_noted():
    late = make_late("leisure")
    invoice = late.invoice(DUE)
    late.pay(invoice, "595.00", date(2026, 5, 20))
    late.keep(date(2026, 5, 21))
    claim, at = late.facts().row.pk, noon(date(2026, 5, 21))
    with as_tenant(late.house.tenant.pk):
        loss = claim_cases.write_off(claim, reason="Insolvenz", at=at, actor=late.house.actor)
        # 595.00 of 1,190.00 with 190.00 VAT: half of it
        assert loss is not None
        assert (loss.amount, loss.vat) == (Money("EUR", 59_500), Money("EUR", 9_500))
        assert InvoiceLoss.objects.get().reason == "Insolvenz"
        assert InvoiceBalance.objects.get(invoice_id=invoice.id).open_minor == 59_500
        with pytest.raises(ClaimRefusedError):
            claim_cases.write_off(claim, reason="x", at=at, actor=late.house.actor)
        from kontor.office.books.actions.claims import give_up

        with pytest.raises(LossRefusedError):
            give_up(invoice.id, on=DUE, reason="x", at=at, actor=late.house.actor)


def test_interest_alone_is_given_up_without_a_loss_of_the_books():
    late = make_late("leisure")
    invoice = late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    late.pay(invoice, "1190.00", date(2026, 5, 20))
    late.keep(date(2026, 5, 20))
    with as_tenant(late.house.tenant.pk):
        given = claim_cases.write_off(
            late.facts().row.pk, reason="Kulanz", at=noon(date(2026, 5, 20)), actor=late.house.actor
        )
    assert given is None


def test_a_letter_is_received_on_the_civil_day_of_the_contract_s_zone():
    late = make_late("crm")
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    at = noon(date(2026, 6, 1)).replace(hour=22, minute=30)  # half past midnight in Oslo
    assert at.astimezone(ZoneInfo("Europe/Oslo")).date() == date(2026, 6, 2)
    with as_tenant(late.house.tenant.pk):
        letter = claim_letters.send_statement(
            late.facts().row.pk, pay_until=date(2026, 7, 1), at=at, actor=late.house.actor
        )
        claim_letters.note_mail_taken(letter.pk, at=at)
        letter.refresh_from_db()
    assert letter.received_on == date(2026, 6, 2)
