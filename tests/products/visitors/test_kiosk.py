"""Self check-in at a terminal: recognised, asked what is due, let in once; and nothing for whoever only guesses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.office.questionnaires.actions import writing
from kontor.office.questionnaires.formats.definition import Definition, Question
from kontor.office.questionnaires.models import AnswerSheet
from kontor.office.terminals.actions import pairing as terminals
from kontor.office.terminals.public import COOKIE
from kontor.products.visitors.actions import arriving, inviting, settling
from kontor.products.visitors.actions.keys import code_for, newest_key
from kontor.products.visitors.models import SiteRules, Visit, VisitEvent
from kontor.rulebook.ruling import Text
from tests.people import visitor
from tests.products.visitors.visits import as_tenant, by, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db


@pytest.fixture
def alder(settings):
    settings.KONTOR_DEMO = True
    return make_alder()


@pytest.fixture
def site(alder):
    with as_tenant(alder.pk):
        return make_site()


def terminal_at(tenant, site, name="Empfang"):
    """Return the browser of a device that stands at a site."""
    at = timezone.now()
    secret = terminals.offer_code(address="192.0.2.7", at=at)
    with as_tenant(tenant.pk):
        terminals.pair(
            terminals.code_of(secret, at=at), site=site, name=name, kind="KIOSK", serial="", pages=["visitors.kiosk"],
            language="en", at=at, actor=MACHINE,
        )  # fmt: skip
    device = visitor()
    device.cookies[COOKIE] = terminals.ask_for_token(secret, at=at)
    return device


def coming(site, kind="Business visit", name="Nele Brandt"):
    now = timezone.now()
    return expect(site, types()[kind], name, begins_at=now - timedelta(minutes=1), ends_at=now + timedelta(hours=1))


def code(visit):
    return code_for(visit, newest_key(at=visit.at), SiteRules(site=visit.site))


def state(tenant, visit):
    with as_tenant(tenant.pk):
        return Visit.objects.get(pk=visit.pk).state


def asked(kind, title="House rules", valid_days=None):
    definition = Definition((Question(key="read", kind="agree", required=True, label=Text("Gelesen", "Read")),))
    made = writing.write(Text(title, title), definition=definition, at=timezone.now(), actor=MACHINE)
    writing.publish(made.pk, at=timezone.now(), actor=MACHINE)
    settling.change_type(
        kind.pk, at=timezone.now(), actor=MACHINE,
        steps=[settling.Step(questionnaire=made.pk, valid_days=valid_days)],
    )  # fmt: skip
    return made


@pytest.mark.requirement("FW-064")
def test_a_code_before_the_reader_lets_in_and_tells_the_host(alder, site):
    with as_tenant(alder.pk):
        visit = coming(site)
        shown = code(visit)
    device = terminal_at(alder, site)
    page = device.get("/visitors/kiosk/")
    assert page.status_code == 200
    assert "script-src 'self' 'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    answer = device.post("/visitors/kiosk/scan/?l=en", {"code": shown}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/visitors/kiosk/done/")
    assert (answer.status_code, answer.context["visit"].pk) == (200, visit.pk)
    assert state(alder, visit) == "IN"
    again = device.post("/visitors/kiosk/scan/?l=en", {"code": shown})
    assert (again.status_code, state(alder, visit)) == (422, "IN")  # used
    wrong = device.post("/visitors/kiosk/scan/", {"code": "4711"})
    assert wrong.status_code == 422
    left = device.post("/visitors/kiosk/leave/", {"code": shown})
    assert (left.status_code, state(alder, visit)) == (200, "OUT")
    assert device.post("/visitors/kiosk/leave/", {"code": shown}).status_code == 422


def test_two_taps_are_one_check_in(alder, site):
    with as_tenant(alder.pk):
        visit = coming(site)
        shown = code(visit)
    first, second = terminal_at(alder, site), terminal_at(alder, site, "Tor 2")
    steps = [device.post("/visitors/kiosk/scan/", {"code": shown}).headers["Location"] for device in (first, second)]
    ends = [device.get(step, follow=True) for device, step in zip((first, second), steps, strict=True)]
    assert [end.status_code for end in ends] == [200, 200]
    with as_tenant(alder.pk):
        assert VisitEvent.objects.filter(visit=visit, kind="checked_in").count() == 1


@pytest.mark.requirement("FW-064")
def test_a_pin_lets_in_and_five_wrong_ones_close_the_keypad(alder, site):
    with as_tenant(alder.pk):
        visit = coming(site)
        over = expect(site, visit.type, "Omar", begins_at=timezone.now() + timedelta(hours=5),
                      ends_at=timezone.now() + timedelta(hours=6))  # fmt: skip
    device = terminal_at(alder, site)
    wrong = "000000" if "000000" not in {visit.pin, over.pin} else "111111"
    assert device.post("/visitors/kiosk/pin/", {"pin": "12"}).status_code == 422
    assert [device.post("/visitors/kiosk/pin/", {"pin": wrong}).status_code for _ in range(4)] == [422] * 4
    answer = device.post("/visitors/kiosk/pin/", {"pin": visit.pin}, follow=True)
    assert (answer.status_code, state(alder, visit)) == (200, "IN")
    for _ in range(5):
        device.post("/visitors/kiosk/pin/", {"pin": wrong})
    closed = device.post("/visitors/kiosk/pin/", {"pin": visit.pin})
    assert closed.context["form"].non_field_errors()[0].startswith("Too many wrong PINs.")
    other = terminal_at(alder, site, "Tor 2")
    used = other.post("/visitors/kiosk/pin/", {"pin": visit.pin})
    assert used.context["form"].non_field_errors()[0].startswith("Somebody has checked in with this code.")
    out = other.post("/visitors/kiosk/leave/", {"pin": visit.pin})
    assert (out.status_code, state(alder, visit)) == (200, "OUT")
    assert other.post("/visitors/kiosk/leave/", {"pin": visit.pin}).status_code == 422


@pytest.mark.requirement("FW-065")
@pytest.mark.requirement("FW-067")
def test_each_kind_asks_for_its_own_and_somebody_unannounced_is_in(alder, site):
    from tests.people import administrator

    administrator(alder, "jana@alder.example", "Jana Heitmann")
    with as_tenant(alder.pk):
        kinds = types()
        own = settling.add_type(
            at=timezone.now(), actor=MACHINE, title_de="Presse", title_en="Press", asks=["company"], demands=[]
        )
    device = terminal_at(alder, site)
    offered = [title for _row, title in device.get("/visitors/kiosk/?l=en").context["kinds"]]
    assert offered == ["Business visit", "Delivery", "Supplier", "Service company", "Press"]  # no applicants
    ways = {key: f"/visitors/kiosk/new/{kind.pk}/?l=en" for key, kind in {**kinds, "Press": own}.items()}
    assert list(device.get(ways["Delivery"]).context["form"].fields) == ["name", "company", "dock"]
    assert list(device.get(ways["Press"]).context["form"].fields) == ["name", "company"]
    business = device.get(ways["Business visit"]).context["form"]
    assert list(business.fields) == ["name", "company", "email", "host", "phone"]

    begun = device.post(ways["Business visit"], {"name": "Lea", "company": "Vogt", "host": "Jan"}, follow=True)
    assert begun.context["visit"].host_name == "Jana Heitmann"  # one person only begins so
    nobody = device.post(ways["Business visit"], {"name": "Lea", "company": "Vogt", "host": "J"})
    assert list(nobody.context["form"].errors) == ["host"]  # a letter finds nobody: who works here is not told
    answer = device.post(
        ways["Delivery"], {"name": "Omar Haddad", "company": "Haddad Logistik", "dock": "3"}, follow=True
    )
    assert answer.status_code == 200
    with as_tenant(alder.pk):
        came = Visit.objects.get(name="Omar Haddad")
        assert (came.state, came.origin, came.details, came.in_way) == ("IN", "WALK_IN", {"dock": "3"}, "kiosk")
        assert not OutgoingMail.objects.exists()
    assert device.get(f"/visitors/kiosk/new/{kinds['Applicant'].pk}/").status_code == 404


@pytest.mark.requirement("FW-068")
def test_whoever_does_not_agree_is_not_let_in_and_the_answer_stays_with_its_version(alder, site, monkeypatch):
    monkeypatch.setattr("kontor.office.questionnaires.actions.lawful.refuse_uninformed", lambda *_given, **_named: None)
    with as_tenant(alder.pk):
        visit = coming(site)
        asked(visit.type)
        shown = code(visit)
    device = terminal_at(alder, site)
    page = device.post("/visitors/kiosk/scan/?l=en", {"code": shown}, follow=True)
    assert (page.context["title"], page.context["left"], state(alder, visit)) == ("House rules", 1, "EXPECTED")
    way = page.redirect_chain[-1][0]
    version = str(page.context["version"])
    assert device.post(way, {"version": version}).status_code == 422
    assert state(alder, visit) == "EXPECTED"
    done = device.post(way, {"version": version, "read": "on"}, follow=True)
    assert (done.context["visit"].pk, state(alder, visit)) == (visit.pk, "IN")
    with as_tenant(alder.pk):
        sheet = AnswerSheet.objects.get()
        assert (str(sheet.version_id), sheet.about, sheet.answers) == (version, visit.pk, {"read": True})


def test_a_page_left_standing_begins_anew_and_another_sites_terminal_knows_nobody(alder, site, settings):
    with as_tenant(alder.pk):
        visit = coming(site)
        asked(visit.type)
        shown = code(visit)
        other = make_site("Lübeck")
    device, elsewhere = terminal_at(alder, site), terminal_at(alder, other, "Tor 2")
    way = device.post("/visitors/kiosk/scan/", {"code": shown}).headers["Location"]
    assert elsewhere.get(way).headers["Location"] == "/visitors/kiosk/?l=en"
    assert elsewhere.post("/visitors/kiosk/scan/", {"code": shown}).status_code == 422
    assert device.get("/visitors/kiosk/step/made-up/").headers["Location"] == "/visitors/kiosk/?l=en"
    assert device.get("/visitors/kiosk/done/made-up/").headers["Location"] == "/visitors/kiosk/?l=en"
    assert visitor().get("/visitors/kiosk/").status_code == 401
    with as_tenant(alder.pk):
        inviting.cancel([visit.pk], "", by(at=timezone.now()))
    refused = device.get(way)
    assert (refused.status_code, refused.context["name"]) == (422, "Nele Brandt")
    assert refused.context["because"].startswith("This visit was called off.")


def test_somebody_at_reception_knows_why_a_terminal_refused(alder, site):
    with as_tenant(alder.pk):
        visit = coming(site, "Service company")
        with pytest.raises(arriving.NotAdmittedError, match="not admitted as a service company"):
            arriving.check_in(visit.pk, arriving.Arrival(site=site), by("kiosk", at=timezone.now()))
