"""What a customer may use follows its contract: amendments, the running term, a known end, in any order."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kontor.kernel.actions.rights import Grant, grant
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due, Entitlement, Event
from kontor.kernel.queries.record import history_of
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import amending, days, entitling, moving_in, renewing
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.amendments import Revoke
from kontor.rulebook.contract_state import AddItem, Change, ChangeQuantity, End, Per
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.background import run_jobs
from tests.factories import AT, make_house
from tests.many import copies, one_contract
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
WHY = Ruling("more", (Clause("visitor", "3.2", "2026-01"),), (), (Text("weil", "because"),))
# the contract begins on 1 December 2026 for 12 months; 3 months' notice: until 31 August 2027
LAST_DAY = datetime(2027, 8, 31, 21, 59, tzinfo=UTC)  # 23:59 in Berlin
TOO_LATE = datetime(2027, 8, 31, 22, 0, tzinfo=UTC)


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    made = one_contract(house)
    run_jobs()
    return made


def amend(house, contract, *changes: Change | Revoke, on: date, items=None):
    with as_tenant(house.tenant.pk):
        made = amending.amend(
            contract, "change", changes, effective_on=on, ruling=WHY, at=AT, actor=MACHINE, items=items
        )
        entitling.follow(contract, at=AT, actor=MACHINE)
    run_jobs()
    return made


def renew(house, at: datetime) -> list[Amendment]:
    with as_tenant(house.tenant.pk):
        made = renewing.renew(list(Contract.objects.values_list("pk", flat=True)), at=at)
    run_jobs()
    return made


def rights(contract, module: str = "platform") -> list[tuple[str, str, int]]:
    with as_tenant(contract.customer_tenant_id):
        rows = Entitlement.objects.filter(module=module).order_by("from_on")
        return [(str(row.from_on), str(row.until_on), row.quantity) for row in rows]


def test_moving_in_unlocks_what_the_conclusion_says(contract):
    assert rights(contract) == [("2026-12-01", "2027-12-01", 10)]
    assert rights(contract, "visitors") == []  # 10.2: only after the agreement that it demands


def test_more_and_fewer_hold_from_their_day(house, contract):
    amend(house, contract, ChangeQuantity("seats", 3), on=date(2027, 3, 1))
    amend(house, contract, ChangeQuantity("seats", -5), on=date(2027, 6, 1))
    assert rights(contract) == [
        ("2026-12-01", "2027-03-01", 10), ("2027-03-01", "2027-06-01", 13), ("2027-06-01", "2027-12-01", 8),
    ]  # fmt: skip


def test_up_and_down_on_one_day_leave_no_part(house, contract):
    amend(house, contract, ChangeQuantity("seats", 3), on=date(2027, 3, 1))
    amend(house, contract, ChangeQuantity("seats", -3), on=date(2027, 3, 1))
    assert rights(contract) == [("2026-12-01", "2027-12-01", 10)]


def test_an_added_item_opens_its_module(house, contract):
    item = {"name": "Leitsystem", "module": "wayfinding", "unit": "SITE", "kind": "MODULE"}
    added = AddItem("wayfinding", 1, Decimal("40.00"), Per.MONTH)
    amend(house, contract, added, on=date(2027, 3, 1), items={"wayfinding": item})
    assert rights(contract, "wayfinding") == [("2027-03-01", "2027-12-01", 1)]


def test_what_falls_to_nothing_is_locked_and_taken_back_opens_again(house, contract):
    gone = amend(house, contract, ChangeQuantity("seats", -10), on=date(2027, 3, 1))
    assert rights(contract) == [("2026-12-01", "2027-03-01", 10)]
    amend(house, contract, Revoke(f"{gone.number:06}.000"), on=date(2027, 3, 1))
    assert rights(contract) == [("2026-12-01", "2027-12-01", 10)]


def test_a_contract_that_ends_before_it_begins_opens_nothing(house, contract):
    amend(house, contract, End(date(2026, 11, 15)), on=date(2026, 11, 15))
    assert rights(contract) == []
    assert verbs(contract.customer_tenant)[-2:] == ["kernel.entitlement_ended"] * 2


def test_following_again_writes_nothing(house, contract):
    before = verbs(contract.customer_tenant)
    with as_tenant(house.tenant.pk):
        entitling.follow(contract, at=AT, actor=house.actor)
        entitling.follow(contract, at=AT, actor=house.actor)
    assert run_jobs() == ["contracts.entitle", "contracts.entitle"]
    assert verbs(contract.customer_tenant) == before


def test_the_customers_record_names_who_changed_the_contract(house, contract):
    with as_tenant(house.tenant.pk):
        amending.amend(
            contract, "change", [ChangeQuantity("seats", 1)], effective_on=contract.start_on, ruling=WHY, at=AT,
            actor=house.actor,
        )  # fmt: skip
        entitling.follow(contract, at=AT, actor=house.actor)
    run_jobs()
    with as_tenant(contract.customer_tenant_id):
        row = Entitlement.objects.get(module="platform")
        entry = history_of(row.pk)[0]
    assert (entry.verb, entry.actor, entry.clause) == ("kernel.entitlement_changed", house.staff.pk, "3.2")
    assert (entry.before["quantity"], entry.after["quantity"]) == (10, 11)


def test_another_tenant_cannot_be_given_a_strangers_contract(contract):
    stranger = make_tenant("Birke")
    with as_tenant(stranger.pk), pytest.raises(Contract.DoesNotExist):
        entitling.entitle(contract.pk, {}, at=AT, actor=MACHINE)


def test_a_contract_without_term_or_end_opens_without_end(house, monkeypatch):
    silent = {"term": None, "notice": None}
    monkeypatch.setattr(amending, "pack_of_terms", lambda terms: pack_of_terms(terms).model_copy(update=silent))
    contract = one_contract(house)
    run_jobs()
    assert rights(contract) == [("2026-12-01", "None", 10)]
    with as_tenant(contract.customer_tenant_id):
        assert Entitlement.objects.get(module="platform").reason_de == f"Vertrag {contract.number}, vom 01.12.2026"
    assert renew(house, datetime(2030, 1, 1, tzinfo=UTC)) == []


def test_what_is_granted_without_contract_is_granted_once():
    tenant = make_tenant("Birke")
    given = Grant(module="books", from_on=AT.date(), until_on=None, clause="", reason_de="Haus", reason_en="House")
    with as_tenant(tenant.pk):
        first, again = (grant([given], contract=None, at=AT, actor=MACHINE) for _ in range(2))
    assert first == again
    assert verbs(tenant).count("kernel.entitled") == 1


# ---- renewal


def test_nothing_is_renewed_on_the_last_day_for_notice(house, contract):
    assert renew(house, LAST_DAY) == []


@pytest.mark.requirement("FW-026")
def test_a_contract_renews_once_its_last_day_for_notice_is_over(house, contract):
    """12 more months from 1 December 2027; in the contract's zone, not the server's."""
    (made,) = renew(house, TOO_LATE)
    assert (made.kind, made.effective_on, made.clause) == ("renewal", date(2027, 12, 1), "4.6.1")
    assert made.content == [{"change": "SetTerm", "first": "2027-12-01", "end": "2028-12-01"}]
    with as_tenant(house.tenant.pk):
        why = reasons_of(made.ruling)
        assert (why.question, why.working[0].en) == (
            "contracts.renewal",
            "Notice for the end on 30 November 2027 counted until Tue 31 August 2027; there is none."
            " New term: 1 December 2027 to 30 November 2028.",
        )
        assert Event.objects.filter(kind="contracts.renewed").count() == 1
    assert rights(contract) == [("2026-12-01", "2028-12-01", 10)]
    assert verbs(house.tenant, contract)[-1] == "contracts.amended"


def test_renewing_twice_renews_once(house, contract):
    assert len(renew(house, TOO_LATE)) == 1
    assert renew(house, TOO_LATE) == []


def test_terms_missed_while_nothing_ran_are_made_up_for(house, contract):
    made = renew(house, datetime(2029, 9, 1, 8, 0, tzinfo=UTC))
    assert [row.effective_on.isoformat() for row in made] == ["2027-12-01", "2028-12-01", "2029-12-01"]
    assert rights(contract) == [("2026-12-01", "2030-12-01", 10)]


def test_a_contract_with_a_known_end_does_not_renew(house, contract):
    amend(house, contract, End(date(2027, 11, 30)), on=date(2027, 12, 1))
    assert renew(house, datetime(2027, 12, 5, tzinfo=UTC)) == []
    assert rights(contract) == [("2026-12-01", "2027-12-01", 10)]


@pytest.mark.parametrize("ends", [date(2027, 11, 30), date(2028, 11, 30), date(2027, 6, 30)])
def test_renewing_and_ending_come_to_the_same_in_any_order(house, ends):
    first, second = one_contract(house), None
    with as_tenant(house.tenant.pk):
        (second,) = copies(first, [{"name": "Birke AG"}])
    run_jobs()
    amend(house, first, End(ends), on=AT.date())
    renew(house, TOO_LATE)
    amend(house, second, End(ends), on=AT.date())
    amend(house, first, on=AT.date())
    with as_tenant(first.customer_tenant_id):
        told = {
            each.pk: sorted(
                Entitlement.objects.filter(contract=each.pk).values_list("module", "from_on", "until_on", "quantity")
            )
            for each in (first, second)
        }
    assert told[first.pk] == told[second.pk]
    assert {row[2] for row in told[first.pk]} == {ends + timedelta(days=1)}


@pytest.mark.parametrize("count", [2, 4])
def test_a_batch_renews_in_a_fixed_number_of_queries(house, count, django_assert_num_queries):
    first = one_contract(house)
    with as_tenant(house.tenant.pk):
        copies(first, [{"name": f"Kunde {number}"} for number in range(count - 1)])
    run_jobs()
    with as_tenant(house.tenant.pk):
        ids = list(Contract.objects.values_list("pk", flat=True))
        with django_assert_num_queries(29):
            assert len(renewing.renew(ids, at=TOO_LATE)) == count


def test_the_day_is_looked_at_once_and_again_the_next(house, contract):
    with as_tenant(house.tenant.pk):
        assert Due.objects.get(job="contracts.day").at == datetime(2026, 11, 3, 3, 0, tzinfo=UTC)  # 04:00 in Berlin
        assert days.begin_day(at=TOO_LATE + timedelta(hours=5)) == 1
        assert Due.objects.get(job="contracts.day").at == datetime(2027, 9, 2, 2, 0, tzinfo=UTC)
    assert "contracts.renew" in run_jobs()


def test_a_night_in_which_the_clocks_change_has_its_day_too(house, contract):
    """28 March 2027: clocks go from 02:00 to 03:00 in Berlin; 04:00 there is 02:00 UTC."""
    with as_tenant(house.tenant.pk):
        assert days.keep_days(at=datetime(2027, 3, 27, 12, 0, tzinfo=UTC)) == datetime(2027, 3, 28, 2, 0, tzinfo=UTC)
        assert days.keep_days(at=datetime(2027, 3, 28, 0, 30, tzinfo=UTC)) == datetime(2027, 3, 28, 2, 0, tzinfo=UTC)
        assert days.keep_days(at=datetime(2027, 10, 30, 12, 0, tzinfo=UTC)) == datetime(2027, 10, 31, 3, 0, tzinfo=UTC)


def test_moving_in_takes_along_what_the_positions_open(house, contract):
    with as_tenant(house.tenant.pk):
        told = moving_in.luggage(contract.pk)
    assert told["positions"] == {"visitors": ["visitors", "SITE"], "seats": ["platform", "USER"]}
