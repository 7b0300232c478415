"""Files are kept once, encrypted, within the quota, and read by whom they are for."""

import contextlib
import hashlib
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kontor.kernel.actions.blobs import NewFile, QuotaExceededError, keep, keep_many
from kontor.kernel.envelope import DamagedFileError
from kontor.kernel.models import Blob, BlobContent, Due, Entitlement, Tenant
from kontor.kernel.queries.blobs import read, storage_used
from kontor.kernel.queries.quotas import storage_quota
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.storage import LocalStore, MissingFileError, store
from kontor.kernel.tenancy import as_tenant
from tests.kernel.conftest import AT

DATA = b"an invoice, say"


def pdf(data=DATA, name="invoice.pdf", **given: Any):
    return keep(data, name=name, media_type="application/pdf", at=AT, **given)


def path_of(blob) -> Path:
    sha = hashlib.sha256(DATA).hexdigest()
    shared = f"-{blob.customer_tenant_id}" if blob.customer_tenant_id else ""
    return Path(settings.KONTOR_BLOBS) / str(blob.tenant_id) / sha[:2] / f"{sha}{shared}"


def test_a_file_comes_back_as_it_was(alder):
    with as_tenant(alder.pk):
        blob = Blob.objects.get(pk=pdf().pk)

        assert read(blob) == DATA
        assert (blob.name, blob.media_type, blob.size, blob.at) == ("invoice.pdf", "application/pdf", 15, AT)
        assert bytes(blob.sha256) == hashlib.sha256(DATA).digest()


def test_at_rest_it_is_encrypted_and_private(alder):
    with as_tenant(alder.pk):
        path = path_of(pdf())

    assert DATA not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_equal_content_is_kept_and_counted_once(alder):
    with as_tenant(alder.pk):
        one, two = pdf(), pdf(name="again.pdf")

        assert one.content_id == two.content_id
        assert storage_used() == len(DATA)
        assert read(two) == DATA


def files(*contents: bytes, **given: Any) -> list[NewFile]:
    return [
        NewFile(data=data, name=f"{number}.pdf", media_type="application/pdf", **given)
        for number, data in enumerate(contents, 1)
    ]


def test_many_files_are_kept_in_their_order_and_equal_ones_once(alder, birch):
    with as_tenant(alder.pk):
        pdf(b"known")
        blobs = keep_many(
            [*files(b"new", b"known", b"new"), *files(b"new", customer_tenant=birch), *files(b"known")], at=AT
        )

        assert [blob.name for blob in blobs] == ["1.pdf", "2.pdf", "3.pdf", "1.pdf", "1.pdf"]
        assert [read(Blob.objects.get(pk=blob.pk)) for blob in blobs] == [b"new", b"known", b"new", b"new", b"known"]
        assert blobs[0].content_id == blobs[2].content_id != blobs[3].content_id
        assert BlobContent.objects.count() == 3
    with as_tenant(birch.pk):
        assert [blob.pk for blob in Blob.received.all()] == [blobs[3].pk]


def test_many_files_take_as_many_queries_as_one(alder):
    with as_tenant(alder.pk):
        pdf(b"the tenant's key is made")
        counts = []
        for contents in ([b"a"], [b"b", b"c", b"d"]):
            with CaptureQueriesContext(connection) as queries:
                keep_many(files(*contents), at=AT)
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert keep_many([], at=AT) == []


def test_of_many_files_that_do_not_fit_together_none_is_kept(alder):
    with as_tenant(alder.pk):
        entitle(15)
        BlobContent.objects.create(sha256=b"\x01" * 32, size=15 * 10**9 - 3)
        with pytest.raises(QuotaExceededError) as refused:
            keep_many(files(b"ab", b"cd"), at=AT)
        assert (refused.value.needed, Blob.objects.count()) == (4, 0)
        assert len(keep_many(files(b"ab", b"ab", b"c"), at=AT)) == 3


def test_an_empty_file_is_a_file(alder):
    with as_tenant(alder.pk):
        assert read(pdf(b"")) == b""


def test_a_shared_file_is_read_by_both_and_nobody_else(alder, birch):
    with as_tenant(alder.pk):
        own, shared = pdf(), pdf(customer_tenant=birch)
        assert own.content_id != shared.content_id
        assert (read(own), read(shared)) == (DATA, DATA)
    with as_tenant(birch.pk):
        received = Blob.received.get()
        assert received == shared
        assert read(received) == DATA
        with pytest.raises(DamagedFileError):
            read(own)  # even with the row in hand: the key is Alder's
        assert not TenantQuerySet(Blob).filter(pk=own.pk).exists()


def test_two_others_shared_file_does_not_open(alder, birch):
    cedar = Tenant.objects.create(name="Cedar", created_at=AT)
    with as_tenant(alder.pk):
        shared = pdf(customer_tenant=birch.pk)
    with as_tenant(cedar.pk), pytest.raises(DamagedFileError):
        read(shared)


@pytest.mark.parametrize("change", [lambda file: file[:-1] + bytes([file[-1] ^ 1]), lambda _: b"", lambda _: DATA])
def test_a_changed_file_is_noticed(alder, change):
    with as_tenant(alder.pk):
        blob = pdf()
        path = path_of(blob)
        path.write_bytes(change(path.read_bytes()))
        with pytest.raises(DamagedFileError):
            read(blob)


def test_a_file_put_in_anothers_place_does_not_open(alder):
    with as_tenant(alder.pk):
        blob, other = pdf(), pdf(b"something else")
        file = store().get(f"{alder.pk}/{bytes(other.sha256).hex()[:2]}/{bytes(other.sha256).hex()}")
        path_of(blob).write_bytes(file)
        with pytest.raises(DamagedFileError):
            read(blob)


def test_a_lost_file_is_named(alder):
    with as_tenant(alder.pk):
        blob = pdf()
        path_of(blob).unlink()
        with pytest.raises(MissingFileError, match=path_of(blob).name):
            read(blob)


def test_what_was_rolled_back_is_kept_anew(alder):
    with as_tenant(alder.pk):
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            pdf()
            raise ZeroDivisionError
        assert not BlobContent.objects.exists()
        assert read(pdf()) == DATA


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\bill.pdf", "bill.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("", "file"),
        ("/", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("y" * 300, "y" * 200),
    ],
)
def test_a_name_is_a_name_and_no_path(alder, given, kept):
    with as_tenant(alder.pk):
        assert pdf(name=given).name == kept


def entitle(quantity, *, unit="GB", first=date(2026, 1, 1), end=None):
    Entitlement.objects.create(
        module="storage",
        unit=unit,
        quantity=quantity,
        from_on=first,
        until_on=end,
        clause="6",
        reason_de="",
        reason_en="",
    )


def test_without_an_agreed_number_there_is_no_limit(alder):
    with as_tenant(alder.pk):
        entitle(None)
        entitle(5, unit="block")
        assert storage_quota(AT) is None


def test_the_quota_is_what_is_agreed_for_the_day_in_the_tenants_zone(alder):
    midnight_in_berlin = AT.replace(month=11, day=1, hour=23)  # 2 November, 00:00 in Berlin
    with as_tenant(alder.pk):
        entitle(15)
        entitle(5, first=date(2026, 11, 2), end=date(2026, 12, 1))

        assert storage_quota(midnight_in_berlin - timedelta(seconds=1)) == 15 * 10**9
        assert storage_quota(midnight_in_berlin) == 20 * 10**9
        assert storage_quota(AT.replace(month=12)) == 15 * 10**9


def test_a_file_that_crosses_a_share_has_the_warning_looked_at(alder):
    """80 % of 15 GB are 12: up to there nothing, the byte that reaches it once."""
    with as_tenant(alder.pk):
        entitle(15)
        Entitlement.objects.update(warn_at=[80, 95])
        BlobContent.objects.create(sha256=b"\x01" * 32, size=12 * 10**9 - 2)
        pdf(b"!")
        assert not Due.objects.exists()
        pdf(b"?")
        assert [(due.job, due.arguments) for due in Due.objects.all()] == [
            ("kernel.watch_quota", {"meter": "kernel.storage"})
        ]


def test_what_does_not_fit_is_refused_with_a_sentence(alder):
    with as_tenant(alder.pk):
        entitle(15)
        BlobContent.objects.create(sha256=b"\x01" * 32, size=15 * 10**9 - len(DATA))
        pdf()
        pdf(name="the same again.pdf")  # takes no room
        with pytest.raises(QuotaExceededError) as refused, translation.override("en"):
            pdf(b"!")

        assert (refused.value.quota, refused.value.used, refused.value.needed) == (15 * 10**9, 15 * 10**9, 1)
        assert str(refused.value) == ("There is no room for this file (quota 15 GB, 0 MB free).")
        assert Blob.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_keep_the_same_at_once_keep_it_once():
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    kept, blobs = threading.Event(), []

    def second() -> None:
        kept.wait()
        with as_tenant(tenant.pk):
            blobs.append(pdf())
        connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with as_tenant(tenant.pk):
        blobs.append(pdf())
        kept.set()
        thread.join(0.3)
        assert thread.is_alive()  # it waits for this transaction's content
    thread.join()
    with as_tenant(tenant.pk):
        assert [read(blob) for blob in blobs] == [DATA, DATA]
        assert BlobContent.objects.count() == 1


def test_a_file_that_cannot_be_written_leaves_nothing(alder, tmp_path):
    place = LocalStore(tmp_path)
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        place.put("taken", b"data")
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


def test_a_file_can_be_removed_once_and_again(tmp_path):
    place = LocalStore(tmp_path)
    place.put("a/b", b"data")
    place.remove("a/b")
    place.remove("a/b")
    with pytest.raises(MissingFileError):
        place.get("a/b")


def test_files_cannot_be_rewritten(alder):
    with as_tenant(alder.pk):
        pdf()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Blob.objects.update(name="other")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kernel_blob")
            assert cursor.fetchone() == (1,)
