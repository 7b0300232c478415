"""The pages about access cards: settling groups, handing out at the desk, taking back, and who may not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kontor.products.visitors.actions import arriving
from kontor.products.visitors.actions.arriving import Arrival
from kontor.products.visitors.models import Card, CardGroup, CardIssue, Visit, VisitType
from tests.people import administrator, browser
from tests.products.visitors.test_settling import KIND, NO_STEPS
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import as_tenant, by, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db
GROUP = {"name": "Guests", "zones": "lobby\nfloor 2\nlobby\n", "opens_at": "07:00", "closes_at": "19:00"}


@pytest.fixture
def alder(settings):
    settings.KONTOR_DEMO = True
    return make_alder()


def pool(desk, site, numbers="4711\n4712"):
    assert desk.post("/visitors/settings/cards/", GROUP).status_code == 302
    group = CardGroup.objects.get()
    told = {"group": str(group.pk), "site": str(site.pk), "numbers": numbers}
    return group, desk.post("/visitors/settings/cards/pool/", told).status_code


def test_the_desk_settles_a_group_hands_a_card_out_and_takes_it_back(alder):
    now = timezone.now()
    desk = browser(administrator(alder), alder)
    assert desk.get("/visitors/settings/cards/").status_code == 200
    with as_tenant(alder.pk):
        site, kind = make_site(), types()["Delivery"]
        group, answered = pool(desk, site)
        assert (answered, group.zones, pool_of(group)) == (302, ["lobby", "floor 2"], ["4711", "4712"])
        told = KIND | NO_STEPS | {"title_de": kind.title_de, "title_en": kind.title_en, "cards": str(group.pk)}
        assert desk.post(f"/visitors/settings/kinds/{kind.pk}/", told).status_code == 302
        kind = VisitType.objects.get(pk=kind.pk)
        assert kind.cards_id == group.pk
        visit = expect(site, kind, begins_at=now, ends_at=now + timedelta(hours=2))
        arriving.check_in(visit.pk, Arrival(site=site), by(at=now))
    page = desk.get(f"/visitors/{visit.pk}/")
    assert page.context["card"].initial["number"] == "4711"
    until = timezone.localtime(now + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M")
    out = f"/visitors/{visit.pk}/card/"
    assert desk.post(out, {"number": "", "until": until}).status_code == 302
    desk.post(out, {"number": "9999", "until": until})
    with as_tenant(alder.pk):
        assert not CardIssue.objects.exists()
    desk.post(out, {"number": "4711", "until": until})
    held = desk.get("/visitors/cards/")
    assert [row.card.number for row, _state in held.context["held"]] == ["4711"]
    assert (held.context["missing"], held.context["free"]) == ([], 1)
    assert desk.get(f"/visitors/{visit.pk}/").context["card"] is None
    desk.post(f"/visitors/{visit.pk}/out/")
    left = desk.get("/visitors/cards/").context
    assert ([state.label.en for _row, state in left["missing"]], left["held"]) == (["revoked"], [])
    desk.post("/visitors/cards/back/", {"number": " 4711 "})
    desk.post("/visitors/cards/back/", {"number": "4712"})
    desk.post("/visitors/cards/back/", {"number": ""})
    assert (desk.get("/visitors/cards/").context["missing"], left["free"]) == ([], 1)
    with as_tenant(alder.pk):
        assert Visit.objects.get().state == "OUT"
        spare = Card.objects.get(number="4712")
    assert desk.post(f"/visitors/cards/{spare.pk}/lost/").status_code == 302
    assert desk.post(f"/visitors/cards/{spare.pk}/lost/").status_code == 404


def pool_of(group) -> list[str]:
    return list(Card.objects.filter(group=group).order_by("number").values_list("number", flat=True))


def test_what_cannot_be_settled_is_said(alder):
    desk = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        site = make_site()
        _group, answered = pool(desk, site, "1" * 61)
        assert (answered, Card.objects.count()) == (422, 0)
        told = {"group": str(_group.pk), "site": str(site.pk), "numbers": "1"}
    assert [desk.post("/visitors/settings/cards/pool/", told).status_code for _ in range(2)] == [302, 422]
    again = desk.post("/visitors/settings/cards/", GROUP)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["name"])


def test_cards_are_for_whoever_receives_and_no_strangers(alder):
    desk = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        pool(desk, make_site())
        card = Card.objects.get(number="4711")
    seeing = clerk(alder, "visitors.see")
    for address in ("/visitors/cards/", "/visitors/settings/cards/"):
        assert seeing.get(address).status_code == 403
    assert seeing.post("/visitors/cards/back/", {"number": "4711"}).status_code == 403
    birke = make_alder("Birke")
    stranger = browser(administrator(birke, "ayla@birke.example"), birke)
    assert stranger.post(f"/visitors/cards/{card.pk}/lost/").status_code == 404
    assert stranger.get("/visitors/cards/").context["free"] == 0
