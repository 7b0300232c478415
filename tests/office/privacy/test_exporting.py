"""A tenant leaves with everything that is its own and nothing else, and comes back the same."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from kontor.config.embedded import account
from kontor.kernel import cipher
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.record import erase_details, record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actions.suppressing import is_suppressed, suppress
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Blob, Due, RecordEntry, Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.record import opened
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.parties.actions.parties import learn_account
from kontor.office.parties.models import BankAccount, Party
from kontor.office.parties.public import fingerprint, parties_by_account
from kontor.office.privacy.actions import importing, packing
from kontor.office.privacy.actions.importing import UntrustedExportError, import_tenant
from kontor.office.privacy.actions.packing import pack
from kontor.office.privacy.formats import manifest
from kontor.office.privacy.formats.manifest import HostileArchiveError
from kontor.office.privacy.models import Export
from kontor.office.privacy.queries.tables import reader, tables as exported_tables
from tests.databases import CHECKOUT, WorkerDatabase
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send
from tests.office.privacy.packed import asked, content, packed, rows, tables, zipped
from tests.people import administrator, make_tenant, make_user

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ["invoice.pdf", "../../Größe.pdf", "INVOICE.pdf"]
IBAN = "DE02120300000000202051"


@pytest.fixture
def house() -> House:
    house = make_house()
    administrator(house.tenant, "ida@kontor.example", "Ida Wirt")
    with as_tenant(house.tenant.pk):
        party = make_party(house, name='=HYPERLINK("http://evil.example")')
        learn_account(party.pk, IBAN, holder="Alder", at=AT, actor=MACHINE)
        accept(house, send(house, make_draft(house, party)))
        helper = Actor.person(make_user("help@elsewhere.example", "Hella Fern"))  # no member
        record("parties.helped", party, at=AT, actor=helper, after={"gone": "for good"})
        erase_details(party, at=AT, actor=MACHINE, clause="")
        record("parties.helped", party, at=AT, actor=helper, after={"still": "here"})
        bank = BankAccount.objects.get()
        record("parties.seen", bank, at=AT, actor=MACHINE, after={"gone": "too"})
        erase_details(bank, at=AT, actor=MACHINE, clause="")
        for number, name in enumerate(NAMES):
            keep(b"content %d" % number, name=name, media_type="application/pdf", at=AT)
    return house


def due_of(tenant: Tenant) -> list[tuple[object, ...]]:
    rows = Due.objects.filter(tenant=tenant).order_by("job")
    return list(rows.values_list("job", "arguments", "at", "repeat_minutes"))


def share(house: House) -> None:
    birke = make_tenant("Birke")
    with as_tenant(house.tenant.pk):
        keep(b"content 0", name="shared.pdf", media_type="application/pdf", at=AT, customer_tenant=birke)


def put_back(archive: zipfile.ZipFile, **given: list[str]) -> Tenant:
    came = import_tenant(file_of(archive), trusted=given.get("trusted", []), at=timezone.now(), actor=MACHINE)
    return Tenant.objects.get(pk=came.tenant)


def file_of(archive: zipfile.ZipFile) -> io.BytesIO:
    assert isinstance(archive.fp, io.BytesIO)
    return io.BytesIO(archive.fp.getvalue())


def test_another_installation_gets_the_same_tenant_row_by_row(
    house: House, worker_database: WorkerDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_tenant(house.tenant.pk):
        put_due("privacy.tell_of_breach", at=AT, arguments={"title": str(house.tenant.pk)}, repeat_minutes=60)
        schedule = due_of(house.tenant)
        suppress(["gone@alder.example"], at=AT)
    archive = packed(house.tenant)
    before, trail = tables(archive), archive.read("trail/trail.jsonl")
    worker_database.empty()
    monkeypatch.setattr(settings, "KONTOR_MASTER_KEY", "11" * 32)
    monkeypatch.setattr(settings, "KONTOR_BLOBS", Path(settings.KONTOR_BLOBS) / "elsewhere")

    with pytest.raises(UntrustedExportError) as refused:
        put_back(archive)
    assert Tenant.objects.count() == 0
    tenant = put_back(archive, trusted=[refused.value.signed_by])
    again = packed(tenant)
    after = tables(again)

    assert tenant.pk == house.tenant.pk
    assert schedule == [each for each in due_of(tenant) if not each[0].endswith("pack_export")]
    assert User.objects.get(name="Hella Fern").email.endswith("@unknown.invalid")
    assert {name: after[name][: len(before[name])] for name in before} == before
    more = {name: len(found) - len(before.get(name, ())) for name, found in after.items()}
    # an invitation for each of two people, and three entries of the record that say so
    assert {name: count for name, count in more.items() if count} == {
        "kernel_outgoingmail": 2, "kernel_sentmail": 2, "kernel_recordentry": 4, "kernel_recordkey": 2,
        "kernel_recorddetail": 2,
    }  # fmt: skip
    assert again.read("trail/trail.jsonl").startswith(trail)
    documents = {name: archive.read(name) for name in archive.namelist() if name.startswith("documents/")}
    assert {name: again.read(name) for name in again.namelist() if name.startswith("documents/")} == documents
    with as_tenant(tenant.pk):
        assert BankAccount.objects.get().iban == IBAN
        assert list(parties_by_account([fingerprint(IBAN)]).values()) == [[Party.objects.get().pk]]
        assert [is_suppressed(each) for each in ("Gone@alder.example", "here@alder.example")] == [True, False]


def test_beside_the_original_it_becomes_another_tenant_with_the_same_people(house: House) -> None:
    share(house)
    with as_tenant(house.tenant.pk):
        entries = [entry.after for entry in opened(RecordEntry.objects.order_by("pk"))]
    archive = packed(house.tenant)
    copy = put_back(archive)

    assert copy.pk != house.tenant.pk
    assert (copy.is_house, User.objects.count()) == (False, 3)
    with as_tenant(copy.pk):
        assert [entry.after for entry in opened(RecordEntry.objects.order_by("pk"))][: len(entries)] == entries
        kept = {blob.name: read(blob) for blob in Blob.objects.filter(name__in=["Größe.pdf", "shared.pdf"])}
        assert kept == {"Größe.pdf": b"content 1", "shared.pdf": b"content 0"}
        assert set(Blob.objects.values_list("customer_tenant", flat=True)) == {None}
        assert BankAccount.objects.get().iban == IBAN


def test_the_dump_is_what_pg_dump_writes_as_its_own_role_and_holds_no_other_tenant(
    house: House, worker_database: WorkerDatabase
) -> None:
    other = make_tenant("Fremd GmbH")
    with as_tenant(other.pk):
        Party.objects.create(name="Fremder Kunde", created_at=AT)
        keep(b"shared with us", name="theirs.pdf", media_type="text/plain", at=AT, customer_tenant=house.tenant)
    archive = packed(house.tenant)
    ours = archive.read("database.sql").decode()
    theirs = pg_dump(worker_database, house.tenant)

    assert copied(ours) == {
        table: found for table, found in copied(theirs).items() if found and table != "privacy_export"
    }
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for marker in (str(other.pk), "Fremder Kunde", "theirs.pdf", "shared with us"):
        assert marker.encode() not in everything
    assert b"Lindwurm" in everything
    for line in archive.read("people.jsonl").splitlines():
        assert set(json.loads(line)) == {"id", "name", "member", "email", "language", "phone"}


def pg_dump(database: WorkerDatabase, tenant: Tenant) -> str:
    cluster = database.cluster
    where = ["-h", cluster.host, "-p", str(cluster.port), "-U", "kontor_dump", "-d", database.name]
    how = ["--data-only", "--enable-row-security", *(f"--table={one.name}" for one in exported_tables())]
    own = {"PGOPTIONS": f"-c kontor.tenant={tenant.pk}", "PGPASSWORD": cluster.passwords["kontor_dump"]}
    made = subprocess.run(
        [account.binaries() / "pg_dump", *where, *how],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout


def copied(dump: str) -> dict[str, set[str]]:
    """Return each table's rows in a plain dump, whatever order its columns and rows have."""
    found: dict[str, set[str]] = {}
    for part in dump.split("\nCOPY public.")[1:]:
        head, *lines = part.split("\n")
        table, _, rest = head.partition(" (")
        columns = [name.strip(' "') for name in rest.split(")")[0].split(",")]
        found[table.strip('"')] = {
            json.dumps(dict(zip(columns, line.split("\t"), strict=True)), sort_keys=True)
            for line in lines[: lines.index("\\.")]
        }
    return found


def test_names_stay_inside_and_no_spreadsheet_runs_anything(house: House) -> None:
    share(house)
    archive = packed(house.tenant)
    documents = [name for name in archive.namelist() if name.startswith("documents/") and "AN-" not in name]
    assert documents == [
        "documents/invoice.pdf", "documents/Größe.pdf", "documents/INVOICE (2).pdf", "documents/shared.pdf",
    ]  # fmt: skip
    read_back = list(csv.DictReader(io.StringIO(archive.read("tables/parties_party.csv").decode())))
    assert [row["name"] for row in read_back] == ['\'=HYPERLINK("http://evil.example")']
    assert rows(archive, "parties_party")[0]["name"] == '=HYPERLINK("http://evil.example")'
    (bank,) = csv.DictReader(io.StringIO(archive.read("tables/parties_bankaccount.csv").decode()))
    assert bank["iban"] == IBAN


def test_a_file_that_is_lost_is_named_and_the_rest_leaves(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "PIECE", 5000)
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    with as_tenant(house.tenant.pk):
        blob = Blob.objects.get(name="INVOICE.pdf")
    sha = bytes(blob.sha256).hex()
    (Path(settings.KONTOR_BLOBS) / str(house.tenant.pk) / sha[:2] / sha).unlink()
    archive = packed(house.tenant)
    assert json.loads(archive.read("manifest.json"))["missing"] == ["documents/INVOICE (2).pdf"]
    with zipfile.ZipFile(file_of(archive)) as read_back:
        assert read_back.testzip() is None
    assert put_back(archive).name == "Lindwurm"


KILLED = """
import os, signal, sys, uuid
import django; django.setup()
from django.utils import timezone
from kontor.office.privacy.actions import packing
packing.PIECE, packing.FILES_AT_ONCE = 2000, 1
left, read = 3, packing.read
def third():
    global left
    left -= 1
    if not left: os.kill(os.getpid(), signal.SIGKILL)
def reading(blob):
    third()
    return read(blob)
if sys.argv[3] == "files": packing.read, pause = reading, lambda: None
else: pause = third
packing.pack(uuid.UUID(sys.argv[1]), uuid.UUID(sys.argv[2]), at=timezone.now(), pause=pause)
"""


def test_killed_among_the_tables_and_among_the_files_it_goes_on(house: House, worker_database: WorkerDatabase) -> None:
    export = asked(house.tenant)
    seen = []
    for where in ("tables", "files"):
        killed = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", KILLED, str(export.pk), str(house.tenant.pk), where],
            env={**os.environ, "DATABASE_URL": worker_database.url, "DJANGO_SETTINGS_MODULE": "tests.settings",
                 "KONTOR_BLOBS": str(settings.KONTOR_BLOBS), "PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=CHECKOUT, check=False,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL
        with as_tenant(house.tenant.pk):
            export.refresh_from_db()
            seen.append((export.state, export.files))
    assert [state for state, _files in seen] == [Export.State.TABLES, Export.State.FILES]
    read_at, files = export.read_at, export.files
    assert (files, export.files_expected) == (2, 4)

    assert pack(export.pk, house.tenant.pk, at=timezone.now(), pause=lambda: None)
    assert not pack(export.pk, house.tenant.pk, at=timezone.now(), pause=lambda: None)
    archive = zipfile.ZipFile(io.BytesIO(content(house.tenant, export)))
    assert (export.read_at, archive.testzip(), export.files) == (read_at, None, export.files_expected)
    assert len(archive.namelist()) == len(set(archive.namelist()))
    assert put_back(archive).name == "Lindwurm"


def test_two_at_once_are_one(house: House) -> None:
    export = asked(house.tenant)
    first = reader(house.tenant.pk)
    try:
        first.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"export {export.pk}"])
        assert not pack(export.pk, house.tenant.pk, at=timezone.now(), pause=lambda: None)
    finally:
        first.close()


def test_a_damaged_row_count_leaves_nothing_behind(house: House) -> None:
    archive = packed(house.tenant)
    before = Tenant.objects.count()
    forged = resigned(archive, {"tables/parties_party.jsonl": b""})
    with pytest.raises(HostileArchiveError) as refused:
        put_back(forged)
    assert str(refused.value) == "parties_party has 0 rows and not the 1 it should."
    assert Tenant.objects.count() == before


def test_columns_of_another_version_are_listed(house: House) -> None:
    archive = packed(house.tenant)
    schema = json.loads(archive.read("schema.json"))
    party = next(each for each in schema if each["model"] == "parties.Party")
    party["columns"].append({"name": "shoe_size"})
    with pytest.raises(HostileArchiveError) as refused:
        put_back(resigned(archive, {"schema.json": json.dumps(schema).encode()}))
    assert str(refused.value) == "The export is of another version; these columns differ: parties.Party.shoe_size."


def resigned(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> zipfile.ZipFile:
    """Return the archive with other files in it, listed and signed as if they had been there."""
    says = json.loads(archive.read("manifest.json"))
    contents = {each["path"]: changed.get(each["path"], archive.read(each["path"])) for each in says.pop("files")}
    return zipped(says, contents, key=cipher.purposed(manifest.PURPOSE))
