"""How long the bin keeps documents: as the tenant says, beyond it while the law asks for letters; signed ones stay."""

from datetime import timedelta

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions import filing
from kontor.office.documents.actions.filing import Filed
from kontor.office.documents.models import SignatureRequest
from kontor.office.documents.queries.store import version_of
from kontor.office.privacy.actions.retention import settle_keeping
from kontor.office.privacy.queries.expiring import found_of
from kontor.rulebook.duration import Duration
from tests.factories import AT, make_house


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
