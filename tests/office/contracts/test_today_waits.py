"""The house's day shows what waits: a legal rate on no file, a trial's data to be erased, a refund that failed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import claiming
from kontor.office.contracts.actions.trial_ends import expire_trial, note_erased
from kontor.office.contracts.models import ClaimLetter, EnteredRate
from kontor.office.contracts.queries.missing_rates import missing_rates
from kontor.rulebook.interest import LegalRate, first_without_rate
from tests.background import run_jobs
from tests.factories import make_house, make_user
from tests.office.contracts.late import Late, make_late, noon
from tests.office.contracts.test_trials import AFTER, registered
from tests.people import browser, join

TODAY = reverse("contracts:today")
pytestmark = pytest.mark.django_db


def kept(late: Late, on: date) -> None:
    with as_tenant(late.house.tenant.pk):
        claiming.keep_claims(at=noon(on))


def hands(late: Late) -> list[tuple[str, str, str]]:
    page = browser(late.house.staff, late.house.tenant).get(TODAY, headers={"Accept-Language": "en"})
    return [(hand.title, hand.about, hand.url) for hand in page.context["hands"] if "rate" in hand.title]


def test_a_rate_on_no_file_stands_on_the_day_until_it_is_entered_and_reminders_go_on():
    """The French rate is on file until 30 June 2026; leisure's Art. 11 asks for three times of it."""
    late = make_late("leisure")
    late.plan(automatic=True)
    today = timezone.localdate()
    late.invoice(today - timedelta(days=30))
    kept(late, today)
    enter = reverse("contracts:reminder-habits")
    assert hands(late) == [
        (
            "Legal rate from 1 Jul 2026 is on no file: French law",
            "1 claim waits: no interest without it, and no reminder",
            f"{enter}?law=fr&first=2026-07-01#rate",
        )
    ]
    client = browser(late.house.staff, late.house.tenant)
    assert 'value="2026-07-01"' in client.get(f"{enter}?law=fr&first=2026-07-01").content.decode()
    given = {"law": "fr", "first": "2026-07-01", "last": str(today), "percent": "2.62", "source": "Testwert"}
    answer = client.post(reverse("contracts:rate-enter"), given)
    assert "/reminders/" in answer["Location"]
    run_jobs()
    assert hands(late) == []
    with as_tenant(late.house.tenant.pk):
        assert list(ClaimLetter.objects.values_list("key", flat=True)) == ["reminder-1"]


@pytest.mark.parametrize(
    ("first", "last"), [("2026-06-30", "2026-12-31"), ("2026-01-01", "2026-01-01"), ("2020-01-01", "2030-01-01")]
)
def test_no_day_has_two_rates(first, last):
    late = make_late("leisure")
    client = browser(late.house.staff, late.house.tenant)
    given = {"law": "fr", "first": first, "last": last, "percent": "2.62", "source": "Testwert"}
    answer = client.post(reverse("contracts:rate-enter"), given, headers={"Accept-Language": "en"})
    assert (answer.status_code, "A rate for these days is on file already." in answer.content.decode()) == (422, True)
    with as_tenant(late.house.tenant.pk):
        assert EnteredRate.objects.count() == 0


def test_what_has_its_rate_or_bears_none_or_is_disputed_waits_for_nothing():
    late = make_late("leisure")
    late.invoice(date(2026, 5, 1))
    late.keep(date(2026, 6, 30))
    with as_tenant(late.house.tenant.pk):
        assert missing_rates(date(2026, 6, 30)) == []
        (found,) = missing_rates(date(2026, 7, 1))
        assert (found.law, found.since, found.claims, found.clause.number) == ("fr", date(2026, 7, 1), 1, "Art. 11")


def test_where_neither_terms_nor_law_give_a_rate_nothing_waits_for_one():
    silent = make_late("crm")
    silent.invoice(date(2026, 5, 1))
    silent.keep(date(2026, 6, 30))
    with as_tenant(silent.house.tenant.pk):
        assert missing_rates(date(2026, 8, 1)) == []


def test_two_questions_however_many_claims():
    late = make_late("leisure")
    counts = []
    for number in (1, 3):
        for place in range(number):
            late.invoice(date(2026, 7, 10 + number), occasion=f"{number}-{place}")
        late.keep(date(2026, 9, 1))
        with as_tenant(late.house.tenant.pk), CaptureQueriesContext(connection) as asked:
            (found,) = missing_rates(date(2026, 9, 1))
        counts.append(len(asked))
        assert found.since == date(2026, 7, 1)
    assert counts == [2, 2]


RATES = [
    LegalRate(date(2026, 1, 1), Decimal(2), date(2026, 7, 1)),
    LegalRate(date(2026, 10, 1), Decimal(3)),
]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 1, 1), date(2026, 6, 30), None),
        (date(2026, 1, 1), date(2026, 7, 1), date(2026, 7, 1)),
        (date(2025, 12, 31), date(2026, 2, 1), date(2025, 12, 31)),
        (date(2026, 8, 5), date(2026, 12, 1), date(2026, 8, 5)),
        (date(2026, 10, 1), date(2030, 1, 1), None),
    ],
)
def test_the_first_day_without_a_rate(first, last, expected):
    assert first_without_rate(RATES, first, last) == expected


def test_a_trial_whose_data_are_to_be_erased_stands_on_the_day_until_that_is_noted():
    house = make_house("crm")
    trial = registered(house)
    with as_tenant(house.tenant.pk):
        expire_trial(trial.pk, at=AFTER)
    client = browser(house.staff, house.tenant)

    def shown() -> list[tuple[str, str, date, str]]:
        page = client.get(TODAY, headers={"Accept-Language": "en"})
        return [
            (hand.about, hand.url, hand.due, str(hand.clause.number))
            for hand in page.context["hands"]
            if hand.title == "To be erased"
        ]

    url = reverse("contracts:trial", args=[trial.pk])
    assert shown() == [("Everything that Birke AG entered in its trial", url, date(2026, 5, 16), "§1.1")]
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["contracts.see"])
    page = browser(reader, house.tenant).get(TODAY, headers={"Accept-Language": "en"})
    assert [hand for hand in page.context["hands"] if hand.title == "To be erased"] == []
    with as_tenant(house.tenant.pk):
        note_erased(trial.pk, on=date(2026, 5, 16), note="alles", at=AFTER, actor=house.actor)
    assert shown() == []
