"""Orders that change a running contract: who places them, when they bind, what they cost, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kontor.kernel.models import Event, OutgoingMail
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import InvoiceLine
from kontor.office.contracts.actions import amending, changing, ordering, renewing
from kontor.office.contracts.models import AgreedPrice, ChangeOrder, ChangeOrderState, Contract
from kontor.office.contracts.queries import changing as plans
from kontor.rulebook.contract_state import ChangeQuantity, End
from kontor.rulebook.period import Interval
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.background import run_jobs
from tests.factories import AT, make_house
from tests.office.contracts.ordering import (
    COLLEAGUE,
    SIGNATORY,
    amendments,
    bill,
    concluded,
    confirm,
    new_prices,
    place_fewer,
    place_more,
    seats,
    state_of,
)
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
YEARLY = {"invoicing.interval": "year", "invoicing.lead": "14 days"}
JULY = datetime(2027, 7, 1, 8, 0, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def crm():
    return make_house("crm")


@pytest.fixture
def yearly(crm) -> Contract:
    """From 1 January 2027, billed by the year: 10 seats at 50.00 and 2 modules at 89.00 a month; invoiced."""
    with as_tenant(crm.tenant.pk):
        crm.price_list.items.filter(key="seats").update(price=Decimal("50.00"), module="platform")
    contract = concluded(crm, agreed=YEARLY, start_on=date(2027, 1, 1))
    bill(crm, date(2027, 1, 1), at=NEW_YEAR)
    return contract


def invoiced(house) -> list[tuple[str, int, str, str]]:
    with as_tenant(house.tenant.pk):
        rows = InvoiceLine.objects.order_by("invoice__number", "position")
        return [(row.item_key, row.net_minor, str(row.period_first), str(row.period_last)) for row in rows]


def ended(house, contract, last: date) -> None:
    why = Ruling(last, (Clause("visitor", "4.6.1", "2026-01"),), (), (Text("Ende", "end"),))
    with as_tenant(house.tenant.pk):
        amending.amend(contract, "end", [End(last)], effective_on=last, ruling=why, at=AT, actor=house.actor)


# ---- more


@pytest.mark.requirement("SO-058")
def test_an_order_changes_nothing_until_it_is_confirmed_by_mail(crm, yearly):
    order = place_more(crm, yearly, JULY, seats=3)
    run_jobs()
    assert seats(yearly) == [("2027-01-01", "2028-01-01", 10)]
    assert state_of(crm, order).state == "PLACED"

    confirm(crm, order, JULY)

    assert seats(yearly) == [("2027-01-01", "2027-07-01", 10), ("2027-07-01", "2028-01-01", 13)]
    (made,) = amendments(crm, "change-more")
    assert (made.recorded_at, made.effective_on, made.content) == (
        JULY, date(2027, 7, 1), [{"change": "ChangeQuantity", "key": "seats", "by": 3}],
    )  # fmt: skip
    with as_tenant(crm.tenant.pk):
        mail = OutgoingMail.objects.get(subject=f"Bestellbestätigung zu Vertrag {yearly.number}")
        assert (mail.to, "907,40 €" in mail.text, "01.07.2027" in mail.text) == (SIGNATORY, True, True)
        assert Event.objects.filter(kind="contracts.change_moved").count() == 2
    assert verbs(crm.tenant, order) == ["contracts.change_ordered", "contracts.change_confirmed"]


@pytest.mark.requirement("SO-049")
def test_added_users_are_charged_by_days_from_confirmation_and_join_the_base_fee(crm, yearly):
    """2 × 50.00 × 12 × 184/365 = 604.93 at once; then 12 × 12 × 50.00 = 7,200.00 for the year."""
    confirm(crm, place_more(crm, yearly, JULY, seats=2), JULY)
    assert invoiced(crm)[-1] == ("seats", 60_493, "2027-07-01", "2027-12-31")

    bill(crm, date(2028, 1, 1), at=datetime(2027, 12, 20, 8, 0, tzinfo=UTC))
    assert ("seats", 720_000, "2028-01-01", "2028-12-31") in invoiced(crm)


def test_the_confirmed_cost_is_the_invoiced_one(crm, yearly):
    order = place_more(crm, yearly, JULY, seats=2)
    state = confirm(crm, order, JULY)
    with as_tenant(crm.tenant.pk):
        why = reasons_of(state.ruling)
    assert why.value.bare() == "604.93"
    assert why.clauses[0].number == "§12"


@pytest.mark.requirement("SO-048")
def test_more_costs_the_list_price_of_the_day(crm, yearly):
    """65.00 on the list since May; those bought at 50.00 keep their price."""
    new_prices(crm, "65.00", valid_from=date(2027, 5, 1))
    confirm(crm, place_more(crm, yearly, JULY, seats=1), JULY)
    (made,) = amendments(crm, "change-more")
    (change,) = made.content
    assert (change["change"], change["key"], change["price"], change["item"]["key"]) == (
        "AddItem", "seats-2", "65.000000", "seats",
    )  # fmt: skip
    assert seats(yearly)[-1] == ("2027-07-01", "2028-01-01", 11)
    # 65.00 × 12 × 184/365
    assert invoiced(crm)[-1] == ("seats-2", 39_321, "2027-07-01", "2027-12-31")
    with as_tenant(crm.tenant.pk):
        assert InvoiceLine.objects.get(item_key="seats-2").name == "Arbeitsplätze"


@pytest.mark.requirement("SO-048")
def test_an_agreed_price_goes_before_the_list(crm, yearly):
    new_prices(crm, "65.00", valid_from=date(2027, 5, 1))
    with as_tenant(crm.tenant.pk):
        ordering.agree_price(
            yearly, "seats", price=Decimal("58.00"), from_on=date(2027, 1, 1), source="Bestellformular, Nr. 4", at=AT,
            actor=crm.actor,
        )  # fmt: skip
        assert AgreedPrice.objects.count() == 1
    order = place_more(crm, yearly, JULY, seats=1)
    assert (order.lines[0]["price"], order.lines[0]["agreed"]) == ("58.000000", "Bestellformular, Nr. 4")
    assert verbs(crm.tenant, yearly)[-1] == "contracts.price_agreed"


def test_more_at_the_added_price_joins_the_added_position(crm, yearly):
    new_prices(crm, "65.00", valid_from=date(2027, 5, 1))
    confirm(crm, place_more(crm, yearly, JULY, seats=1), JULY)
    confirm(crm, place_more(crm, yearly, JULY + timedelta(days=31), seats=2), JULY + timedelta(days=31))
    assert amendments(crm, "change-more")[-1].content == [{"change": "ChangeQuantity", "key": "seats-2", "by": 2}]


@pytest.mark.requirement("SO-057")
def test_an_order_without_authority_waits_for_the_signatory(crm, yearly):
    order = place_more(crm, yearly, JULY, email=COLLEAGUE)
    assert state_of(crm, order).state == "UNSIGNED"
    with as_tenant(crm.tenant.pk):
        with pytest.raises(changing.ChangeRefusedError, match="decided already"):
            changing.confirm_order(order.pk, at=JULY, actor=crm.actor)
        with pytest.raises(changing.ChangeRefusedError, match="signatory"):
            changing.sign_order(order, name="Kim", email=COLLEAGUE, at=JULY, actor=crm.actor)
        changing.sign_order(order, name="Jonas Alder", email=SIGNATORY.upper(), at=JULY, actor=crm.actor)
    found = state_of(crm, order)
    assert (found.state, found.signed_by, order.channel) == ("PLACED", "Jonas Alder", "WEB_SHOP")


def test_the_signatory_is_told_what_waits(crm, yearly):
    place_more(crm, yearly, JULY, email=COLLEAGUE)
    place_fewer(crm, yearly, JULY.date(), email="")
    with as_tenant(crm.tenant.pk):
        ordering.order_interval(
            yearly, "month", channel="WEB_SHOP", ordered_by="Waage", email="", received_on=JULY.date(), at=JULY,
            actor=crm.actor,
        )  # fmt: skip
        mails = list(OutgoingMail.objects.filter(about_kind="contracts.ChangeOrder").order_by("pk"))
    assert {(mail.to, mail.subject) for mail in mails} == {
        (SIGNATORY, f"Bestellung zu Vertrag {yearly.number} wartet auf Sie")
    }
    more, fewer, interval = (mail.text.split("\n")[4] for mail in mails)
    assert (more[:4], fewer, interval) == (
        "2 × ",
        f"3 × {yearly.terms['names']['seats']} weniger",
        "Abrechnung jeden Monat",
    )


def test_a_signatorys_order_binds_when_placed(crm, yearly):
    order = place_more(crm, yearly, JULY)
    assert (state_of(crm, order).state, state_of(crm, order).signed_at) == ("PLACED", JULY)
    with as_tenant(crm.tenant.pk), pytest.raises(changing.ChangeRefusedError):
        changing.withdraw_order(order.pk, at=JULY, actor=crm.actor)


def test_an_unsigned_order_can_be_taken_back(crm, yearly):
    order = place_more(crm, yearly, JULY, email=COLLEAGUE)
    with as_tenant(crm.tenant.pk):
        changing.withdraw_order(order.pk, at=JULY, actor=crm.actor)
    assert state_of(crm, order).state == "WITHDRAWN"
    assert verbs(crm.tenant, order)[-1] == "contracts.change_withdrawn"


def test_confirming_twice_confirms_once(crm, yearly):
    order = place_more(crm, yearly, JULY)
    confirm(crm, order, JULY)
    with as_tenant(crm.tenant.pk), pytest.raises(changing.ChangeRefusedError, match="decided already"):
        changing.confirm_order(order.pk, at=JULY, actor=crm.actor)
    assert len(amendments(crm, "change-more")) == 1


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"pianos": 1}, "Not on the price list: pianos."),
        ({"seats": 0}, "The order is empty."),
        ({"seats": -2}, "Whole pieces are ordered, one at least; not -2."),
        ({"terminal": 1}, "Not on the price list: terminal."),
    ],
)
def test_what_cannot_be_ordered_is_refused(crm, yearly, wanted, why):
    with pytest.raises(changing.ChangeRefusedError) as refused:
        place_more(crm, yearly, JULY, **wanted)
    assert refused.value.text.en == why
    with as_tenant(crm.tenant.pk):
        assert ChangeOrder.objects.count() == 0


def test_a_contract_that_has_ended_takes_no_order(crm, yearly):
    order = place_more(crm, yearly, JULY)
    ended(crm, yearly, date(2027, 6, 30))
    with pytest.raises(changing.ChangeRefusedError) as refused:
        confirm(crm, order, JULY)
    assert refused.value.text.en == "The contract ends on 30 June 2027; on 1 July 2027 it no longer runs."


def test_another_tenant_confirms_nothing(crm, yearly):
    order = place_more(crm, yearly, JULY)
    with as_tenant(make_tenant("Birke").pk), pytest.raises(ChangeOrderState.DoesNotExist):
        changing.confirm_order(order.pk, at=JULY, actor=crm.actor)


def test_a_declined_order_says_why(crm, yearly):
    order = place_more(crm, yearly, JULY)
    with as_tenant(crm.tenant.pk):
        changing.decline_order(order.pk, reason="Das Modul wird eingestellt.", at=JULY, actor=crm.actor)
        mail = OutgoingMail.objects.get(subject=f"Bestellung zu Vertrag {yearly.number}")
    assert (state_of(crm, order).state, mail.text.splitlines()[2]) == (
        "DECLINED",
        f"Ihre Bestellung 1 zum Vertrag {yearly.number} führen wir nicht aus: Das Modul wird eingestellt.",
    )


def test_an_order_without_address_is_answered_by_no_mail(crm, yearly):
    order = place_more(crm, yearly, JULY, email="")
    with as_tenant(crm.tenant.pk):
        ChangeOrderState.objects.filter(order=order).update(state="PLACED")
    confirm(crm, order, JULY)
    with as_tenant(crm.tenant.pk):
        (asked,) = OutgoingMail.objects.filter(about_kind="contracts.ChangeOrder")  # the signatory, before it
        assert asked.subject.endswith("wartet auf Sie")


def test_up_and_down_on_one_day_leave_no_line(crm, yearly):
    """Trap 19: a zero-length segment makes no line and no pair of 0.00."""
    order = place_more(crm, yearly, JULY, seats=2)
    confirm(crm, order, JULY, jobs=False)
    why = Ruling(JULY.date(), (Clause("crm", "§12", "2026-01"),), (), (Text("zurück", "back"),))
    with as_tenant(crm.tenant.pk):
        amending.amend(
            yearly, "change", [ChangeQuantity("seats", -2)], effective_on=JULY.date(), ruling=why,
            at=JULY + timedelta(minutes=1), actor=crm.actor,
        )  # fmt: skip
    before = invoiced(crm)
    run_jobs()
    assert invoiced(crm) == before


# ---- more for the rest of the term


@pytest.mark.requirement("FW-004")
@pytest.mark.parametrize(("interval", "lines"), [("month", 1), ("year", 1)])
def test_an_addition_runs_for_the_rest_of_the_term(house, interval, lines):
    """Confirmed on 1 September 2027 in a term that ends on 30 November: 3 months × 2 × 12.50 = 75.00 in all."""
    september = datetime(2027, 9, 1, 8, 0, tzinfo=UTC)
    contract = concluded(house, agreed={"invoicing.interval": interval})
    bill(house, date(2027, 8, 31), at=datetime(2027, 8, 31, 8, 0, tzinfo=UTC))
    before = sum(each[1] for each in invoiced(house))

    confirm(house, place_more(house, contract, september, seats=2), september)
    assert len(amendments(house, "change-more")) == 2
    assert seats(contract)[-1] == ("2027-09-01", "2027-12-01", 12)

    bill(house, date(2027, 11, 30), at=datetime(2027, 11, 30, 8, 0, tzinfo=UTC))
    regular = {"month": 3 * (2 * 8_900 + 10 * 1_250), "year": 0}[interval]
    assert sum(each[1] for each in invoiced(house)) - before == regular + 7_500


@pytest.mark.requirement("FW-004")
def test_nothing_is_confirmed_whose_cost_cannot_be_named(house, monkeypatch):
    contract = concluded(house)
    order = place_more(house, contract, JULY)
    whole = plans.billing_rule

    def silent(contract, rows=None):
        raise plans.NoAnswerError(Text("es fehlt", "it is missing"))

    monkeypatch.setattr(plans, "billing_rule", silent)
    with as_tenant(house.tenant.pk), pytest.raises(changing.ChangeRefusedError):
        changing.confirm_order(order.pk, at=JULY, actor=house.actor)
    monkeypatch.setattr(plans, "billing_rule", whole)
    assert state_of(house, order).state == "PLACED"


def test_an_order_before_the_start_joins_the_first_invoice(house):
    contract = concluded(house)
    state = confirm(house, place_more(house, contract, AT, seats=2), AT)
    assert state.effective_on == date(2026, 12, 1)
    assert invoiced(house) == []
    bill(house, date(2026, 12, 1), at=datetime(2026, 12, 1, 8, 0, tzinfo=UTC))
    assert sum(each[1] for each in invoiced(house) if each[0] == "seats") == 15_000


@pytest.mark.requirement("AP-008")
def test_where_a_signed_offer_is_needed_nothing_is_ordered():
    house = make_house("leisure")
    contract = concluded(house, agreed={"invoicing.interval": "year"})
    with pytest.raises(changing.ChangeRefusedError) as refused:
        place_more(house, contract, JULY)
    assert refused.value.text.en == "More needs a further signed offer at the current prices."


# ---- fewer


@pytest.mark.requirement("SO-059")
@pytest.mark.parametrize(
    ("received", "effective"),
    [
        (date(2027, 12, 1), date(2028, 1, 1)),
        (date(2027, 12, 2), date(2029, 1, 1)),
        (date(2027, 3, 1), date(2028, 1, 1)),
    ],
)
def test_fewer_work_thirty_days_before_the_interval_ends_or_one_later(crm, yearly, received, effective):
    order = place_fewer(crm, yearly, received)
    run_jobs()
    assert (state_of(crm, order).state, state_of(crm, order).effective_on) == ("CONFIRMED", effective)
    (made,) = amendments(crm, "change-fewer")
    assert (made.effective_on, made.clause) == (effective, "§12")


def test_fewer_follow_on_the_effective_day(crm, yearly):
    place_fewer(crm, yearly, date(2027, 3, 1))
    run_jobs()
    assert seats(yearly) == [("2027-01-01", "2028-01-01", 10)]
    with as_tenant(crm.tenant.pk):
        renewing.renew([yearly.pk], at=datetime(2027, 12, 5, 8, 0, tzinfo=UTC))
    run_jobs()
    assert seats(yearly) == [("2027-01-01", "2028-01-01", 10), ("2028-01-01", "2029-01-01", 7)]


def test_fewer_on_the_web_shop_count_from_the_signature(crm, yearly):
    order = place_fewer(
        crm, yearly, date(2027, 12, 1), email=COLLEAGUE, channel="WEB_SHOP", at=datetime(2027, 12, 1, 9, tzinfo=UTC)
    )
    assert state_of(crm, order).state == "UNSIGNED"
    signed = datetime(2027, 12, 2, 9, tzinfo=UTC)
    with as_tenant(crm.tenant.pk):
        changing.sign_order(order, name="Jonas Alder", email=SIGNATORY, at=signed, actor=crm.actor)
    assert state_of(crm, order).effective_on == date(2029, 1, 1)


def test_a_reduction_is_taken_back_before_it_holds_and_not_after(crm, yearly):
    order = place_fewer(crm, yearly, date(2027, 3, 1))
    late = place_fewer(crm, yearly, date(2027, 3, 1), seats=1)
    with as_tenant(crm.tenant.pk):
        changing.withdraw_order(order.pk, at=datetime(2027, 12, 31, 8, tzinfo=UTC), actor=crm.actor)
        with pytest.raises(changing.ChangeRefusedError, match="binds both"):
            changing.withdraw_order(late.pk, at=datetime(2028, 1, 1, 8, tzinfo=UTC), actor=crm.actor)
    assert [row.content for row in amendments(crm, "change-withdrawn")] == [
        [{"change": "Revoke", "amendment": "000002.000"}]
    ]


@pytest.mark.parametrize(("first", "second"), [(10, 1), (11, 0)])
def test_no_more_can_go_than_there_is(crm, yearly, first, second):
    with pytest.raises(changing.ChangeRefusedError, match="fewer is not possible"):
        place_fewer(crm, yearly, date(2027, 3, 1), seats=first)
        place_fewer(crm, yearly, date(2027, 4, 1), seats=second)


def test_where_the_terms_know_no_reduction_it_is_refused(house):
    contract = concluded(house)
    with pytest.raises(changing.ChangeRefusedError, match="know no reduction"):
        place_fewer(house, contract, date(2027, 3, 1))


# ---- another billing interval


def choose(house, contract, every: Interval, asked: datetime) -> ChangeOrder:
    with as_tenant(house.tenant.pk):
        return ordering.order_interval(
            contract, every, channel="EMAIL", ordered_by="Jonas Alder", email=SIGNATORY, received_on=asked.date(),
            at=asked, actor=house.actor,
        )  # fmt: skip


@pytest.mark.requirement("SO-051")
def test_another_interval_holds_from_the_next_at_list_prices(crm, yearly):
    """Yearly until 31 December; chosen on 1 May: by the quarter from 1 January at the list of that day."""
    new_prices(crm, "65.00", valid_from=date(2028, 1, 1))
    order = choose(crm, yearly, Interval.QUARTER, datetime(2027, 5, 1, 8, tzinfo=UTC))
    assert state_of(crm, order).effective_on == date(2028, 1, 1)
    (made,) = amendments(crm, "change-interval")
    assert made.content == [
        {"change": "SetInterval", "interval": "quarter"},
        {"change": "ChangePrice", "key": "seats", "price": "65.000000"},
    ]
    bill(crm, date(2028, 4, 1), at=datetime(2028, 4, 1, 8, tzinfo=UTC))
    assert [each for each in invoiced(crm) if each[0] == "seats"] == [
        ("seats", 600_000, "2027-01-01", "2027-12-31"),
        ("seats", 195_000, "2028-01-01", "2028-03-31"),
        ("seats", 195_000, "2028-04-01", "2028-06-30"),
    ]


@pytest.mark.parametrize(
    ("asked", "effective"),
    [
        (datetime(2027, 12, 17, 12, tzinfo=UTC), date(2028, 1, 1)),
        (datetime(2027, 12, 18, 12, tzinfo=UTC), date(2029, 1, 1)),
    ],
)
def test_an_interval_whose_invoice_is_out_stays_as_it_was_billed(crm, yearly, asked, effective):
    """Invoices leave fourteen days ahead: the one for 2028 on 18 December 2027; from that day on 2029 is the next."""
    order = choose(crm, yearly, Interval.QUARTER, asked)
    assert state_of(crm, order).effective_on == effective


def test_the_same_interval_and_silent_terms_are_refused(crm, yearly):
    with pytest.raises(changing.ChangeRefusedError, match="by year already"):
        choose(crm, yearly, Interval.YEAR, JULY)


def test_terms_without_another_interval_refuse_it(house):
    contract = concluded(house)
    with pytest.raises(changing.ChangeRefusedError, match="do not provide for another"):
        choose(house, contract, Interval.YEAR, JULY)
