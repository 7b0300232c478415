"""How long the bin keeps documents: as the tenant says, beyond it while the law asks for letters; signed ones stay."""

from datetime import date, timedelta

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import filing
from kontor.office.documents.actions.filing import Filed
from kontor.office.documents.models import Folder, SignatureRequest
from kontor.office.documents.queries.store import version_of
from kontor.office.privacy.actions.retention import settle_keeping
from kontor.office.privacy.queries.expiring import found_of
from kontor.rulebook.duration import Duration
from tests.factories import AT, make_house
from tests.people import administrator, browser, make_tenant

FOLDERS = "/documents/files/folders/"


@pytest.mark.django_db
def test_the_nightly_run_empties_the_bin_after_the_tenants_rule_and_the_laws_six_years():
    house = make_house("crm")
    with as_tenant(house.tenant.pk):
        lies, asked, kept = (
            filing.file_document(Filed(data=name.encode(), name=f"{name}.txt"), at=AT, actor=MACHINE) for name in "abc"
        )
        SignatureRequest.objects.create(
            version=version_of(asked.pk), name="Tom", email="tom@aussen.example", at=AT, expires_at=AT
        )
        for each in (lies, asked):
            filing.bin_document(each.pk, at=AT, actor=MACHINE)
        before = found_of("documents.bin", (AT + timedelta(days=3000)).date())
        assert (before.gone, before.locked) == (0, 0)  # nobody said how long
        settle_keeping("binned_documents", Duration.parse("30 days"), agreed="Hausregel", at=AT, actor=house.actor)
        days = {days: found_of("documents.bin", (AT + timedelta(days=days)).date()) for days in (29, 40, 2700)}
        told = {day: (found.gone, found.locked, dict(found.needed)) for day, found in days.items()}
        assert told[29] == (0, 0, {})
        assert told[40][:2] == (0, 2)  # letters: six years from the end of the year, locked away until then
        assert told[2700] == (1, 0, {"documents.SignatureRequest": 1})
        assert kept.binned_at is None


@pytest.mark.django_db
def test_what_a_folder_holds_says_how_long_the_law_keeps_a_document_beyond_the_bin():
    """Binned in 2026: letters stay until 31 December 2032, vouchers 2034, books 2036 (AO § 147 (3), (4))."""
    house, stranger = make_house("crm"), make_tenant("Birke")
    client = browser(house.staff, house.tenant)
    with as_tenant(house.tenant.pk):
        for kept in Folder.Kept:
            folder = filing.folder_of(f"Ordner {kept.name}", at=AT, actor=MACHINE)
            filed = Filed(data=kept.name.encode(), name=f"{kept.name}.txt", folder=folder.pk)
            filing.bin_document(filing.file_document(filed, at=AT, actor=MACHINE).pk, at=AT, actor=MACHINE)
        folders = {folder.name.split()[1]: folder.pk for folder in Folder.objects.all()}
        settle_keeping("binned_documents", Duration.parse("30 days"), agreed="Hausregel", at=AT, actor=house.actor)
    for name, kept in (("INVOICES", "invoice"), ("BOOKS", "books")):
        assert client.post(f"/documents/files/folders/{folders[name]}/", {"kept": kept}).url == FOLDERS
    assert client.post(f"/documents/files/folders/{folders['LETTERS']}/", {"kept": "forever"}).status_code == 422
    shown = client.get(FOLDERS).content.decode()
    assert [shown.count(f"Ordner {name}") > 0 for name in folders] == [True] * 3
    assert client.get(f"/documents/files/folders/{folders['BOOKS']}/").context["form"].initial == {"kept": "books"}

    ends = {"documents.bin": 2032, "documents.bin_invoices": 2034, "documents.bin_books": 2036}
    with as_tenant(house.tenant.pk):
        for key, year in ends.items():
            last, after = (found_of(key, day) for day in (date(year, 12, 31), date(year + 1, 1, 1)))
            assert [(last.gone, last.locked), (after.gone, after.locked)] == [(0, 1), (1, 0)]
        assert history_of(folders["BOOKS"])[0].verb == "documents.folder_settled"
    outside = browser(administrator(stranger), stranger)
    assert outside.post(f"/documents/files/folders/{folders['BOOKS']}/", {"kept": ""}).status_code == 404
