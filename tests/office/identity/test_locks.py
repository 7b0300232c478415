"""Shutting an access: who may, what ends, what the person reads, and what opens it again."""

from datetime import timedelta

import pytest

from kontor.kernel.actions.api_keys import make_api_key
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.live import tenant_of
from kontor.kernel.models import Due, Lock, Membership, Session
from kontor.kernel.queries.api_keys import standing_of_key
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import locks
from kontor.office.identity.actions.locks import Ground, LockRefusedError
from kontor.office.identity.models import AccessReport, KnownDevice
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, mails, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
OWN = Ground(by=Lock.By.TENANT, reason="rules", evidence="Passwort am Bildschirm")
HERS = frozenset({Lock.By.TENANT})


@pytest.fixture
def alder():
    tenant = make_tenant()
    administrator(tenant)
    return tenant


def member(tenant, email="pia@alder.example", name="Pia"):
    return join(tenant, make_user(email, name), role="Reader", permissions=["identity.see"])


def test_a_locked_member_is_led_to_the_page_that_says_why_and_only_there(alder):
    pia = member(alder)
    client = visitor()
    sign_in(client, "pia@alder.example")
    cookie = client.cookies["sessionid"].value
    assert client.get("/identity/people/").status_code == 200
    assert tenant_of(cookie) == alder.pk

    with as_tenant(alder.pk):
        locks.lock(pia, OWN, at=AT, actor=MACHINE)

    assert tenant_of(cookie) is None  # its live stream closes at the next check
    assert client.get("/identity/people/").url == "/sign-in/?next=/identity/people/"
    assert KnownDevice.objects.count() == 0
    sign_in(client, "pia@alder.example")
    assert client.get("/identity/people/").url == "/identity/locked/"
    page = client.get("/identity/locked/")
    assert page.status_code == 403
    assert "Breach of the rules of use" in page.content.decode()
    assert tenant_of(client.cookies["sessionid"].value) is None


def test_whoever_is_not_locked_out_is_led_on(alder):
    assert browser(administrator(alder, "joe@alder.example", "Joe"), alder).get("/identity/locked/").url == "/"


def test_a_lock_is_kept_recorded_and_told_in_the_persons_language(alder):
    pia = member(alder)
    with as_tenant(alder.pk):
        row = locks.lock(pia, OWN, at=AT, actor=Actor("PERSON", pia.pk, "Jana"))

        assert (row.reason, row.evidence, row.effective_at, row.made_by) == (
            "rules", "Passwort am Bildschirm", AT, "Jana",
        )  # fmt: skip
    (mail,) = mails(alder)
    assert (mail.to, mail.subject) == ("pia@alder.example", "Ihr Zugang ist gesperrt")
    assert "Verstoß gegen die Regeln der Nutzung" in mail.text
    assert "identity.locked" in verbs(alder, pia)


def test_sessions_for_other_tenants_go_on_unless_the_person_reported(alder):
    birke = make_tenant("Birke")
    pia = member(alder)
    join(birke, pia.user, role="Reader")
    browser(pia.user, alder)
    browser(pia.user, birke)
    with as_tenant(alder.pk):
        row = locks.lock(pia, OWN, at=AT, actor=MACHINE)
        assert list(Session.objects.values_list("working_in", flat=True)) == [birke.pk]
        locks.lift(row.pk, because="geklärt", by=HERS, at=AT, actor=MACHINE)
        waiting = AccessReport.objects.create(membership=pia, kind="SUSPECTED", told=1, at=AT)
        row = locks.lock(pia, OWN, at=AT + timedelta(minutes=7), actor=MACHINE)

        waiting.refresh_from_db()
        assert (waiting.lock_id, waiting.locked_at - waiting.at) == (row.pk, timedelta(minutes=7))
    assert Session.objects.count() == 0


def test_a_whole_tenant_is_locked_with_its_keys(alder):
    user = member(alder).user
    browser(user, alder)
    with as_tenant(alder.pk):
        key, _secret = make_api_key(name="K", scopes=["identity.see"], expires_at=AT + timedelta(days=9), at=AT,
                                    actor=MACHINE)  # fmt: skip
        assert standing_of_key(key.pk, at=AT) is not None
        house = Ground(by=Lock.By.HOUSE, reason="bank_data", clause="4.1.6")
        row = locks.lock(None, house, at=AT, actor=MACHINE)

        assert standing_of_key(key.pk, at=AT) is None  # answered 403
        assert Session.objects.count() == 0
        locks.lift(row.pk, because="geklärt", by=frozenset({Lock.By.HOUSE}), at=AT, actor=MACHINE)
        assert standing_of_key(key.pk, at=AT) is not None
    assert [mail.to for mail in mails(alder)] == ["jana@alder.example"] * 2
    client = browser(user, alder)
    assert client.get("/identity/people/").status_code == 200


def test_an_announced_lock_takes_hold_in_its_time(alder):
    pia = member(alder)
    browser(pia.user, alder)
    tomorrow = AT + timedelta(days=1)
    with as_tenant(alder.pk):
        row = locks.lock(pia, OWN, at=AT, actor=MACHINE, effective_at=tomorrow)

        assert Session.objects.count() == 1
        assert [(due.job, due.at) for due in Due.objects.filter(job=locks.BEGINS)] == [(locks.BEGINS, tomorrow)]
        assert locks.begin(row.pk, at=tomorrow) == 1
        locks.lift(row.pk, because="geklärt", by=HERS, at=tomorrow, actor=MACHINE)
        assert locks.begin(row.pk, at=tomorrow) == 0


@pytest.mark.parametrize("ground", [Ground(by="TENANT", reason=" "), Ground(by="TENANT", reason="because")])
def test_a_lock_needs_a_reason_that_is_known(alder, ground):
    pia = member(alder)
    with as_tenant(alder.pk), pytest.raises(LockRefusedError) as refused:
        locks.lock(pia, ground, at=AT, actor=MACHINE)
    assert refused.value.why.en == "The reason must be given."


def test_a_lock_stands_once_and_never_shuts_out_the_last_administrator(alder):
    pia = member(alder)
    with as_tenant(alder.pk):
        locks.lock(pia, OWN, at=AT, actor=MACHINE)
        with pytest.raises(LockRefusedError) as refused:
            locks.lock(pia, OWN, at=AT, actor=MACHINE)
        assert refused.value.why.en == "The access is locked already."
        jana = Membership.objects.get(user__email="jana@alder.example")
        with pytest.raises(LockRefusedError) as refused:
            locks.lock(jana, OWN, at=AT, actor=MACHINE)
        assert refused.value.why.de.startswith("Das ist die letzte Person")


def test_a_lock_is_lifted_with_a_reason_by_the_hand_that_laid_it(alder):
    pia = member(alder)
    with as_tenant(alder.pk):
        row = locks.lock(pia, Ground(by=Lock.By.HOUSE, reason="credentials"), at=AT, actor=MACHINE)
        with pytest.raises(LockRefusedError) as refused:
            locks.lift(row.pk, because=" ", by=HERS, at=AT, actor=MACHINE)
        assert refused.value.why.en == "The reason must be given."
        with pytest.raises(LockRefusedError) as refused:
            locks.lift(row.pk, because="geklärt", by=HERS, at=AT, actor=MACHINE)
        assert refused.value.why.en == "This lock is lifted by whoever laid it."


def test_another_tenants_lock_is_not_there(alder):
    pia, other = member(alder), make_tenant("Birke")
    with as_tenant(alder.pk):
        row = locks.lock(pia, OWN, at=AT, actor=MACHINE)
    with as_tenant(other.pk), pytest.raises(Lock.DoesNotExist):
        locks.lift(row.pk, because="geklärt", by=HERS, at=AT, actor=MACHINE)


def test_an_administrator_locks_and_opens_from_the_persons_page(alder):
    pia = member(alder)
    jana = browser(_user(alder, "jana@alder.example"), alder)
    address = f"/identity/people/{pia.pk}"

    assert jana.post(f"{address}/lock/", {"reason": ""}).status_code == 422
    assert jana.get(f"{address}/lock/").status_code == 200
    assert jana.post(f"{address}/lock/", {"reason": "lost"}).status_code == 302
    assert "Device lost" in jana.get(f"{address}/").content.decode()
    assert jana.post(f"{address}/lock/", {"reason": "lost"}).status_code == 422
    assert jana.get(f"{address}/open/").status_code == 200
    assert jana.post(f"{address}/open/", {"because": ""}).status_code == 422
    assert jana.post(f"{address}/open/", {"because": "Gerät gefunden"}).status_code == 302
    assert jana.get(f"{address}/open/").status_code == 404
    with as_tenant(alder.pk):
        assert Lock.objects.get().lifted_because == "Gerät gefunden"


def test_locking_needs_its_right_and_another_tenants_member_is_unknown(alder):
    pia = member(alder)
    assert browser(pia.user, alder).get(f"/identity/people/{pia.pk}/lock/").status_code == 403
    other = make_tenant("Birke")
    kim = browser(administrator(other, "kim@birke.example", "Kim"), other)
    for word in ("lock", "open"):
        assert kim.get(f"/identity/people/{pia.pk}/{word}/").status_code == 404
    assert kim.post(f"/identity/people/{pia.pk}/sessions/end/").status_code == 404


def _user(tenant, email):
    with as_tenant(tenant.pk):
        return Membership.objects.select_related("user").get(user__email=email).user
