"""Asking for an export, fetching it once, letting it go; and who may not."""

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.tenants import found_house
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.age import Identity, decrypted
from kontor.kernel.models import Due, RecordEntry, Tenant
from kontor.kernel.storage import MissingFileError, store
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import exports as acting, holding
from kontor.office.privacy.actions.exports import (
    ExportUnderWayError,
    NotReadyError,
    announce,
    ask_for_export,
    discard,
    fetch,
    link_to,
)
from kontor.office.privacy.actions.holding import HoldRefusedError, lay_hold
from kontor.office.privacy.actions.packing import pack
from kontor.office.privacy.formats import manifest
from kontor.office.privacy.formats.manifest import HostileArchiveError
from kontor.office.privacy.models import BackupRun, Export, Rehearsal
from kontor.office.privacy.queries.pieces import piece_key, piece_name
from kontor.rulebook import terms
from kontor.rulebook.copies import available_from
from tests.factories import make_house
from tests.office.privacy.packed import asked, zipped
from tests.people import administrator, browser, join, mails, make_tenant, make_user, verbs

KEY = b"k" * 32
SAYS = {"tenant": {"id": "1"}, "tables": []}


@pytest.fixture
def alder() -> Tenant:
    return make_tenant()


def ready(tenant: Tenant, **given: object) -> Export:
    export = asked(tenant)
    with as_tenant(tenant.pk):
        Export.objects.filter(pk=export.pk).update(state=Export.State.READY, **given)
        export.refresh_from_db()
    return export


@pytest.mark.django_db
def test_one_at_a_time_and_packed_on_the_day_it_is_available(alder: Tenant) -> None:
    export = asked(alder)
    with as_tenant(alder.pk), pytest.raises(ExportUnderWayError):
        ask_for_export(at=timezone.now(), actor=MACHINE)
    assert Due.objects.get(job="privacy.pack_export").arguments == {"export": str(export.pk)}
    assert verbs(alder, export) == ["privacy.export_requested"]
    assert export.ruling is not None


@pytest.mark.django_db
def test_whoever_asked_is_told_and_an_export_of_the_machine_tells_nobody(alder: Tenant) -> None:
    user = administrator(alder)
    now = timezone.now()
    with as_tenant(alder.pk):
        export = ask_for_export(at=now, actor=Actor.person(user))
        announce(export.pk, at=now)
        assert Export.objects.get().gone_on is None  # it is not ready yet
        Export.objects.update(state=Export.State.READY)
        for late in (timedelta(0), timedelta(days=3)):
            announce(export.pk, at=now + late)
        assert Export.objects.get().gone_on == (now + timedelta(days=7)).date()
        discard(export.pk, at=now, actor=MACHINE)
        machines = ask_for_export(at=now, actor=MACHINE)
        Export.objects.filter(pk=machines.pk).update(state=Export.State.READY)
        announce(machines.pk, at=now)
    (mail,) = mails(alder)
    assert (mail.to, mail.subject) == (user.email, "Die Kopie Ihrer Daten liegt bereit (Alder)")
    assert "/account/privacy/exports/" in mail.text


@pytest.mark.django_db
@pytest.mark.trap(55)
def test_a_link_opens_once_for_a_day_for_its_own_tenant_and_is_written_down(alder: Tenant) -> None:
    now, birke = timezone.now(), make_tenant("Birke")
    export = ready(alder)
    with as_tenant(alder.pk):
        earlier = link_to(export.pk, at=now, actor=MACHINE)
        secret = link_to(export.pk, at=now, actor=MACHINE)
        late = now + timedelta(days=1)
        refused = []
        for one, at in ((earlier, now), (secret, late)):
            with pytest.raises(CredentialRefusedError) as why:
                fetch(one, at=at, actor=MACHINE)
            refused.append(why.value.reason)
    with as_tenant(birke.pk), pytest.raises(CredentialRefusedError) as other:
        fetch(secret, at=now, actor=MACHINE)
    with as_tenant(alder.pk):
        found, key = fetch(secret, at=now, actor=MACHINE)
        assert (found.pk, key) == (export.pk, piece_key(export))
        with pytest.raises(CredentialRefusedError) as again:
            fetch(secret, at=now, actor=MACHINE)
    assert [*refused, other.value.reason, again.value.reason] == ["revoked", "expired", "other tenant", "used up"]
    assert verbs(alder, export)[-1] == "privacy.export_fetched"


@pytest.mark.django_db
def test_a_deleted_export_opens_no_more_and_its_pieces_are_gone(alder: Tenant) -> None:
    now = timezone.now()
    export = ready(alder, seen=1)
    store(export.place).put(piece_name(export, 0), b"piece")
    with as_tenant(alder.pk):
        for _ in range(2):
            discard(export.pk, at=now, actor=MACHINE)
        with pytest.raises(NotReadyError):
            link_to(export.pk, at=now, actor=MACHINE)
        export.refresh_from_db()
    assert (export.state, bytes(export.box), verbs(alder, export).count("privacy.export_deleted")) == ("GONE", b"", 1)
    with pytest.raises(MissingFileError):
        store(export.place).get(piece_name(export, 0))


@pytest.mark.django_db
@pytest.mark.requirement("SO-069")
def test_a_withholding_for_an_overdue_invoice_shuts_the_link_until_its_review(alder, monkeypatch) -> None:
    house = make_house()
    contract = SimpleNamespace(customer_tenant=alder.pk, pack=terms.load("crm"))
    monkeypatch.setattr(holding, "running", lambda _: [contract])
    client = browser(administrator(alder), alder)
    export = ready(alder)
    link = f"/account/privacy/exports/{export.pk}/link/"
    secret = client.post(link).headers["Location"]
    now = timezone.now()
    review = now.date() + timedelta(days=14)
    told: dict[str, Any] = {
        "ground": "withholding",
        "reason": "Rechnung 7 ist überfällig",
        "review_on": review,
        "actor": house.actor,
    }
    with as_tenant(house.tenant.pk):
        hold = lay_hold(of_tenant=alder.pk, clause="14", at=now, **told)
        entry = RecordEntry.objects.get(verb="privacy.hold_laid")
        assert (hold.made_by, hold.review_on, entry.clause) == (house.actor.name, review, "14")
        contract.pack = terms.load("visitor")  # terms that say nothing of withholding
        with pytest.raises(HoldRefusedError, match="No contract"):
            lay_hold(of_tenant=alder.pk, at=now, **told)
    page = client.get("/account/privacy/exports/")
    assert (page.context["withheld"], link in page.content.decode()) == (hold, False)
    for path in (link, secret):
        assert client.post(path, {"what": "all"}).headers["Location"] == "/account/privacy/exports/"
    with as_tenant(alder.pk), pytest.raises(acting.WithheldError, match="Rechnung 7 ist überfällig"):
        acting.link_to(export.pk, at=now, actor=house.actor)
    with as_tenant(alder.pk):  # nobody looked at it again in time: it is limited
        assert acting.link_to(export.pk, at=now + timedelta(days=14), actor=house.actor)


@pytest.mark.django_db
def test_the_page_orders_shows_hands_out_and_refuses(alder: Tenant) -> None:
    client = browser(administrator(alder), alder)
    assert client.post("/account/privacy/exports/", {"recipient": "age1nonsense"}).status_code == 422
    assert client.post("/account/privacy/exports/", {}).status_code == 302
    with as_tenant(alder.pk):
        export = Export.objects.get()
    assert client.post("/account/privacy/exports/", {}, follow=True).context["now"].export == export
    assert client.get(f"/account/privacy/exports/{export.pk}/progress/").status_code == 200
    assert client.post(f"/account/privacy/exports/{export.pk}/link/").headers["Location"] == "/account/privacy/exports/"
    with as_tenant(alder.pk):
        Export.objects.update(state=Export.State.READY)
    path = client.post(f"/account/privacy/exports/{export.pk}/link/").headers["Location"]
    assert client.post(path, {"what": "all", "passphrase": "short"}).status_code == 422
    assert client.post(path, {"what": "all"}).status_code == 200
    assert client.post(path, {"what": "all"}).headers["Location"] == "/account/privacy/exports/"

    desk = make_user("mia@alder.example", "Mia")
    join(alder, desk, role="desk", permissions=["contracts.account"])
    assert browser(desk, alder).get("/account/privacy/exports/").status_code == 403
    birke = make_tenant("Birke")
    stranger = browser(administrator(birke, "b@birke.example", "Bea"), birke)
    for address in ("progress", "cancel", "link"):
        answer = getattr(stranger, "get" if address == "progress" else "post")(
            f"/account/privacy/exports/{export.pk}/{address}/"
        )
        assert answer.status_code == 404
    assert client.post(f"/account/privacy/exports/{export.pk}/cancel/").status_code == 302


@pytest.mark.django_db
def test_the_page_asks_as_often_for_three_exports_as_for_one(alder: Tenant) -> None:
    client = browser(administrator(alder), alder)
    counts = []
    for _ in (1, 2, 3):
        ready(alder, asked_by=None)
        client.get("/account/privacy/exports/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/account/privacy/exports/")
        counts.append(len(seen))
    assert counts[0] == counts[2]


@pytest.mark.django_db(transaction=True)
def test_the_commands_write_it_for_a_key_and_read_it_back(alder: Tenant, tmp_path: Path) -> None:
    administrator(alder)
    identity, file, out = Identity.new(), tmp_path / "alder.zip.age", io.StringIO()
    for wrong in ([str(alder.pk), str(file), "--recipient=age1x"], ["01a20500-0000-7000-8000-000000000001", str(file)]):
        with pytest.raises(CommandError):
            call_command("export_tenant", *wrong)
    with as_tenant(alder.pk):
        waiting = ask_for_export(at=timezone.now(), actor=Actor.person(make_user("ask@alder.example", "Asta")))
        left = ask_for_export(at=timezone.now(), actor=MACHINE)  # by a command that was killed
    assert pack(left.pk, alder.pk, at=timezone.now(), pause=lambda: None)
    call_command("export_tenant", str(alder.pk), str(file), f"--recipient={identity.recipient}", stdout=out)
    with as_tenant(alder.pk):
        states = dict(Export.objects.values_list("pk", "state"))
    assert states == {waiting.pk: "WAITING", left.pk: "GONE"}  # gone on with, and nobody else's
    clear = tmp_path / "alder.zip"
    clear.write_bytes(b"".join(decrypted([file.read_bytes()], identity)))
    call_command("import_tenant", str(clear), stdout=out)
    assert Tenant.objects.filter(name="Alder").count() == 2
    with zipfile.ZipFile(clear, "a") as archive:
        archive.writestr("more.txt", "x")
    with pytest.raises(CommandError, match=r"The archive holds other files than its manifest names\."):
        call_command("import_tenant", str(clear))


@pytest.mark.django_db
def test_backups_and_rehearsals_are_remembered_by_the_house() -> None:
    made = {"made_at": "2026-11-22T02:00:00+00:00", "expires_on": "2026-12-22", "seconds": 3.5, "rows": 7, "files": 2}
    tried = {"backup_made_at": made["made_at"], "seconds": 9.0, "rows": 7, "files": 2, "problem": "note is short"}
    call_command("note_backup", json.dumps(made | {"size": 100}))  # nobody there yet
    house = found_house(name="Haus", at=timezone.now(), actor=MACHINE)
    for told in (made | {"size": 100}, tried):
        call_command("note_backup", json.dumps(told))
    with as_tenant(house.pk):
        assert BackupRun.objects.values_list("rows", "size", "expires_on").get() == (7, 100, date(2026, 12, 22))
        assert Rehearsal.objects.values_list("seconds", "problem").get() == (9.0, "note is short")
    assert verbs(house)[-2:] == ["privacy.backup_made", "privacy.restore_rehearsed"]


def forged(change: str) -> zipfile.ZipFile:
    """Return an archive in which one thing is not as it should be."""
    contents = {"README.txt": b"hello", "schema.json": b"[]"}
    if change == "name":
        return zipped(SAYS, contents | {"../evil": b"x"}, key=KEY)
    if change == "bomb":
        contents["README.txt"] = bytes(10_000_000)
    good = zipped(SAYS, contents, key=KEY)
    held = {name: good.read(name) for name in good.namelist()}
    told = held["manifest.json"]
    ninth = told.replace(b'"version": 1', b'"version": 9')
    held |= {
        "content": {"README.txt": b"jello"},
        "size": {"README.txt": b"hello there"},
        "manifest": {"manifest.json": told.replace(b"README", b"readme")},
        "signature": {"manifest.sig": b"nonsense"},
        "version": {"manifest.json": ninth, "manifest.sig": manifest.signed(hashlib.sha256(ninth).digest(), KEY)},
        "no json": {"manifest.json": b"{"},
    }.get(change, {})
    if change == "none":
        del held["manifest.json"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    data = bytearray(out.getvalue())
    if change == "bomb":
        place = data.rindex(b"README.txt") - 46 + 24  # the directory says that it unpacks to far more
        data[place : place + 4] = (0xFFFFFF00).to_bytes(4, "little")
    return zipfile.ZipFile(io.BytesIO(bytes(data)))


@pytest.mark.trap(55)
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("name", "'../evil' is no name of an export's file."),
        ("content", "README.txt is not what the manifest says."),
        ("size", "README.txt has another size than the manifest says."),
        ("bomb", "README.txt says that it unpacks to more than it can."),
        ("manifest", "The manifest was changed after it was signed."),
        ("signature", "The manifest was changed after it was signed."),
        ("version", "The manifest is none of kontor-export, version 1."),
        ("no json", "The manifest cannot be read."),
        ("none", "There is no manifest.json: this is no export."),
    ],
)
def test_a_hostile_archive_is_refused_before_anything_is_written(change: str, why: str) -> None:
    with pytest.raises(HostileArchiveError) as refused:
        manifest.proved(forged(change))
    assert str(refused.value) == why


def test_what_is_no_archive_is_refused() -> None:
    with pytest.raises(HostileArchiveError, match=r"This is no zip file\."):
        manifest.opened(io.BytesIO(b"no zip"))


def test_a_crm_customer_asks_on_1_march_and_has_it_from_5_march() -> None:
    clause = terms.load("crm").value("retention.copy_notice")
    ruling = available_from(date(2026, 3, 1), clause.value, clauses=clause.clauses)
    assert (ruling.value, [str(each) for each in ruling.clauses]) == (date(2026, 3, 5), ["§14"])
