"""A company's data goes: planned for its day, killed in the middle, certified, not recoverable, gone from the files."""

import os
import signal
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due, Tenant
from kontor.kernel.queries.owned_tables import counted, tables_to_empty
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.parties.actions import add_party
from kontor.office.privacy import jobs, public
from kontor.office.privacy.actions import erasing_steps
from kontor.office.privacy.actions.erasing import ErasureRefusedError, drop_erasure, plan_erasure
from kontor.office.privacy.models import Erasure
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.databases import WorkerDatabase, server_folder
from tests.factories import AT, CUSTOMER, House, make_house, make_user
from tests.people import administrator, join, make_tenant, verbs

DUE = date(2026, 5, 1)
NIGHT = datetime(2026, 4, 30, 22, 15, tzinfo=UTC)  # 1 May, 00:15 in Berlin
WHY = Ruling(DUE, (Clause("crm", "§14"),), (), (Text("Ende plus 30 Tage.", "End plus 30 days."),))
MARKER = "Quittenschnaps-4711"


def plan(house: House, tenant: Tenant, due: date = DUE, **told: object) -> Erasure:
    with as_tenant(house.tenant.pk):
        return plan_erasure(
            tenant, reason="contract_ended", due_on=due, ruling=WHY,
            told={"language": "en", "zone": "Europe/Berlin", "law": "de", **told}, at=AT, actor=house.actor,
        )  # fmt: skip


def erase(house: House, erasure: Erasure, at: datetime = NIGHT) -> Erasure:
    jobs.erase(tenant_id=house.tenant.pk, at=at, erasure=str(erasure.pk))
    with as_tenant(house.tenant.pk):
        erasure.refresh_from_db()
    return erasure


def filled(name: str) -> Tenant:
    """Make a company with people, a file, a business partner and something due, all of them speaking of `name`."""
    tenant = make_tenant(f"Firma {name[:5]}")
    administrator(tenant, f"{name}@alder.example".lower(), f"Jana {name}")
    with as_tenant(tenant.pk):
        add_party(at=AT, actor=MACHINE, **{**CUSTOMER, "name": name, "email": f"{name}@mail.example".lower()})
        keep(name.encode() * 50, name=f"{name}.txt", media_type="text/plain", at=AT)
        put_due("privacy.erase", at=AT, arguments={})
    return tenant


def rows_of(tenant: Tenant) -> dict[str, int]:
    with as_tenant(tenant.pk):
        return counted(tenant.pk, tables_to_empty())


def killed_in_the_middle(house: House, erasure: Erasure) -> int:
    """Erase in a process of its own, which is killed with its fourth batch of rows; return the signal it died of."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:  # the child never comes back from here
        for connection in connections.all(initialized_only=True):
            connection.connection = None
        done, erase_rows = [], erasing_steps.taking.erase_rows

        def deadly(*given: object) -> int:
            done.append(erase_rows(*given))  # type: ignore[arg-type]
            if len(done) == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            return done[-1]

        erasing_steps.taking.erase_rows = deadly
        erase(house, erasure)
    finally:
        os._exit(1)


def found_in(folder: Path, *, words: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and words in path.read_bytes().lower()]


def table_files(database: WorkerDatabase) -> list[str]:
    """Return which files of the database hold the marker, once everything is written to them."""
    with psycopg.connect(database.cluster.url("postgres", database.name), autocommit=True) as db:
        db.execute("CHECKPOINT")
        (number,) = db.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone() or (0,)
    return found_in(server_folder() / "pg" / "data" / "base" / str(number), words=MARKER.lower().encode())


@pytest.mark.django_db(transaction=True)
def test_a_company_goes_though_the_process_is_killed_and_nothing_is_found_afterwards(worker_database: WorkerDatabase):
    house, gone, stays = make_house(), filled(MARKER), filled("Birkenwald-0815")
    shared = make_user("both@alder.example", "Bo Both")
    join(gone, shared)
    join(stays, shared)
    others = rows_of(stays)
    before = rows_of(gone)
    erasure = plan(house, gone, then="privacy.erase", about={})
    assert table_files(worker_database) != []
    assert (Path(settings.KONTOR_BLOBS) / str(gone.pk)).exists()

    assert killed_in_the_middle(house, erasure) == -signal.SIGKILL
    left = rows_of(gone)
    assert 0 < len(left) < len(before)  # half done: it goes on, and the backup of this moment would be emptied too
    with as_tenant(house.tenant.pk):
        assert public.deletions() == [(gone.pk, NIGHT)]

    done = erase(house, erasure)

    assert (done.state, done.rewritten, done.people, rows_of(gone)) == ("DONE", "yes", [], {})
    assert {label: done.counts[label] for label in before} == before
    assert done.counts["identity.User"] == 1
    assert list(User.objects.order_by("email").values_list("email", flat=True)) == [
        "birkenwald-0815@alder.example", "both@alder.example", "ida@lindwurm.example",
    ]  # fmt: skip
    assert rows_of(stays) == others
    assert list(Due.objects.filter(tenant_id=gone.pk)) == []
    assert Tenant.objects.get(pk=gone.pk).name == "—"
    assert not (Path(settings.KONTOR_BLOBS) / str(gone.pk)).exists()
    assert table_files(worker_database) == []
    with as_tenant(house.tenant.pk):
        assert done.certificate is not None
        refused = pytest.raises(ErasureRefusedError, match="Not recoverable")
        with refused:
            public.refuse_gone(gone.pk)
        with refused:
            plan(house, gone)
        with refused:
            drop_erasure(done.pk, because="Doch nicht.", at=NIGHT, actor=MACHINE)
    assert verbs(house.tenant, done) == ["privacy.erasure_planned", "privacy.erasure_begun", "privacy.erasure_done"]
