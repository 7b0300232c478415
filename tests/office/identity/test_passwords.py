"""What a password must satisfy, how it is kept, and what signing in tells a stranger."""

import hashlib
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, identify_hasher
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from kontor.config import settings as product
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Role, Session
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.invitations import invite
from kontor.office.identity.actions.passwords import change_password, put_password, set_password
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.formats.hash_list import HashListError, listed
from kontor.office.identity.models import User
from kontor.office.identity.queries.passwords import (
    Demands,
    DemandsValidator,
    ListValidator,
    demands_on,
    is_too_old,
)  # fmt: skip
from tests.factories import AT, PASSWORD, make_user
from tests.people import administrator, join, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NEW = "Ein Satz, den 1 niemand errät"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    cache.clear()
    with translation.override("en"):
        yield


def demand(tenant: Any, **wanted: Any) -> None:
    with as_tenant(tenant.pk):
        change_policy(at=AT, actor=MACHINE, **wanted)


def test_a_password_satisfies_the_strictest_of_all_tenants_its_person_works_in():
    alder, birke, other = make_tenant(), make_tenant("Birke"), make_tenant("Cedar")
    jana = administrator(alder)
    join(birke, jana)
    demand(alder, password_length=12, password_days=90)
    demand(birke, password_length=11, password_digit=True, password_days=180)
    demand(other, password_length=40, password_special=True)

    assert demands_on(jana.pk, at=AT) == Demands(length=12, digit=True, days=90)
    with as_tenant(birke.pk):
        assert demands_on(jana.pk, at=AT) == Demands(length=12, digit=True, days=90)
        with pytest.raises(ValidationError) as refused:
            DemandsValidator().validate("short", jana)
    assert refused.value.messages == ["It has at least 12 characters.", "It has a digit."]


@pytest.mark.parametrize(
    ("password", "missed"),
    [
        ("Aa1!", ["It has at least 10 characters."]),
        ("Aa1 aaaaaaa", ["It has a special character."]),
        ("Aaa!aaaaaaa", ["It has a digit."]),
        ("AA1!AAAAAAA", ["It has capital and small letters."]),
        ("aa1!aaaaaaa", ["It has capital and small letters."]),
        ("Aa1!aaaaaaa", []),
    ],
)
def test_what_a_password_lacks_is_said(password: str, missed: list[str]):
    assert Demands(special=True, digit=True, mixed=True).missed_by(password) == missed


def test_what_is_demanded_is_said_where_a_password_is_set():
    assert DemandsValidator().get_help_text() == (
        "At least 10 characters. A sentence is easier to remember than a word."
    )
    assert Demands(12, special=True, digit=True, mixed=True, days=180).sentence() == (
        "At least 12 characters. With a special character, a digit, capital and small letters. "
        "After 180 days you set another one. A sentence is easier to remember than a word."
    )
    DemandsValidator().validate("ten signs!")  # somebody who works nowhere yet


def test_day_181_is_the_first_after_180_days_in_the_tenants_zone():
    set_at = datetime(2026, 1, 1, 23, 30, tzinfo=BERLIN)  # a day of its own zone, not of UTC's
    user = User(password_set_at=set_at, created_at=AT)
    day_180 = set_at.date() + timedelta(days=180)
    late = datetime(day_180.year, day_180.month, day_180.day, 23, 59, tzinfo=BERLIN)

    assert not is_too_old(user, Demands(days=180), at=late, zone=BERLIN)
    assert is_too_old(user, Demands(days=180), at=late + timedelta(minutes=1), zone=BERLIN)
    assert not is_too_old(user, Demands(), at=late + timedelta(days=999), zone=BERLIN)
    assert is_too_old(User(created_at=set_at), Demands(days=1), at=late, zone=BERLIN)


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_listed_password_is_found_and_no_other(tmp_path: Path, kind: str, end: str):
    known = [f"password {number}" for number in range(50)]
    hashes = sorted(hashlib.new(kind, one.encode()).hexdigest().upper() for one in known)
    for count in (0, 1, 2, 3, 50):
        path = tmp_path / f"{count}.txt"
        path.write_bytes("".join(f"{one}:{i * 977}{end}" for i, one in enumerate(hashes[:count])).encode())
        if not count:
            with pytest.raises(HashListError):
                listed("x", path)
            continue
        found = {one for one in known if listed(one, path)}
        assert len(found) == count
        assert not listed("a sentence nobody guesses", path)


def test_a_listed_password_is_refused(tmp_path: Path, settings: Any):
    path = tmp_path / "list.txt"
    path.write_text(hashlib.sha1(NEW.encode()).hexdigest() + "\n")  # noqa: S324  the list's own kind
    ListValidator().validate(NEW)
    settings.KONTOR_PASSWORD_LIST = str(path)

    with pytest.raises(ValidationError) as refused:
        set_password(make_user("jana@alder.example", "Jana"), NEW, at=AT)
    assert refused.value.messages == ["This password is known from stolen lists. Take another one."]
    assert ListValidator().get_help_text() == "No password that is known from stolen lists."
    ListValidator().validate(PASSWORD)


def test_a_changed_password_is_another_one_and_its_day_is_kept():
    alder = make_tenant()
    jana = administrator(alder)
    with as_tenant(alder.pk):
        for refused in (PASSWORD, "short"):
            with pytest.raises(ValidationError):
                change_password(jana, refused, at=AT, actor=Actor.person(jana))
        change_password(jana, NEW, at=AT, actor=Actor.person(jana))

    assert User.objects.get().password_set_at == AT
    assert verbs(alder, jana) == ["identity.password_changed"]


def test_a_password_that_resembles_its_person_is_refused_where_it_is_set_and_asked_about_no_more():
    alder = make_tenant()
    jana = administrator(alder)
    with as_tenant(alder.pk), pytest.raises(ValidationError):
        change_password(jana, "jana@alder", at=AT, actor=Actor.person(jana))
    put_password(jana, "jana@alder", at=timezone.now())
    client = visitor()
    sign_in(client, jana.email, "jana@alder")

    assert client.get(reverse("identity:people")).status_code == 200


@pytest.mark.requirement("SM-024")
def test_a_raised_policy_refuses_weak_passwords_and_makes_old_ones_be_changed_at_the_next_sign_in(
    tmp_path: Path, settings: Any
):
    alder = make_tenant()
    jana = administrator(alder)
    path = tmp_path / "list.txt"
    path.write_text(hashlib.sha1(b"breached once before").hexdigest() + "\n")  # noqa: S324  the list's own kind
    settings.KONTOR_PASSWORD_LIST = str(path)
    put_password(jana, "ten signs!", at=timezone.now())
    demand(alder, password_length=12)
    client = visitor()
    sign_in(client, jana.email, "ten signs!")

    led = client.get(reverse("identity:people"))
    assert (led.status_code, led.url) == (302, reverse("identity:password"))
    page = client.get(led.url)
    assert page.context["because"].startswith("Your company asks more of passwords than yours has.")
    for weak, sentence in (
        ("8 signs!", "It has at least 12 characters."),
        ("breached once before", "This password is known from stolen lists. Take another one."),
    ):
        refused = client.post(led.url, {"old": "ten signs!", "new": weak})
        assert refused.status_code == 422
        assert refused.context["form"].errors["new"] == [sentence]
        assert "At least 12 characters." in refused.content.decode()
    client.post(led.url, {"old": "ten signs!", "new": NEW})
    assert client.get(reverse("identity:people")).status_code == 200


def _noon(*, days_ago: int) -> datetime:
    """A day of the tenants' calendar: so many days of 24 hours ago may be another where the clocks changed."""
    return datetime.combine(timezone.localdate() - timedelta(days=days_ago), time(12), BERLIN)


def test_day_181_forces_a_change():
    alder = make_tenant()
    jana = administrator(alder)
    demand(alder, password_days=180)
    put_password(jana, PASSWORD, at=_noon(days_ago=181))
    client = visitor()
    sign_in(client, jana.email)

    assert client.get(reverse("identity:people")).url == reverse("identity:password")
    page = client.get(reverse("identity:password"))
    assert page.context["because"].startswith("Your password has been in use as long as your company allows.")
    client.post(reverse("identity:password"), {"old": PASSWORD, "new": NEW})
    assert client.get(reverse("identity:people")).status_code == 200
    assert client.get(reverse("identity:password")).context["because"] == ""


@pytest.mark.requirement("FW-117")
def test_twelve_characters_a_special_one_a_change_after_180_days_and_a_lock_after_a_quarter_of_an_hour():
    alder, birke = make_tenant(), make_tenant("Birke")
    jana = administrator(alder)
    demand(alder, password_length=12, password_special=True, password_days=180, idle_minutes=15)
    put_password(jana, "twelve signs!", at=_noon(days_ago=180))
    client, people_page, own = visitor(), reverse("identity:people"), reverse("identity:password")
    sign_in(client, jana.email, "twelve signs!")
    assert client.get(people_page).status_code == 200  # day 180

    for weak in ("eleven sig!", "twelve signs", "elevensigns"):
        refused = client.post(own, {"old": "twelve signs!", "new": weak})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["new"]), weak
    put_password(jana, "twelve signs!", at=_noon(days_ago=181))
    again = visitor()
    sign_in(again, jana.email, "twelve signs!")
    assert again.get(people_page).url == own  # day 181
    assert again.post(own, {"old": "twelve signs!", "new": "other signs, 12"}).status_code == 302
    assert again.get(people_page).status_code == 200

    Session.objects.update(last_used_at=timezone.now() - timedelta(minutes=14, seconds=50))
    assert again.get(people_page).status_code == 200
    Session.objects.update(last_used_at=timezone.now() - timedelta(minutes=15))
    assert again.get(people_page)["Location"] == "/sign-in/?over=idle&next=%2Fidentity%2Fpeople%2F"
    assert again.get(people_page)["Location"] == "/sign-in/?next=/identity/people/"

    with as_tenant(birke.pk):
        told = {
            "name": "J. Heitmann",
            "kind": "EMPLOYEE",
            "language": "en",
            "roles": [Role.objects.get(everything=True)],
        }
        invite(email="Jana@Alder.example", held=None, at=AT, actor=MACHINE, **told)
    assert [each.pk for each in User.objects.filter(email__iexact=jana.email)] == [jana.pk]  # one record for each user
    assert User.objects.count() == 1


def test_whoever_comes_without_a_password_needs_none():
    alder = make_tenant()
    jana = administrator(alder)
    demand(alder, password_days=180)
    put_password(jana, PASSWORD, at=timezone.now() - timedelta(days=181))
    client = visitor()
    sign_in(client, jana.email)
    session = client.session
    session["method"] = "oidc:1"
    session.save()

    assert client.get(reverse("identity:people")).status_code == 200


class Counting(MD5PasswordHasher):
    """A hasher that counts its calls."""

    algorithm = "md5"
    calls = 0

    def encode(self, password: str, salt: str) -> str:
        Counting.calls += 1
        return super().encode(password, salt)


def test_trap_61_a_stranger_costs_as_many_hashes_as_somebody_known_and_hears_the_same(settings: Any):
    settings.PASSWORD_HASHERS = ["tests.office.identity.test_passwords.Counting"]
    administrator(make_tenant())
    make_user("invited@alder.example", "Invited", password=None)
    gone = make_user("gone@alder.example", "Gone")
    gone.is_active = False
    gone.save()
    told: dict[str, tuple[int, int, str]] = {}
    for who in ("jana", "stranger", "invited", "gone"):
        cache.clear()
        Counting.calls = 0
        answer = visitor().post("/sign-in/", {"login": f"{who}@alder.example", "password": "wrong password"})
        told[who] = (Counting.calls, answer.status_code, str(answer.context["form"].errors))

    assert {told["jana"]} == set(told.values())
    assert told["jana"][0] == 1


def test_passwords_are_kept_as_argon2id_and_older_hashes_are_renewed_at_sign_in(settings: Any):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    administrator(make_tenant())
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    assert identify_hasher(User.objects.get().password).algorithm == "pbkdf2_sha256"
    sign_in(visitor(), "jana@alder.example")

    kept = User.objects.get().password
    assert kept.startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")
