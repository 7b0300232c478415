"""The night: what is over goes, what a duty keeps is locked away, what is held stays; once, wherever it stops."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.expiring import take_files
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.erasing import as_eraser
from kontor.kernel.keeping import whole_of
from kontor.kernel.models import Blob, BlobContent, Due, OutgoingMail, RecordDetail, RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.ending import Ending, end_contract
from kontor.office.contracts.models import Trial
from kontor.office.contracts.queries.accounts import accounts
from kontor.office.desk.models import IncomingMail, Satisfaction, Ticket, TicketMessage
from kontor.office.privacy import jobs
from kontor.office.privacy.actions import retention
from kontor.office.privacy.actions.holding import lay_hold, lift_hold
from kontor.office.privacy.actions.retention import KeepingRefusedError, end_keeping, settle_keeping
from kontor.office.privacy.models import KeepingRule, Restriction, RetentionNight
from kontor.office.privacy.queries.expiring import found_of, found_on
from kontor.rulebook import terms
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.retention import gone_by, kept_until, kind_of, settled
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.factories import AT, House, make_house, make_user
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.test_trials import registered
from tests.office.desk.asking import MONDAY, opened
from tests.people import administrator, browser, join, make_tenant, verbs

TWO_YEARS = Duration.parse("24 months")
THREE_YEARS = Duration.parse("36 months")
NIGHT = datetime(2029, 1, 7, 23, 30, tzinfo=UTC)  # 8 January, 00:30 in Berlin: 25 months after the Monday
ON = date(2029, 1, 8)


def closed(house: House, *, customer: object = None, contract: object = None, at: datetime = MONDAY) -> Ticket:
    ticket = opened(house, contract, subject="Drucker steht")  # type: ignore[arg-type]
    with as_tenant(house.tenant.pk):
        Ticket.objects.filter(pk=ticket.pk).update(closed_at=at)
        if customer is not None:
            Ticket.objects.filter(pk=ticket.pk).update(customer_tenant_id=customer)
    return ticket


def settle(house: House, keep_: Duration = TWO_YEARS, **given: object) -> KeepingRule:
    told = {"agreed": "Löschkonzept 2026", "at": AT, "actor": house.actor} | given
    with as_tenant(house.tenant.pk):
        return settle_keeping("closed_requests", keep_, **told)  # type: ignore[arg-type]


def left(house: House) -> set[object]:
    with as_tenant(house.tenant.pk):
        return set(Ticket.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("SO-044")
def test_a_closed_request_goes_after_its_24_months_and_stays_where_36_were_agreed(monkeypatch: pytest.MonkeyPatch):
    """Closed on 7 December 2026: 24 months end on 7 December 2028, 36 on 7 December 2029; the night is in between."""
    house, other = make_house("crm"), make_tenant("Birke")
    contract = signed(house)
    first, second = closed(house, contract=contract), closed(house, contract=contract)
    excepted, young = closed(house, customer=other.pk), closed(house, contract=contract, at=NIGHT)
    with as_tenant(house.tenant.pk):
        file = keep(b"Foto vom Drucker", name="foto.jpg", media_type="image/jpeg", at=MONDAY)
        kept = keep(b"Anderes", name="anderes.txt", media_type="text/plain", at=MONDAY)
        same = keep(b"Anderes", name="noch.txt", media_type="text/plain", at=MONDAY)
        letter = IncomingMail(
            sender="jonas@alder.example", subject="Drucker", raw=file, ticket=first, key="1", message_id="<1@x>",
            received_at=MONDAY, at=MONDAY,
        )  # fmt: skip
        letter.save(force_insert=True)
        scan = keep(b"Brief", name="brief.pdf", media_type="application/pdf", at=MONDAY)
        IncomingMail.objects.create(
            sender="jonas@alder.example",
            subject="Brief",
            raw=scan,
            ticket=young,
            key="2",
            message_id="<2@x>",
            received_at=MONDAY,
            at=MONDAY,
        )
    settle(house)
    settle(house, THREE_YEARS, of_tenant=other.pk, agreed="Nachtrag 2 vom 5. Mai 2026")
    with as_tenant(house.tenant.pk):
        found = found_of("desk.closed_requests", ON)
        assert (found.gone, found.locked, found.held, found.people()) == (2, 0, 0, [("jonas@alder.example", 2)])
        assert RecordDetail.objects.filter(entry__object_id=first.pk).exists()

    monkeypatch.setattr(retention, "AT_ONCE", 1)
    stop = retention.note_part
    monkeypatch.setattr(retention, "note_part", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("stopped")))
    with as_tenant(house.tenant.pk):  # everything before the requests' part is done
        night = retention.begin_night(at=NIGHT)
        place = next(at for at, part in enumerate(night.parts) if part["key"] == "desk.closed_requests")
        RetentionNight.objects.update(step=place)
    with pytest.raises(RuntimeError, match="stopped"):
        jobs.keep_in_time(tenant_id=house.tenant.pk, at=NIGHT)
    monkeypatch.setattr(retention, "note_part", stop)
    jobs.keep_in_time(tenant_id=house.tenant.pk, at=NIGHT)
    jobs.keep_in_time(tenant_id=house.tenant.pk, at=NIGHT)  # once a night

    assert left(house) == {excepted.pk, young.pk}
    with as_tenant(house.tenant.pk):
        (night,) = RetentionNight.objects.all()
        part = next(part for part in night.parts if part["key"] == "desk.closed_requests")
        assert (part["gone"], part["locked"], part["held"], len(part["rulings"])) == (2, 0, 0, 3)
        assert night.done_at == NIGHT
        assert not TicketMessage.objects.filter(ticket_id__in=[first.pk, second.pk]).exists()
        assert not RecordDetail.objects.filter(entry__object_id=first.pk).exists()
        assert RecordEntry.objects.filter(object_id=first.pk).exists()  # that something happened; the chain holds
        assert not Blob.objects.filter(pk=file.pk).exists()
        assert not BlobContent.objects.filter(pk=file.content_id).exists()
        assert Due.objects.get(job="privacy.retention").at == datetime(2029, 1, 8, 23, 30, tzinfo=UTC)
    assert verbs(house.tenant, night) == ["privacy.night_done"]
    with as_eraser() as db:
        assert take_files(db, house.tenant.pk, [kept.pk, file.pk]) == 1  # its bytes stay under the other name
        assert take_files(db, house.tenant.pk, [same.pk]) == 1
        assert take_files(db, house.tenant.pk, [scan.pk]) == 0  # somebody needs it still
        assert retention.take_rows(db, house.tenant.pk, whole_of("desk.Ticket"), []) == 0


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.mark.django_db
def test_what_the_law_keeps_longer_is_locked_away_and_its_ground_and_last_day_are_named(house: House):
    """Visitor terms are under German law: six years from the end of 2026."""
    ticket = closed(house, contract=signed(house))
    settle(house)
    with as_tenant(house.tenant.pk):
        night = retention.begin_night(at=NIGHT)
        (lock,) = Restriction.objects.all()
        assert (lock.label, lock.row, lock.kind, lock.until) == (
            "desk.Ticket", ticket.pk, "business_letter", date(2032, 12, 31)
        )  # fmt: skip
        assert "AO § 147 (3)" in lock.clause
        part = next(part for part in night.parts if part["key"] == "desk.closed_requests")
        assert (part["gone"], part["locked"]) == (0, 1)
        assert retention.begin_night(at=NIGHT).pk == night.pk
        assert found_of("desk.closed_requests", date(2033, 1, 1)).gone == 1
        assert retention.release(date(2032, 12, 31)) == 0
        assert retention.release(date(2033, 1, 1)) == 1


@pytest.mark.django_db
def test_a_hold_keeps_rows_and_a_review_that_nobody_made_is_said(house: House):
    contract = signed(house)
    closed(house, contract=contract)
    settle(house)
    told = {"ground": "dispute", "reason": "Klage", "review_on": date(2029, 1, 8), "at": AT, "actor": house.actor}
    with as_tenant(house.tenant.pk):
        one = lay_hold(of_tenant=contract.customer_tenant_id, **told)
        found = found_of("desk.closed_requests", date(2033, 1, 1))
        assert (found.gone, found.held) == (0, 1)
        mails = send_mails([NewMail(to="a@b.example", subject="Hallo", text="Hallo")], at=AT)
        settle_keeping("sent_mails", TWO_YEARS, agreed="Wunsch", at=AT, actor=house.actor)
        found = found_of("kernel.mails", date(2033, 1, 1))  # whose a mail is cannot be told
        assert (found.gone, found.held) == (0, OutgoingMail.objects.count())
        assert found.held >= len(mails)
        retention.begin_night(at=NIGHT)
        lift_hold(one.pk, because="Vergleich", at=AT, actor=house.actor)
        lay_hold(of_tenant=None, kind="closed_requests", **told)
        found = found_of("desk.closed_requests", date(2033, 1, 1))
        assert (found.gone, found.held) == (0, 1)
        found = found_of("kernel.mails", date(2033, 1, 1))
        assert (found.gone, found.held) == (OutgoingMail.objects.count(), 0)
    assert "privacy.hold_review_due" in verbs(house.tenant, one)


@pytest.mark.django_db
def test_only_what_contracts_leave_open_is_settled_with_words_and_in_days_or_more(house: House):
    with as_tenant(house.tenant.pk):
        for kind, keep_, agreed, why in (
            ("invoice", TWO_YEARS, "Wunsch", "for the contracts"),
            ("closed_requests", Duration.parse("24 clock hours"), "Wunsch", "counted in days"),
            ("closed_requests", TWO_YEARS, " ", "names its reason"),
        ):
            with pytest.raises(KeepingRefusedError, match=why):
                settle_keeping(kind, keep_, agreed=agreed, at=AT, actor=house.actor)
    first, second = settle(house), settle(house, THREE_YEARS)
    with as_tenant(house.tenant.pk):
        assert list(KeepingRule.objects.filter(ended_at=None)) == [second]
        assert end_keeping(second.pk, at=AT, actor=house.actor).ended_at == AT
        with pytest.raises(KeepingRefusedError, match="counts no more"):
            end_keeping(first.pk, at=AT, actor=house.actor)


@pytest.mark.django_db
@pytest.mark.requirement("SD-033")
def test_a_score_stays_while_the_account_does_and_goes_on_the_day_it_is_closed():
    """The contract's last day is 30 November 2027; the account is closed as the next day begins."""
    house = make_house("bookkeeping")
    contract = signed(house)
    ticket = closed(house, contract=contract)
    with as_tenant(house.tenant.pk):
        Satisfaction.objects.create(
            ticket=ticket, customer_tenant_id=contract.customer_tenant_id, closed_at=MONDAY, mark=5, at=MONDAY
        )
        ending = contract_end(house, contract)
        assert found_of("desk.satisfaction", ending).gone == 0
        assert found_of("desk.satisfaction", date.fromordinal(ending.toordinal() + 1)).gone == 1
        assert found_of("desk.closed_requests", ending).gone == 0  # nobody said how long


def contract_end(house: House, contract: object) -> date:
    last = date(2027, 11, 30)
    ruling = Ruling(last, (Clause("bookkeeping", "13"),), (), (Text("Ende.", "End."),))
    ending = Ending(kind="notice", ends=last, told_on=date(2027, 10, 1), culpable=False, ruling=ruling)
    end_contract(contract, ending, at=MONDAY, actor=house.actor)  # type: ignore[arg-type]
    return last


@pytest.mark.django_db
def test_a_night_asks_the_same_number_of_questions_for_one_and_for_three(house: House):
    settle(house)
    counted = []
    for _ in range(3):
        closed(house)
        with as_tenant(house.tenant.pk), CaptureQueriesContext(connection) as queries:
            found = found_on(ON)
        counted.append(len(queries))
    assert len(set(counted)) == 1
    assert {each.keeping.key: each.gone + each.locked for each in found}["desk.closed_requests"] == 3


@pytest.mark.django_db
def test_what_something_else_still_needs_stays_and_is_named(house: House):
    ticket = closed(house)
    settle(house)
    with as_tenant(house.tenant.pk):
        other = opened(house, subject="Noch offen")
        Ticket.objects.filter(pk=other.pk).update(joined_to=ticket.pk)
        found = found_of("desk.closed_requests", date(2033, 1, 1))
        assert (found.gone, found.needed) == (0, (("desk.Ticket", 1),))


def test_what_goes_with_what():
    whole = whole_of("desk.Ticket", ("desk.FaultEntry",))
    assert {whole.path(model) for model, _ in whole.tables} == {
        "", "ticket", "message__ticket", "trial__ticket", "proposal__ticket", "defect__ticket", "plan__ticket",
        "file__message__ticket", "profile__ticket",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_house_settles_a_time_sees_whose_rows_go_and_ends_it(house: House):
    ticket = closed(house, at=datetime(2024, 1, 2, tzinfo=UTC))
    client = browser(house.staff, house.tenant)
    page = reverse("privacy:keeping")
    told = {"kind": "closed_requests", "amount": "24", "unit": "months", "company": "", "agreed": "Löschkonzept"}
    assert client.get(reverse("privacy:keeping-settle")).status_code == 200
    assert client.post(reverse("privacy:keeping-settle"), {**told, "amount": "0"}).status_code == 422
    assert client.post(reverse("privacy:keeping-settle"), {**told, "agreed": "  "}).status_code == 422
    found = client.post(reverse("privacy:keeping-settle"), told, follow=True)
    (rule,) = found.context["rules"]
    assert (rule["keep"], rule["company"], rule["title"].en) == ("24 months", None, "Closed requests")
    row = next(row for row in found.context["rows"] if row["found"].keeping.key == "desk.closed_requests")
    assert (row["found"].gone, row["found"].locked) == (0, 1)  # six years from the end of 2024
    one = client.get(reverse("privacy:keeping-one", args=("desk.closed_requests",)))
    assert (one.status_code, one.context["found"].locked) == (200, 1)
    assert client.get(reverse("privacy:keeping-one", args=("desk.nothing",))).status_code == 404
    with as_tenant(house.tenant.pk):
        retention.begin_night(at=datetime(2031, 2, 3, tzinfo=UTC))
    (night,) = client.get(page).context["nights"]
    assert night[1] == {"gone": 1, "locked": 0, "held": 0}
    assert client.post(rule["end_url"]).status_code == 302
    assert client.post(rule["end_url"]).status_code == 404
    assert client.get(page).context["rules"] == []
    assert left(house) == {ticket.pk}


@pytest.mark.django_db
def test_a_company_settles_its_own_time_and_nobody_without_the_right_does(house: House):
    tenant = make_tenant("Alder")
    client = browser(administrator(tenant), tenant)
    told = {"kind": "sent_mails", "amount": "90", "unit": "days", "agreed": "Beschluss vom 1. März"}
    assert client.get(reverse("privacy-own:keeping-settle")).status_code == 200
    page = client.post(reverse("privacy-own:keeping-settle"), told, follow=True)
    assert [row["keep"] for row in page.context["rules"]] == ["90 days"]
    one = client.get(reverse("privacy-own:keeping-one", args=("kernel.mails",)))
    assert one.context["found"].portions[0].duty is None
    assert client.get(reverse("privacy-own:keeping")).status_code == 200
    assert client.post(page.context["rules"][0]["end_url"]).status_code == 302
    assert Due.objects.filter(tenant_id=tenant.pk, job="privacy.retention").count() == 1
    reader = make_user("pit@lindwurm.example", "Pit")
    join(house.tenant, reader, role="reader", permissions=["contracts.see"])
    for name, given in (("keeping", ()), ("keeping-settle", ()), ("keeping-one", ("kernel.mails",))):
        assert browser(reader, house.tenant).get(reverse(f"privacy:{name}", args=given)).status_code == 403
    rule = settle(house)
    assert client.post(reverse("privacy-own:keeping-end", args=(rule.pk,))).status_code == 404  # another's


@pytest.mark.django_db
def test_the_command_tells_what_would_go_and_changes_nothing(house: House):
    closed(house, at=datetime(2001, 1, 2, tzinfo=UTC))
    rule = settle(house)
    out = StringIO()
    call_command("retention", stdout=out)
    assert "desk.closed_requests: 1 would go, 0 locked, 0 held\n" in out.getvalue()
    with as_tenant(house.tenant.pk):
        assert RetentionNight.objects.count() == 0
        end_keeping(rule.pk, at=AT, actor=house.actor)
    out = StringIO()
    call_command("retention", f"--tenant={house.tenant.pk}", "--run", stdout=out)  # nothing goes: no eraser is needed
    assert "desk.closed_requests: 0 gone, 0 locked, 0 held\n" in out.getvalue()
    with as_tenant(house.tenant.pk):
        done = RetentionNight.objects.get()
        assert done.done_at is not None
        assert retention.note_part(done, at=AT) == done
        assert retention.keep_nights(at=datetime(2026, 3, 1, 22, tzinfo=UTC)).date() == date(2026, 3, 2)
        assert retention.keep_nights(at=datetime(2026, 3, 1, 23, 10, tzinfo=UTC)).date() == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("pack", "kind", "on", "gone"),
    [
        # 1 May and seven days is 8 May (SD-005); collected on 10 May 2023, gone with the night of 11 May 2026 (SD-025).
        ("bookkeeping", "access_log", date(2026, 5, 8), date(2026, 5, 1)),
        ("bookkeeping", "affiliate_tracking", date(2026, 5, 11), date(2023, 5, 10)),
        ("bookkeeping", "payment", date(2035, 12, 31), date(2025, 12, 31)),
        ("bookkeeping", "payment", date(2035, 12, 30), date(2024, 12, 31)),
        ("bookkeeping", "satisfaction_score", date(2026, 5, 31), date(2026, 5, 31)),
        ("visitor", "invoice", date(2035, 1, 1), date(2026, 12, 31)),
        ("visitor", "business_letter", date(2033, 1, 1), date(2026, 12, 31)),
        ("visitor", "books", date(2037, 1, 1), date(2026, 12, 31)),
    ],
)
def test_on_each_day_goes_what_is_over_and_nothing_younger(pack: str, kind: str, on: date, gone: date):
    key, rule = kind_of(terms.load(pack), kind)
    assert gone_by(key, rule, on).value == gone
    assert kept_until(key, rule, gone).value.gone_on <= on < kept_until(key, rule, gone + ONE_DAY).value.gone_on or (
        rule.keep is None
    )


def test_what_is_kept_longer_than_anything_is_old_never_goes():
    rule = settled(Duration.parse("200 years"), Clause("house", "Archiv"), Text("Archiv", "Archive"))
    assert gone_by("archive", rule, ON).value is None


@pytest.mark.django_db
def test_an_account_is_open_while_something_is_tried_out_or_begins_later():
    house = make_house("crm")
    registered(house)
    later = signed(house).customer_tenant_id
    with as_tenant(house.tenant.pk):
        told = {each.tenant: each.closed for each in accounts(date(2026, 11, 20))}  # the contract begins in December
        assert (len(told), told[later], set(told.values())) == (2, False, {False})
        Trial.objects.update(ended_by="EXPIRY")
        assert sorted(each.closed for each in accounts(date(2026, 11, 20))) == [False, True]
