"""Work charged beside a contract and fees reduced for a defect, as staff enter them."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry, StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceLine
from kontor.office.contracts.actions.corrections import Logged, log_work, reduce_fee
from kontor.office.contracts.models import Charge, Contract, ExtraWork, FeeReduction
from kontor.office.contracts.queries.corrections import months_reduced_whole
from kontor.rulebook.extra_work import REINSTALLATION, SEARCH, Work
from kontor.rulebook.fee_reduction import Asked
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house
from tests.office.contracts.test_billing import bill, concluded
from tests.people import browser, make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 22, 9, 0, tzinfo=UTC)
ON = date(2026, 12, 22)
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
SEARCHED = Work(SEARCH, date(2026, 12, 10), 120, Decimal("130.00"), recognisable=True)


def logged(work: Work = SEARCHED, key: str = "one") -> Logged:
    return Logged(
        key=key, work=work, rate_source="Preisliste 2026", request="T-17", finding="Kabel gezogen", approved_by="Jonas"
    )


def running(house) -> Contract:
    """From 1 December 2026, monthly: 2 × 89.00 for visitors; December is invoiced."""
    contract = concluded(house)
    bill(house, DECEMBER)
    return contract


def asked(amount: str, month: date = DECEMBER, until: date | None = date(2026, 12, 20)) -> Asked:
    return Asked(month, Money.parse(amount, "EUR"), until)


def reduce(contract: Contract, wanted: Asked, *, key: str = "one", position: str = "visitors") -> FeeReduction:
    return reduce_fee(contract.pk, position, wanted, key=key, reason="Kiosk fällt aus", on=ON, at=AT, actor=MACHINE)


@pytest.mark.requirement("FW-025")
def test_a_search_without_a_defect_is_charged_with_the_next_invoice():
    """2 h × 130.00 = 260.00."""
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        made = log_work(contract.pk, logged(), at=AT, actor=house.actor)
        assert (made.amount_minor, made.free, made.request, made.finding) == (26_000, False, "T-17", "Kabel gezogen")
        assert StoredRuling.objects.get(pk=made.ruling).question == "contracts.extra_work"
        assert RecordEntry.objects.filter(verb="contracts.work_logged", object_id=contract.pk).count() == 1
    bill(house, JANUARY, at=datetime(2027, 1, 1, 8, 0, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        (line,) = InvoiceLine.objects.filter(unit="HUR")
        assert (line.name, line.quantity, line.net_minor, line.clause) == (
            "Suche nach einem Mangel, den es nicht gab (T-17)",
            Decimal(2),
            26_000,
            "4.5.9",
        )


@pytest.mark.requirement("SO-032")
def test_work_out_of_scope_stands_on_the_next_invoice_with_its_request():
    """1.5 h × 150.00 = 225.00."""
    house = make_house("crm")
    contract = running(house)
    work = Work("outside_guidelines", date(2026, 12, 10), 90, Decimal("150.00"), approved_on=date(2026, 12, 9))
    with as_tenant(house.tenant.pk):
        made = log_work(contract.pk, logged(work), at=AT, actor=house.actor)
        assert (made.amount_minor, made.approved_by, made.request) == (22_500, "Jonas", "T-17")
    bill(house, JANUARY, at=datetime(2027, 1, 1, 8, 0, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        (line,) = InvoiceLine.objects.filter(unit="HUR")
        assert (line.quantity, line.net_minor, line.clause, line.name.endswith("(T-17)")) == (
            Decimal("1.5"), 22_500, "§6", True,
        )  # fmt: skip


def test_time_that_is_no_exact_part_of_an_hour_is_charged_as_its_amount():
    """20 minutes at 140.00: 46.666…, so 46.67, and the text says how long it took."""
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        work = Work(SEARCH, ON, 20, Decimal("140.00"), recognisable=True)
        log_work(contract.pk, logged(work), at=AT, actor=MACHINE)
        charge = Charge.objects.get()
        assert (charge.quantity, charge.unit, charge.price) == (Decimal(1), "C62", Decimal("46.67"))
        assert charge.text_de == "Suche nach einem Mangel, den es nicht gab (T-17), 20 Minuten"


def test_the_same_work_is_logged_once():
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        first, again = (log_work(contract.pk, logged(), at=AT, actor=MACHINE) for _each in range(2))
        assert (first.pk, ExtraWork.objects.count(), Charge.objects.count()) == (again.pk, 1, 1)


@pytest.mark.requirement("AP-026")
def test_the_third_reinstallation_of_a_year_is_charged_and_the_first_of_the_next_is_free_again():
    """20 minutes of the third at 120.00 are 40.00."""
    house = make_house("leisure")
    contract = concluded(house)
    days = [date(2027, 3, 1), date(2027, 6, 1), date(2027, 9, 1), date(2028, 1, 3)]
    with as_tenant(house.tenant.pk):
        made = [
            log_work(
                contract.pk,
                Logged(key=str(on), work=Work(REINSTALLATION, on, 20, Decimal("120.00")), rate_source="Tarif 2027"),
                at=AT,
                actor=MACHINE,
            )
            for on in days
        ]
        assert [each.amount_minor for each in made] == [0, 0, 4_000, 0]
        assert [each.charge_id is None for each in made] == [True, True, False, True]
        assert Charge.objects.get().text_de == "Neuinstallation auf neuem Rechner über das Freie hinaus, 20 Minuten"


@pytest.mark.parametrize(("known", "says"), [(True, "Offer this service by itself"), (False, "no accepted offer")])
def test_what_needs_an_offer_of_its_own_is_not_charged_by_the_hour(known, says):
    house = make_house("leisure")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        number = contract.offer.number if known else "AN-1999-00001"
        work = Work("travel", ON, 60, Decimal("80.00"), offered_in=number)
        with pytest.raises(RefusalError, match=says):
            log_work(contract.pk, logged(work), at=AT, actor=MACHINE)
        assert ExtraWork.objects.count() == 0


def test_work_that_follows_an_offer_names_one_that_the_customer_accepted():
    """crm, where no service needs an offer: 60 minutes at 80.00 are 80.00."""
    house = make_house("crm")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        work = Work("agreed_services", ON, 60, Decimal("80.00"), offered_in=contract.offer.number)
        assert log_work(contract.pk, logged(work), at=AT, actor=MACHINE).amount_minor == 8_000


def test_unfounded_work_is_refused_and_leaves_nothing():
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="could have recognised"):
            log_work(contract.pk, logged(Work(SEARCH, ON, 60, Decimal(1))), at=AT, actor=MACHINE)
        assert (ExtraWork.objects.count(), Charge.objects.count()) == (0, 0)


@pytest.mark.trap(58)
@pytest.mark.requirement("FW-023")
def test_a_billed_month_is_given_back_by_a_credit_note_up_to_the_parts_fee():
    """260.00 asked of 2 × 89.00 = 178.00: 178.00 net, 33.82 of VAT, 211.82."""
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        made = reduce(contract, asked("260.00"))
        note = Invoice.objects.get(pk=made.credit_note_id)
        original = Invoice.objects.get(pk=note.corrects_id)
        assert (made.amount_minor, made.fee_minor, made.whole, made.charge_id) == (17_800, 17_800, True, None)
        assert (note.kind, note.net_minor, note.gross_minor) == ("381", 17_800, 21_182)
        balance = InvoiceBalance.objects.get(invoice=original)
        assert balance.open_minor == original.gross_minor - 21_182
        assert note.lines.get().clause == "4.5.3"
        assert RecordEntry.objects.filter(verb="contracts.fee_reduced", object_id=contract.pk).count() == 1


@pytest.mark.trap(58)
def test_a_month_that_is_billed_later_is_charged_less_then():
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        made = reduce(contract, asked("50.00", month=JANUARY))
        assert (made.credit_note_id, made.amount_minor, made.whole) == (None, 5_000, False)
    run = bill(house, JANUARY, at=datetime(2027, 1, 1, 8, 0, tzinfo=UTC))
    assert run.net_minor == 30_300 - 5_000


def test_the_same_reduction_is_booked_once_and_two_share_the_months_fee():
    """178.00 − 150.00 = 28.00."""
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        first, again = (reduce(contract, asked("150.00")) for _each in range(2))
        assert first.pk == again.pk
        second = reduce(contract, asked("100.00"), key="two")
        assert (first.whole, second.amount_minor, second.whole) == (False, 2_800, True)
        with pytest.raises(RefusalError, match=r"€0\.00 are left"):
            reduce(contract, asked("1.00"), key="three")


@pytest.mark.requirement("FW-024")
def test_months_reduced_to_nothing_are_told_by_part():
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        reduce(contract, asked("200.00"), key="one")
        reduce(contract, asked("200.00", month=JANUARY), key="two")
        reduce(contract, asked("1.00", month=date(2027, 2, 1)), key="three")
        assert months_reduced_whole(contract) == {"visitors": [DECEMBER, JANUARY]}


def test_a_reduction_without_its_conditions_is_refused():
    house = make_house()
    contract = running(house)
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="only after a second period"):
            reduce(contract, asked("50.00", until=None))
        with pytest.raises(RefusalError, match="has no position"):
            reduce(contract, asked("50.00"), position="nothing")
        assert FeeReduction.objects.count() == 0


def test_terms_that_know_no_reduction_refuse_it():
    house = make_house("crm")
    contract = concluded(house)
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError, match="know no reduction"):
        reduce(contract, asked("50.00"))


def test_another_tenant_finds_no_contract_to_correct():
    house = make_house()
    contract = running(house)
    with as_tenant(make_tenant("Birke").pk):
        with pytest.raises(Contract.DoesNotExist):
            log_work(contract.pk, logged(), at=AT, actor=MACHINE)
        with pytest.raises(Contract.DoesNotExist):
            reduce(contract, asked("50.00"))


def work_entered(**given: str) -> dict[str, str]:
    return {
        "key": str(uuid.uuid4()),
        "kind": SEARCH,
        "on": "2026-12-10",
        "minutes": "120",
        "rate": "130.00",
        "rate_source": "Price list 2026",
        "recognisable": "on",
        **given,
    }


def test_staff_log_work_and_reduce_a_fee_on_the_page():
    house = make_house()
    contract = running(house)
    staff = browser(house.staff, house.tenant)
    staff.cookies["kontor_language"] = "en"
    page = reverse("contracts:corrections", args=[contract.pk])
    assert "No work beside the contract" in staff.get(page).content.decode()

    refused = staff.post(reverse("contracts:work-new", args=[contract.pk]), work_entered(recognisable=""))
    assert (refused.status_code, "could have recognised" in refused.content.decode()) == (422, True)
    assert staff.post(reverse("contracts:work-new", args=[contract.pk]), work_entered())["Location"] == page

    entered = {
        "key": str(uuid.uuid4()), "position": "visitors", "month": "2026-12", "amount": "260.00",
        "second_period_until": "2026-11-20", "reason": "Kiosk down",
    }  # fmt: skip
    url = reverse("contracts:reduction-new", args=[contract.pk])
    early = staff.post(url, {**entered, "second_period_until": ""})
    assert (early.status_code, "only after a second period" in early.content.decode()) == (422, True)
    assert staff.post(url, entered)["Location"] == page
    shown = staff.get(page).content.decode()
    for part in ("€260.00", "€178.00", "reduced to nothing", "Search for a defect that did not exist"):
        assert part in shown
