"""Access cards: handed out at check-in, revoked before they are collected, never in two hands."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from kontor.products.visitors.actions import arriving, cards
from kontor.products.visitors.actions.arriving import Arrival
from kontor.products.visitors.actions.cards import CardRefusedError
from kontor.products.visitors.actions.leaving import give_back
from kontor.products.visitors.models import Card, CardGroup, CardIssue, Visit, VisitEvent, VisitType
from kontor.products.visitors.queries.cards import doors_of, free_cards
from kontor.rulebook.cards import Door
from tests.people import verbs
from tests.products.visitors.visits import DESK, MONDAY, as_tenant, by, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db
BY = {"at": MONDAY, "actor": DESK}
HOURS = {"opens_at": time(7), "closes_at": time(19)}
UNTIL = MONDAY + timedelta(hours=2)


@pytest.fixture
def alder(settings):
    settings.KONTOR_DEMO = True
    return make_alder()


@pytest.fixture
def house(alder):
    """Return a site, its kind of visit with a group of cards, and the group with cards 4711 and 4712."""
    with as_tenant(alder.pk):
        site, kind = make_site(), types()["Business visit"]
        group = cards.add_group(name="Guests", zones=["lobby", "floor 2"], **HOURS, **BY)
        cards.add_cards(group, site, ["4711", "4712", "4711"], **BY)
        VisitType.objects.filter(pk=kind.pk).update(cards=group)
        kind.refresh_from_db()
        yield site, kind, group


def inside(site, kind, name="Nele Brandt") -> Visit:
    return arriving.check_in(expect(site, kind, name).pk, Arrival(site=site), by())


def kinds(visit) -> list[str]:
    return list(VisitEvent.objects.filter(visit=visit).order_by("number").values_list("kind", flat=True))


def later(minutes: int, **more: object):
    return by(at=MONDAY + timedelta(minutes=minutes), **more)


def refused(act) -> str:
    with pytest.raises(CardRefusedError) as told:
        act()
    return told.value.text.en


def test_a_card_is_good_from_the_hand_out_to_the_planned_end_and_revoked_before_it_is_collected(alder, house):
    site, kind, _group = house
    visit = inside(site, kind)
    issue = cards.hand_out(visit.pk, "4711", until=visit.ends_at, attempt=by(key="once"))
    assert (issue.active_at, issue.until, issue.revoked_at) == (MONDAY, UNTIL, None)
    again = cards.hand_out(visit.pk, "4711", until=visit.ends_at, attempt=by(key="once"))
    assert (again.pk, CardIssue.objects.count()) == (issue.pk, 1)
    back = give_back("4711", later(30))
    assert (back.revoked_at, back.returned_at) == (MONDAY + timedelta(minutes=30), MONDAY + timedelta(minutes=30))
    visit.refresh_from_db()
    assert (visit.state, visit.out_at) == ("OUT", MONDAY + timedelta(minutes=30))
    history = ["invited", "checked_in", "card_out", "card_revoked", "left", "card_back"]
    assert kinds(visit) == history
    twice = give_back("4711", later(40))
    assert (twice.returned_at, kinds(visit)) == (back.returned_at, history)
    assert refused(lambda: give_back("4712", later(40))) == "Nobody has this card."


def test_whoever_leaves_without_giving_the_card_back_opens_nothing_and_nobody_else_gets_it(alder, house):
    site, kind, _group = house
    visit = inside(site, kind)
    cards.hand_out(visit.pk, "4711", until=UNTIL, attempt=by())
    arriving.check_out(visit.pk, later(10, key="left"))
    issue = CardIssue.objects.get()
    assert (issue.revoked_at, issue.returned_at) == (MONDAY + timedelta(minutes=10), None)
    next_one = inside(site, kind, "Omar Haddad")
    refusal = refused(lambda: cards.hand_out(next_one.pk, "4711", until=UNTIL, attempt=by()))
    assert refusal == "Somebody else still has this card."
    give_back("4711", later(20))
    assert kinds(visit)[-3:] == ["card_revoked", "left", "card_back"]
    assert cards.hand_out(next_one.pk, "4711", until=UNTIL, attempt=later(21)).visit_id == next_one.pk


def test_the_table_itself_holds_one_hand_and_revoked_first(alder, house):
    site, kind, _group = house
    visit, other = inside(site, kind), inside(site, kind, "Omar Haddad")
    issue = cards.hand_out(visit.pk, "4711", until=UNTIL, attempt=by())
    with pytest.raises(IntegrityError, match="card_in_one_hand"), transaction.atomic():
        CardIssue.objects.create(card=issue.card, visit=other, active_at=MONDAY, until=UNTIL)
    for early in (None, MONDAY + timedelta(minutes=6)):
        with pytest.raises(IntegrityError, match="card_revoked_first"), transaction.atomic():
            CardIssue.objects.filter(pk=issue.pk).update(
                returned_at=MONDAY + timedelta(minutes=5), revoked_at=early
            )  # fmt: skip


def test_a_day_that_is_closed_revokes_and_a_card_given_back_later_ends_the_doubt(alder, house):
    site, kind, _group = house
    visit = inside(site, kind)
    cards.hand_out(visit.pk, "4711", until=UNTIL, attempt=by())
    assert arriving.assume_out(site, later(600)) == 1
    assert CardIssue.objects.get().revoked_at == MONDAY + timedelta(minutes=600)
    give_back("4711", later(900))
    visit.refresh_from_db()
    assert (visit.assumed, visit.out_at) == (False, MONDAY + timedelta(minutes=900))
    assert CardIssue.objects.get().revoked_at == MONDAY + timedelta(minutes=600)


def test_a_lost_card_opens_nothing_from_then_on_and_comes_back_when_it_is_found(alder, house):
    site, kind, _group = house
    visit = inside(site, kind)
    issue = cards.hand_out(visit.pk, "4711", until=UNTIL, attempt=by())
    cards.lose(issue.card_id, later(5))
    assert CardIssue.objects.get().revoked_at == MONDAY + timedelta(minutes=5)
    assert cards.hand_out(visit.pk, "4712", until=UNTIL, attempt=later(6)).card.number == "4712"
    give_back("4711", later(50))
    assert Card.objects.get(number="4711").lost_at is None
    give_back("4712", later(51))
    spare = Card.objects.get(number="4712")
    cards.lose(spare.pk, later(60))
    other = inside(site, kind, "Omar Haddad")
    refusal = refused(lambda: cards.hand_out(other.pk, "4712", until=UNTIL, attempt=by()))
    assert refusal == "This card was reported lost."
    assert cards.find(spare.pk, later(61)).lost_at is None
    with pytest.raises(Card.DoesNotExist):
        cards.find(spare.pk, later(62))
    assert verbs(alder, spare) == ["visitors.card_lost", "visitors.card_found"]


def test_cards_are_refused_for_another_kind_site_time_or_visitor(alder, house):
    site, kind, _group = house
    elsewhere = make_site("Lübeck")
    staff = cards.add_group(name="Staff", zones=["lab"], opens_at=None, closes_at=None, **BY)
    cards.add_cards(staff, site, ["9001"], **BY)
    cards.add_cards(CardGroup.objects.get(name="Guests"), elsewhere, ["4800"], **BY)
    expected, visit = expect(site, kind, "Lea Vogt"), inside(site, kind)

    def why(number, *, to=visit, until=UNTIL):
        return refused(lambda: cards.hand_out(to.pk, number, until=until, attempt=by()))

    assert why("4711", to=expected) == "Only somebody who is inside is given a card."
    assert why("4711", until=MONDAY) == "The card would have run out already."
    assert why("1") == why("4800") == "There is no such card here."
    assert why("9001") == "This card is not meant for this kind of visit."
    cards.hand_out(visit.pk, "4711", until=UNTIL, attempt=by())
    assert why("4712") == "This visitor has a card already."
    with as_tenant(make_alder("Birke").pk), pytest.raises(Visit.DoesNotExist):
        cards.hand_out(visit.pk, "4712", until=UNTIL, attempt=by())


def test_groups_and_numbers_are_there_once_and_hours_have_two_ends(alder, house):
    site, _kind, group = house
    assert sorted(Card.objects.values_list("number", flat=True)) == ["4711", "4712"]
    taken = refused(lambda: cards.add_group(name="Guests", zones=["x"], opens_at=None, closes_at=None, **BY))
    assert taken == "There is a group of cards “Guests” already."
    half = refused(lambda: cards.add_group(name="Night", zones=["x"], opens_at=time(7), closes_at=None, **BY))
    assert half == "Hours have a beginning and an end."
    again = refused(lambda: cards.add_cards(group, site, ["4712", "5000"], **BY))
    assert again == "These cards are there already: 4712."
    cards.change_group(group.pk, name="Guests", zones=["lobby"], opens_at=None, closes_at=None, **BY)
    group.refresh_from_db()
    assert (group.zones, group.opens_at) == (["lobby"], None)
    assert verbs(alder, group) == ["visitors.card_group_added", "visitors.cards_added", "visitors.card_group_changed"]


@pytest.mark.requirement("FW-070")
def test_a_check_in_activates_a_card_of_the_pool_to_the_planned_end_and_the_check_out_returns_it(alder, house):
    site, kind, group = house
    CardGroup.objects.filter(pk=group.pk).update(dispensed=True)
    visit, second, third = (inside(site, kind, name) for name in ("Nele Brandt", "Omar Diaz", "Paul Ende"))
    issue = CardIssue.objects.get(visit=visit)
    assert (issue.card.number, issue.active_at, issue.until, issue.revoked_at) == ("4711", MONDAY, UNTIL, None)
    opened = {zone: ruling.value for zone, ruling in doors_of(issue, site=site, at=MONDAY)}
    assert opened == {"lobby": Door.OPENS, "floor 2": Door.OPENS}
    assert {ruling.value for _, ruling in doors_of(issue, site=site, at=UNTIL)} == {Door.OVER}
    assert [kinds(each)[1:] for each in (visit, second, third)] == [
        ["checked_in", "card_out"], ["checked_in", "card_out"], ["checked_in", "no_card"],
    ]  # fmt: skip
    give_back("4711", later(30))
    issue.refresh_from_db()
    assert (issue.revoked_at, issue.returned_at) == (MONDAY + timedelta(minutes=30),) * 2
    arriving.check_out(second.pk, later(40))
    missing = CardIssue.objects.exclude(revoked_at=None).filter(returned_at=None)
    assert list(missing.values_list("card__number", "visit__name")) == [("4712", "Omar Diaz")]
    assert list(free_cards().values_list("number", flat=True)) == ["4711"]


def test_a_card_is_given_out_by_itself_only_where_its_group_says_so_and_never_after_the_end(alder, house):
    site, kind, group = house
    assert CardIssue.objects.filter(visit=inside(site, kind)).count() == 0
    CardGroup.objects.filter(pk=group.pk).update(dispensed=True)
    late = expect(site, kind, "Omar Diaz")
    arriving.check_in(late.pk, Arrival(site=site, overridden="came late"), by(at=UNTIL + timedelta(minutes=1)))
    assert CardIssue.objects.filter(visit=late).count() == 0
    came = expect(site, kind, "Paul Ende")
    twice = [arriving.check_in(came.pk, Arrival(site=site), by(key="one")) for _ in range(2)]
    assert [CardIssue.objects.filter(visit=each).count() for each in twice] == [1, 1]
