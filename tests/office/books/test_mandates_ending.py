"""Nothing is announced or collected after a mandate's last day; the customer transfers, and the house's day says so."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.actions.announcing import NotAnnouncedError, announce_again
from kontor.office.books.actions.mandates import revoke_mandate
from kontor.office.books.actions.printing import print_invoices
from kontor.office.books.models import Announcement
from kontor.office.books.queries.collections import collectables
from tests.factories import AT, House, make_party
from tests.office.books.collecting import collecting_house, mandate
from tests.office.books.furnishing import pay
from tests.office.books.invoicing import issue, order
from tests.people import browser, make_tenant, verbs

pytestmark = pytest.mark.django_db
SIGNED = datetime(2026, 1, 15, 9, tzinfo=UTC)  # the mandate's last day: 15 January 2029, a Monday


@pytest.fixture
def house() -> House:
    return collecting_house()


@pytest.fixture
def party(house):
    return make_party(house)


def nine(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 9, tzinfo=UTC)


def issued(house, party, on: date, **given: Any):
    (row,) = issue(house, order(house, party, issued_on=on, **given), at=nine(on))
    return row


def sent(house, row, on: date) -> list[Announcement]:
    with as_tenant(house.tenant.pk):
        print_invoices([row.pk], at=nine(on))
        return list(Announcement.objects.filter(invoice=row).order_by("number"))


def ended(house, on: date) -> list[tuple[str, date, int, str]]:
    with as_tenant(house.tenant.pk):
        return [(each.reference, each.until, each.count, each.open.bare()) for each in books.ended_mandates(on)]


def means(row) -> str:
    return row.document["payment"]["means"]


@pytest.mark.trap(53)
def test_a_debit_on_the_mandates_last_day_is_announced_and_one_after_it_falls_back_to_transfer(house, party):
    """14 days: 1 January 2029 + 14 = 15 January, its last day; 2 January + 14 = 16 January."""
    known = mandate(house, party, at=SIGNED)
    last, late = (issued(house, party, date(2029, 1, each)) for each in (1, 2))
    assert (means(last), last.mandate_id) == ("59", known.pk)
    assert (means(late), late.mandate_id) == ("58", None)
    (made,) = sent(house, last, date(2029, 1, 1))
    assert (made.collect_on, sent(house, late, date(2029, 1, 2))) == (date(2029, 1, 15), [])
    assert ended(house, date(2029, 1, 2)) == [(known.reference, date(2029, 1, 15), 1, "119.00")]
    pay(house, late, 11_900)
    assert ended(house, date(2029, 1, 3)) == []


def test_an_older_mandate_that_lives_longer_is_taken(house, party):
    """The first was used on 1 December 2026: until 1 December 2029; the second, newer, never."""
    used = mandate(house, party, at=SIGNED)
    mandate(house, party, at=datetime(2026, 2, 1, 9, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        used.standings.update(last_collected_on=date(2026, 12, 1))
    row = issued(house, party, date(2029, 1, 25))  # + 14 = 8 February, after the second's 1 February
    assert (means(row), row.mandate_id) == ("59", used.pk)


def test_an_invoice_sent_too_late_for_its_mandate_asks_for_a_transfer_and_says_it_once(house, party):
    """Issued on 1 January for the 15th, but sent on the 3rd: the first day allowed is then the 17th."""
    known = mandate(house, party, at=SIGNED)
    row = issued(house, party, date(2029, 1, 1))
    assert sent(house, row, date(2029, 1, 3)) == []
    assert sent(house, row, date(2029, 1, 4)) == []  # printed once
    with as_tenant(house.tenant.pk):
        (mail,) = OutgoingMail.objects.filter(subject=f"{row.number}: Bitte überweisen")
    assert all(each in mail.text for each in ("119,00 €", house.seller.iban, known.reference, row.number))
    assert verbs(house.tenant, row).count("books.transfer_asked") == 1


def test_a_new_mandate_takes_the_place_of_the_one_that_ended_by_a_mail_of_its_own(house, party):
    mandate(house, party, at=SIGNED)
    row = issued(house, party, date(2029, 1, 1))
    fresh = mandate(house, party, at=datetime(2029, 1, 3, 8, tzinfo=UTC))
    (made,) = sent(house, row, date(2029, 1, 3))
    assert (made.mandate_id, made.way, made.collect_on) == (fresh.pk, "MAIL", date(2029, 1, 17))
    assert ended(house, date(2029, 1, 3)) == []


def test_announcing_again_is_refused_where_the_day_lies_beyond(house, party):
    known = mandate(house, party, at=SIGNED)
    row = issued(house, party, date(2028, 12, 20))
    sent(house, row, date(2028, 12, 20))
    pay(house, row, 1_900)
    with as_tenant(house.tenant.pk):
        with pytest.raises(NotAnnouncedError) as refused:
            announce_again(row.pk, on=None, at=nine(date(2029, 1, 2)), actor=house.actor)
        assert [each.problem is None for each in collectables(house.seller.pk, date(2029, 1, 2))] == [False]
    assert refused.value.text.en == (
        f"{row.number} cannot be collected: mandate {known.reference} expires on 15 January 2029, the debit would be "
        "on 16 January 2029. The customer transfers, or gives a new mandate."
    )


def test_a_debit_that_was_announced_and_missed_its_mandate_is_shown_after_its_end(house, party):
    """Never collected: on 16 January nothing can be collected under the mandate any more."""
    known = mandate(house, party, at=SIGNED)
    row = issued(house, party, date(2029, 1, 1))
    sent(house, row, date(2029, 1, 1))
    assert ended(house, date(2029, 1, 15)) == []
    assert ended(house, date(2029, 1, 16)) == [(known.reference, date(2029, 1, 15), 1, "119.00")]


def test_a_revoked_mandate_is_no_ended_one_and_later_transfers_are_no_news(house, party):
    first = mandate(house, party, at=SIGNED)
    issued(house, party, date(2029, 2, 1))
    issued(house, party, date(2029, 3, 1), occasion="later")
    assert ended(house, date(2029, 3, 1)) == [(first.reference, date(2029, 1, 15), 1, "119.00")]
    with as_tenant(house.tenant.pk):
        revoke_mandate(first.pk, by="x", on=date(2029, 3, 1), at=AT, actor=house.actor)
    assert ended(house, date(2029, 3, 1)) == []


def test_another_tenant_sees_nothing_of_it(house, party):
    mandate(house, party, at=SIGNED)
    issued(house, party, date(2029, 2, 1))
    with as_tenant(make_tenant("Other").pk):
        assert books.ended_mandates(date(2029, 3, 1)) == []


def test_the_houses_day_says_which_mandate_ends_and_what_is_to_be_transferred(house, party):
    today = timezone.localdate()
    signed = datetime(today.year - 3, today.month, 15, 9, tzinfo=UTC) + timedelta(days=14)
    known = mandate(house, party, at=signed)
    issued(house, party, today)
    page = browser(house.staff, house.tenant).get(reverse("contracts:today"), headers={"Accept-Language": "en"})
    found = [(each.about, each.url) for each in page.context["hands"] if known.reference in each.title]
    url = reverse("books:mandate", args=(known.pk,))
    assert found == [(f"{party.name}: 1 invoice, €119.00, is to be transferred", url)]
