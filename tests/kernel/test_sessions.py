"""Sessions: kept by the hash of their cookie, limited by the tenant, ended from outside."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.sessions import (
    end_session,
    end_sessions,
    end_sessions_of_tenant,
    exchange_key,
    follow_rights,
    forget_expired,
    note_use,
)
from kontor.kernel.models import AccessPolicy, Lock, Membership, Session
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.sessions import SessionStore, digest_of, left_of, limit_reached
from kontor.kernel.standing import Entry, standing_of
from kontor.kernel.tenancy import as_person, as_tenant
from tests.factories import PASSWORD, make_user
from tests.people import administrator, browser, join, make_tenant, visitor

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def begun(at: datetime = NOON) -> SessionStore:
    session = SessionStore()
    session.begin(agent="Firefox", address="192.0.2.7", at=at)
    session.save()
    return session


def signed_in(email: str, password: str = PASSWORD) -> Client:
    client = visitor()
    client.post(reverse("account_login"), {"login": email, "password": password}, HTTP_USER_AGENT="Firefox/140")
    return client


def test_the_table_holds_the_hash_of_a_cookie_and_never_the_cookie():
    session = begun()

    kept = Session.objects.get()

    assert kept.session_key == digest_of(session.session_key)
    assert (kept.agent, kept.address, kept.began_at, kept.last_used_at) == ("Firefox", "192.0.2.7", NOON, NOON)


def test_a_stolen_key_of_the_table_opens_nothing():
    session = begun()

    assert SessionStore(digest_of(session.session_key)).load() == {}
    assert SessionStore(session.session_key).exists(session.session_key) is True


def test_a_session_that_changes_its_cookie_keeps_its_facts():
    session = begun()
    session["x"] = 1
    session.save()

    again = SessionStore(session.session_key)
    again.cycle_key()
    again.save()

    kept = Session.objects.get()
    assert kept.session_key == digest_of(again.session_key) != digest_of(session.session_key)
    assert (kept.agent, kept.began_at, SessionStore(again.session_key)["x"]) == ("Firefox", NOON, 1)


def test_a_flushed_session_is_gone_with_its_address():
    session = begun()
    session.flush()

    assert Session.objects.count() == 0
    assert session.facts.address is None


def test_signing_in_notes_who_from_where_by_what_and_for_whom():
    tenant = make_tenant()
    jana = administrator(tenant)

    signed_in(jana.email)

    kept = Session.objects.get()
    assert (kept.person, kept.working_in, kept.method, kept.agent, kept.address) == (
        jana.pk, tenant.pk, "password", "Firefox/140", "127.0.0.1",
    )  # fmt: skip


def test_use_is_written_at_most_once_a_minute():
    session = begun()

    note_use(session, at=NOON + timedelta(seconds=59))
    before = Session.objects.get().last_used_at
    note_use(session, at=NOON + timedelta(seconds=60))

    assert (before, Session.objects.get().last_used_at) == (NOON, NOON + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("entry", "minutes", "limit"),
    [
        (Entry(), 100_000, ""),
        (Entry(idle_minutes=15), 14, ""),
        (Entry(idle_minutes=15), 15, "idle"),
        (Entry(absolute_hours=8), 8 * 60 - 1, ""),
        (Entry(absolute_hours=8), 8 * 60, "absolute"),
    ],
)
def test_a_session_is_over_at_its_limit(entry: Entry, minutes: int, limit: str):
    assert limit_reached(begun(), entry, at=NOON + timedelta(minutes=minutes)) == limit


def test_a_page_after_the_limit_leads_to_the_sign_in_page_and_back():
    tenant = make_tenant()
    client = signed_in(administrator(tenant).email)
    with as_tenant(tenant.pk):
        AccessPolicy.objects.create(idle_minutes=15)
    Session.objects.update(last_used_at=datetime.now(UTC) - timedelta(minutes=16))

    answer = client.get(reverse("identity:people"))

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?over=idle&next=%2Fidentity%2Fpeople%2F")
    assert Session.objects.filter(person__isnull=False).count() == 0


def test_ending_sessions_spares_the_one_that_asks_and_other_people():
    tenant, other = make_tenant(), make_tenant("Birke")
    jana, ben = administrator(tenant), make_user("ben@birke.example", "Ben")
    join(other, ben)
    here, there, bens = browser(jana, tenant), browser(jana, tenant), browser(ben, other)

    ended = end_sessions(jana.pk, keep=here.session.session_key)

    assert ended == 1
    assert [each.get(reverse("identity:people")).status_code for each in (here, there, bens)] == [200, 302, 200]


def test_ending_in_one_tenant_leaves_the_other():
    tenant, other = make_tenant(), make_tenant("Birke")
    jana = administrator(tenant)
    join(other, jana)
    browser(jana, tenant), browser(jana, other)

    assert (end_sessions(jana.pk, working_in=tenant.pk), end_sessions_of_tenant(tenant.pk)) == (1, 0)
    assert [each.working_in for each in Session.objects.all()] == [other.pk]


def test_nobody_ends_another_persons_session_by_its_key():
    tenant = make_tenant()
    jana, ben = administrator(tenant), make_user("ben@alder.example", "Ben")
    browser(jana, tenant)
    key = Session.objects.get().pk

    assert (end_session(key, person=ben.pk), end_session(key, person=jana.pk)) == (0, 1)


def test_expired_sessions_are_forgotten():
    begun()
    expiry = Session.objects.get().expire_date

    assert (forget_expired(expiry), forget_expired(expiry + timedelta(seconds=1))) == (0, 1)


def test_the_standing_says_on_what_conditions_somebody_is_here():
    tenant = make_tenant()
    jana = administrator(tenant)

    def entry() -> Entry:
        standing = standing_of(jana.pk, tenant_id=tenant.pk, now=NOON)
        assert standing is not None
        return standing.entry

    with as_tenant(tenant.pk):
        nothing_set = entry()
        AccessPolicy.objects.create(second_factor="MANDATORY", idle_minutes=15, absolute_hours=8, revision=3)
        demanded = entry()
        Membership.objects.update(second_factor="OFF", entry=2)
        excepted = entry()

    assert nothing_set == Entry(stamp="0.1")
    assert demanded == Entry(second_factor="MANDATORY", idle_minutes=15, absolute_hours=8, stamp="3.1")
    assert excepted == Entry(second_factor="OFF", idle_minutes=15, absolute_hours=8, stamp="3.2")


def test_a_lock_holds_from_its_moment_until_it_is_lifted():
    tenant = make_tenant()
    jana, ben = administrator(tenant), make_user("ben@alder.example", "Ben")
    bens = join(tenant, ben)
    with as_tenant(tenant.pk):
        lock = Lock.objects.create(membership_id=bens.pk, by="TENANT", reason="lost", effective_at=NOON, made_at=NOON)

        def locked(user: object, at: datetime) -> object:
            return standing_of(user.pk, tenant_id=tenant.pk, now=at).entry.lock  # type: ignore[attr-defined,union-attr]

        found = [locked(ben, NOON - timedelta(seconds=1)), locked(ben, NOON), locked(jana, NOON)]
        Lock.objects.update(lifted_at=NOON)
        lifted = locked(ben, NOON)
        whole = Lock.objects.create(by="HOUSE", reason="law", effective_at=NOON, made_at=NOON)
        everybody = [locked(ben, NOON), locked(jana, NOON)]

    assert found == [None, lock.pk, None]
    assert (lifted, everybody) == (None, [whole.pk, whole.pk])


def test_a_member_reads_the_policies_of_their_tenants_from_outside_and_nobody_elses():
    mine, also_mine, not_mine = make_tenant(), make_tenant("Birke"), make_tenant("Erle")
    jana = administrator(mine)
    join(also_mine, jana)
    for tenant, length in ((mine, 12), (also_mine, 14), (not_mine, 99)):
        with as_tenant(tenant.pk):
            AccessPolicy.objects.create(password_length=length)

    with as_person(jana.pk):
        seen = TenantQuerySet[AccessPolicy](AccessPolicy).values_list("password_length", flat=True)
        assert sorted(seen) == [12, 14]


def test_trap_59_a_session_that_was_ended_meanwhile_is_not_brought_back_by_other_rights():
    ended = SessionStore()
    follow_rights(ended, "one", at=NOON)
    ended.save()
    key = ended.session_key
    Session.objects.all().delete()

    follow_rights(ended, "two", at=NOON)

    assert (ended.session_key, ended["rights"], Session.objects.count()) == (key, "one", 0)


def test_a_second_page_asked_with_the_key_of_before_an_exchange_asks_again_and_nobody_is_signed_out():
    jana = administrator(make_tenant())
    client = Client()
    client.force_login(jana)
    client.get("/")
    name = settings.SESSION_COOKIE_NAME
    before = client.cookies[name].value
    session = SessionStore(before)
    exchange_key(session, at=timezone.now())

    for method in ("get", "post"):
        again = getattr(Client(), method)("/identity/people/?q=a", headers={"Cookie": f"{name}={before}"})
        assert (again.status_code, again["Location"]) == (307, "/identity/people/?q=a")
        assert name not in again.cookies  # the browser keeps the key it has by now
    client.cookies[name] = str(session.session_key)
    assert client.get("/", follow=True).status_code == 200

    left = Session.objects.get(pk=left_of(before))
    assert (left.person, left.working_in, SessionStore(before).load()) == (None, None, {"replaced": True})
    slow = SessionStore(before)  # a page that had read the session before, and is done only now
    slow["seen"] = True
    with pytest.raises(UpdateError):
        slow.save()
    Session.objects.filter(pk=left.pk).update(expire_date=left.began_at)
    gone = Client().get("/identity/people/", headers={"Cookie": f"{name}={before}"})
    assert (gone.status_code, gone["Location"]) == (302, "/sign-in/?next=/identity/people/")
