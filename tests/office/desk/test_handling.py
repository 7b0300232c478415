"""Many requests at once, and the views people keep of the queue."""

import pytest
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import handling, working
from kontor.office.desk.models import SavedView, Ticket
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house, make_user
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import DOWN, MONDAY, WHO, again, opened
from tests.office.desk.test_views import fresh
from tests.people import browser, join

pytestmark = pytest.mark.django_db


def test_several_requests_are_assigned_and_tagged_at_once_or_none_is():
    house = make_house("visitor")
    contract = signed(house)
    tickets = [fresh(house, contract, answers=DOWN, subject=f"Nummer {each}") for each in range(3)]
    desk = browser(house.staff, house.tenant)
    many, chosen = reverse("desk:many"), [str(each.pk) for each in tickets]
    back = desk.post(many, {"ticket": chosen, "do": "assign", "to": str(house.staff.pk), "view": "free", "q": "Nummer"})
    assert back["Location"] == "/desk/?view=free&q=Nummer"
    assert {again(each).assignee for each in tickets} == {house.staff.pk}
    desk.post(many, {"ticket": chosen[:2], "do": "tag", "words": "Drucker, Haupttor"})
    desk.post(many, {"ticket": chosen[:1], "do": "tag", "words": "eilig"})
    assert [again(each).tags for each in tickets] == [["drucker", "eilig", "haupttor"], ["drucker", "haupttor"], []]
    assert desk.post(many, {"ticket": [str(house.staff.pk)], "do": "assign", "to": ""}).status_code == 404
    assert desk.post(many, {"ticket": ["nonsense"], "do": "assign"}).status_code == 404
    assert desk.post(many, {"do": "assign", "to": ""}).status_code == 302
    person = {"view": "all", "person": str(house.staff.pk)}
    assert "Nummer 1" in desk.get(reverse("desk:queue"), person).content.decode()
    assert "Nummer 1" not in desk.get(reverse("desk:queue"), person | {"channel": "PHONE"}).content.decode()

    stopped = opened(house, contract)
    with as_tenant(house.tenant.pk):
        working.triage(stopped.pk, "use_question", "", at=MONDAY, **WHO)
        Ticket.objects.filter(pk=stopped.pk).update(closed_at=MONDAY)
        with pytest.raises(RefusalError, match="is closed"):
            handling.assign_many([tickets[0].pk, stopped.pk], None, name="", at=MONDAY, actor=MACHINE)
        with pytest.raises(RefusalError, match=r"Which word\?"):
            handling.tag_many([tickets[0].pk], [" "], at=MONDAY, actor=MACHINE)
        with pytest.raises(RefusalError, match="Choose requests first"):
            handling.tag_many([], ["x"], at=MONDAY, actor=MACHINE)
    assert again(tickets[0]).assignee == house.staff.pk


def test_a_view_is_kept_for_oneself_or_shared_and_dropped_only_by_its_owner():
    house = make_house("visitor")
    desk, queue = browser(house.staff, house.tenant), reverse("desk:queue")
    keep = reverse("desk:view-keep")
    asked = {"view": "free", "q": "Drucker", "next": "https://elsewhere.example"}
    desk.post(keep, {**asked, "title": "Drucker", "shared": "on"})
    desk.post(keep, {"view": "mine", "title": "Meine"})
    desk.post(keep, {"view": "mine", "title": " "})
    assert [each.title for each in desk.get(queue).context["saved"]] == ["Drucker", "Meine"]
    other = make_user("mia@lindwurm.example", "Mia")
    join(house.tenant, other, role="Desk", permissions=("desk.see", "desk.work"))
    theirs = browser(other, house.tenant)
    (shared,) = theirs.get(queue).context["saved"]
    assert (shared.query, shared.owner) == ("view=free&q=Drucker", str(house.staff))
    drop = reverse("desk:view-drop", args=(shared.pk,))
    assert theirs.post(drop).status_code == 404
    assert desk.post(drop).status_code == 302
    with as_tenant(house.tenant.pk):
        assert [row.title for row in SavedView.objects.all()] == ["Meine"]
