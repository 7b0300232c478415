"""A decision is kept once, comes back as it was, and is shown to whom it concerns."""

import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actions.rulings import Decision, store_ruling, store_rulings
from kontor.kernel.models import StoredRuling, Tenant
from kontor.kernel.queries.rulings import reasons_by_id, reasons_of
from kontor.kernel.ruling_values import CannotStoreError, read, written
from kontor.kernel.tenancy import as_tenant
from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.kernel.conftest import AT

NOTICE = Ruling(
    date(2026, 9, 30),
    (Clause("visitor", "4.6.1", "2026-01"),),
    (("end", "2026-12-31"),),
    (Text("3 Monate vorher", "3 months before"),),
)


def test_a_decision_comes_back_as_it_was(alder):
    with as_tenant(alder.pk):
        stored = store_ruling(NOTICE, question="notice", pack="visitor", version="2026-01", at=AT)
        reasons = reasons_of(stored)

    assert reasons.ruling == NOTICE
    assert (reasons.question, reasons.pack, reasons.version, reasons.at) == ("notice", "visitor", "2026-01", AT)
    assert (reasons.id, len(reasons.digest)) == (stored, 32)


def test_the_answer_is_spoken_in_the_readers_language(alder):
    from django.utils import translation

    with as_tenant(alder.pk):
        reasons = reasons_of(store_ruling(NOTICE, question="notice", at=AT))
    with translation.override("de"):
        assert reasons.value_text == "30.09.2026"


def test_equal_decisions_are_kept_once(alder):
    with as_tenant(alder.pk):
        first = store_ruling(NOTICE, question="notice", at=AT)
        again = store_ruling(NOTICE, question="notice", at=AT + timedelta(days=1))
        other = store_ruling(NOTICE, question="term", at=AT)

        assert first == again
        assert other != first
        assert StoredRuling.objects.count() == 2


def test_a_decision_is_shown_to_the_customer_it_is_shared_with(alder, birch):
    with as_tenant(alder.pk):
        own = store_ruling(NOTICE, question="notice", at=AT)
        shared = store_ruling(NOTICE, question="notice", at=AT, customer_tenant=birch)
    assert own != shared
    with as_tenant(birch.pk):
        assert set(reasons_by_id([own, shared])) == {shared}
        with pytest.raises(StoredRuling.DoesNotExist):
            reasons_of(own)
        mine = store_ruling(NOTICE, question="notice", at=AT)
        assert mine not in {own, shared}


@pytest.mark.parametrize("number", [1, 40])
def test_a_run_stores_its_decisions_in_a_fixed_number_of_queries(alder, number):
    decisions = [
        Decision(ruling=Ruling(Money("EUR", each // 2)), question="fee", customer_tenant=alder.pk)
        for each in range(number)
    ]
    with as_tenant(alder.pk):
        with CaptureQueriesContext(connection) as queries:
            ids = store_rulings(decisions, at=AT)

        assert len(queries) == 5  # savepoint made and released; looked for, inserted, looked for again
        assert ids == store_rulings(decisions, at=AT)
        assert len(set(ids)) == StoredRuling.objects.count() == -(-number // 2)


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_the_same_at_once_share_it():
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    inserted, found = threading.Event(), []

    def second() -> None:
        inserted.wait()
        with as_tenant(tenant.pk):
            found.append(store_ruling(NOTICE, question="notice", at=AT))
        connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with as_tenant(tenant.pk):
        first = store_ruling(NOTICE, question="notice", at=AT)
        inserted.set()
        thread.join(0.3)
        assert thread.is_alive()  # it waits for this transaction's row
    thread.join()
    assert found == [first]


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Rate:
    percent: Decimal
    reason: Text | None = None


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        "text",
        Decimal("1.50"),
        Fraction(1, 3),
        date(2026, 9, 30),
        datetime(2026, 9, 30, 12, 0, tzinfo=UTC),
        time(9, 30),
        timedelta(days=1, microseconds=1),
        uuid.UUID(int=5),
        Duration.parse("3 months"),
        Money("EUR", 1250),
        Period(date(2026, 1, 1), date(2026, 2, 1)),
        Text("ja", "yes"),
        (1, (Decimal("2.0"), "x")),
        {"a": Decimal(1), 2: date(2026, 1, 1)},
        frozenset({1, 2}),
    ],
)
def test_a_value_comes_back_exactly(value):
    back = read(written(value))
    assert (back, type(back)) == (value, type(value))


def test_other_value_objects_come_back_with_their_parts():
    back = read(written(Rate(Decimal("19.0"))))

    assert (back.kind, back.percent, back.reason, str(back)) == ("Rate", Decimal("19.0"), None, "19.0")
    with pytest.raises(AttributeError):
        back.missing  # noqa: B018
    assert read(written(Colour.RED)) == "red"


def test_a_float_is_refused():
    with pytest.raises(CannotStoreError, match="float"):
        written((1, 0.5))
