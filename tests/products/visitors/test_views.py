"""The pages about visits: for whoever may, for whoever may not, for another company, and for the guest with a link."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actions import credentials
from kontor.products.visitors.actions import inviting, mailing
from kontor.products.visitors.models import Visit, VisitEvent, VisitGroup
from tests.factories import make_user
from tests.people import administrator, browser, join, visitor
from tests.products.visitors.visits import MONDAY, appointment, as_tenant, by, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db


@pytest.fixture
def alder(settings):
    settings.KONTOR_DEMO = True
    return make_alder()


@pytest.fixture
def visit(alder):
    with as_tenant(alder.pk):
        return expect(make_site(), types()["Business visit"])


def clerk(tenant, *permissions: str, email="rita@alder.example"):
    user = make_user(email, "Rita Kern")
    join(tenant, user, role=f"Desk {len(permissions)}", permissions=permissions)
    return browser(user, tenant)


def again(tenant, visit) -> Visit:
    with as_tenant(tenant.pk):
        return Visit.objects.get(pk=visit.pk)


def test_somebody_invites_two_guests_and_sees_them_as_a_group(alder, visit):
    person = administrator(alder)
    desk = browser(person, alder)
    assert desk.get("/visitors/invite/").status_code == 200
    with as_tenant(alder.pk):
        kind, site = types()["Delivery"], visit.site
    form = {
        "type": str(kind.pk), "site": str(site.pk), "begins_at": "2026-11-24 10:00", "ends_at": "2026-11-24 11:00",
        "host": str(person.pk), "title": "Abnahme", "guests-TOTAL_FORMS": "2", "guests-INITIAL_FORMS": "0",
        "guests-0-name": "Nele Brandt", "guests-0-email": "nele@brandt.example", "guests-0-language": "en",
        "guests-1-name": "Omar Haddad", "guests-1-language": "de",
    }  # fmt: skip
    answer = desk.post("/visitors/invite/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    with as_tenant(alder.pk):
        group = VisitGroup.objects.get()
    assert answer.headers["Location"] == f"/visitors/groups/{group.pk}/"
    shown = desk.get(answer.headers["Location"])
    assert [each.name for each, _badge in shown.context["guests"]] == ["Nele Brandt", "Omar Haddad"]
    backwards = desk.post("/visitors/invite/", form | {"ends_at": "2026-11-24 09:00"})
    assert (backwards.status_code, list(backwards.context["form"].errors)) == (422, ["ends_at"])
    nobody = desk.post("/visitors/invite/", form | {"guests-0-name": "", "guests-0-email": "", "guests-1-name": ""})
    assert nobody.status_code == 422
    assert desk.post(f"/visitors/groups/{group.pk}/cancel/", {"because": ""}).status_code == 302
    with as_tenant(alder.pk):
        assert set(group.visits.values_list("state", flat=True)) == {"CANCELLED"}


def test_a_time_that_the_sites_clocks_leave_out_is_refused(alder, visit):
    desk = browser(administrator(alder), alder)
    form = {"site": str(visit.site_id), "begins_at": "2027-03-28 02:30", "ends_at": "2027-03-28 04:00"}
    desk.post(f"/visitors/{visit.pk}/move/", form)
    assert again(alder, visit).begins_at == MONDAY  # 02:30 does not exist in Hamburg on that night
    desk.post(f"/visitors/{visit.pk}/move/", form | {"begins_at": "2027-03-28 03:30"})
    assert again(alder, visit).begins_at.isoformat() == "2027-03-28T01:30:00+00:00"


@pytest.mark.requirement("FW-074")
def test_reception_checks_in_and_out_by_hand_and_others_may_not(alder, visit):
    desk = clerk(alder, "visitors.see", "visitors.receive")
    looking = clerk(alder, "visitors.see", email="lea@alder.example")
    assert looking.post(f"/visitors/{visit.pk}/in/").status_code == 403
    desk.post(f"/visitors/{visit.pk}/in/", {"because": "an anderem Tag da"})
    let_in = again(alder, visit)
    assert (let_in.state, let_in.in_way, let_in.in_by) == ("IN", "reception", "Rita Kern")
    page = desk.get(f"/visitors/{visit.pk}/")
    assert [icon for icon, _title, _more, _at in page.context["history"]] == ["login-2", "mail"]
    assert page.context["history"][0][2] == "by reception · Rita Kern · an anderem Tag da"
    desk.post(f"/visitors/{visit.pk}/out/")
    assert again(alder, visit).state == "OUT"
    assert looking.get(f"/visitors/{visit.pk}/").context["may_let_in"] is False


def test_another_company_finds_nothing(alder, visit):
    birke = make_alder("Birke")
    stranger = browser(administrator(birke, "ayla@birke.example", "Ayla"), birke)
    for way in ("", "in/", "out/", "allow/", "refuse/", "cancel/", "move/"):
        ask = stranger.post if way else stranger.get
        answer = ask(f"/visitors/{visit.pk}/{way}", {"site": "", "begins_at": "2026-11-24 10:00"})
        assert answer.status_code == 404 or way == "move/", way
    assert again(alder, visit).state == "EXPECTED"


def test_a_visit_that_waits_is_allowed_or_refused_on_its_page(alder, visit):
    with as_tenant(alder.pk):
        kind = types()["Delivery"]
        kind.approval = True
        kind.save()
        first, second = (expect(visit.site, kind, name) for name in ("Omar", "Lea"))
    desk = browser(administrator(alder), alder)
    assert desk.get(f"/visitors/{first.pk}/").context["may_allow"] is True
    desk.post(f"/visitors/{first.pk}/allow/")
    desk.post(f"/visitors/{second.pk}/refuse/", {"because": "kein Anlass"})
    assert (again(alder, first).state, again(alder, second).state) == ("EXPECTED", "REFUSED")
    desk.post(f"/visitors/{first.pk}/cancel/", {"because": ""})
    assert again(alder, first).state == "CANCELLED"


def test_the_list_asks_as_often_for_three_as_for_one(alder, visit):
    desk = browser(administrator(alder), alder)
    desk.get("/visitors/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get("/visitors/")
    with as_tenant(alder.pk):
        for name in ("Omar", "Lea"):
            expect(visit.site, visit.type, name)
    with CaptureQueriesContext(connection) as three:
        assert len(desk.get("/visitors/").context["listing"].page) == 3
    assert len(three) == len(one)


def test_a_guest_says_beforehand_what_is_asked(alder, visit):
    with as_tenant(alder.pk):
        secret = credentials.issue(mailing.SCOPE, visit.pk, expires_at=MONDAY + timedelta(days=3650), at=MONDAY)
    guest = visitor()
    page = guest.get(f"/visitors/come/{secret}/")
    assert (page.status_code, "<svg" in page.context["code"], list(page.context["form"].fields)) == (
        200, True, ["name", "company", "email", "phone"],
    )  # fmt: skip
    assert guest.post(f"/visitors/come/{secret}/", {"name": "Nele Brandt"}).status_code == 422  # the company is missing
    told = {"name": "Nele Brandt", "company": "Brandt Elektro GmbH", "email": "", "phone": "+49 40 1234"}
    assert guest.post(f"/visitors/come/{secret}/", told).status_code == 302
    kept = again(alder, visit)
    assert (kept.company, kept.phone, kept.email) == ("Brandt Elektro GmbH", "+49 40 1234", "nele@brandt.example")
    with as_tenant(alder.pk):
        assert VisitEvent.objects.filter(visit=visit, kind="registered").count() == 1
        inviting.cancel([visit.pk], "", by())
    off = guest.get(f"/visitors/come/{secret}/?l=de")
    assert (off.status_code, off.context["open"], off.context["code"]) == (200, False, "")
    assert guest.post(f"/visitors/come/{secret}/", told).status_code == 200
    assert guest.get("/visitors/come/not-a-link/").status_code == 404


@pytest.mark.requirement("FW-066")
def test_whoever_works_at_one_site_sees_that_sites_visits_alone(alder, visit):
    from kontor.kernel.models import Membership, RoleAssignment

    with as_tenant(alder.pk):
        other = make_site("Lübeck")
        (there,) = inviting.invite([inviting.Guest(name="Lea")], appointment(other, visit.type), by())
    desk = clerk(alder, "visitors.see", email="rita@alder.example")
    assert len(desk.get("/visitors/").context["listing"].page) == 2
    with as_tenant(alder.pk):
        RoleAssignment.objects.filter(membership=Membership.objects.get(user__email="rita@alder.example")).update(
            site=visit.site
        )
    assert [row.pk for row in desk.get("/visitors/").context["listing"].page] == [visit.pk]
    assert desk.get(f"/visitors/{there.pk}/").status_code == 404
