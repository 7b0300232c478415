"""The document store: versions that stay, a look into each, nothing open that a scanner has not called clean."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.record import history_of
from kontor.kernel.scanning import ScannerError, scan
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import filing
from kontor.office.documents.actions.filing import Filed
from kontor.office.documents.actions.looking import look_again
from kontor.office.documents.models import Document, Finding, Version
from kontor.office.documents.public import add_version, file_document
from kontor.office.documents.queries.store import finding_of, may_open, version_of
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import AT
from tests.people import make_tenant
from tests.scanner import BROKEN, EICAR, fake_clamd

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def filed(tenant, data: bytes = b"Die Heizung wird im Mai gewartet.", **given: Any) -> Document:
    with as_tenant(tenant.pk):
        key = file_document(Filed(data=data, name="heizung.txt", **given), at=AT, actor=MACHINE)
        return Document.objects.get(pk=key)


def look_at(tenant, document: Document, number: int | None = None) -> Finding:
    run_jobs()
    with as_tenant(tenant.pk):
        return finding_of(version_of(document.pk, number).pk)


def test_versions_stay_and_an_old_one_comes_back_as_a_new_one():
    tenant = make_tenant()
    document = filed(tenant)
    with as_tenant(tenant.pk):
        assert add_version(document.pk, b"Neu", name="neu.txt", at=LATER, actor=MACHINE) == 2
        with pytest.raises(RefusalError, match="newest already"):
            add_version(document.pk, b"Neu", name="wieder.txt", at=LATER, actor=MACHINE)
        with pytest.raises(RefusalError, match="newest already"):
            filing.restore_version(document.pk, 2, at=LATER, actor=MACHINE)
        restored = filing.restore_version(document.pk, 1, at=LATER, actor=MACHINE)
        assert [(each.number, each.restored_from) for each in Version.objects.order_by("number")] == [
            (1, None), (2, None), (3, 1),
        ]  # fmt: skip
        assert read(restored.blob) == b"Die Heizung wird im Mai gewartet."
        assert Blob.objects.count() == 2
        assert [each.verb for each in history_of(document.pk)] == [
            "documents.version_restored", "documents.version_added", "documents.filed",
        ]  # fmt: skip
        with pytest.raises(Exception, match="permission denied"), filing.transaction.atomic():
            Version.objects.filter(pk=restored.pk).update(note="anders")


def test_without_a_scanner_the_words_are_read_and_it_says_so():
    tenant = make_tenant()
    document = filed(tenant)
    found = look_at(tenant, document)
    assert (found.state, found.text, found.unread) == ("UNSCANNED", "Die Heizung wird im Mai gewartet.", "")
    assert may_open(found)


def test_nothing_is_open_until_the_scanner_has_spoken_and_what_harms_never(settings):
    tenant = make_tenant()
    with fake_clamd() as settings.KONTOR_CLAMD:
        clean, harmful = filed(tenant), filed(tenant, b"text " + EICAR)
        with as_tenant(tenant.pk):
            waiting = finding_of(version_of(clean.pk).pk)
            assert (waiting.state, may_open(waiting)) == ("WAITING", False)
        found = look_at(tenant, harmful)
        assert (found.state, found.signature, found.text, may_open(found)) == (
            "INFECTED", "Win.Test.EICAR_HDB-1", "", False,
        )  # fmt: skip
        with as_tenant(tenant.pk):
            assert may_open(finding_of(version_of(clean.pk).pk))
            assert history_of(harmful.pk)[0].verb == "documents.quarantined"
            filing.add_version(harmful.pk, b"wieder gut", name="gut.txt", at=LATER, actor=MACHINE)
            with pytest.raises(RefusalError, match="not released"):
                filing.restore_version(harmful.pk, 1, at=LATER, actor=MACHINE)


def test_a_scanner_that_is_away_or_confused_leaves_it_shut(settings):
    tenant = make_tenant()
    with fake_clamd() as settings.KONTOR_CLAMD:
        document = filed(tenant, b"text " + BROKEN)
        with pytest.raises(ScannerError, match="size limit"):
            run_jobs()
    with pytest.raises(ScannerError):
        scan(b"anything")  # nobody listens there any more
    with as_tenant(tenant.pk):
        assert finding_of(version_of(document.pk).pk).state == "WAITING"


def test_what_was_never_scanned_is_shut_where_a_scanner_comes_later(settings):
    tenant = make_tenant()
    document = filed(tenant)
    found = look_at(tenant, document)
    with fake_clamd() as settings.KONTOR_CLAMD:
        assert not may_open(found)
        with as_tenant(tenant.pk):
            look_again(found.version_id, at=LATER, actor=MACHINE)
        assert may_open(look_at(tenant, document))


def test_the_bin_gives_back_what_was_laid_there():
    tenant = make_tenant()
    document = filed(tenant)
    with as_tenant(tenant.pk):
        for _twice in range(2):
            filing.bin_document(document.pk, at=LATER, actor=MACHINE)
        assert Document.objects.get(pk=document.pk).binned_at == LATER
        for _twice in range(2):
            filing.take_out(document.pk, at=LATER, actor=MACHINE)
        assert Document.objects.get(pk=document.pk).binned_at is None
        assert [each.verb for each in history_of(document.pk)] == [
            "documents.taken_out", "documents.binned", "documents.filed",
        ]  # fmt: skip


def test_another_tenant_neither_links_nor_finds():
    tenant, other = make_tenant(), make_tenant("Birke")
    document = filed(tenant)
    with as_tenant(other.pk), pytest.raises(Document.DoesNotExist):
        filing.bin_document(document.pk, at=LATER, actor=MACHINE)
    with as_tenant(tenant.pk), pytest.raises(RefusalError, match="no such record"):
        filing.link_document(document.pk, "nobody.Thing", uuid.uuid4(), at=LATER, actor=MACHINE)
