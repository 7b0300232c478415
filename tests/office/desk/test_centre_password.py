"""Passwords of end customers: optional, as good as the platform's own, and telling nobody who has an account."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import MeterReading, OutgoingMail, RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import centre_password
from kontor.office.desk.actions.centre import Known, forget_unconfirmed, keep_person
from kontor.office.desk.actions.centre_door import LINKS_TO_ONE
from kontor.office.desk.actions.centre_password import (
    ask_reset,
    change_password,
    drop_password,
    set_by_link,
    set_password,
    sign_in,
)
from kontor.office.desk.models import CentrePassword, CentrePerson
from kontor.office.identity.public import PausedError
from tests.office.desk.asking import MONDAY
from tests.office.desk.test_centre import at, centre_of, inside, invited
from tests.people import visitor

pytestmark = pytest.mark.django_db
GOOD, BETTER = "ein langer Satz geht gut", "ein anderer Satz geht auch"
EVA = "eva@kunde.example"
RESET = re.compile(r"/centre/birke/password/([\w-]+)/")


def resets(tenant) -> list[str]:
    with as_tenant(tenant.pk):
        texts = OutgoingMail.objects.filter(to=EVA).order_by("at", "pk").values_list("text", flat=True)
        return [found for text in texts for found in RESET.findall(text)]


def test_a_password_is_set_changed_forgotten_and_given_up_and_every_time_other_devices_are_out():
    tenant = centre_of("Birke", "birke")
    invited(tenant, EVA)
    eva = inside(tenant, "birke", EVA)
    page = at("password", "birke")
    assert eva.get(at("profile", "birke")).status_code == 200
    assert [eva.post(page, {"new": weak}).status_code for weak in ("short", "password123", EVA)] == [422, 422, 422]
    assert eva.post(page, {"new": GOOD})["Location"] == at("profile", "birke")
    assert eva.get(at("requests", "birke")).status_code == 200  # the one session that goes on
    other = visitor()
    assert other.post(at("sign-in", "birke"), {"email": EVA, "password": "wrong"}).status_code == 422
    assert other.post(at("sign-in", "birke"), {"email": "EVA@kunde.example", "password": GOOD}).status_code == 302
    assert other.get(at("requests", "birke")).status_code == 200
    assert other.post(page, {"new": BETTER, "current": "wrong"}).status_code == 422
    assert other.post(page, {"new": "short", "current": GOOD}).status_code == 422
    assert other.post(page, {"new": BETTER, "current": GOOD}).status_code == 302
    assert eva.get(at("requests", "birke")).status_code == 302
    assert other.post(at("forgotten", "birke"), {"email": EVA}).status_code == 200
    (secret,) = resets(tenant)
    late = visitor()
    assert late.get(at("reset", "birke", secret)).status_code == 200
    assert late.post(at("reset", "birke", secret), {"new": "short"}).status_code == 422  # uses nothing up
    assert late.post(at("reset", "birke", secret), {"new": GOOD})["Location"] == at("requests", "birke")
    assert other.get(at("requests", "birke")).status_code == 302
    assert visitor().get(at("reset", "birke", secret)).status_code == 403
    assert late.get(at("password-drop", "birke")).status_code == 200
    assert late.post(at("password-drop", "birke"), {"current": "wrong"}).status_code == 422
    assert late.post(at("password-drop", "birke"), {"current": GOOD})["Location"] == at("profile", "birke")
    assert late.post(at("sign-in", "birke"), {"email": EVA, "password": GOOD}).status_code == 422
    with as_tenant(tenant.pk):
        read = MeterReading.objects.filter(meter="contracts.customer_centre_logins")
        assert read.values("subject").distinct().count() == 1


def test_who_guesses_is_told_the_same_for_anybody_and_is_stopped_and_the_owner_is_not(monkeypatch):
    """Two wrong ones pause the address; a browser that was here before, and a link, go on opening."""
    looked = []
    real = centre_password.check_password
    monkeypatch.setattr(centre_password, "check_password", lambda *given: looked.append(given[1][:1]) or real(*given))
    monkeypatch.setitem(settings.KONTOR_SIGN_IN_LIMITS, "per_account", 2)
    tenant, other = centre_of("Birke", "birke"), centre_of("Linde", "linde")
    person = invited(tenant, EVA)
    with as_tenant(tenant.pk):
        set_password(person, GOOD, at=timezone.now())
    known = visitor()
    signed = {"email": EVA, "password": GOOD}
    assert known.post(at("sign-in", "birke"), signed).status_code == 302
    shown = set()
    for email in (EVA, "nobody@else.example"):
        answer = visitor().post(at("sign-in", "birke"), {"email": email, "password": "wrong"}).content.decode()
        shown.add(re.sub(r'(csrfmiddlewaretoken" value="\w+")|(value="[^"]+@[^"]+")', "", answer))
    assert len(shown) == 1
    assert looked[-2:] == ["m", "!"]  # somebody's is looked at, and nobody's as long
    attacker = visitor()
    assert attacker.post(at("sign-in", "birke"), {"email": EVA, "password": "wrong"}).status_code == 422
    assert attacker.post(at("sign-in", "birke"), signed).status_code == 422
    assert known.post(at("sign-in", "birke"), signed).status_code == 302
    assert inside(tenant, "birke", EVA).get(at("requests", "birke")).status_code == 200
    with as_tenant(tenant.pk):
        assert RecordEntry.objects.filter(verb="desk.sign_in_paused").count() == 1
        with pytest.raises(PausedError):
            sign_in(EVA, GOOD, address="192.0.2.1", device="", at=timezone.now())
    with as_tenant(other.pk):  # another centre's pause is another one, and so is its device
        mine = keep_person(None, Known(name="", email=EVA, language="en"), at=MONDAY, actor=MACHINE)
        set_password(mine, BETTER, at=MONDAY)
        assert sign_in(EVA, GOOD, address="192.0.2.2", device="", at=timezone.now()) is None
        device = known.cookies[f"kontor_centre_{tenant.pk.hex}_device"].value
        assert sign_in(EVA, BETTER, address="192.0.2.2", device=device, at=timezone.now()) is not None
    for _ in range(2):
        assert known.post(at("password", "birke"), {"current": "wrong", "new": BETTER}).status_code == 422
    assert known.post(at("password", "birke"), {"current": GOOD, "new": BETTER}).status_code == 422
    assert known.post(at("password-drop", "birke"), {"current": GOOD}).status_code == 422


def test_a_former_employee_comes_in_by_no_password_and_no_link_and_another_address_takes_it_away():
    tenant, other = centre_of("Birke", "birke"), centre_of("Linde", "linde")
    person = invited(tenant, EVA)
    with as_tenant(tenant.pk):
        set_password(person, GOOD, at=MONDAY)
        for _ in range(LINKS_TO_ONE + 1):
            ask_reset(EVA, at=timezone.now())
        ask_reset("nobody@else.example", at=timezone.now())
    secrets = resets(tenant)
    assert len(secrets) == LINKS_TO_ONE - 1  # the invitation was the first
    with as_tenant(other.pk), pytest.raises(CredentialRefusedError):
        set_by_link(secrets[0], BETTER, at=timezone.now())
    with as_tenant(tenant.pk):
        with pytest.raises(ValidationError):
            set_by_link(secrets[0], "short", at=timezone.now())
        assert change_password(person, "wrong", BETTER, address="192.0.2.1", at=MONDAY) is None
        assert not drop_password(person, "wrong", address="192.0.2.1", at=MONDAY)
        CentrePerson.objects.filter(pk=person.pk).update(left_on=date(2026, 1, 1))
        assert sign_in(EVA, GOOD, address="192.0.2.1", device="", at=MONDAY) is None
        with pytest.raises(CredentialRefusedError):
            set_by_link(secrets[0], BETTER, at=timezone.now())
        ask_reset(EVA, at=timezone.now() + timedelta(hours=2))
    assert len(resets(tenant)) == LINKS_TO_ONE - 1
    with as_tenant(tenant.pk):
        known = Known(name="Eva", email="eva2@kunde.example", language="en")
        keep_person(person.pk, known, at=MONDAY, actor=MACHINE)
        assert not CentrePassword.objects.exists()
        assert forget_unconfirmed(at=timezone.now() + timedelta(days=31)) == 1
