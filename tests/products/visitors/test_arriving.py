"""Coming in and leaving: once, in time, at the right site, and with what the rules demand."""

from datetime import date, timedelta

import pytest

from kontor.products.visitors.actions import arriving, inviting
from kontor.products.visitors.actions.arriving import Arrival, KeypadClosedError, NotAdmittedError, WalkIn
from kontor.products.visitors.actions.inviting import Guest, InvitationRefusedError
from kontor.products.visitors.actions.keys import code_for, newest_key
from kontor.products.visitors.models import (
    Contractor,
    ContractorPerson,
    Proof,
    ProofKind,
    SiteRules,
    Visit,
    VisitEvent,
)
from tests.people import verbs
from tests.products.visitors.visits import (
    HOST,
    MONDAY,
    appointment,
    as_tenant,
    by,
    expect,
    make_alder,
    make_site,
    types,
)

pytestmark = pytest.mark.django_db
TERMINAL = "01890000-0000-7000-8000-000000000001"


@pytest.fixture
def alder():
    tenant = make_alder()
    with as_tenant(tenant.pk):
        yield tenant


def shown(visit: Visit) -> str:
    return code_for(visit, newest_key(at=MONDAY), SiteRules(site=visit.site))


def kinds_of(visit: Visit) -> list[str]:
    return list(VisitEvent.objects.filter(visit=visit).order_by("number").values_list("kind", flat=True))


@pytest.mark.requirement("FW-064")
def test_a_code_lets_its_visitor_in_once(alder):
    visit = expect(make_site(), types()["Business visit"])
    found, number = arriving.by_code(shown(visit), site=visit.site, at=MONDAY)
    assert (found, number) == (visit, 1)
    inside = arriving.check_in(visit.pk, Arrival(site=visit.site, number=1), by("kiosk", key="tap-1"))
    assert (inside.state, inside.in_at, inside.in_way) == ("IN", MONDAY, "kiosk")
    again = arriving.check_in(visit.pk, Arrival(site=visit.site, number=1), by("kiosk", key="tap-1"))
    assert (again.pk, kinds_of(visit)) == (visit.pk, ["invited", "checked_in"])  # tried again, it is there once
    with pytest.raises(NotAdmittedError) as used:
        arriving.check_in(visit.pk, Arrival(site=visit.site, number=1), by("kiosk", key="tap-2"))
    assert used.value.reason == "used"
    assert verbs(alder, visit) == ["visitors.invited", "visitors.checked_in"]


@pytest.mark.requirement("FW-064")
def test_a_code_is_refused_elsewhere_early_late_and_when_a_newer_one_was_sent(alder):
    site, other, kind = make_site(), make_site("Lübeck"), types()["Business visit"]
    visit = expect(site, kind)
    code = shown(visit)
    reasons = {}
    for name, (where, at) in {
        "elsewhere": (other, MONDAY), "61 minutes early": (site, MONDAY - timedelta(minutes=61)),
        "the last minute": (site, MONDAY.replace(hour=22, minute=59)), "midnight": (site, MONDAY.replace(hour=23)),
    }.items():  # fmt: skip
        try:
            arriving.by_code(code, site=where, at=at)
        except NotAdmittedError as refused:
            reasons[name] = refused.reason
    # 23:00 UTC is midnight in Berlin in November: the code is good to the end of its day there
    assert reasons == {"elsewhere": "other_site", "61 minutes early": "early", "midnight": "over"}
    inviting.move(visit.pk, begins_at=MONDAY, ends_at=MONDAY + timedelta(hours=1), site=site, attempt=by())
    with pytest.raises(NotAdmittedError) as older:
        arriving.by_code(code, site=site, at=MONDAY)
    assert older.value.reason == "withdrawn"
    for wrong in ("", "4711", "KV1.", "KV1.!!", code[:-2] + ("AA" if not code.endswith("AA") else "BB")):
        with pytest.raises(NotAdmittedError) as unknown:
            arriving.by_code(wrong, site=site, at=MONDAY)
        assert unknown.value.reason == "unknown"


def test_a_code_of_another_tenant_is_unknown(alder):
    code = shown(expect(make_site(), types()["Delivery"]))
    with as_tenant(make_alder("Birke").pk):
        newest_key(at=MONDAY)
        with pytest.raises(NotAdmittedError) as unknown:
            arriving.by_code(code, site=make_site("Ulm"), at=MONDAY)
        assert unknown.value.reason == "unknown"


@pytest.mark.requirement("FW-064")
def test_five_wrong_pins_close_a_keypad_for_a_while(alder):
    visit = expect(make_site(), types()["Business visit"])
    wrong = "000000" if visit.pin != "000000" else "000001"

    def typed(pin, at, terminal=TERMINAL):
        return arriving.by_pin(pin, site=visit.site, terminal=terminal, at=at)

    assert [typed(wrong, MONDAY) for _ in range(4)] == [None] * 4
    assert typed(visit.pin, MONDAY) == visit  # a right one begins the count anew
    assert [typed(wrong, MONDAY) for _ in range(5)] == [None] * 5
    with pytest.raises(KeypadClosedError) as closed:
        typed(visit.pin, MONDAY)
    assert closed.value.until == MONDAY + timedelta(minutes=5)
    assert typed(visit.pin, MONDAY, terminal="01890000-0000-7000-8000-000000000002") == visit
    assert typed(visit.pin, MONDAY + timedelta(minutes=5)) == visit
    assert typed(visit.pin, MONDAY + timedelta(days=1)) is None  # on another day it is a wrong one


@pytest.mark.requirement("FW-065")
def test_somebody_unannounced_registers_and_is_in(alder):
    site, kinds = make_site(), types()
    who = WalkIn(
        type=kinds["Delivery"], guest=Guest(name="Omar Haddad", company="Haddad", details={"dock": "3"}),
        until=MONDAY + timedelta(hours=8),
    )  # fmt: skip
    visit = arriving.walk_in(who, Arrival(site=site), by("kiosk", key="walk-1"))
    assert (visit.state, visit.origin, visit.details) == ("IN", "WALK_IN", {"dock": "3"})
    assert arriving.walk_in(who, Arrival(site=site), by("kiosk", key="walk-1")).pk == visit.pk
    assert Visit.objects.count() == 1
    applicant = WalkIn(type=kinds["Applicant"], guest=Guest(name="Lea Vogt"), until=MONDAY + timedelta(hours=1))
    with pytest.raises(InvitationRefusedError, match="needs an invitation"):
        arriving.walk_in(applicant, Arrival(site=site), by("kiosk"))
    let_in = arriving.walk_in(applicant, Arrival(site=site, overridden="Termin steht im Kalender"), by())
    assert (let_in.state, let_in.overridden) == ("IN", "Termin steht im Kalender")


@pytest.mark.requirement("FW-071")
def test_leaving_is_noted_and_who_forgot_is_assumed_out(alder):
    site, kind = make_site(), types()["Business visit"]
    first, second, third = (expect(site, kind, name) for name in ("Nele", "Omar", "Lea"))
    for visit in (first, second, third):
        arriving.check_in(visit.pk, Arrival(site=site), by())
    left = arriving.check_out(first.pk, by("kiosk", at=MONDAY + timedelta(minutes=95), key="out-1"))
    assert (left.state, left.out_at - left.in_at, left.pin_digest) == ("OUT", timedelta(minutes=95), None)
    assert arriving.check_out(first.pk, by("kiosk", at=MONDAY + timedelta(hours=2), key="out-1")).out_at == left.out_at
    with pytest.raises(InvitationRefusedError, match="not in the building"):
        arriving.check_out(first.pk, by())
    Visit.objects.filter(pk=third.pk).update(ends_at=MONDAY + timedelta(days=1))
    evening = MONDAY.replace(hour=21)  # 22:00 in Berlin
    assert arriving.assume_out(site, by("time", at=evening)) == 1
    second.refresh_from_db()
    assert (second.state, second.assumed, kinds_of(second)[-1]) == ("OUT", True, "assumed_out")
    seen = arriving.check_out(second.pk, by(at=evening + timedelta(minutes=5)))  # found at the desk after all
    assert (seen.assumed, seen.out_at) == (False, evening + timedelta(minutes=5))
    assert arriving.assume_out(site, by("time", at=MONDAY + timedelta(days=1))) == 1  # nobody is left
    assert arriving.assume_out(site, by("time", at=MONDAY + timedelta(days=1))) == 0


@pytest.mark.requirement("FW-076")
def test_a_service_company_without_its_proof_stays_outside_and_is_told_which(alder):
    site, kind = make_site(), types()["Service company"]
    company = Contractor.objects.create(name="Brandt Elektro", grade="B", at=MONDAY)
    nele = ContractorPerson.objects.create(contractor=company, name="Nele Brandt")
    insurance = ProofKind.objects.create(
        title_de="Haftpflicht", title_en="Liability insurance", of="COMPANY", types=["A", "B"]
    )
    ProofKind.objects.create(title_de="Höhe", title_en="Work at height", of="PERSON", types=["A"])  # not of type B
    yesterday = date(2026, 11, 1)
    proof = Proof.objects.create(
        kind=insurance, contractor=company, first_day=date(2025, 11, 2), last_day=yesterday, at=MONDAY
    )
    guest = Guest(name="Nele Brandt", contractor_person=nele)
    (visit,) = inviting.invite([guest], appointment(site, kind, begins_at=MONDAY), by())
    with pytest.raises(NotAdmittedError) as outside:
        arriving.check_in(visit.pk, Arrival(site=site), by("kiosk"))
    assert (outside.value.reason, outside.value.text.en) == (
        "qualification",
        "Qualification expired: Liability insurance was good until 1 November 2026. Please turn to the reception.",
    )
    overridden = arriving.check_in(visit.pk, Arrival(site=site, overridden="Nachweis liegt vor"), by())
    assert (overridden.state, overridden.overridden) == ("IN", "Nachweis liegt vor")
    arriving.check_out(visit.pk, by())
    Proof.objects.filter(pk=proof.pk).update(last_day=date(2026, 11, 2))
    (again,) = inviting.invite([guest], appointment(site, kind), by())
    assert arriving.check_in(again.pk, Arrival(site=site), by("kiosk")).overridden == ""  # good on its last day
    stranger = WalkIn(type=kind, guest=Guest(name="Wer"), until=MONDAY + timedelta(hours=1), host=HOST)
    with pytest.raises(NotAdmittedError, match="not admitted as a service company"):
        arriving.walk_in(stranger, Arrival(site=site), by("kiosk"))
    let_in = arriving.walk_in(stranger, Arrival(site=site, overridden="begleitet"), by())
    assert let_in.overridden == "begleitet"


def test_what_is_so_nobody_overrides(alder):
    site, kind = make_site(), types()["Business visit"]
    visit = expect(site, kind)
    with pytest.raises(NotAdmittedError) as elsewhere:
        arriving.check_in(visit.pk, Arrival(site=make_site("Lübeck"), overridden="doch"), by())
    assert elsewhere.value.reason == "other_site"
    early = arriving.check_in(visit.pk, Arrival(site=site, overridden="früher da"), by(at=MONDAY - timedelta(hours=3)))
    assert (early.state, early.overridden) == ("IN", "früher da")
    arriving.check_in(expect(site, kind, "Omar").pk, Arrival(site=site, overridden="nicht nötig"), by())
    assert Visit.objects.get(name="Omar").overridden == ""  # nothing stood in the way


def test_the_day_is_closed_at_the_sites_own_hour(alder):
    from kontor.kernel.models import Due

    lisbon = make_site("Lissabon", zone="Europe/Lisbon")
    visit = expect(lisbon, types()["Business visit"])
    arriving.check_in(visit.pk, Arrival(site=lisbon), by())
    due = Due.objects.get(job="visitors.close_day")
    assert (due.at, due.arguments) == (
        MONDAY.replace(hour=22),
        {"site": str(lisbon.pk)},
    )  # Lisbon is at UTC in November
    late = expect(lisbon, types()["Business visit"], "Omar")
    Due.objects.all().delete()
    at_night = MONDAY.replace(hour=23)
    arriving.check_in(late.pk, Arrival(site=lisbon, overridden="spät"), by(at=at_night))
    assert Due.objects.get(job="visitors.close_day").at == at_night + timedelta(hours=1)
