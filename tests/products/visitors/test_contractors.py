"""Service companies: what each type must show, who is missing what, and reminders before it runs out."""

from datetime import date

import pytest
from django.utils import timezone

from kontor.kernel.models import Due, OutgoingMail
from kontor.products.visitors.actions import arriving, inviting, qualifying
from kontor.products.visitors.actions.arriving import Arrival, NotAdmittedError
from kontor.products.visitors.actions.inviting import Guest
from kontor.products.visitors.actions.qualifying import QualificationRefusedError
from kontor.products.visitors.models import Contractor, ContractorPerson, Proof, ProofKind
from tests.people import administrator, browser, verbs
from tests.products.visitors.visits import DESK, MONDAY, appointment, as_tenant, by, make_alder, make_site, types

pytestmark = pytest.mark.django_db
BY = {"at": MONDAY, "actor": DESK}
TODAY = date(2026, 11, 2)


@pytest.fixture
def alder(settings):
    settings.KONTOR_DEMO = True
    return make_alder()


def demanded(title="Haftpflicht", of="COMPANY", grades=("B",), **more: object):
    return qualifying.add_kind(title_de=title, title_en=title, of=of, types=list(grades), **more, **BY)


def company(name="Brandt Elektro", grade="B", **more: object):
    return qualifying.add_contractor(name=name, grade=grade, **more, **BY)


@pytest.mark.requirement("FW-076")
def test_each_type_has_its_own_list_and_a_proof_counts_to_its_last_day(alder):
    with as_tenant(alder.pk):
        site, kind = make_site(), types()["Service company"]
        insurance, height = demanded(), demanded("Höhe", "PERSON", ("A",), valid_months=12)
        b, a = company(), company("Kück", "A")
        nele, rolf = (
            qualifying.add_person(one, name=name, **BY) for one, name in ((b, "Nele Brandt"), (a, "Rolf Kück"))
        )

        def at_the_door(name, firm, at=MONDAY):
            (visit,) = inviting.invite([Guest(name=name, company=firm)], appointment(site, kind), by(at=at))
            try:
                return arriving.check_in(visit.pk, Arrival(site=site), by("kiosk", at=at)).state
            except NotAdmittedError as refused:
                return refused.text.en.removesuffix(" Please turn to the reception.")

        assert at_the_door("nele  brandt".title(), "BRANDT ELEKTRO") == "Proof is missing: Haftpflicht."
        assert at_the_door("Rolf Kück", "Kück") == "Proof is missing: Höhe."
        qualifying.show_proof(insurance, b, None, first_day=date(2025, 11, 3), last_day=date(2026, 11, 2), **BY)
        passed = qualifying.show_proof(height, a, rolf, first_day=date(2025, 11, 3), last_day=None, **BY)
        assert passed.last_day == date(2026, 11, 2)  # twelve months from 3 November end on 2 November (BGB 188 (2))
        assert (at_the_door("Nele Brandt", "Brandt Elektro"), at_the_door("Rolf Kück", "Kück")) == ("IN", "IN")
        assert at_the_door("Wer", "Kück") == "This company is not admitted as a service company."
        qualifying.block_person(rolf.pk, "Hausverbot bis Jahresende", **BY)
        assert at_the_door("Rolf Kück", "Kück") == "Access is blocked: Hausverbot bis Jahresende"
        qualifying.block_person(rolf.pk, "", **BY)
        qualifying.withdraw_proof(passed.pk, **BY)
        assert at_the_door("Rolf Kück", "Kück") == "Proof is missing: Höhe."
        qualifying.drop_kind(height.pk, **BY)
        assert at_the_door("Rolf Kück", "Kück") == "IN"
        qualifying.change_contractor(b.pk, blocked="Rechnung offen", **BY)
        assert at_the_door("Nele Brandt", "Brandt Elektro") == "Access is blocked: Rechnung offen"
        later = Proof.objects.create(kind=insurance, contractor=a, first_day=date(2027, 1, 1), at=MONDAY)
        assert later.last_day is None
        assert verbs(alder, nele) == ["visitors.contractor_person_added"]


def test_a_proof_that_is_not_good_yet_is_named_with_its_day(alder):
    with as_tenant(alder.pk):
        from kontor.products.visitors.queries.qualified import lacks

        insurance, firm = demanded(), company()
        qualifying.show_proof(insurance, firm, None, first_day=date(2026, 12, 1), last_day=None, **BY)
        assert [each.en for each in lacks(firm, None, today=TODAY)] == ["Haftpflicht is good from 1 December 2026 on."]


def test_what_contradicts_itself_is_refused(alder):
    with as_tenant(alder.pk):
        insurance, height, firm, other = demanded(), demanded("Höhe", "PERSON"), company(), company("Kück")
        nele = qualifying.add_person(firm, name="Nele", **BY)
        for kind, whose in ((insurance, nele), (height, None)):
            with pytest.raises(QualificationRefusedError, match="belongs to something else"):
                qualifying.show_proof(kind, firm, whose, first_day=TODAY, last_day=None, **BY)
        with pytest.raises(QualificationRefusedError, match="ends before it begins"):
            qualifying.show_proof(insurance, firm, None, first_day=TODAY, last_day=date(2026, 11, 1), **BY)
        for attempt in (company, demanded, lambda: qualifying.change_contractor(other.pk, name=firm.name, **BY)):
            with pytest.raises(QualificationRefusedError, match="There is"):
                attempt()


def test_a_company_is_reminded_once_of_what_runs_out(alder):
    with as_tenant(alder.pk):
        insurance, height = demanded(), demanded("Höhe", "PERSON", warn_days=10)
        firm = company(email="post@brandt.example", language="en")
        silent = company("Kück")
        nele = qualifying.add_person(firm, name="Nele Brandt", **BY)
        shown = ((insurance, firm, None, date(2026, 12, 1)), (height, firm, nele, date(2026, 11, 20)),
                 (insurance, silent, None, date(2026, 11, 20)))  # fmt: skip
        for kind, whose, person, last in shown:
            qualifying.show_proof(kind, whose, person, first_day=TODAY, last_day=last, **BY)
        assert Due.objects.get(job="visitors.remind_contractors").repeat_minutes == 1440
        assert qualifying.remind(today=date(2026, 10, 31), at=MONDAY) == 0
        assert qualifying.remind(today=date(2026, 11, 1), at=MONDAY) == 1  # 30 days before 1 December
        first = OutgoingMail.objects.get()
        assert (first.to, first.subject) == ("post@brandt.example", "Proofs run out")
        assert [line for line in first.text.splitlines() if line.startswith("-")] == ["- Haftpflicht: 1 December 2026"]
        assert qualifying.remind(today=date(2026, 11, 9), at=MONDAY) == 0
        assert qualifying.remind(today=date(2026, 11, 10), at=MONDAY) == 1  # ten days before the 20th
        (second,) = OutgoingMail.objects.exclude(pk=first.pk)
        assert [line for line in second.text.splitlines() if line.startswith("-")] == [
            "- Höhe (Nele Brandt): 20 November 2026"
        ]
        assert qualifying.remind(today=date(2026, 11, 11), at=MONDAY) == 0
        qualifying.show_proof(insurance, firm, None, first_day=TODAY, last_day=date(2027, 11, 1), **BY)
        Proof.objects.update(reminded=None)
        assert qualifying.remind(today=date(2026, 11, 30), at=MONDAY) == 0  # the later proof stands in for the first


def test_a_german_company_is_reminded_in_german(alder):
    with as_tenant(alder.pk):
        insurance, firm = demanded(), company(email="post@kueck.example", language="de")
        qualifying.show_proof(insurance, firm, None, first_day=TODAY, last_day=date(2026, 12, 1), **BY)
        assert qualifying.remind(today=date(2026, 11, 1), at=MONDAY) == 1
        mail = OutgoingMail.objects.get()
        assert (mail.subject, mail.text.splitlines()[4]) == ("Nachweise laufen ab", "- Haftpflicht: 01.12.2026")


def test_the_pages_of_a_company(alder):
    desk = browser(administrator(alder), alder)
    kind = {"title_de": "Haftpflicht", "title_en": "Insurance", "of": "COMPANY", "types": ["B"], "warn_days": "30"}
    assert desk.post("/visitors/companies/proofs/", kind).status_code == 302
    assert desk.post("/visitors/companies/proofs/", kind).status_code == 422  # there is one of that name
    told = {"name": "Brandt Elektro", "grade": "B", "language": "de"}
    assert desk.get("/visitors/companies/new/").status_code == 200
    assert desk.post("/visitors/companies/new/", told | {"grade": "D"}).status_code == 422
    way = desk.post("/visitors/companies/new/", told).headers["Location"]
    assert desk.post("/visitors/companies/new/", told).status_code == 422
    assert len(desk.get(way).context["missing"]) == 1
    with as_tenant(alder.pk):
        firm, insurance = Contractor.objects.get(), ProofKind.objects.get()
        company("Kück")
    assert desk.post(f"{way}people/", {"name": "Nele Brandt", "language": "en"}).status_code == 302
    assert desk.post(f"{way}people/", {"name": "", "language": "en"}).status_code == 422
    with as_tenant(alder.pk):
        nele = ContractorPerson.objects.get()
    today = timezone.localdate()
    proof = {"kind": str(insurance.pk), "first_day": str(today)}
    assert desk.post(f"{way}proofs/", proof | {"person": str(nele.pk)}).status_code == 422
    assert desk.post(f"{way}proofs/", proof | {"last_day": "2020-01-01"}).status_code == 422
    assert desk.post(f"{way}proofs/", proof).status_code == 302
    assert desk.get(way).context["missing"] == []
    states = {row.name: row.pk for row in desk.get("/visitors/companies/").context["listing"].page}
    assert set(states) == {"Brandt Elektro", "Kück"}
    assert desk.post(f"/visitors/companies/people/{nele.pk}/block/", {"because": ""}).status_code == 422
    assert desk.post(f"/visitors/companies/people/{nele.pk}/block/", {"because": "Hausverbot"}).status_code == 302
    assert desk.get(way).context["people"][0][1] == ["Access is blocked: Hausverbot"]
    assert desk.post(f"/visitors/companies/people/{nele.pk}/block/").status_code == 302
    assert desk.post(f"{way}change/", told | {"name": "Kück"}).status_code == 422
    assert desk.post(f"{way}change/", told | {"blocked": "Rechnung offen"}).status_code == 302
    with as_tenant(alder.pk):
        shown = Proof.objects.get()
        assert Contractor.objects.get(pk=firm.pk).blocked == "Rechnung offen"
    assert desk.post(f"/visitors/companies/shown/{shown.pk}/withdraw/").status_code == 302
    assert desk.post(f"/visitors/companies/shown/{shown.pk}/withdraw/").status_code == 404
    assert desk.post(f"/visitors/companies/proofs/{insurance.pk}/drop/").status_code == 302


def test_another_company_and_whoever_may_not_see_nothing(alder):
    from tests.products.visitors.test_views import clerk

    with as_tenant(alder.pk):
        firm = company()
    birke = make_alder("Birke")
    stranger = browser(administrator(birke, "ayla@birke.example", "Ayla"), birke)
    assert stranger.get(f"/visitors/companies/{firm.pk}/").status_code == 404
    assert clerk(alder, "visitors.see").get("/visitors/companies/").status_code == 403


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # BGB 188 (3): no 31st of February, so its last day
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2025, 3, 1), 12, date(2026, 2, 28)),
        (date(2025, 11, 3), 12, date(2026, 11, 2)),
    ],
)
def test_months_end_on_the_day_before_or_on_the_last_day_of_a_shorter_month(first, months, last):
    assert qualifying.after_months(first, months) == last
