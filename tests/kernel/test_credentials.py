"""A secret opens one thing, for a while, so many times; and who presents a wrong one learns nothing."""

import hashlib
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.models import Credential, Tenant
from kontor.kernel.tenancy import NoTenantError, as_tenant
from tests.at_once import at_once, sessions_waiting_for_us, wait_for
from tests.kernel.conftest import AT

OFFER = uuid.UUID(int=9)
SCOPE = "contracts.offer"
TOMORROW = AT + timedelta(days=1)


@pytest.fixture
def secret(alder):
    with as_tenant(alder.pk):
        return credentials.issue(SCOPE, OFFER, expires_at=TOMORROW, uses=2, at=AT)


def refusal(secret, scope=SCOPE, at=AT):
    with pytest.raises(CredentialRefusedError) as refused:
        credentials.resolve(secret, scope, at)
    return refused.value


def test_a_secret_opens_what_it_was_issued_for(alder, secret):
    assert credentials.resolve(secret, SCOPE, at=AT) == (alder.pk, OFFER)


def test_the_secret_itself_is_stored_nowhere(secret):
    stored = Credential.objects.get()
    assert bytes(stored.digest) == hashlib.sha256(secret.encode()).digest()
    assert len(secret) == 43  # 32 bytes in base 64 without padding
    assert secret not in {str(value) for value in vars(stored).values()}


def test_it_works_as_often_as_was_said(alder, secret):
    assert [credentials.use(secret, SCOPE, AT) for _ in range(2)] == [(alder.pk, OFFER)] * 2
    with pytest.raises(CredentialRefusedError) as refused:
        credentials.use(secret, SCOPE, AT)
    assert refused.value.reason == "used up"
    assert refusal(secret).reason == "used up"


def test_without_a_number_it_works_until_it_expires(alder):
    with as_tenant(alder.pk):
        secret = credentials.issue(SCOPE, OFFER, expires_at=TOMORROW, at=AT)
    for _ in range(5):
        credentials.use(secret, SCOPE, TOMORROW - timedelta(microseconds=1))
    assert refusal(secret, at=TOMORROW).reason == "expired"


def test_no_uses_at_all_is_a_mistake(alder):
    with as_tenant(alder.pk), pytest.raises(ValueError, match="opens nothing"):
        credentials.issue(SCOPE, OFFER, expires_at=TOMORROW, uses=0, at=AT)


def test_all_refusals_read_alike(alder, secret):
    refusals = [refusal("guess"), refusal(secret, scope="contracts.invoice"), refusal(secret, at=TOMORROW)]
    with as_tenant(alder.pk):
        assert credentials.revoke(SCOPE, OFFER, at=AT) == 1
        assert credentials.revoke(SCOPE, OFFER, at=AT) == 0
    refusals.append(refusal(secret))

    assert [one.reason for one in refusals] == ["unknown", "other scope", "expired", "revoked"]
    assert len({str(one) for one in refusals}) == 1


def test_another_tenant_revokes_nothing(alder, birch, secret):
    with as_tenant(birch.pk):
        assert credentials.revoke(SCOPE, OFFER, at=AT) == 0
    assert credentials.resolve(secret, SCOPE, AT) == (alder.pk, OFFER)


def test_issuing_needs_a_tenant(db):
    with pytest.raises(NoTenantError):
        credentials.issue(SCOPE, OFFER, expires_at=TOMORROW, at=AT)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_it_for_the_last_time_one_is_refused():
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    with as_tenant(tenant.pk):
        secret = credentials.issue(SCOPE, OFFER, expires_at=TOMORROW, uses=1, at=AT)
    start, answers = threading.Barrier(2), []

    def present() -> None:
        start.wait()
        try:
            credentials.use(secret, SCOPE, AT)
        except CredentialRefusedError as refused:
            answers.append(refused.reason)
        else:
            answers.append("used")
        connection.close()

    threads = [threading.Thread(target=present) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["used", "used up"]


@pytest.mark.django_db(transaction=True)
def test_who_finds_the_last_use_free_and_then_waits_for_the_other_is_refused():
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    with as_tenant(tenant.pk):
        secret = credentials.issue(SCOPE, OFFER, expires_at=TOMORROW, uses=1, at=AT)

    def first() -> None:
        with transaction.atomic():
            credentials.use(secret, SCOPE, AT)
            used.set()
            wait_for(sessions_waiting_for_us)

    def second() -> None:
        used.wait()  # and not committed: one use is left, as far as anybody else can see
        credentials.use(secret, SCOPE, AT)

    used = threading.Event()
    won, refused = at_once(first, second)
    assert won is None
    assert isinstance(refused, CredentialRefusedError)
    assert refused.reason == "used up"
