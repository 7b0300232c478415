"""Wrong passwords: an attacker is stopped, and never stops the person (SO-015, trap 61)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import attempts
from kontor.office.identity.models import FailedSignIn, KnownDevice, SignInPause
from tests.factories import AT, PASSWORD, make_user
from tests.people import administrator, make_tenant, sign_in, visitor

pytestmark = pytest.mark.django_db
JANA = "jana@alder.example"
TOO_MANY = "Too many attempts. Wait a while, or use a device on which you have signed in before."


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def try_wrong(client: Client, times: int, email: str = JANA) -> str:
    for _ in range(times):
        response = sign_in(client, email, "wrong password")
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.trap(61)
def test_trap_61_ten_wrong_passwords_stop_new_devices_and_never_the_persons_own():
    tenant = make_tenant()
    administrator(tenant)
    own = visitor()
    sign_in(own, JANA)
    own.post("/sign-out/")
    attacker = visitor()

    assert TOO_MANY not in try_wrong(attacker, 10)  # the tenth is answered as the ninth, and begins the pause

    assert TOO_MANY in try_wrong(attacker, 1)
    sign_in(attacker, JANA)
    assert not is_in(attacker)  # even with the right password, for 15 minutes
    sign_in(own, JANA)
    assert is_in(own)
    with as_tenant(tenant.pk):
        assert RecordEntry.objects.filter(verb="identity.sign_in_paused").count() == 1


def test_trap_61_an_unknown_address_is_answered_like_a_known_one():
    administrator(make_tenant())
    words = []
    for email in (JANA, "nobody@alder.example"):
        client = visitor()
        shown = [try_wrong(client, times, email) for times in (1, 9, 1)]
        words.append([re.sub(r'(value|name="csrfmiddlewaretoken" value)="[^"]*"', "", page) for page in shown])

    assert words[0] == words[1]


def test_trap_61_a_forwarded_address_counts_only_from_our_proxy(settings):
    client = Client(headers={"X-Forwarded-For": "192.0.2.1, 203.0.113.9"}, REMOTE_ADDR="198.51.100.4")
    administrator(make_tenant())
    sign_in(client, JANA, "wrong password")
    assert FailedSignIn.objects.get().address == attempts._keyed("address", "198.51.100.4")

    settings.KONTOR_PROXIES = frozenset({"198.51.100.4"})
    sign_in(client, JANA, "wrong password")
    assert FailedSignIn.objects.latest("at").address == attempts._keyed("address", "203.0.113.9")

    stray = Client(headers={"X-Forwarded-For": "unknown"}, REMOTE_ADDR="198.51.100.4")
    sign_in(stray, JANA, "wrong password")
    assert FailedSignIn.objects.latest("at").address == attempts._keyed("address", "198.51.100.4")
    assert not FailedSignIn.objects.filter(address=attempts._keyed("address", "192.0.2.1")).exists()


def begin(email: str = JANA, address: str = "192.0.2.1", device: str = "", at=AT) -> attempts.Attempt:
    return attempts.begin_attempt(email, address=address, device=device, at=at)


def fail(times: int, **given: Any) -> list[bool]:
    at = given.get("at", AT)
    return [attempts.note_failure(begin(**given), given.get("email", JANA), at=at) for _ in range(times)]


def test_the_pause_ends_after_a_quarter_of_an_hour():
    assert fail(10) == [False] * 9 + [True]

    with pytest.raises(attempts.PausedError):
        begin(at=AT + timedelta(minutes=14, seconds=59))
    begin(at=AT + timedelta(minutes=15))


def test_what_lies_five_minutes_back_counts_no_more():
    fail(9)
    assert fail(1, at=AT + timedelta(minutes=5)) == [False]


def test_a_right_password_is_counted_no_more():
    fail(9)
    attempts.forget_attempt(begin())
    assert FailedSignIn.objects.count() == 9


def test_several_at_once_are_no_way_around():
    for _ in range(10):
        begin()
    with pytest.raises(attempts.PausedError):
        begin()
    assert FailedSignIn.objects.count() == 10


def test_an_address_that_tries_many_accounts_is_stopped_for_all(settings):
    settings.KONTOR_SIGN_IN_LIMITS = settings.KONTOR_SIGN_IN_LIMITS | {"per_address": 3}
    assert [fail(1, email=f"{number}@alder.example")[0] for number in range(3)] == [False, False, True]
    with pytest.raises(attempts.PausedError):
        begin("another@alder.example")


def test_a_device_that_is_known_is_counted_by_itself_and_can_be_stopped_too():
    user = make_user(JANA, "Jana")
    device = attempts.know_device(user, "", at=AT)
    assert attempts.know_device(user, device, at=AT + timedelta(days=1)) == device
    assert KnownDevice.objects.get().last_at == AT + timedelta(days=1)

    assert fail(10, device=device) == [False] * 9 + [True]
    with pytest.raises(attempts.PausedError):
        begin(device=device)
    begin()  # and a new device is not stopped by it


def test_a_device_of_one_person_is_new_to_another():
    device = attempts.know_device(make_user(JANA, "Jana"), "", at=AT)
    other = make_user("joe@alder.example", "Joe")
    assert attempts.know_device(other, device, at=AT) == device
    assert KnownDevice.objects.count() == 2


def test_no_address_is_kept_and_nothing_longer_than_a_day():
    fail(10)
    row = FailedSignIn.objects.first()
    assert (len(bytes(row.account)), len(bytes(row.address))) == (32, 32)

    assert attempts.forget_attempts(AT + timedelta(days=1)) == 1  # the pause
    assert attempts.forget_attempts(AT + timedelta(days=1, seconds=1)) == 10
    assert (FailedSignIn.objects.count(), SignInPause.objects.count()) == (0, 0)


def test_a_cookie_that_we_did_not_sign_is_none():
    administrator(make_tenant())
    client = visitor()
    client.cookies["kontor_device"] = "made-up:by:somebody"
    sign_in(client, JANA, PASSWORD)
    assert is_in(client)
    assert KnownDevice.objects.get().first_at <= timezone.now()
