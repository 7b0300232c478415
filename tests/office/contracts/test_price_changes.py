"""Price changes under an index: proposed, released, told, applied at the renewal, once and never in retrospect."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, RecordEntry, StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import index_register, price_changes
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.actions.price_applying import apply_announced
from kontor.office.contracts.models import (
    Amendment,
    Contract,
    IndexSeries,
    IndexValue,
    PriceAdjustment,
    PriceAdjustmentState,
    PriceProblem,
    PriceRun,
)
from kontor.office.contracts.queries.price_proposals import NoProposal, Proposal
from kontor.office.contracts.queries.state import contract_state
from kontor.rulebook.contract_state import End
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling
from tests.background import run_jobs
from tests.office.contracts.pricing import (
    IN_AUGUST,
    IN_SEPTEMBER,
    JULY,
    RENEWAL,
    SEPTEMBER,
    UNTIL,
    enter,
    indexed,
    renewed,
    value,
)
from tests.people import make_tenant

pytestmark = pytest.mark.django_db


def proposed(house, at: datetime = IN_AUGUST, until: date = UNTIL) -> list[Proposal | NoProposal]:
    with as_tenant(house.tenant.pk):
        return price_changes.proposals("INDEX", Contract.objects.all(), until=until, at=at)


def announced(house, at: datetime = IN_AUGUST, until: date = UNTIL) -> PriceRun:
    with as_tenant(house.tenant.pk):
        ids = list(Contract.objects.values_list("pk", flat=True))
        run = price_changes.release("INDEX", ids, until=until, at=at, actor=house.actor)
        price_changes.announce(run.pk, ids, at=at)
        return PriceRun.objects.get(pk=run.pk)


def received(house, at: datetime = IN_AUGUST) -> None:
    with as_tenant(house.tenant.pk):
        for told in PriceAdjustment.objects.all():
            price_changes.note_told(told.pk, at=at)


def applied(house, at: datetime = IN_SEPTEMBER) -> list[Amendment]:
    with as_tenant(house.tenant.pk):
        return apply_announced(at=at)


def state_of(house) -> PriceAdjustmentState:
    with as_tenant(house.tenant.pk):
        return PriceAdjustmentState.objects.order_by("-adjustment__effective_on").first()


def price(house, contract, on: date, key: str = "visitors") -> Decimal:
    with as_tenant(house.tenant.pk):
        rows = list(Amendment.objects.filter(contract=contract))
        return contract_state(rows, on, pack="leisure", version=contract.version).value.position(key).price


@pytest.mark.requirement("AP-033")
def test_what_an_index_makes_of_the_prices():
    """89.00 × 305.4 / 288.8 = 94.1157…; 12.50 × 305.4 / 288.8 = 13.2185…; what is paid once does not follow."""
    house, _contract = indexed()
    (found,) = proposed(house)
    assert isinstance(found, Proposal)
    assert found.effective_on == RENEWAL
    assert [(line.key, line.before, line.after, line.difference) for line in found.lines] == [
        ("visitors", Decimal("89.00"), Decimal("94.12"), Decimal("5.12")),
        ("seats", Decimal("12.50"), Decimal("13.22"), Decimal("0.72")),
    ]
    assert [str(clause) for clause in found.ruling.clauses] == ["Art. 11"]
    steps = [step.en for step in found.ruling.working]
    assert steps[0] == "Besucherverwaltung: So = 288.8 (09/2026, base 1961=100, published on 20 October 2026)"
    assert steps[2] == "Besucherverwaltung: €89.00 × 305.4 / 288.8 = €94.12, rounded to 2 decimals"


@pytest.mark.requirement("AP-033")
def test_only_on_renewal_and_not_before_the_value_is_published():
    house, contract = indexed()
    assert proposed(house, until=date(2027, 11, 30)) == []
    (found,) = proposed(house, at=datetime(2027, 8, 19, 8, 0, tzinfo=UTC))
    assert isinstance(found, NoProposal)
    assert (found.text.en, found.blocked) == ("No newer index value is published.", False)
    with as_tenant(house.tenant.pk):
        ends = End(date(2027, 11, 30))
        amend(contract, "notice", [ends], effective_on=date(2027, 3, 1), ruling=Ruling(1), at=IN_AUGUST, actor=MACHINE)
    assert proposed(house) == []


def test_the_register_is_asked_for_what_it_lacks():
    house, _contract = indexed(JULY)
    (found,) = proposed(house)
    assert isinstance(found, NoProposal)
    assert (found.text.en, found.blocked) == ("The register has no value that was published by 2 November 2026.", True)
    with as_tenant(house.tenant.pk):
        IndexSeries.objects.update(name="Other")
    (found,) = proposed(house)
    assert isinstance(found, NoProposal)
    assert found.text.en == "The index “Syntec” is not in the register."


@pytest.mark.requirement("AP-033")
def test_announced_applied_at_the_renewal_and_the_next_starts_from_there():
    """94.12 × 310.0 / 305.4 = 95.5376…"""
    house, contract = indexed()
    run = announced(house)
    assert (run.contracts, run.done, run.adjusted, run.finished_at) == (1, 1, 1, IN_AUGUST)
    received(house)
    assert applied(house, IN_AUGUST) == []  # the customer may still give notice until 31 August
    renewed(house, contract)
    (amendment,) = applied(house)
    assert (amendment.kind, amendment.effective_on, amendment.clause) == ("price_change", RENEWAL, "Art. 11")
    assert [price(house, contract, on) for on in (date(2027, 11, 30), RENEWAL)] == [Decimal("89.00"), Decimal("94.12")]
    with as_tenant(house.tenant.pk):
        assert StoredRuling.objects.get(pk=amendment.ruling).question == "contracts.price_change"
        assert RecordEntry.objects.filter(verb="contracts.price_change_announced", object_id=contract.pk).count() == 1
        (mail,) = OutgoingMail.objects.filter(subject__startswith="Anpassung der Preise")
        assert (mail.to, len(mail.attachments)) == ("vertrag@alder.example", 1)
        assert "Besucherverwaltung: 89,00 € → 94,12 € im Monat" in mail.text.splitlines()
    following = datetime(2028, 8, 25, 8, 0, tzinfo=UTC)
    enter(house, value(date(2028, 7, 1), "310.0", date(2028, 8, 20)), at=following)
    (found,) = proposed(house, at=following, until=date(2028, 12, 31))
    assert isinstance(found, Proposal)
    assert (found.lines[0].before, found.lines[0].after) == (Decimal("94.12"), Decimal("95.54"))


@pytest.mark.requirement("AP-033")
def test_twice_is_once():
    house, contract = indexed()
    announced(house)
    again = announced(house)
    received(house)
    renewed(house, contract)
    assert (again.adjusted, len(applied(house)), applied(house)) == (0, 1, [])
    with as_tenant(house.tenant.pk):
        assert (
            PriceAdjustment.objects.count(),
            OutgoingMail.objects.filter(subject__startswith="Anpassung").count(),
        ) == (
            1,
            1,
        )
        state = PriceAdjustmentState.objects.get()
        price_changes.note_told(state.adjustment_id, at=IN_SEPTEMBER)
        state.refresh_from_db()
        assert (state.state, state.received_on) == ("APPLIED", IN_AUGUST.date())


def test_the_mail_server_that_takes_the_mail_starts_it_all_by_job():
    house, contract = indexed()
    with as_tenant(house.tenant.pk):
        price_changes.release("INDEX", [contract.pk], until=UNTIL, at=IN_AUGUST, actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        run = PriceRun.objects.get()
        assert (run.done, run.contracts) == (1, 1)
        empty = price_changes.release("INDEX", [], until=UNTIL, at=IN_AUGUST, actor=house.actor)
        assert empty.finished_at == IN_AUGUST


@pytest.mark.trap(44)
def test_what_nobody_had_before_the_day_is_dropped():
    house, contract = indexed()
    announced(house)
    renewed(house, contract)
    assert applied(house) == []
    assert state_of(house).state == "ANNOUNCED"
    assert applied(house, datetime(2027, 12, 1, 8, 0, tzinfo=UTC)) == []
    state = state_of(house)
    assert (state.state, state.reason_en) == (
        "DROPPED",
        "Nothing was announced before 1 December 2027; the price does not change in retrospect.",
    )
    assert price(house, contract, RENEWAL) == Decimal("89.00")


def test_an_end_before_the_day_drops_it():
    house, contract = indexed()
    announced(house)
    received(house)
    with as_tenant(house.tenant.pk):
        ends = End(date(2027, 11, 30))
        amend(contract, "notice", [ends], effective_on=date(2027, 8, 30), ruling=Ruling(1), at=IN_AUGUST, actor=MACHINE)
    assert applied(house) == []
    assert (
        state_of(house).reason_en == "The contract ends on 30 November 2027, before 1 December 2027; the price stays."
    )


def test_a_problem_is_noted_beside_the_run():
    house, contract = indexed(JULY)
    run = announced(house)
    with as_tenant(house.tenant.pk):
        problem = PriceProblem.objects.get(run=run)
        assert (problem.contract_id, run.adjusted) == (contract.pk, 0)
        assert problem.sentence_en == "The register has no value that was published by 2 November 2026."


@pytest.mark.requirement("AP-033")
def test_a_lost_index_waits_for_an_agreement():
    """89.00 × 121.2 / 117.6 = 91.7244…"""
    house, contract = indexed()
    syntec = enter(house)
    other = enter(
        house,
        value(date(2026, 9, 1), "117.0", date(2026, 10, 10), "2020=100"),
        value(date(2027, 7, 1), "121.2", date(2027, 8, 10), "2020=100"),
        name="ILAT",
    )
    so = value(date(2026, 9, 1), "117.6", date(2027, 7, 2), "2020=100")
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="still published"):
            index_register.agree_on(contract, lost=syntec.pk, series=other.pk, so=so, at=IN_AUGUST, actor=MACHINE)
        told = {"lost_on": date(2027, 7, 1), "reason": "Nicht mehr veröffentlicht", "at": IN_AUGUST, "actor": MACHINE}
        index_register.lose_series(syntec.pk, **told)
        with pytest.raises(RefusalError, match="noted already"):
            index_register.lose_series(syntec.pk, **told)
    (found,) = proposed(house)
    assert isinstance(found, NoProposal)
    assert found.text.en == "The index “Syntec” ended on 1 July 2027; the parties have to agree on another."
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="has ended too"):
            index_register.agree_on(contract, lost=syntec.pk, series=syntec.pk, so=so, at=IN_AUGUST, actor=MACHINE)
        nought = value(date(2026, 9, 1), "0", date(2027, 7, 2))
        with pytest.raises(RefusalError, match="greater than zero"):
            index_register.agree_on(contract, lost=syntec.pk, series=other.pk, so=nought, at=IN_AUGUST, actor=MACHINE)
        index_register.agree_on(contract, lost=syntec.pk, series=other.pk, so=so, at=IN_AUGUST, actor=MACHINE)
        with pytest.raises(RefusalError, match="stands already"):
            index_register.agree_on(contract, lost=syntec.pk, series=other.pk, so=so, at=IN_AUGUST, actor=MACHINE)
    (found,) = proposed(house)
    assert isinstance(found, Proposal)
    assert found.lines[0].after == Decimal("91.72")


def test_the_register_is_only_added_to():
    house, _contract = indexed()
    corrected = value(date(2027, 7, 15), "305.6", date(2027, 8, 22))
    series = enter(house, SEPTEMBER, JULY, corrected)
    with as_tenant(house.tenant.pk):
        assert IndexValue.objects.filter(series=series).count() == 3
        with pytest.raises(RefusalError, match="in the register"):
            index_register.add_series(name="SYNTEC", publisher="", at=IN_AUGUST, actor=MACHINE)
        for wrong in (
            value(date(2027, 7, 1), "0", date(2027, 8, 20)),
            value(date(2027, 7, 1), "305", date(2027, 6, 30)),
            value(date(2027, 7, 1), "305", date(2027, 8, 26)),
        ):
            with pytest.raises(RefusalError):
                index_register.enter_values(series.pk, [wrong], at=IN_AUGUST, actor=MACHINE)
        assert index_register.enter_values(series.pk, [JULY], at=IN_AUGUST, actor=MACHINE) == 0
    (found,) = proposed(house)
    assert isinstance(found, Proposal)
    assert found.lines[0].after == Decimal("94.18")  # 89.00 × 305.6 / 288.8 = 94.1773…


def test_another_tenant_sees_none_of_it():
    house, _contract = indexed()
    announced(house)
    with as_tenant(make_tenant("Fremd").pk):
        assert (IndexSeries.objects.count(), PriceAdjustment.objects.count()) == (0, 0)
        assert PriceAdjustment.received.count() == 0
        with pytest.raises(PriceRun.DoesNotExist):
            price_changes.announce(PriceAdjustment._meta.pk.default(), [], at=IN_AUGUST)
