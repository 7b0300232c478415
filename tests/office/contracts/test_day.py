"""The house's day: what happened, what runs out, what comes up in all contracts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.queries.day import coming_up
from kontor.office.contracts.views.day import Chip, in_rows
from tests.factories import make_house, make_user
from tests.office.contracts.walking import concluded, offered
from tests.people import browser, join

pytestmark = pytest.mark.django_db
TODAY = reverse("contracts:today")


def test_the_day_tells_what_happened_and_what_ends_with_it():
    house = make_house()
    offered(house, name="Birke AG", valid_until=timezone.localdate())
    chips = browser(house.staff, house.tenant).get(TODAY, headers={"Accept-Language": "en"}).context["day_chips"]

    told = [(chip.words.split(" ", 1)[-1] if chip.tone == "still" else chip.words, chip.ends) for chip in chips]
    assert [words for words, _ends in told if "offer" in words] == ["An offer was sent", "1 offer ends"]
    assert [chip.place for chip in chips if chip.tone == "soon"] == [1]


def test_the_day_of_somebody_without_the_books_tells_nothing_of_them():
    house = make_house()
    concluded(house)
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["contracts.see"])

    chips = browser(reader, house.tenant).get(TODAY).context["day_chips"]
    assert {chip.url for chip in chips if chip.url.startswith("/books/")} == set()


def test_what_comes_up_in_all_contracts_takes_a_fixed_number_of_queries():
    house = make_house()
    counts, found = [], []
    for number in range(3):
        contract = concluded(house, name=f"Birke {number} AG")
        if number == 1:
            continue
        with as_tenant(house.tenant.pk):
            with CaptureQueriesContext(connection) as captured:
                found = coming_up(contract.start_on - timedelta(days=9))
            counts.append(len(captured))
    assert counts[0] == counts[1]
    assert [step.title.en for _contract, step in found] == ["The contract begins"] * 3


def test_chips_never_lie_on_each_other_and_what_finds_no_room_is_counted():
    chips = [Chip(place, "9:30 Rechnungen wurden gestellt", "/", "still") for place in (0, 0.01, 0.02, 0.6)]

    assert [(chip.place, chip.low, chip.more) for chip in in_rows(chips)] == [
        (0, False, 0),
        (0.01, True, 1),
        (0.6, False, 0),
    ]
