"""The review of rights at the tenant's interval, with a signed result."""

import csv
import hashlib
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from kontor.kernel.actions.rights import LastAdministratorError
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import AccessPolicy, Due, Membership, RecordEntry, RoleAssignment
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.actions.reviews import (
    DUE,
    RightsChangedError,
    change_interval,
    sign_review,
    tell_due,
    watch,
)
from kontor.office.identity.actions.site_roles import add_site, give_at_site
from kontor.office.identity.models import RightsReview
from kontor.office.identity.queries.grants import grants
from kontor.office.identity.queries.reviews import review_due, stands
from kontor.office.identity.queries.security import score
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, mails, make_tenant, role_of, sign_in, visitor

pytestmark = pytest.mark.django_db
TOLD = {"at": AT, "actor": MACHINE}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def alder():
    tenant = make_tenant()
    tenant.admin = administrator(tenant)
    tenant.pia = make_user("pia@alder.example", "Pia Sommer")
    tenant.member = join(tenant, tenant.pia, role="Reader", permissions=["identity.see"])
    return tenant


def signed(tenant, *, without=(), at=AT, held=None, **more: object):
    with as_tenant(tenant.pk):
        keep = {grant.pk for grant in grants(at=at) if grant.role.name not in without}
        told = {"keep": keep, "shown": stands(at=at), "remark": " fine ", **more}
        return sign_review(user=tenant.admin, held=held, at=at, actor=Actor.person(tenant.admin), **told)


@pytest.mark.requirement("FW-118")
def test_rights_are_differentiated_reviewed_every_quarter_and_end_within_a_minute(alder):
    """
    Without a right on an object, reading, copying, changing and deleting it are 403; a review lists all grants.

    The person of another member is the object; whoever is deactivated is out at the next request.
    """
    role_of(alder, "Nobody")
    ben = make_user("ben@alder.example", "Ben")
    join(alder, ben, role="Nobody", permissions=[])
    client = browser(ben, alder)
    person = reverse("identity:person", args=[alder.member.pk])
    assert client.get(person).status_code == 403  # read
    assert client.get(reverse("identity:people"), {"format": "csv"}).status_code == 403  # copy
    assert client.post(reverse("identity:change", args=[alder.member.pk]), {}).status_code == 403  # change
    assert client.post(reverse("identity:end-now", args=[alder.member.pk])).status_code == 403  # delete

    with as_tenant(alder.pk):
        due = review_due(at=AT)
        assert (due.on, due.months, due.is_due) == (date(2027, 2, 2), 3, False)  # the first came on 2 November 2026
        assert [review_due(at=datetime(2027, 2, day, 9, tzinfo=UTC)).is_due for day in (1, 2)] == [False, True]
    admin = browser(alder.admin, alder)
    page = admin.get(reverse("identity:review-new"))
    listed = [(str(member.user), [grant.role.name for grant in rows]) for member, _, _, rows in page.context["people"]]
    with as_tenant(alder.pk):
        assert sorted(name for _, names in listed for name in names) == sorted(
            RoleAssignment.objects.values_list("role__name", flat=True)
        )
    assert [name for name, _ in listed] == ["Ben", "Jana Heitmann", "Pia Sommer"]

    assert client.get("/identity/profile/").status_code == 200
    admin.post(reverse("identity:end-now", args=[member_of(alder, ben).pk]))
    assert client.get("/identity/people/").url == "/identity/tenants/"  # the very next request


def member_of(tenant, user):
    with as_tenant(tenant.pk):
        return Membership.objects.get(user_id=user.pk)


def test_what_was_signed_is_kept_as_it_was_and_what_was_not_kept_is_taken(alder):
    with as_tenant(alder.pk):
        north = add_site(name="Werk Nord", zone="Europe/Berlin", **TOLD)
    chosen = role_of(alder, "Reception", ["identity.see"])
    with as_tenant(alder.pk):
        give_at_site(alder.member.pk, role=chosen.pk, site=north.pk, held=None, **TOLD)
    client = visitor()
    sign_in(client, "pia@alder.example")

    review = signed(alder, without=("Reader", "Reception"))

    assert (review.kept, review.ended, review.remark, review.name) == (1, 2, "fine", "Jana Heitmann")
    assert [(row["person"], row["site"], row["kept"]) for row in review.grants] == [
        ("Jana Heitmann", "", True),
        ("Pia Sommer", "Werk Nord", False),
        ("Pia Sommer", "", False),
    ]
    plain = json.dumps(review.grants, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert bytes(review.sha256) == hashlib.sha256(plain.encode()).digest()
    with as_tenant(alder.pk):
        assert list(alder.member.assignments.all()) == []
        entry = RecordEntry.objects.get(verb="identity.rights_reviewed")
        assert (entry.clause, entry.actor) == ("visitor Anhang III 2.3", alder.admin.pk)
        assert review_due(at=AT).last == review
    assert client.get("/identity/people/").url.startswith("/sign-in/")


def test_the_next_one_is_counted_from_the_last(alder):
    signed(alder, at=datetime(2026, 11, 30, 9, tzinfo=UTC))
    with as_tenant(alder.pk):
        assert review_due(at=AT).on == date(2027, 2, 28)  # three months on, at the month's end
        assert Due.objects.get(job=DUE).at == datetime(2027, 2, 28, 5, tzinfo=UTC)  # six in Berlin
        change_interval(1, **TOLD)
        assert review_due(at=AT).on == date(2026, 12, 30)
        assert AccessPolicy.objects.get().review_months == 1


def test_a_list_that_changed_meanwhile_is_not_signed(alder):
    with pytest.raises(RightsChangedError):
        signed(alder, shown="0" * 64)
    with as_tenant(alder.pk):
        assert RightsReview.objects.count() == 0


def test_nobody_takes_by_a_review_what_they_could_not_take_otherwise(alder):
    with as_tenant(alder.pk):
        boss = RoleAssignment.objects.get(role__everything=True).role.name
    with pytest.raises(BeyondOwnRightsError):
        signed(alder, without=(boss,), held=frozenset({"identity.see"}))
    with pytest.raises(LastAdministratorError):
        signed(alder, without=(boss,))


def test_who_signs_stays_signed_in(alder):
    join(alder, alder.admin, role="Reader")
    client = visitor()
    sign_in(client, "jana@alder.example")
    signed(alder, without=("Reader",))
    assert client.get("/identity/people/").status_code == 200


def test_administrators_are_told_when_it_is_due_and_not_before(alder):
    with as_tenant(alder.pk):
        assert not tell_due(at=AT)
        assert Due.objects.get(job=DUE).at == datetime(2027, 2, 2, 5, tzinfo=UTC)
    assert mails(alder) == []
    late = datetime(2027, 2, 2, 5, tzinfo=UTC)
    with as_tenant(alder.pk):
        assert tell_due(at=late)
        assert watch(at=late + timedelta(days=9)) == late + timedelta(days=9)
    (mail,) = mails(alder)
    assert (mail.to, mail.subject) == ("jana@alder.example", "Die Rechte sind zu prüfen")
    assert "Fällig am 02.02.2027" in mail.text


def test_the_overview_says_when_it_is_due(alder):
    with as_tenant(alder.pk):
        (check,) = [one for one in score(at=AT).checks if one.key == "review"]
        assert (check.share, check.why.split(".")[0]) == (1, "The next one is due on 2 Feb 2027")
        (check,) = [one for one in score(at=datetime(2027, 3, 1, tzinfo=UTC)).checks if one.key == "review"]
        assert (check.share, check.why.split(".")[0]) == (0, "It was due on 2 Feb 2027")


def test_the_page_signs_and_shows_what_was_signed(alder):
    admin = browser(alder.admin, alder)
    address = reverse("identity:review-new")
    page = admin.get(address)
    keep = [str(grant.pk) for _, _, _, rows in page.context["people"] for grant in rows if grant.role.everything]
    sent = {"shown": page.context["shown"], "remark": "Pia has left sales", "keep": keep}
    assert admin.post(address, sent | {"shown": "0" * 64}).status_code == 409
    assert admin.post(address, sent | {"shown": "x"}).status_code == 409
    assert admin.post(address, sent | {"keep": []}).status_code == 409  # somebody must stay in charge
    answer = admin.post(address, sent)
    with as_tenant(alder.pk):
        review = RightsReview.objects.get()
    assert answer.url == reverse("identity:review", args=[review.pk])
    text = admin.get(answer.url).content.decode()
    assert ("Pia has left sales" in text, bytes(review.sha256).hex() in text) == (True, True)
    file = admin.get(answer.url, {"format": "csv"}).content.decode("utf-8-sig")
    assert [(row[0], row[3], row[5]) for row in list(csv.reader(io.StringIO(file)))[1:]] == [
        ("Jana Heitmann", "Verwaltung", "stays"),
        ("Pia Sommer", "Reader", "taken back"),
    ]
    assert "Jana Heitmann" in admin.get(reverse("identity:reviews")).content.decode()
    assert "1" in admin.get(reverse("identity:reviews"), {"format": "csv"}).content.decode()
    other = make_tenant("Birke")
    assert browser(administrator(other, "jo@birke.example", "Jo"), other).get(answer.url).status_code == 404


def test_the_interval_is_set_on_the_page(alder):
    admin = browser(alder.admin, alder)
    admin.post(reverse("identity:review-interval"), {"months": "6"})
    admin.post(reverse("identity:review-interval"), {"months": "99"})
    with as_tenant(alder.pk):
        assert AccessPolicy.objects.get().review_months == 6
        assert Due.objects.filter(job=DUE, at__gt=timezone.now() - timedelta(days=400)).count() == 1


@pytest.mark.parametrize("name", ["identity:reviews", "identity:review-new"])
def test_reviews_are_for_those_who_answer_for_security(alder, name: str):
    assert browser(alder.pia, alder).get(reverse(name)).status_code == 403
