"""Exports that were killed, deleted or erased on their way, and the page of backups."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.actions.tenants import found_house
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import erasing_steps, exports as exporting
from kontor.office.privacy.actions.backups import note_backup, note_rehearsal
from kontor.office.privacy.actions.exports import ask_for_export, discard
from kontor.office.privacy.actions.packing import pack
from kontor.office.privacy.jobs import pack_export
from kontor.office.privacy.models import Erasure, Export
from kontor.office.privacy.queries.pieces import piece_name
from tests.office.privacy.packed import asked
from tests.office.privacy.test_export_actions import ready
from tests.people import administrator, browser, mails, make_tenant


@pytest.fixture
def alder() -> Tenant:
    return make_tenant()


@pytest.mark.django_db
def test_one_that_was_killed_before_it_was_announced_is_announced_by_the_next_run(alder: Tenant) -> None:
    user, now = administrator(alder), timezone.now()
    with as_tenant(alder.pk):
        export = ask_for_export(at=now, actor=Actor.person(user))
        Export.objects.update(state=Export.State.READY)
    for _ in (1, 2):
        pack_export(tenant_id=alder.pk, at=now, export=str(export.pk))
    assert [mail.to for mail in mails(alder)] == [user.email]


@pytest.mark.django_db
def test_one_that_was_deleted_while_it_waited_is_not_packed(alder: Tenant) -> None:
    export = asked(alder)
    with as_tenant(alder.pk):
        discard(export.pk, at=timezone.now(), actor=MACHINE)
    assert not pack(export.pk, alder.pk, at=timezone.now(), pause=lambda: None)


@pytest.mark.django_db
def test_an_erasure_takes_its_pieces_wherever_they_lie(alder: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket knows no folders: what is not named is not gone."""
    removed: list[str] = []
    bucket = SimpleNamespace(remove=removed.append)
    export, gone = ready(alder, seen=2, place="bucket"), ready(alder, seen=1, place="bucket")
    with as_tenant(alder.pk):
        Export.objects.filter(pk=gone.pk).update(state=Export.State.GONE)
    monkeypatch.setattr(exporting, "store", {"bucket": bucket}.__getitem__)
    monkeypatch.setattr(erasing_steps.taking, "erase_files", lambda _tenant, **_after: uuid.uuid4())
    erasure = Erasure(tenant_id=uuid.uuid4(), of_tenant=alder.pk)
    assert erasing_steps._files(None, erasure)  # type: ignore[arg-type]
    assert removed == [piece_name(export, 0), piece_name(export, 1)]
    assert erasing_steps._files(None, erasure)  # type: ignore[arg-type]
    assert len(removed) == 2  # once is enough


@pytest.mark.django_db
def test_the_house_sees_how_old_its_backups_are_and_nobody_else_does(alder: Tenant) -> None:
    now = timezone.now()
    house = found_house(name="Haus", at=now, actor=MACHINE)
    client = browser(administrator(house, "ida@kontor.example", "Ida"), house)
    empty = client.get("/privacy/backups/")
    assert (empty.status_code, empty.context["hours"]) == (200, None)
    counts = []
    for hours in (50, 26, 3):
        made_at = now - timedelta(hours=hours, minutes=5)
        with as_tenant(house.pk):
            days = {"expires_on": (now - timedelta(days=2) + timedelta(hours=hours)).date()}
            note_backup(made_at=made_at, **days, seconds=3, rows=7, files=2, size=2048)
            note_rehearsal(backup_made_at=made_at, seconds=90, rows=7, files=2, problem="", at=now)
        client.get("/privacy/backups/")
        with CaptureQueriesContext(connection) as seen:
            page = client.get("/privacy/backups/")
        counts.append(len(seen))
    assert counts[0] == counts[2]
    assert page.context["hours"] == 3
    assert [minutes for _, minutes in page.context["tried"]] == ["1.5"] * 3
    assert next(kept for _, kept in page.context["runs"]) is False
    assert browser(administrator(alder), alder).get("/privacy/backups/").status_code in {403, 404}
