"""A contract's whole history: what happened to it beside its amendments and its invoices."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import claim_letters, suspending
from kontor.office.contracts.actions.noticing import give_notice, withdraw_notice
from kontor.office.contracts.models import (
    Contract,
    EndingCase,
    HardwareDelivery,
    PaymentPlan,
    PriceAdjustment,
    TermsNotice,
    TermsNoticeState,
)
from kontor.office.contracts.queries.happened import announced_prices, announced_terms, delivered, happened
from kontor.office.contracts.queries.history import history, invoices_of
from kontor.office.contracts.queries.history_sources import CHANGES, MONEY, TERMS, Entry, Told
from kontor.rulebook.ending.form import Means
from tests.factories import make_house
from tests.office.contracts.ending_walk import LETTER, letter, noon, signed
from tests.office.contracts.late import Late, make_late
from tests.office.contracts.test_corrections import asked, reduce, running
from tests.people import browser, make_tenant

pytestmark = pytest.mark.django_db
DUE = date(2026, 5, 15)


def told(contract: Contract, *, own: bool) -> list[Entry]:
    """Return the timeline as the house sees it, or as its customer does, the oldest first."""
    with as_tenant(contract.tenant_id if own else contract.customer_tenant_id):
        invoices = invoices_of(contract, own=own, today=DUE)
        return history(Told(contract, [], invoices, own=own, today=DUE))[::-1]


def shown(entries: Iterable[Entry], kind: str) -> list[tuple[Any, ...]]:
    return [
        (entry.on, entry.title.en, text.en if hasattr(text, "en") else text)
        for entry in entries
        if entry.kind == kind and entry.icon not in ("file-invoice", "cash", "signature")
        for text in [entry.text() if callable(entry.text) else entry.text]
    ]


def suspended_and_paid() -> Late:
    """Payable until 15 May, reminded of on the 22nd, suspended on the 23rd, paid and lifted on the 25th."""
    late = make_late("leisure")
    late.plan()
    invoice = late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    with as_tenant(late.house.tenant.pk):
        late_on = date(2026, 5, 22)
        claim_letters.send_statement(
            late.facts().row.pk, pay_until=date(2026, 6, 1), at=noon(late_on), actor=late.house.actor
        )
        suspending.suspend(
            late.contract.pk,
            today=date(2026, 5, 23),
            reason="nicht bezahlt",
            at=noon(date(2026, 5, 23)),
            actor=late.house.actor,
        )
    late.pay(invoice, "1190.00", date(2026, 5, 25))
    with as_tenant(late.house.tenant.pk):
        assert suspending.lift_settled(at=noon(date(2026, 5, 25))) == 1
    return late


def test_both_sides_see_letters_and_suspensions_of_late_payment_with_their_reasons():
    late = suspended_and_paid()
    for own in (True, False):
        entries = told(late.contract, own=own)
        assert [(on, title) for on, title, _text in shown(entries, MONEY)] == [
            (date(2026, 5, 22), "Statement of the claim"),
            (date(2026, 5, 23), "Services suspended"),
            (date(2026, 5, 25), "Services open again"),
        ]
        assert all(entry.ruling for entry in entries if entry.icon in ("hourglass", "lock", "lock-open"))
    page = browser(late.house.staff, late.house.tenant).get(
        reverse("contracts:contract", args=(late.contract.pk,)), {"history": MONEY}
    )
    icons = [moment.icon for moment in page.context["history"]]
    assert icons == ["cash", "lock-open", "lock", "hourglass", "file-invoice"]


def test_instalments_agreed_broken_and_paid_are_told():
    late = make_late("leisure")
    late.invoice(DUE)
    late.keep(DUE + timedelta(days=1))
    with as_tenant(late.house.tenant.pk):
        PaymentPlan.objects.create(
            claim=late.facts().row, customer_tenant_id=late.contract.customer_tenant_id, agreed_on=date(2026, 5, 20),
            instalments=[{"due": "2026-06-15", "minor": 119000}], broken_on=date(2026, 6, 16),
            kept_on=date(2026, 6, 20), at=noon(date(2026, 5, 20)),
        )  # fmt: skip
    found = [entry for entry in told(late.contract, own=False) if entry.icon == "cash"]
    assert [(entry.on, entry.title.en) for entry in found] == [
        (date(2026, 5, 20), "Instalments agreed"),
        (date(2026, 6, 16), "Instalments not kept"),
        (date(2026, 6, 20), "All instalments paid"),
    ]


def test_notices_with_and_without_effect_and_their_withdrawal_are_told():
    house = make_house()
    contract = signed(house)
    by_mail, on_paper, back = date(2027, 8, 20), date(2027, 8, 31), date(2027, 9, 15)
    with as_tenant(house.tenant.pk):
        give_notice(contract, letter(by_mail, means=Means.EMAIL), at=noon(by_mail), actor=house.actor)
        row = give_notice(contract, letter(on_paper), at=noon(on_paper), actor=house.actor)
        withdraw_notice(row.pk, on=back, consented_on=back, proof=LETTER, at=noon(back), actor=house.actor)
    for own in (True, False):
        entries = told(contract, own=own)
        assert shown(entries, TERMS) == [
            (by_mail, "Notice by the customer", "without effect"),
            (on_paper, "Notice by the customer", "in time, ends on 30 November 2027"),
            (back, "Notice withdrawn", ""),
        ]
        assert all(entry.ruling for entry in entries if entry.kind == TERMS)


def test_a_case_is_told_to_the_house_alone():
    house = make_house()
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        EndingCase.objects.create(
            contract=contract, kind="good_cause", side="provider", state="CLOSED", opened_on=date(2027, 3, 1),
            settled_on=date(2027, 3, 20), reason="behoben", at=noon(date(2027, 3, 1)),
        )  # fmt: skip
    cases = [entry for entry in told(contract, own=True) if entry.icon in ("alert-triangle", "file-off")]
    assert [str(entry.clause) for entry in cases] == ["4.6.3", "4.6.3"]
    of_house, of_customer = (shown(told(contract, own=own), TERMS) for own in (True, False))
    assert [(on, title.rpartition(": ")[2], text) for on, title, text in of_house] == [
        (date(2027, 3, 1), "opened", ""),
        (date(2027, 3, 20), "closed", "behoben"),
    ]
    assert of_customer == []


def test_a_credit_note_and_a_payment_have_their_reasons_too():
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        made = reduce(contract, asked("100.00"))
    for own in (True, False):
        (entry,) = [entry for entry in told(contract, own=own) if entry.title.en.startswith("Credit note")]
        assert (entry.invoice, bool(entry.ruling)) == (made.credit_note_id, True)


def test_announcements_answers_and_deliveries_are_told_on_their_days():
    with as_tenant(make_tenant("Birke AG").pk):
        prices_terms_and_hardware()


def prices_terms_and_hardware() -> None:
    contract = Contract(pack="visitor", version="2026-01")
    price = PriceAdjustment(announced_on=date(2026, 10, 1), effective_on=date(2026, 12, 1))
    assert shown(announced_prices(price, contract), CHANGES) == [
        (date(2026, 10, 1), "New prices announced", "hold from 1 December 2026")
    ]
    notice = TermsNotice(sent_on=date(2026, 10, 5), title="Neue Laufzeiten")
    state = TermsNoticeState(notice=notice, state="OBJECTED", answered_on=date(2026, 11, 2))
    assert shown(announced_terms(state, contract), CHANGES) == [
        (date(2026, 10, 5), "Change of terms told", "Neue Laufzeiten"),
        (date(2026, 11, 2), "Objection to the changed terms", "Neue Laufzeiten"),
    ]
    waiting = TermsNoticeState(notice=notice, state="OPEN")
    assert len(shown(announced_terms(waiting, contract), CHANGES)) == 1
    contract.terms = {"pack": "visitor", "version": "2026-01", "settings": {}, "agreed": {}}
    delivery = HardwareDelivery(number=2, customer_on=date(2026, 12, 3), inspected_on=date(2026, 12, 4))
    entries = list(delivered(delivery, contract))
    assert shown(entries, CHANGES) == [
        (date(2026, 12, 3), "Hardware handed over", "Delivery 2"),
        (date(2026, 12, 4), "Hardware inspected", "Delivery 2"),
    ]
    assert getattr(entries[1].clause, "number", "") == "5.1.4"
    assert shown(delivered(HardwareDelivery(number=3), contract), CHANGES) == []


def test_another_tenant_is_told_nothing_and_three_letters_cost_what_one_does():
    late = suspended_and_paid()
    with as_tenant(make_tenant("Birke AG").pk):
        assert list(happened(Told(late.contract, [], [], own=True, today=DUE))) == []
    counts = []
    for on in (None, date(2026, 5, 26), date(2026, 5, 27)):
        with as_tenant(late.house.tenant.pk):
            if on:
                claim_letters.send_statement(
                    late.facts().row.pk, pay_until=date(2026, 6, 9), at=noon(on), actor=late.house.actor
                )
            with CaptureQueriesContext(connection) as captured:
                list(happened(Told(late.contract, [], [], own=True, today=DUE)))
        counts.append(len(captured))
    assert len(set(counts)) == 1
