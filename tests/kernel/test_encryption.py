"""Boxes open for their tenant, at their place, unchanged; and for nobody else."""

import contextlib
import threading

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext, isolate_apps

from kontor.kernel import cipher, keyring
from kontor.kernel.actions.keys import decrypt, encrypt, renew_key, tenant_key
from kontor.kernel.actor import MACHINE
from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.models import RecordKey, Tenant, TenantKey
from kontor.kernel.rows import RowRules, TenantOwned, TenantReference, uuid7
from kontor.kernel.tenancy import as_tenant
from tests.kernel.conftest import AT


def test_what_is_encrypted_opens_again(alder):
    with as_tenant(alder.pk):
        box = encrypt(b"DE89 3704", context="iban")

        assert b"DE89" not in box
        assert decrypt(box, context="iban") == b"DE89 3704"
        assert encrypt(b"DE89 3704", context="iban") != box


def test_another_place_does_not_open_it(alder):
    with as_tenant(alder.pk), pytest.raises(cipher.CannotOpenError):
        decrypt(encrypt(b"secret", context="iban"), context="bic")


@pytest.mark.parametrize("position", [0, 1, 17, -1])
def test_a_changed_bit_does_not_open(alder, position):
    with as_tenant(alder.pk):
        box = bytearray(encrypt(b"secret", context="iban"))
        box[position] ^= 1
        with pytest.raises(cipher.CannotOpenError):
            decrypt(bytes(box), context="iban")


@pytest.mark.parametrize("box", [b"", b"\x01short", b"\x02" + bytes(60)])
def test_what_was_never_encrypted_is_refused(alder, box):
    with as_tenant(alder.pk), pytest.raises(cipher.CannotOpenError):
        decrypt(box, context="iban")


def test_another_tenant_does_not_open_it(alder, birch):
    with as_tenant(alder.pk):
        box = encrypt(b"secret", context="iban")
        decrypt(box, context="iban")
    with as_tenant(birch.pk), pytest.raises(keyring.UnknownKeyError):
        decrypt(box, context="iban")


def test_another_master_key_opens_nothing(alder, settings):
    with as_tenant(alder.pk):
        key = tenant_key()
        settings.KONTOR_MASTER_KEY = "11" * 32
        with pytest.raises(cipher.CannotOpenError):
            cipher.unwrap(bytes(key.wrapped), context=b"kontor tenant key" + alder.pk.bytes + key.pk.bytes)


@pytest.mark.parametrize("key", ["", "abc", "00" * 31, "zz" * 32])
def test_a_bad_master_key_is_named(settings, key):
    settings.KONTOR_MASTER_KEY = key
    with pytest.raises(ImproperlyConfigured, match="KONTOR_MASTER_KEY must be 64 hex digits"):
        cipher.wrap(cipher.new_key(), context=b"")


def test_the_newest_key_closes_and_the_older_one_still_opens(alder):
    with as_tenant(alder.pk):
        before = encrypt(b"old", context="iban")
        renewed = renew_key(at=AT, actor=MACHINE)
        after = encrypt(b"new", context="iban")

        assert [key.number for key in TenantKey.objects.order_by("number")] == [1, 2]
        assert renewed == tenant_key()
        assert (before[1:17], after[1:17]) == (keyring.oldest().id.bytes, renewed.pk.bytes)
        assert (decrypt(before, context="iban"), decrypt(after, context="iban")) == (b"old", b"new")


def test_a_key_that_was_rolled_back_closes_nothing_more(alder):
    with as_tenant(alder.pk):
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            lost = encrypt(b"lost", context="iban")
            raise ZeroDivisionError
        kept = encrypt(b"kept", context="iban")

        assert lost[1:17] != kept[1:17]
        assert kept[1:17] == TenantKey.objects.get().pk.bytes


def test_a_key_is_looked_up_once(alder):
    with as_tenant(alder.pk):
        box = encrypt(b"one", context="iban")
        with CaptureQueriesContext(connection) as queries:
            encrypt(b"two", context="iban")
            decrypt(box, context="iban")
        assert len(queries) == 0


@isolate_apps("kontor.kernel")
def test_a_secret_column(alder):
    class Account(TenantOwned):
        tenant = TenantReference(to=Tenant)  # by class: the isolated registry knows no other models
        object_id = models.UUIDField(default=uuid7)
        iban = EncryptedTextField(db_column="wrapped")

        class Meta(TenantOwned.Meta):
            app_label = "kernel"
            db_table = RecordKey._meta.db_table  # any table with a bytea column serves

    with as_tenant(alder.pk):
        account = Account.objects.create(iban="DE89")
        stored = RecordKey.objects.get(pk=account.pk).wrapped

        assert Account.objects.get(pk=account.pk).iban == "DE89"
        assert decrypt(bytes(stored), context="kernel_recordkey.wrapped") == b"DE89"
        assert Account.objects.filter(iban__isnull=False).count() == 1
        with pytest.raises(FieldError):
            Account.objects.filter(iban="DE89")

        account.iban = "DE90"
        account.save()
        Account.objects.bulk_update([account], ["iban"])
        account.refresh_from_db()
        assert account.iban == "DE90"


@isolate_apps("kontor.kernel")
def test_a_secret_column_has_no_place_in_a_shared_row():
    class Shared(TenantOwned):
        row_rules = RowRules(shared_with="customer_tenant")
        iban = EncryptedTextField()
        customer_tenant = models.UUIDField()

        class Meta(TenantOwned.Meta):
            app_label = "kernel"

    (error,) = Shared._meta.get_field("iban").check()
    assert (error.id, error.msg) == (
        "kontor.E100",
        "kernel.Shared.iban is encrypted for one tenant, but the row is read by two.",
    )


def test_a_secret_column_that_may_be_empty():
    field = EncryptedTextField(null=True)
    assert (field.get_prep_value(None), field.from_db_value(None), field.to_python(None)) == (None, None, None)
    assert field.to_python("DE89") == "DE89"


def test_a_secret_column_of_ones_own_row_is_fine():
    assert RecordKey._meta.get_field("wrapped").check() == []
    field = EncryptedTextField()
    field.set_attributes_from_name("iban")
    field.model = RecordKey
    assert field.check() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_need_a_tenants_first_key_at_once_get_the_same():
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    made, boxes = threading.Event(), []

    def second() -> None:
        made.wait()
        with as_tenant(tenant.pk):
            boxes.append(encrypt(b"two", context="iban"))
        connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with as_tenant(tenant.pk):
        boxes.append(encrypt(b"one", context="iban"))
        made.set()
        thread.join(0.3)
        assert thread.is_alive()  # it waits for this transaction's key
    thread.join()
    with as_tenant(tenant.pk):
        assert [decrypt(box, context="iban") for box in boxes] == [b"one", b"two"]
        assert TenantKey.objects.count() == 1


def test_more_keys_than_are_kept_open(alder, birch, monkeypatch):
    monkeypatch.setattr(keyring, "KEPT_OPEN", 1)
    boxes = {}
    for tenant in (alder, birch):
        with as_tenant(tenant.pk):
            boxes[tenant] = encrypt(b"secret", context="iban")
    for tenant, box in boxes.items():
        with as_tenant(tenant.pk):
            assert decrypt(box, context="iban") == b"secret"


def test_a_renamed_column_keeps_its_place():
    field = EncryptedTextField(bound_to="books_seller.iban")
    assert field.deconstruct()[3] == {"bound_to": "books_seller.iban"}
    assert EncryptedTextField().deconstruct()[3] == {}
