"""Changes of terms by each pack's procedure: announced, received, accepted, left unanswered, objected to."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, RecordEntry, StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import terms_answers, terms_changes
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.actions.terms_changes import Draft
from kontor.office.contracts.models import Amendment, Contract, EndingCase, TermsChange, TermsNotice, TermsNoticeState
from kontor.office.contracts.queries.terms_changes import version_on, versions
from kontor.rulebook.contract_state import End
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling
from tests.factories import make_house
from tests.office.contracts.test_billing import concluded
from tests.people import make_tenant

pytestmark = pytest.mark.django_db

JANUARY_10 = datetime(2027, 1, 10, 9, 0, tzinfo=UTC)
APRIL = date(2027, 4, 1)
TOLD = {
    "new_rules": "Die Anzeige im Foyer zeigt nur noch Bilder.",
    "objection_right": "Sie können widersprechen.",
    "objection_period": "Binnen zwei Monaten ab Zugang.",
    "meaning_of_silence": "Schweigen gilt als Zustimmung.",
}


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 11, 0, tzinfo=UTC)


def draft(kind: str = "restriction", pack: str = "visitor", without: str = "", **given: Any) -> Draft:
    told = {key: text for key, text in TOLD.items() if key != without}
    both = {"de": told, "en": told}
    words = {"title_de": "Anzeige nur für Bilder", "title_en": "Signage for images only", "named_on": APRIL}
    return Draft(**{"pack": pack, "kind": kind, "version": "2027-01", "told": both, **words, **given})


def announced(house, wanted: Draft | None = None, at: datetime = JANUARY_10) -> TermsChange:
    with as_tenant(house.tenant.pk):
        row = terms_changes.write_change(wanted or draft(), at=at, actor=house.actor)
        terms_changes.announce_change(row.pk, at=at, actor=house.actor)
        terms_changes.tell_customers(row.pk, list(Contract.objects.values_list("pk", flat=True)), at=at)
        return TermsChange.objects.get(pk=row.pk)


def had(house, at: datetime = JANUARY_10) -> TermsNoticeState:
    with as_tenant(house.tenant.pk):
        return terms_answers.note_had(TermsNotice.objects.get().pk, at=at)


def state_of(house) -> TermsNoticeState:
    with as_tenant(house.tenant.pk):
        return TermsNoticeState.objects.select_related("amendment", "notice").get()


def answered(house, *, accepts: bool, at: datetime) -> TermsNoticeState:
    with as_tenant(house.tenant.pk):
        notice = TermsNotice.objects.get()
        return terms_answers.answer_notice(
            notice, accepts=accepts, answered_by="Jonas Alder", reason="Wir zeigen Filme", at=at, actor=MACHINE
        )


def settled(house, at: datetime) -> list[TermsNoticeState]:
    with as_tenant(house.tenant.pk):
        return terms_answers.settle_silence(at=at)


def applies(house, contract, *days: date) -> list[str]:
    with as_tenant(house.tenant.pk):
        rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
        return [version_on(contract, rows, day) for day in days]


@pytest.mark.requirement("FW-018")
def test_silence_until_the_end_of_the_tenth_of_march_is_consent_on_the_eleventh():
    house = make_house()
    contract = concluded(house)
    change = announced(house, draft(named_on=date(2027, 3, 11)))
    assert (change.contracts, change.done, change.finished_at) == (1, 1, JANUARY_10)
    state = had(house)
    assert (state.state, state.objection_by, state.effective_on) == ("OPEN", date(2027, 3, 10), date(2027, 3, 11))
    assert settled(house, noon(2027, 3, 10)) == []
    (silent,) = settled(house, noon(2027, 3, 11))
    assert (silent.state, settled(house, noon(2027, 3, 11))) == ("SILENT", [])
    assert applies(house, contract, date(2027, 3, 10), date(2027, 3, 11)) == ["2026-01", "2027-01"]
    amendment = state_of(house).amendment
    assert (amendment.kind, amendment.effective_on, amendment.clause) == ("terms_change", date(2027, 3, 11), "4.3.3")
    with as_tenant(house.tenant.pk):
        assert StoredRuling.objects.get(pk=amendment.ruling).question == "contracts.terms_change"
        mails = OutgoingMail.objects.filter(subject__startswith="Änderung der Bedingungen")
        assert sorted({mail.to for mail in mails}) == ["vertrag@alder.example", "vertrag@lindwurm.example"]
        assert RecordEntry.objects.filter(verb="contracts.terms_notice_answered").count() == 1


@pytest.mark.requirement("FW-018")
@pytest.mark.parametrize("element", ["new_rules", "objection_right", "objection_period", "meaning_of_silence"])
def test_a_notice_that_lacks_an_element_goes_to_nobody(element: str):
    house = make_house()
    concluded(house)
    with pytest.raises(RefusalError, match="cannot go out like this"):
        announced(house, draft(without=element))
    with as_tenant(house.tenant.pk):
        assert TermsNotice.objects.count() == 0


@pytest.mark.requirement("FW-018")
def test_the_notice_tells_everything_under_its_own_heading_with_the_changed_terms():
    house = make_house()
    concluded(house)
    announced(house, draft(file=b"%PDF-1.7 changed"))
    with as_tenant(house.tenant.pk):
        (mail,) = OutgoingMail.objects.filter(subject__startswith="Änderung der Bedingungen")
        assert [line for line in mail.text.splitlines() if line in ("Was Schweigen bedeutet", "Die Frist dafür")] == [
            "Die Frist dafür",
            "Was Schweigen bedeutet",
        ]
        assert "Die Änderung gilt ab dem 01.04.2027." in mail.text.splitlines()
        assert [each["name"] for each in mail.attachments][1] == "visitor-2027-01.pdf"
        notice = TermsNotice.objects.get()
        assert notice.apart == [
            "new_rules",
            "effective_day",
            "objection_right",
            "objection_period",
            "meaning_of_silence",
        ]


@pytest.mark.requirement("FW-018")
def test_an_objection_keeps_the_old_rules_and_comes_too_late_after_the_period():
    house = make_house()
    contract = concluded(house)
    announced(house)
    had(house)
    state = answered(house, accepts=False, at=noon(2027, 3, 1))
    assert (state.state, state.effective_on, state.answered_on) == ("OBJECTED", None, date(2027, 3, 1))
    assert settled(house, noon(2027, 3, 11)) == []
    assert applies(house, contract, date(2030, 1, 1)) == ["2026-01"]
    with pytest.raises(RefusalError, match="Nothing can be declared"):
        answered(house, accepts=True, at=noon(2027, 3, 2))


def test_after_the_period_nothing_can_be_declared_even_before_the_job_ran():
    house = make_house()
    concluded(house)
    announced(house)
    had(house)
    with pytest.raises(RefusalError, match="Nothing can be declared"):
        answered(house, accepts=False, at=noon(2027, 3, 11))


def test_who_accepts_has_it_from_the_named_day():
    house = make_house()
    contract = concluded(house)
    announced(house)
    had(house)
    state = answered(house, accepts=True, at=noon(2027, 1, 20))
    assert (state.state, state.effective_on) == ("ACCEPTED", APRIL)
    assert applies(house, contract, date(2027, 3, 31), APRIL) == ["2026-01", "2027-01"]
    with as_tenant(house.tenant.pk):
        rows = list(Amendment.objects.filter(contract=contract))
        assert versions(contract, rows) == [(contract.start_on, "2026-01"), (APRIL, "2027-01")]


@pytest.mark.requirement("FW-019")
def test_only_an_objection_lets_the_house_end_with_three_months():
    """Declared on 15 March, the earliest end is 15 June."""
    house = make_house()
    concluded(house)
    announced(house)
    had(house)
    with as_tenant(house.tenant.pk):
        notice = TermsNotice.objects.get()
        told = {"at": noon(2027, 3, 2), "actor": house.actor}
        with pytest.raises(RefusalError, match="Nobody objected"):
            terms_answers.end_after_objection(notice.pk, unreasonable="Der Dienst entfällt.", **told)
        with pytest.raises(RefusalError, match="Nobody objected"):
            terms_answers.go_on(notice.pk, reason="", **told)
    answered(house, accepts=False, at=noon(2027, 3, 1))
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="reason is missing"):
            terms_answers.end_after_objection(notice.pk, unreasonable=" ", **told)
        case = terms_answers.end_after_objection(notice.pk, unreasonable="Der Dienst entfällt.", **told)
        assert (case.kind, case.side, case.told["objected_on"], case.state) == (
            "objection",
            "provider",
            "2027-03-01",
            EndingCase.State.OPEN,
        )
        assert TermsNoticeState.objects.get().state == "ENDING"


def test_the_house_may_let_it_go_on_unchanged():
    house = make_house()
    contract = concluded(house)
    announced(house)
    had(house)
    answered(house, accepts=False, at=noon(2027, 3, 1))
    with as_tenant(house.tenant.pk):
        state = terms_answers.go_on(TermsNotice.objects.get().pk, reason="", at=noon(2027, 3, 2), actor=house.actor)
        assert (state.state, state.reason) == ("CONTINUED", "Wir zeigen Filme")
    assert applies(house, contract, date(2030, 1, 1)) == ["2026-01"]


@pytest.mark.requirement("FW-017")
def test_a_reasonable_change_for_the_first_of_september_is_mailed_by_the_third_of_august():
    house = make_house()
    contract = concluded(house)
    wanted = draft("reasonable", named_on=date(2027, 9, 1))
    with as_tenant(house.tenant.pk):
        row = terms_changes.write_change(wanted, at=noon(2027, 8, 1), actor=house.actor)
        with pytest.raises(RefusalError, match="1 September 2027 is too early"):
            terms_changes.announce_change(row.pk, at=noon(2027, 8, 4), actor=house.actor)
        TermsChange.objects.all().delete()
    announced(house, wanted, at=noon(2027, 8, 3))
    state = had(house, noon(2027, 8, 3))
    assert (state.state, state.objection_by, state.effective_on) == ("HOLDS", None, date(2027, 9, 1))
    assert applies(house, contract, date(2027, 8, 31), date(2027, 9, 1)) == ["2026-01", "2027-01"]


@pytest.mark.requirement("FW-017")
def test_received_a_day_later_it_holds_a_day_later():
    house = make_house()
    concluded(house)
    announced(house, draft("reasonable", named_on=date(2027, 9, 1)), at=noon(2027, 8, 3))
    assert had(house, noon(2027, 8, 4)).effective_on == date(2027, 9, 2)


@pytest.mark.requirement("SO-073")
def test_four_months_from_the_next_interval_and_not_in_the_first_year():
    """The first year runs from 1 December 2026; received in the first year it holds from 1 December 2027."""
    house = make_house("crm")
    contract = concluded(house)
    announced(house, draft("terms", "crm", named_on=None), at=noon(2027, 4, 10))
    state = had(house, noon(2027, 4, 10))
    assert (state.state, state.effective_on) == ("HOLDS", date(2027, 12, 1))
    assert applies(house, contract, date(2027, 11, 30), date(2027, 12, 1)) == ["2026-01", "2027-01"]


@pytest.mark.requirement("SO-073")
def test_after_the_first_year_with_the_next_month_that_leaves_four():
    house = make_house("crm")
    concluded(house)
    announced(house, draft("terms", "crm", named_on=None), at=noon(2028, 4, 10))
    assert had(house, noon(2028, 4, 10)).effective_on == date(2028, 9, 1)


@pytest.mark.requirement("AP-053")
@pytest.mark.requirement("SO-002")
def test_leisure_terms_hold_from_the_moment_the_mail_was_delivered_with_its_proof():
    house = make_house("leisure")
    contract = concluded(house)
    announced(house, draft("terms", "leisure", named_on=None), at=noon(2027, 5, 5))
    state = had(house, datetime(2027, 5, 5, 8, 0, tzinfo=UTC))
    assert (state.state, state.effective_on, state.received_at, state.proof) == (
        "HOLDS",
        date(2027, 5, 5),
        datetime(2027, 5, 5, 8, 0, tzinfo=UTC),
        "2027-05-05T10:00:00+02:00",
    )
    assert applies(house, contract, date(2027, 5, 4), date(2027, 5, 5)) == ["2026-01", "2027-01"]


def test_twice_is_once():
    house = make_house()
    concluded(house)
    change = announced(house)
    with as_tenant(house.tenant.pk):
        ids = list(Contract.objects.values_list("pk", flat=True))
        assert terms_changes.tell_customers(change.pk, ids, at=JANUARY_10) == []
        with pytest.raises(RefusalError, match="announced already"):
            terms_changes.announce_change(change.pk, at=JANUARY_10, actor=house.actor)
        with pytest.raises(RefusalError, match="announced already"):
            terms_changes.write_change(draft(), change_id=change.pk, at=JANUARY_10, actor=house.actor)
    had(house)
    assert had(house, noon(2027, 1, 15)).received_on == date(2027, 1, 10)


def test_an_end_before_the_day_leaves_the_terms_as_they_are():
    house = make_house()
    contract = concluded(house)
    announced(house)
    had(house)
    with as_tenant(house.tenant.pk):
        ends = End(date(2027, 3, 31))
        amend(
            contract, "notice", [ends], effective_on=date(2027, 1, 11), ruling=Ruling(1), at=JANUARY_10, actor=MACHINE
        )
    settled(house, noon(2027, 3, 11))
    state = state_of(house)
    assert (state.state, state.amendment) == ("SILENT", None)
    announced_again = announced(house, draft(version="2027-02", named_on=date(2027, 8, 1)), at=noon(2027, 4, 2))
    assert (announced_again.contracts, announced_again.finished_at) == (0, noon(2027, 4, 2))


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (draft("unknown"), "know no such change"),
        (draft(pack="bookkeeping"), "know no such change"),
        (draft(version="2026-01"), "exists already"),
        (draft(file=b"text"), "no PDF"),
    ],
)
def test_what_is_no_change_is_refused(wanted: Draft, why: str):
    house = make_house()
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError, match=why):
        terms_changes.write_change(wanted, at=JANUARY_10, actor=house.actor)


def test_a_draft_is_written_anew_and_needs_its_day():
    house = make_house()
    concluded(house)
    with as_tenant(house.tenant.pk):
        row = terms_changes.write_change(draft(named_on=None), at=JANUARY_10, actor=house.actor)
        with pytest.raises(RefusalError, match="The day they take effect"):
            terms_changes.announce_change(row.pk, at=JANUARY_10, actor=house.actor)
        again = terms_changes.write_change(
            draft(title_de="Neu", version="2027-02"), change_id=row.pk, at=JANUARY_10, actor=house.actor
        )
        assert (again.pk, TermsChange.objects.get().title_de) == (row.pk, "Neu")
        with pytest.raises(RefusalError, match="exists already"):
            terms_changes.write_change(draft(version="2027-02"), at=JANUARY_10, actor=house.actor)


def test_another_tenant_sees_none_of_it():
    house = make_house()
    concluded(house)
    change = announced(house)
    with as_tenant(make_tenant("Fremd").pk):
        assert (TermsChange.objects.count(), TermsNotice.received.count()) == (0, 0)
        with pytest.raises(TermsChange.DoesNotExist):
            terms_changes.announce_change(change.pk, at=JANUARY_10, actor=MACHINE)
