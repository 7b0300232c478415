"""A database, its files, an export or a backup that was carried off tells nothing to whoever has no keys."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as told
from django.db import connection
from django.utils import timezone

from kontor.config import backups
from kontor.kernel import age, cipher, keyring
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.webhooks import add_webhook
from kontor.kernel.actor import MACHINE
from kontor.kernel.envelope import DamagedFileError
from kontor.kernel.models import Blob, Tenant, Webhook
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import exchanging
from kontor.office.documents.queries.exchange import is_open
from kontor.office.parties import public as parties
from kontor.office.parties.models import BankAccount
from kontor.office.privacy.queries.pieces import archive_of, piece_key
from tests.factories import AT
from tests.office.documents.test_exchange import shared
from tests.office.privacy.packed import asked, pack
from tests.people import administrator, make_tenant

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"
WORDS = b"Was nur im Vertrag steht"


def rows_as_they_lie(tenant: Tenant) -> bytes:
    """Return every table's rows as a copy of the database holds them, bytes in hex."""
    with as_tenant(tenant.pk), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'"{table}"'])
            if cursor.fetchone() == (True,):
                cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608  names of our own tables
                found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found).encode()


def files_as_they_lie() -> Iterator[bytes]:
    """Yield every file of the volume."""
    yield from (path.read_bytes() for path in Path(told.KONTOR_BLOBS).rglob("*") if path.is_file())


def tells(copy: bytes, secrets: list[bytes]) -> list[bytes]:
    """Return the secrets that stand in a copy, as they are or in hex."""
    return [each for each in secrets if each in copy or each.hex().encode() in copy]


@pytest.mark.requirement("FW-119")
def test_whoever_copies_database_files_export_or_backup_reads_nothing_without_the_keys(settings, tmp_path):
    tenant = make_tenant()
    administrator(tenant)
    with as_tenant(tenant.pk):
        partner = parties.add(name="Birke AG", at=AT, actor=MACHINE)
        parties.learn_account(partner.id, IBAN, holder="Birke AG", at=AT, actor=MACHINE)
        hook = add_webhook(
            address="https://birke.example/hook", kinds=[], mail_to="it@birke.example", at=AT, actor=MACHINE
        )
        blob = keep(WORDS, name="vertrag.txt", media_type="text/plain", at=AT)
    export = asked(tenant)
    assert pack(export.pk, tenant.pk, at=timezone.now(), pause=lambda: None)
    secrets = [IBAN.encode(), hook.secret.encode(), WORDS]
    database = rows_as_they_lie(tenant)
    assert b"Birke AG" in database  # it is the database that was searched
    files = list(files_as_they_lie())
    assert len(files) >= 2  # the file, and the export's pieces
    assert [tells(each, secrets) for each in (database, *files)] == [[]] * (1 + len(files))

    identity = age.Identity.new()
    backups.write_encrypted(tmp_path / "database.age", [database], [identity.recipient])
    kept = (tmp_path / "database.age").read_bytes()
    assert (tells(kept, [b"Birke AG"]), b"".join(age.decrypted([kept], identity))) == ([], database)
    with pytest.raises(age.AgeError):
        list(age.decrypted([kept], age.Identity.new()))

    with as_tenant(tenant.pk):
        export.refresh_from_db()
        assert (BankAccount.objects.get().iban, read(Blob.objects.get(pk=blob.pk))) == (IBAN, WORDS)
    settings.KONTOR_MASTER_KEY = "11" * 32  # whoever carried it off has another installation's key, or none
    keyring.forget(tenant.pk)
    with as_tenant(tenant.pk):
        for opened in (
            lambda: str(BankAccount.objects.get().iban), lambda: str(Webhook.objects.get().secret),
            lambda: read(Blob.objects.get(pk=blob.pk)), lambda: b"".join(archive_of(export, key=piece_key(export))),
        ):  # fmt: skip
            with pytest.raises((cipher.CannotOpenError, DamagedFileError)):
                opened()


@pytest.mark.requirement("FW-119")
def test_a_link_for_exchange_ends_after_seven_days_and_after_five_wrong_passwords():
    tenant = make_tenant()
    opened = shared(tenant)
    week = AT + timedelta(days=7)
    assert (is_open(opened.exchange, week - timedelta(seconds=1)), is_open(opened.exchange, week)) == (True, False)
    with as_tenant(tenant.pk):
        tries = [exchanging.enter(opened.exchange.pk, word, at=AT) for word in ["wrong"] * 4]
        assert exchanging.enter(opened.exchange.pk, opened.password, at=AT)
        tries.append(exchanging.enter(opened.exchange.pk, "wrong", at=AT))
        assert (tries, exchanging.enter(opened.exchange.pk, opened.password, at=AT)) == ([False] * 5, False)
