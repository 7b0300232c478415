"""Inviting: each guest with a code of their own, in their language; moved and called off, in calendars too."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from kontor.kernel.actions.credentials import resolve
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.models import Blob, OutgoingMail
from kontor.kernel.queries.blobs import read
from kontor.products.visitors.actions import arriving, inviting, mailing, settling
from kontor.products.visitors.actions.arriving import Arrival
from kontor.products.visitors.actions.inviting import Guest, InvitationRefusedError
from kontor.products.visitors.formats.mail_words import Words, filled
from kontor.products.visitors.models import Visit, VisitEvent, VisitGroup
from tests.people import link_in
from tests.products.visitors.visits import (
    DESK,
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


@pytest.fixture
def alder(settings):
    settings.KONTOR_DEMO = True
    tenant = make_alder()
    with as_tenant(tenant.pk):
        yield tenant


def files_of(mail: OutgoingMail) -> dict[str, bytes]:
    blobs = {str(blob.pk): blob for blob in Blob.objects.all()}
    return {each["name"]: read(blobs[each["blob"]]) for each in mail.attachments}


def calendar_of(mail: OutgoingMail) -> tuple[str, str, int, str]:
    told = Calendar.from_ical(files_of(mail)["besuch.ics"])
    (event,) = told.walk("VEVENT")
    return str(told["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"])


@pytest.mark.requirement("FW-062")
def test_a_guest_is_written_to_in_their_language_by_the_words_of_their_kind(alder):
    site, kind = make_site(), types()["Business visit"]
    words = {
        "occasion": "invited", "language": "en", "type": kind, "subject": "{name}, {day}",
        "text": "{host} waits for you at {time} in {site}. Code {pin}, {link}",
    }  # fmt: skip
    settling.write_template(at=MONDAY, actor=DESK, **words)
    visit = expect(site, kind)
    assert mailing.write_mails([visit.pk], "invited", at=MONDAY) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == ("nele@brandt.example", "Nele Brandt, 2 November 2026")
    path = link_in(mail.text)
    assert mail.text.startswith(f"Jonas Alder waits for you at 10:00 in Hamburg. Code {visit.pin}, ")
    assert resolve(path.split("/")[-2], mailing.SCOPE, MONDAY) == (alder.pk, visit.pk)
    assert set(files_of(mail)) == {"besuch.ics", "code.png"}

    nobody = inviting.invite([Guest(name="Lea", email="lea@vogt.example", language="en")],
                             appointment(site, types()["Delivery"]), by())[0]  # fmt: skip
    settling.write_template(at=MONDAY, actor=DESK, **words | {"type": None, "text": "You bring {company} with you."})
    assert mailing.write_mails([nobody.pk], "invited", at=MONDAY) == 0  # nothing is known of a company
    blocked = VisitEvent.objects.get(kind="not_written")
    assert (blocked.visit, blocked.told["missing"]) == (nobody, "company")
    with pytest.raises(settling.SettingRefusedError, match=r"There are no such placeholders: \{hots\}\."):
        settling.write_template(at=MONDAY, actor=DESK, **words | {"text": "{hots}"})


def test_what_a_guest_calls_themselves_is_never_read_as_a_placeholder():
    told = filled(Words("{name}", "{name} {host}"), {"name": "{pin}\r\nBcc: all@alder.example", "host": "{link}"})
    assert told == Words("{pin} Bcc: all@alder.example", "{pin} Bcc: all@alder.example {link}")


@pytest.mark.requirement("FW-063")
def test_a_group_of_twenty_five_gets_twenty_five_codes_and_shows_who_is_here(alder):
    site, kind = make_site(), types()["Business visit"]
    guests = [Guest(name=f"Gast {n}", email=f"g{n}@brandt.example") for n in range(25)]
    visits = inviting.invite(guests, appointment(site, kind, title="Abnahme"), by())
    assert mailing.write_mails([visit.pk for visit in visits], "invited", at=MONDAY) == 25
    assert len({visit.pin for visit in visits}) == 25
    assert len({bytes(files_of(mail)["code.png"]) for mail in OutgoingMail.objects.all()}) == 25
    group = VisitGroup.objects.get()
    assert (group.title, group.visits.count()) == ("Abnahme", 25)
    arriving.check_in(visits[3].pk, Arrival(site=site), by())
    assert list(group.visits.filter(state="IN").values_list("name", flat=True)) == ["Gast 3"]
    assert inviting.cancel_group(group.pk, "verschoben", by()) == 24
    assert mailing.write_mails([visit.pk for visit in visits], "cancelled", at=MONDAY) == 25


def test_a_calendar_learns_of_a_change_and_of_the_end_under_one_name(alder):
    site, kind = make_site(), types()["Business visit"]
    visit = expect(site, kind)
    mailing.write_mails([visit.pk], "invited", at=MONDAY)
    pin = visit.pin
    moved = inviting.move(
        visit.pk, begins_at=MONDAY + timedelta(days=1), ends_at=MONDAY + timedelta(days=1, hours=1), site=site,
        attempt=by(),
    )  # fmt: skip
    assert (moved.code, moved.sequence, moved.pin == pin) == (2, 1, False)
    mailing.write_mails([visit.pk], "changed", at=MONDAY)
    assert inviting.cancel([visit.pk], "", by()) == 1
    mailing.write_mails([visit.pk], "cancelled", at=MONDAY)
    uid = f"{visit.pk}@kontor"
    assert [calendar_of(mail) for mail in OutgoingMail.objects.order_by("at", "pk")] == [
        ("REQUEST", uid, 0, "CONFIRMED"), ("REQUEST", uid, 1, "CONFIRMED"), ("CANCEL", uid, 2, "CANCELLED"),
    ]  # fmt: skip
    assert inviting.cancel([visit.pk], "", by()) == 0
    with pytest.raises(InvitationRefusedError, match="in another state"):
        inviting.move(visit.pk, begins_at=MONDAY, ends_at=MONDAY + timedelta(hours=1), site=site, attempt=by())


def test_a_visit_that_must_be_allowed_is_written_to_only_then(alder):
    site, kind = make_site(), types()["Business visit"]
    kind.approval = True
    kind.save()
    visit = expect(site, kind)
    assert (visit.state, jobs()) == ("ASKED", [])
    assert inviting.allow(visit.pk, by()).state == "EXPECTED"
    assert jobs() == [{"visits": [str(visit.pk)], "occasion": "invited"}]
    second = expect(site, kind, "Omar")
    moved = inviting.move(second.pk, begins_at=MONDAY, ends_at=MONDAY + timedelta(hours=1), site=site, attempt=by())
    assert (moved.state, len(jobs())) == ("ASKED", 1)
    assert inviting.refuse(second.pk, "kein Anlass", by()).state == "REFUSED"
    with pytest.raises(InvitationRefusedError):
        inviting.allow(second.pk, by())
    third = expect(site, kind, "Lea")
    assert (inviting.cancel([third.pk], "", by()), len(jobs())) == (1, 1)  # nobody had been written to


def jobs() -> list[dict[str, object]]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    rows = ProcrastinateJob.objects.filter(task_name="visitors.mail").order_by("id")
    return [{key: row.args[key] for key in ("visits", "occasion")} for row in rows]


def test_a_forwarded_link_fills_a_groups_places_and_no_more(alder):
    site, kind = make_site(), types()["Business visit"]
    inviting.invite([], appointment(site, kind, title="Führung", open_places=2), by())
    group = VisitGroup.objects.get()
    first = inviting.join(group.pk, Guest(name="Nele", email="nele@brandt.example"), by("link"))
    second = inviting.join(group.pk, Guest(name="Omar"), by("link"))
    assert (first.pin != second.pin, first.origin) == (True, "REGISTERED")
    with pytest.raises(InvitationRefusedError, match="No place is left"):
        inviting.join(group.pk, Guest(name="Lea"), by("link"))
    assert Visit.objects.count() == 2


def test_what_is_missing_is_said(alder):
    site, kind = make_site(), types()["Business visit"]
    refusals = {
        "Nobody is invited": ([], {}), "needs a host": ([Guest(name="A")], {"host": inviting.Host()}),
        "name is missing": ([Guest(name=" ")], {}), "ends before it begins": ([Guest(name="A")], {"ends_at": MONDAY}),
        "At most 500": ([Guest(name="A")], {"open_places": 500}),
    }  # fmt: skip
    for said, (guests, given) in refusals.items():
        with pytest.raises(InvitationRefusedError, match=said):
            inviting.invite(guests, appointment(site, kind, **given), by())
    with pytest.raises(MailAddressError):
        inviting.invite([Guest(name="A", email="nele@")], appointment(site, kind), by())
    assert Visit.objects.count() == 0


@pytest.mark.requirement("FW-065")
def test_the_host_is_told_that_somebody_is_here(alder):
    visit = expect(make_site(), types()["Business visit"])
    arriving.check_in(visit.pk, Arrival(site=visit.site), by("kiosk"))
    assert mailing.tell_host(visit.pk, at=MONDAY) is True
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (HOST.email, "Nele Brandt ist da")
    Visit.objects.filter(pk=visit.pk).update(host_email="")
    assert mailing.tell_host(visit.pk, at=MONDAY) is False
