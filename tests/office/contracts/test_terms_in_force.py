"""A contract that accepted a later version of its terms takes its rules from it, from its day on and not before."""

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Entitlement
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.actions.entitling import follow
from kontor.office.contracts.actions.noticing import NewNotice, give_notice
from kontor.office.contracts.actions.terms_changes import announce_change, write_change
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.billing import collection_term, due_rule
from kontor.office.contracts.queries.bills import bills
from kontor.office.contracts.queries.ending import rows_of, rule_of
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.running import running_term, terms_around
from kontor.office.contracts.queries.terms import accepted_versions, changed_rows, terms_on
from kontor.office.contracts.queries.terms_changes import concerned
from kontor.rulebook.amendments import Revoke
from kontor.rulebook.contract_state import SetTerms
from kontor.rulebook.duration import Duration
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.notice import Given
from kontor.rulebook.ending.told import Side
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.terms import files, load
from kontor.rulebook.terms.concluded import _concluded, continued
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_limited import mailing_plan
from tests.office.contracts.test_terms_changes import JANUARY_10, announced, draft, had
from tests.people import make_tenant

MARCH, APRIL = date(2027, 3, 31), date(2027, 4, 1)
REPLACED = (
    ('version = "2026-01"', 'version = "2027-04"'),
    ("in_force_from = 2026-01-01", "in_force_from = 2027-04-01"),
    ('period = { value = "3 months", clause = "4.6.1"', 'period = { value = "6 months", clause = "4.6.1"'),
    ('renewal = { value = "12 months"', 'renewal = { value = "6 months"'),
    ('due = { value = "14 days", clause = "7.4"', 'due = { value = "30 days", clause = "7.4"'),
    ('collection_wait = { value = "7 days"', 'collection_wait = { value = "10 days"'),
)


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """
    Put a version of visitor beside the first: six months' notice, six months more, thirty days, ten days' wait.

    Contracts of a test are concluded before it is called, under the version that was the newest then.
    """

    def put(pack: str = "visitor", replaced: Sequence[tuple[str, str]] = REPLACED) -> None:
        folder = tmp_path / "packs"
        shutil.copytree(files.FOLDER, folder)
        text = (folder / f"{pack}-2026-01.toml").read_text(encoding="utf-8")
        for old, new in replaced:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (folder / f"{pack}-2027-04.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(files, "FOLDER", folder)

    return put


def holds(house, contract: Contract, on: date, version: str = "2027-04") -> Amendment:
    ruling = Ruling(on, (Clause("visitor", "4.3.2", "2026-01"),), (), ())
    with as_tenant(house.tenant.pk):
        return amend(
            contract, "terms_change", [SetTerms(version)], effective_on=on, ruling=ruling,
            at=datetime(2027, 1, 10, 9, tzinfo=UTC), actor=MACHINE,
        )  # fmt: skip


@pytest.mark.django_db
def test_before_its_day_the_old_version_decides_and_from_it_on_the_new_one(second):
    """
    First term 1 December 2026 to 30 November 2027. Three months before its end: 31 August; six months: 31 May.
    """
    house = make_house()
    contract = concluded(house)
    second()
    holds(house, contract, APRIL)
    with as_tenant(house.tenant.pk):
        rows = rows_of(contract)
        for given in (None, rows):
            assert [terms_on(contract, day, given).version for day in (MARCH, APRIL)] == ["2026-01", "2027-04"]
        assert [str(rule_of(contract, rows, day).term.notice) for day in (MARCH, APRIL)] == ["3 months", "6 months"]
        terms = [running_term(contract, rows_of(contract), day) for day in (MARCH, APRIL)]
        assert [found.value.notice_by for found in terms if found] == [date(2027, 8, 31), date(2027, 5, 31)]
        assert [str(due_rule(contract, issued_on=day, renewal=False).within) for day in (MARCH, APRIL)] == [
            "14 days", "30 days",
        ]  # fmt: skip
        waits = [collection_term(contract, day) for day in (MARCH, APRIL)]
        assert [str(wait.wait) for wait in waits if wait] == ["7 days", "10 days"]
        assert terms_on(contract, APRIL).invoicing.interval.value == "month"  # what the offer agreed ranks above both


@pytest.mark.django_db
@pytest.mark.parametrize(("told", "ends"), [(MARCH, date(2027, 11, 30)), (date(2027, 6, 1), date(2028, 5, 31))])
def test_a_notice_follows_the_version_of_its_own_day(second, told, ends):
    """On 1 June six months no longer fit before 30 November; the next term is six months, to 31 May 2028."""
    house = make_house()
    contract = concluded(house)
    second()
    holds(house, contract, APRIL)
    with as_tenant(house.tenant.pk):
        given = Given(Means.LETTER, sent=told, received=told)
        notice = NewNotice(given=given, side=Side.CUSTOMER, given_by="Jonas Alder")
        at = datetime(told.year, told.month, told.day, 11, tzinfo=UTC)
        assert give_notice(contract, notice, at=at, actor=MACHINE).ends_on == ends


@pytest.mark.django_db
def test_a_term_that_began_under_the_old_version_runs_to_its_end(second):
    """In force from 1 February 2028, in the second term of twelve months: the third is one of six."""
    house = make_house()
    contract = concluded(house)
    second()
    holds(house, contract, date(2028, 2, 1))
    with as_tenant(house.tenant.pk):
        found = [
            running_term(contract, rows_of(contract), day)
            for day in (date(2028, 1, 31), date(2028, 2, 1), date(2028, 12, 1))
        ]
        assert [(each.value.term.first, each.value.term.last) for each in found if each] == [
            (date(2027, 12, 1), date(2028, 11, 30)),
            (date(2027, 12, 1), date(2028, 11, 30)),
            (date(2028, 12, 1), date(2029, 5, 31)),
        ]
        around = terms_around(contract, rows_of(contract), date(2028, 12, 1))
        assert [term.first for term in around] == [
            date(2026, 12, 1), date(2027, 12, 1), date(2028, 12, 1), date(2029, 6, 1),
        ]  # fmt: skip


@pytest.mark.django_db
def test_the_days_to_pay_follow_the_day_of_issue(second):
    house = make_house()
    contract = concluded(house)
    second()
    holds(house, contract, APRIL)
    days = {}
    with as_tenant(house.tenant.pk):
        one = Contract.objects.select_related("offer").get(pk=contract.pk)
        for day in (MARCH, APRIL):
            at = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
            bill = next(iter(bills([one], day, at=at)))
            days[day] = (bill.due.value - day).days, str(bill.collection.wait)
    assert days == {MARCH: (14, "7 days"), APRIL: (30, "10 days")}


@pytest.mark.django_db
def test_a_change_that_names_the_version_on_file_brings_its_rules_and_its_notice(second):
    house = make_house()
    contract = concluded(house)
    second()
    announced(house, draft(kind="reasonable", version="2027-04"))
    had(house)
    with as_tenant(house.tenant.pk):
        rows = rows_of(contract)
        assert accepted_versions(contract) == [(APRIL, "2027-04")]
        state = history_of(contract, rows).state
        assert [(state(day).terms, str(state(day).notice)) for day in (MARCH, APRIL)] == [
            (None, "3 months"), ("2027-04", "6 months"),
        ]  # fmt: skip
        assert terms_on(contract, APRIL).version == "2027-04"


@pytest.mark.django_db
def test_whoever_concluded_under_the_new_version_is_not_told_and_an_old_one_is_named_by_nobody(second):
    house = make_house()
    first = concluded(house)
    second()
    later = concluded(house, name="Birke AG")
    assert later.version == "2027-04"
    with pytest.raises(RefusalError, match="exists already"):
        announced(house, draft(kind="reasonable", version="2026-01"))
    with as_tenant(house.tenant.pk):
        row = write_change(draft(kind="reasonable", version="2027-04"), at=JANUARY_10, actor=house.actor)
        assert announce_change(row.pk, at=JANUARY_10, actor=house.actor).contracts == 1
        assert [
            it.contract.pk
            for it in concerned("visitor", kind="reasonable", version="2027-04", named=APRIL, at=JANUARY_10)
        ] == [first.pk]
        assert list(changed_rows([first, later])) == [first.pk]


@pytest.mark.django_db
def test_intervals_are_billed_by_the_version_of_their_first_day(second, request):
    """In advance until March; from April on at the end of the month: April on 1 May, and nothing of it on 1 April."""
    later = ('issued = { value = "period_start", clause = "7.4"', 'issued = { value = "period_end", clause = "7.4"')
    request.addfinalizer(_concluded.cache_clear)  # other tests have another pack under the same name
    _concluded.cache_clear()
    house = make_house()
    contract = concluded(house)
    second("visitor", (*REPLACED, later))
    holds(house, contract, APRIL)

    def first_days(until: date) -> list[tuple[date, str]]:
        with as_tenant(house.tenant.pk):
            found = bills([Contract.objects.get()], until, at=datetime(2027, 1, 20, 9, tzinfo=UTC))
            lines = [line for bill in found for line in bill.lines if line.key.position == "seats"]
            return [(line.period.first, line.clauses[0].version) for line in lines]

    advance = [(date(2026, 12, 1), "2026-01"), *((date(2027, month, 1), "2026-01") for month in (1, 2, 3))]
    assert first_days(date(2027, 4, 30)) == advance
    assert first_days(date(2027, 5, 1)) == [*advance, (APRIL, "2027-04")]


@pytest.mark.django_db
def test_a_version_told_on_paper_alone_and_one_taken_back_change_no_rule(second):
    house = make_house()
    contract = concluded(house)
    second()
    holds(house, contract, APRIL, version="2027-02")
    with as_tenant(house.tenant.pk):
        assert terms_on(contract, APRIL).version == "2026-01"
    made = holds(house, contract, APRIL)
    with as_tenant(house.tenant.pk):
        assert terms_on(contract, APRIL).version == "2027-04"
        ruling = Ruling(APRIL, (Clause("visitor", "4.3.2", "2026-01"),), (), ())
        at = datetime(2027, 1, 11, 9, tzinfo=UTC)
        revoked = [Revoke(f"{made.number:06}.000")]
        amend(contract, "terms_change", revoked, effective_on=APRIL, ruling=ruling, at=at, actor=MACHINE)
        assert terms_on(contract, APRIL).version == "2026-01"


@pytest.mark.django_db
def test_nothing_is_asked_while_no_later_version_is_on_file():
    house = make_house()
    contract = concluded(house)
    with as_tenant(house.tenant.pk), CaptureQueriesContext(connection) as asked:
        assert terms_on(contract, APRIL).version == "2026-01"
        assert changed_rows([contract]) == {}
    assert len(asked) == 0


@pytest.mark.django_db
def test_the_customer_reads_the_same_and_a_stranger_sees_no_amendment(second):
    house = make_house()
    tenant = make_tenant("Alder")
    contract = concluded(house, own_tenant=tenant)
    second()
    holds(house, contract, APRIL)
    with as_tenant(tenant.pk):
        seen = Contract.received.get(pk=contract.pk)
        assert terms_on(seen, APRIL).version == "2027-04"
    with as_tenant(make_tenant("Other").pk):
        assert accepted_versions(contract) == []


def test_a_later_version_keeps_what_was_agreed_and_forgets_what_it_no_longer_asks():
    pack = continued(
        "visitor", "2026-01",
        settings={"notice.counts": "sent", "notice.period": "1 month", "nobody.knows": "x"},
        agreed={"invoicing.interval": "quarter", "nobody.knows": "x", "term.nothing": 1},
    )  # fmt: skip
    assert (pack.notice.counts.value, pack.notice.period.value) == ("sent", Duration.parse("3 months"))
    assert pack.invoicing.interval.value == "quarter"
    assert load("visitor").notice.counts.value == "received"


@pytest.mark.django_db
def test_limits_follow_the_version_of_their_day(second):
    """25,000 mails a month until March 2027, 30,000 from April on; the storage that the offer agreed stays."""
    house, contract = mailing_plan("web_pro")
    more = (*REPLACED[:2], ("monthly = { value = { amount = 25000", "monthly = { value = { amount = 30000"))
    second("leisure", more)
    before, later = limits(contract), datetime(2027, 3, 10, 9, tzinfo=UTC)
    holds(house, contract, APRIL)
    with as_tenant(house.tenant.pk):
        follow(contract, at=later, actor=MACHINE)
    run_jobs()
    (mails,) = [each for each in before if each[0] == "bulk_mailings"]
    assert mails[1:] == (25_000, date(2026, 12, 1), date(2027, 12, 1))
    assert limits(contract) == [
        *(each for each in before if each != mails),
        ("bulk_mailings", 25_000, date(2026, 12, 1), APRIL),
        ("bulk_mailings", 30_000, APRIL, date(2027, 12, 1)),
    ]


def limits(contract: Contract) -> list[tuple[str, int | None, date, date | None]]:
    with as_tenant(contract.customer_tenant_id):
        rows = Entitlement.objects.exclude(warn_at=[]).order_by("-module", "from_on")
        return [(row.module, row.quantity, row.from_on, row.until_on) for row in rows]
