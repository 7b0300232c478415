"""Forgetting: how long a visit stays is settled by kind and site, and then it goes with all that was said of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Blob, Due, OutgoingMail, RecordDetail, RecordEntry
from kontor.office.privacy import jobs
from kontor.office.privacy.actions.holding import lay_hold
from kontor.office.privacy.models import RetentionNight
from kontor.office.privacy.queries.expiring import found_of
from kontor.office.questionnaires.models import AnswerSheet
from kontor.products.visitors.actions import arriving, evacuating, forgetting, inviting, mailing, qualifying, settling
from kontor.products.visitors.actions.arriving import Arrival
from kontor.products.visitors.models import (
    Card,
    CardGroup,
    CardIssue,
    Contractor,
    SiteRules,
    Visit,
    VisitEvent,
    VisitGroup,
    VisitType,
)
from tests.products.visitors.visits import (
    DESK,
    MONDAY,
    appointment,
    as_tenant,
    by,
    expect,
    make_alder,
    make_site,
    types,
)

LATER = datetime(
    2026, 12, 2, 23, 30, tzinfo=UTC
)  # the night of 3 December at Berlin: 30 days after 2 November are over


@pytest.fixture
def alder():
    tenant = make_alder()
    with as_tenant(tenant.pk):
        yield tenant


def settle(site, *, keep_days: int | None) -> SiteRules:
    return settling.settle_site(site, at=MONDAY, actor=MACHINE, keep_days=keep_days)


def came_and_went(site, kind, name="Nele Brandt") -> Visit:
    visit = expect(site, kind, name)
    mailing.write_mails([visit.pk], "invited", at=MONDAY)
    arriving.check_in(visit.pk, Arrival(site=site), by(at=MONDAY))
    return arriving.check_out(visit.pk, by(at=MONDAY + timedelta(hours=1)))


@pytest.mark.django_db
def test_a_visit_stays_as_its_kind_says_else_as_its_site_does_and_what_is_settled_later_holds_for_it_too(alder):
    site, kinds = make_site(), types()
    business, delivery = kinds["Business visit"], kinds["Delivery"]
    VisitType.objects.filter(pk=delivery.pk).update(keep_days=3)
    delivery.refresh_from_db()
    free = came_and_went(site, business)
    assert (free.over_on, free.gone_after) == (date(2026, 11, 2), None)  # nobody settled it: nothing goes by itself
    settle(site, keep_days=30)
    short = came_and_went(site, delivery, "Ole Rad")
    left = {each.name: each.gone_after for each in Visit.objects.all()}
    assert left == {"Nele Brandt": date(2026, 12, 2), "Ole Rad": date(2026, 11, 5)}
    assert short.gone_after == date(2026, 11, 5)

    settling.change_type(delivery.pk, at=MONDAY, actor=MACHINE, steps=(), keep_days=None)
    assert Visit.objects.get(pk=short.pk).gone_after == date(2026, 12, 2)
    alarm = evacuating.end(evacuating.begin(site, drill=True, at=MONDAY, actor=DESK).pk, at=MONDAY, actor=DESK)
    assert alarm.gone_after == date(2026, 12, 2)
    settle(site, keep_days=None)
    alarm.refresh_from_db()
    assert alarm.gone_after is None
    assert set(Visit.objects.values_list("gone_after", flat=True)) == {None}


@pytest.mark.django_db
def test_called_off_and_refused_visits_are_over_too(alder):
    site, kinds = make_site(), types()
    settle(site, keep_days=0)
    off, no = expect(site, kinds["Delivery"]), expect(site, kinds["Supplier"], "Ole Rad")
    Visit.objects.filter(pk=no.pk).update(state=Visit.State.ASKED)
    inviting.cancel([off.pk], "", by())
    inviting.refuse(no.pk, "kein Platz", by())
    assert set(Visit.objects.values_list("gone_after", flat=True)) == {MONDAY.date()}


@pytest.mark.django_db
def test_whoever_did_not_come_is_noted_at_the_end_of_their_day_at_their_site(alder):
    """New York is six hours behind Berlin until 1 November, and again from then on: its midnight is 05:00 UTC."""
    here, there = make_site(), make_site("New York", zone="America/New_York")
    kind = types()["Business visit"]
    settle(here, keep_days=30)
    first, second = expect(here, kind), expect(there, kind, "Ole Rad")
    came = expect(here, kind, "Ada Kern")
    arriving.check_in(came.pk, Arrival(site=here), by())
    assert Due.objects.get(job=forgetting.OVER).at == datetime(2026, 11, 2, 23, 0, tzinfo=UTC)

    assert forgetting.note_missed(at=datetime(2026, 11, 2, 22, 59, tzinfo=UTC)) == 0
    assert forgetting.note_missed(at=datetime(2026, 11, 2, 23, 0, tzinfo=UTC)) == 1
    assert Due.objects.get(job=forgetting.OVER).at == datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
    assert forgetting.note_missed(at=datetime(2026, 11, 3, 5, 0, tzinfo=UTC)) == 1
    told = {each.pk: (each.state, each.pin, each.pin_digest, each.gone_after) for each in Visit.objects.all()}
    assert told[first.pk] == ("MISSED", "", None, date(2026, 12, 3))
    assert told[second.pk] == ("MISSED", "", None, None)
    assert told[came.pk][0] == "IN"
    assert list(VisitEvent.objects.filter(kind="missed").order_by("at").values_list("visit", flat=True)) == [
        first.pk, second.pk
    ]  # fmt: skip
    forgetting.look_later([])  # nobody is expected: nothing to look at


@pytest.mark.django_db
def test_on_the_night_that_clocks_go_back_a_day_ends_at_its_own_midnight(alder):
    site, kind = make_site(), types()["Business visit"]
    night = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))  # the day has 25 hours
    expect(site, kind, begins_at=night, ends_at=night + timedelta(hours=3))
    assert Due.objects.get(job=forgetting.OVER).at == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_night_takes_a_visit_with_its_answers_mails_and_codes_and_leaves_proofs_and_others(settings):
    settings.KONTOR_DEMO = True
    tenant, other = make_alder(), make_alder("Birke")
    for each in (tenant, other):
        with as_tenant(each.pk):
            site, kinds = make_site(), types()
            settle(site, keep_days=30 if each is tenant else None)
            visit = came_and_went(site, kinds["Business visit"])
            (one, _two) = inviting.invite(
                [inviting.Guest(name="Gast"), inviting.Guest(name="Gästin")],
                appointment(site, kinds["Business visit"], title="Runde"), by(at=MONDAY - timedelta(days=1)),
            )  # fmt: skip
            inviting.cancel_group(one.group_id, "", by())
            qualifying.add_contractor(name="Liftwerk", grade="B", email="", at=MONDAY, actor=MACHINE)
    with as_tenant(tenant.pk):
        (mail,) = OutgoingMail.objects.filter(about_kind="visitors.Visit")
        files = [each["blob"] for each in mail.attachments]
        assert (len(files), Blob.objects.filter(pk__in=files).count()) == (2, 2)
        found = found_of("visitors.visits", date(2026, 12, 3))
        assert (found.gone, found_of("visitors.visits", date(2026, 12, 2)).gone) == (3, 0)
        assert found.people() == [("", 2), ("nele@brandt.example", 1)]

    jobs.keep_in_time(tenant_id=tenant.pk, at=LATER)

    with as_tenant(tenant.pk):
        assert RetentionNight.objects.get().done_at == LATER
        assert not Visit.objects.exists()
        assert not VisitEvent.objects.exists()
        assert not AnswerSheet.objects.exists()
        assert not OutgoingMail.objects.filter(about_kind="visitors.Visit").exists()
        assert not Blob.objects.filter(pk__in=files).exists()
        assert not RecordDetail.objects.filter(entry__object_id=visit.pk).exists()
        assert RecordEntry.objects.filter(verb="visitors.checked_in").count() == 1  # that it was, not who
        assert Contractor.objects.count() == 1
        assert VisitGroup.objects.count() == 1  # counted before its visits were gone: the next night's
    jobs.keep_in_time(tenant_id=tenant.pk, at=LATER + timedelta(days=1))
    with as_tenant(tenant.pk):
        assert not VisitGroup.objects.exists()
    with as_tenant(other.pk):
        assert (Visit.objects.count(), OutgoingMail.objects.filter(about_kind="visitors.Visit").count()) == (3, 1)


@pytest.mark.django_db
def test_a_hold_keeps_visits_beyond_their_day(alder):
    site = make_site()
    settle(site, keep_days=0)
    came_and_went(site, types()["Delivery"])
    on = date(2026, 12, 3)
    assert (found_of("visitors.visits", on).gone, found_of("visitors.visits", on).held) == (1, 0)
    lay_hold(
        of_tenant=None, kind="visits", ground="dispute", reason="Diebstahl", review_on=date(2027, 1, 1), at=MONDAY,
        actor=MACHINE,
    )  # fmt: skip
    assert (found_of("visitors.visits", on).gone, found_of("visitors.visits", on).held) == (0, 1)


@pytest.mark.django_db
def test_a_visit_stays_while_its_card_is_neither_back_nor_lost(alder):
    site = make_site()
    settle(site, keep_days=0)
    visit = came_and_went(site, types()["Delivery"])
    group = CardGroup.objects.create(name="Tor", zones=[])
    card = Card.objects.create(site=site, group=group, number="4711")
    out = {"card": card, "visit": visit, "active_at": MONDAY, "until": MONDAY + timedelta(hours=1)}
    issue = CardIssue.objects.create(**out, revoked_at=MONDAY + timedelta(hours=1))

    def gone() -> int:
        return found_of("visitors.visits", date(2026, 12, 3)).gone

    assert gone() == 0
    Card.objects.filter(pk=card.pk).update(lost_at=MONDAY)
    assert gone() == 1
    Card.objects.filter(pk=card.pk).update(lost_at=None)
    CardIssue.objects.filter(pk=issue.pk).update(returned_at=MONDAY + timedelta(hours=2))
    assert gone() == 1
