"""The technical and organisational measures: what a review names, and who is told when one is overdue."""

from datetime import UTC, date, datetime

import pytest

from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import register
from kontor.office.privacy.actions.measure_alarms import tell_overdue
from kontor.office.privacy.actions.retention import begin_night
from kontor.office.privacy.queries.measures import measures
from kontor.rulebook.refusal import RefusalError
from tests.factories import House, make_house
from tests.people import administrator, make_tenant

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def inside():
    house = make_house()
    with as_tenant(house.tenant.pk):
        yield house


SEEN = "Schließplan vom März, im Ordner Gebäude, Blatt 3"


def test_a_measure_is_reviewed_with_owner_and_evidence_and_again_after_that(inside):
    first = next(measures(NOW.date()))
    assert first.overdue
    told = {"owner": "Ole", "reviewed_on": NOW.date(), "review_by": date(2028, 6, 1), "at": NOW, "actor": inside.actor}

    register.review_measure(first.key, evidence=SEEN, **told)

    again = next(measures(NOW.date()))
    assert (again.owner, again.evidence, again.overdue) == ("Ole", SEEN, False)
    assert next(measures(date(2028, 6, 2))).overdue
    for wrong in (
        {"measure": "nothing", "evidence": SEEN},
        {"measure": first.key, "evidence": SEEN, "owner": " "},
        {"measure": first.key, "evidence": "x" * 29},
        {"measure": first.key, "evidence": "x" + " " * 40},
        {"measure": first.key, "evidence": SEEN, "reviewed_on": date(2027, 6, 2)},
        {"measure": first.key, "evidence": SEEN, "review_by": NOW.date()},
    ):
        with pytest.raises(RefusalError):
            register.review_measure(wrong.pop("measure"), **(told | wrong))


@pytest.mark.requirement("FW-116")
def test_every_measure_names_owner_evidence_and_day_and_an_overdue_one_is_mailed(inside: House) -> None:
    """Due on 10 July 2027: silence on that day, told on the 11th; those never looked at on the first of a month."""
    administrator(inside.tenant, "ops@lindwurm.example", "Ole")
    keys = [each.key for each in measures(NOW.date())]
    assert "premises" in keys  # physical access control is among them
    told = {"owner": "Ole Onken", "evidence": SEEN, "reviewed_on": NOW.date(), "at": NOW, "actor": inside.actor}
    with pytest.raises(RefusalError, match="at least 30 characters"):
        register.review_measure("premises", **told | {"evidence": "Alles in Ordnung."}, review_by=date(2027, 7, 10))
    for key in keys:
        if key == "premises":
            continue  # nobody ever looks at this one
        register.review_measure(key, **told, review_by=date(2027, 7, 10 if key == "systems" else 20))

    assert mailed(night=(7, 10)) == set()
    (text,) = mailed(night=(7, 11))
    assert [line for line in text.splitlines() if line.startswith("- ")] == [
        "- 2.2 Zugang zu Systemen: fällig am 10.07.2027, zuständig Ole Onken",
    ]  # fmt: skip
    assert mailed(night=(7, 12)) == mailed(night=(7, 19)) == {text}
    (first,) = mailed(night=(8, 1)) - {text}
    lines = [line for line in first.splitlines() if line.startswith("- ")]
    assert (len(lines), sum("noch nie überprüft" in line for line in lines)) == (len(keys), 1)
    register.review_measure("systems", **told | {"reviewed_on": NOW.date()}, review_by=date(2028, 7, 10))
    assert {each.key for each in measures(date(2027, 8, 1)) if each.overdue} == set(keys) - {"systems"}


def mailed(*, night: tuple[int, int]) -> set[str]:
    """Let a night of 2027 go by, and return what was ever mailed about measures."""
    month, day = night
    begin_night(at=datetime(2027, month, day, 1, 0, tzinfo=UTC))  # 03:00 in Berlin
    return set(
        OutgoingMail.objects.filter(subject="Überprüfung von Maßnahmen überfällig").values_list("text", flat=True)
    )


def test_a_customer_is_told_nothing_of_the_houses_measures(inside):
    customer = make_tenant("Birke")
    administrator(customer)
    with as_tenant(customer.pk):
        begin_night(at=datetime(2027, 8, 1, 1, 0, tzinfo=UTC))
        assert not OutgoingMail.objects.exists()
    assert tell_overdue(date(2027, 8, 1), at=NOW) != []
