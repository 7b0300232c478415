"""The pages of changes of terms: written, announced, answered in the account, decided by the house."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import terms_changes
from kontor.office.contracts.models import Contract, EndingCase, TermsChange, TermsNotice, TermsNoticeState
from tests.background import run_jobs
from tests.factories import House, make_house, make_user
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_terms_changes import TOLD, draft
from tests.office.contracts.walking import customer
from tests.people import browser, join, make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
DAY = date(2027, 4, 1)


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


@pytest.fixture(autouse=True)
def in_december(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def written() -> dict[str, str]:
    texts = {f"{key}_{language}": text for key, text in TOLD.items() for language in ("de", "en")}
    return {
        "title_de": "Nur Bilder",
        "title_en": "Images only",
        "version": "2027-01",
        "named_on": "2027-04-01",
        **texts,
    }


def announced(house: House) -> TermsNotice:
    with as_tenant(house.tenant.pk):
        row = terms_changes.write_change(draft(named_on=DAY), at=AT, actor=house.actor)
        terms_changes.announce_change(row.pk, at=AT, actor=house.actor)
        terms_changes.tell_customers(row.pk, list(Contract.objects.values_list("pk", flat=True)), at=AT)
        return TermsNotice.objects.first()


@pytest.mark.requirement("FW-018")
def test_from_the_draft_to_the_notice():
    house = make_house()
    contract = concluded(house)
    staff = browser(house.staff, house.tenant)
    new = url("terms-change-new", "visitor", "restriction")
    assert staff.get(new).context["form"]["meaning_of_silence_de"].initial == (
        "Erklären Sie sich innerhalb dieser Frist nicht, gilt die Änderung als vereinbart."
    )
    assert staff.post(new, {**written(), "title_de": ""}).status_code == 422
    answer = staff.post(new, {**written(), "meaning_of_silence_de": ""})
    with as_tenant(house.tenant.pk):
        change = TermsChange.objects.get()
    assert answer.headers["Location"] == url("terms-change", change.pk)
    page = staff.get(url("terms-change", change.pk))
    assert page.context["complete"].value == ("meaning_of_silence",)
    assert [each.contract.pk for each in page.context["concerned"]] == [contract.pk]
    refused = staff.post(url("terms-change", change.pk))
    assert (refused.status_code, refused.context["refused"]) == (
        409,
        "The notice cannot go out like this. Missing: What silence means.",
    )
    assert staff.get(url("terms-change-write", change.pk)).context["form"]["title_en"].initial == "Images only"
    assert staff.post(url("terms-change-write", change.pk), written()).status_code == 302
    assert staff.post(url("terms-change", change.pk)).status_code == 302
    run_jobs()
    states = staff.get(url("terms-change", change.pk)).context["states"]
    assert [state.notice.contract_id for state, _badge, _why in states] == [contract.pk]
    assert staff.post(url("terms-change-write", change.pk), written()).status_code == 422
    assert staff.get(url("terms-changes")).context["changes"] is not None
    assert staff.get(url("terms-changes"), {"format": "csv"}).headers["Content-Type"].startswith("text/csv")


@pytest.mark.requirement("FW-018")
def test_the_customer_who_opens_the_notice_has_it_and_objects():
    house = make_house()
    contract = concluded(house)
    notice = announced(house)
    buyer = customer(contract)
    page = buyer.get(url("account-terms-notice", notice.pk))
    assert (page.context["state"].received_on, page.context["state"].objection_by) == (AT.date(), date(2027, 2, 10))
    assert page.context["open"]
    coming = [str(step.title.en) for step, _left in buyer.get(url("account-contract", contract.pk)).context["steps"]]
    assert "Last day for an objection" in coming
    answer = buyer.post(url("account-terms-answer", notice.pk), {"object": "1", "reason": "Wir zeigen Filme"})
    assert answer.headers["Location"] == url("account-terms-notice", notice.pk)
    again = buyer.post(url("account-terms-answer", notice.pk), {"accept": "1"})
    assert again.status_code == 409
    assert buyer.post(url("account-terms-answer", notice.pk), {"reason": "x" * 1001}).status_code == 422
    with as_tenant(house.tenant.pk):
        state = TermsNoticeState.objects.get()
        assert (state.state, state.reason) == ("OBJECTED", "Wir zeigen Filme")
    tab = buyer.get(url("account-terms", contract.pk))
    assert [state.state for state, _badge, _why in tab.context["notices"]] == ["OBJECTED"]
    assert buyer.get(url("account-terms-file", notice.pk, "letter")).content.startswith(b"%PDF-")
    assert buyer.get(url("account-terms-file", notice.pk, "terms")).status_code == 404


@pytest.mark.requirement("FW-019")
def test_the_house_decides_after_an_objection():
    house = make_house()
    contract = concluded(house)
    notice = announced(house)
    staff, buyer = browser(house.staff, house.tenant), customer(contract)
    decide = url("terms-decide", notice.pk)
    assert not staff.get(decide).context["open"]
    assert staff.post(decide, {"go_on": "1"}).status_code == 409
    buyer.get(url("account-terms-notice", notice.pk))
    buyer.post(url("account-terms-answer", notice.pk), {"object": "1"})
    assert staff.get(decide).context["open"]
    hand = next(it for it in staff.get(url("today")).context["hands"] if it.url == decide)
    assert (hand.title, hand.since) == ("Objection to a change of terms", AT.date())
    assert staff.post(decide, {"end": "1", "unreasonable": ""}).status_code == 422
    answer = staff.post(decide, {"end": "1", "unreasonable": "Der Dienst entfällt."})
    with as_tenant(house.tenant.pk):
        case = EndingCase.objects.get()
    assert answer.headers["Location"] == url("ending-case", case.pk)
    assert staff.get(url("contract-terms", contract.pk)).context["may_decide"]


def test_going_on_leads_back_to_the_contract():
    house = make_house()
    contract = concluded(house)
    notice = announced(house)
    staff, buyer = browser(house.staff, house.tenant), customer(contract)
    buyer.get(url("account-terms-notice", notice.pk))
    buyer.post(url("account-terms-answer", notice.pk), {"object": "1"})
    answer = staff.post(url("terms-decide", notice.pk), {"go_on": "1"})
    assert answer.headers["Location"] == url("contract-terms", contract.pk)


def test_who_may_not_and_who_is_somebody_else():
    house = make_house()
    contract = concluded(house)
    notice = announced(house)
    clerk = make_user("kurt@lindwurm.example", "Kurt")
    join(house.tenant, clerk, role="Leser", permissions=["contracts.account"])
    stranger = make_user("fritz@fremd.example", "Fritz")
    other = make_tenant("Fremd")
    join(other, stranger)
    pages = {
        "terms-changes": (), "terms-change-new": ("visitor", "restriction"), "terms-change": (notice.change_id,),
        "terms-change-write": (notice.change_id,), "terms-decide": (notice.pk,), "terms-file": (notice.pk, "letter"),
    }  # fmt: skip
    for name, args in pages.items():
        assert browser(clerk, house.tenant).get(url(name, *args)).status_code == 403
        if args:
            assert browser(stranger, other).get(url(name, *args)).status_code in (403, 404)
    for name in ("account-terms-notice", "account-terms"):
        args = (notice.pk,) if name == "account-terms-notice" else (contract.pk,)
        assert browser(stranger, other).get(url(name, *args)).status_code in (403, 404)
    staff = browser(house.staff, house.tenant)
    assert staff.get(url("terms-change-new", "unknown", "terms")).status_code == 404
    assert staff.get(url("terms-change-new", "visitor", "terms")).status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_customers():
    def asked(house: House, change: TermsChange) -> int:
        staff = browser(house.staff, house.tenant)
        staff.get(url("terms-change", change.pk))
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(url("terms-change", change.pk)).status_code == 200
        return len(queries)

    house = make_house()
    concluded(house)
    with as_tenant(house.tenant.pk):
        change = terms_changes.write_change(draft(named_on=DAY), at=AT, actor=house.actor)
    one = asked(house, change)
    for name in ("Birke GmbH", "Cedar GmbH"):
        concluded(house, name=name, email=f"{name[:5].lower()}@kunde.example")
    assert asked(house, change) == one
