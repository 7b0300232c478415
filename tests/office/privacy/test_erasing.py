"""A company's data goes: planned for its day, killed in the middle, certified, not recoverable, gone from the files."""

import os
import signal
import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from kontor.kernel.actions import erasing as taking
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE
from kontor.kernel.erasing import NoEraserError, as_eraser
from kontor.kernel.models import Due, Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.owned_tables import counted, tables_to_empty
from kontor.kernel.rows import TenantOwned, TenantQuerySet
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.models import CentreAddress
from kontor.office.identity.models import User
from kontor.office.parties.actions.parties import add_party
from kontor.office.parties.models import Party
from kontor.office.privacy import jobs, public
from kontor.office.privacy.actions import erasing, erasing_steps, rewriting
from kontor.office.privacy.actions.erasing import ErasureRefusedError, drop_erasure, plan_erasure
from kontor.office.privacy.actions.holding import HoldRefusedError, lay_hold, lift_hold, review_hold
from kontor.office.privacy.models import Erasure
from kontor.office.privacy.queries.holds import held_kinds
from kontor.office.privacy.queries.remains import duty, law_of
from kontor.rulebook import terms
from kontor.rulebook.retention import kept_until, kind_of
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.config.rows_anywhere import fill
from tests.databases import WorkerDatabase, server_folder
from tests.factories import AT, CUSTOMER, House, make_house, make_user
from tests.people import administrator, browser, join, make_tenant, verbs

DUE = date(2026, 5, 1)
NIGHT = datetime(2026, 4, 30, 22, 15, tzinfo=UTC)  # 1 May, 00:15 in Berlin
THREE = datetime(2026, 5, 1, 1, tzinfo=UTC)  # in Berlin, when the tables are written anew
WHY = Ruling(DUE, (Clause("crm", "§14"),), (), (Text("Ende plus 30 Tage.", "End plus 30 days."),))
MARKER = "Quittenschnaps-4711"


def plan(house: House, tenant: Tenant, due: date = DUE, **told: object) -> Erasure:
    with as_tenant(house.tenant.pk):
        return plan_erasure(
            tenant, reason="request", due_on=due, ruling=WHY,
            told={"language": "en", "zone": "Europe/Berlin", "law": "de", **told}, at=AT, actor=house.actor,
        )  # fmt: skip


def erase(house: House, erasure: Erasure, at: datetime = NIGHT) -> Erasure:
    jobs.erase(tenant_id=house.tenant.pk, at=at, erasure=str(erasure.pk))
    jobs.rewrite(tenant_id=house.tenant.pk, at=at)
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
        CentreAddress.objects.create(slug=name[:5].lower(), tenant=tenant)
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


def queued_of(tenant: Tenant) -> list[str]:
    rows = ProcrastinateJob.objects.filter(args__tenant_id=str(tenant.pk), task_name__startswith="contracts.")
    return list(rows.values_list("task_name", flat=True))


def found_in(folder: Path, *, words: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and words in path.read_bytes().lower()]


def table_files(database: WorkerDatabase) -> list[str]:
    """Return in which tables' files of the database the marker stands, once everything is written to them."""
    with psycopg.connect(database.cluster.url("postgres", database.name), autocommit=True) as db:
        db.execute("CHECKPOINT")
        (number,) = db.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone() or (0,)
        found = found_in(server_folder() / "pg" / "data" / "base" / str(number), words=MARKER.lower().encode())
        names = db.execute("SELECT relname, relfilenode::text FROM pg_class WHERE relfilenode <> 0").fetchall()
    return sorted({file: name for name, file in names}.get(file, file) for file in found)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("SO-067")
def test_a_company_goes_though_the_process_is_killed_and_nothing_is_found_afterwards(worker_database: WorkerDatabase):
    house, gone, stays = make_house(), filled(MARKER), filled("Birkenwald-0815")
    shared = make_user("both@alder.example", "Bo Both")
    join(gone, shared)
    join(stays, shared)
    others = rows_of(stays)
    before = rows_of(gone)
    ended = kept_until(*kind_of(terms.load("crm"), "customer_data"), date(2026, 3, 31)).value
    erasure = plan(house, gone, due=ended.gone_on, then="contracts.endings", about={})
    with as_tenant(house.tenant.pk):
        store_ruling(WHY, question="term", customer_tenant=gone, at=AT)  # the house's own paper about the customer
    assert erase(house, erasure, at=NIGHT - timedelta(seconds=1)).state == "PLANNED"  # kept through 30 April
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
    assert list(CentreAddress.objects.values_list("tenant_id", flat=True)) == [stays.pk]  # in a table of no tenant
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
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(read(done.certificate))).pages)
    # Made after AT in 2026 at the latest: six years from the end of that year.
    assert [(row["table"], row["rows"], row["until"]) for row in done.remains] == [
        ("kernel.StoredRuling", 1, "2032-12-31")
    ]
    for words in ("Certificate of erasure", str(sum(done.counts.values())), "AO § 147 (3)", "31 May 2026"):
        assert words in text.replace("\xa0", " ")
    assert verbs(house.tenant, done) == ["privacy.erasure_planned", "privacy.erasure_begun", "privacy.erasure_done"]


@pytest.mark.django_db(transaction=True)
def test_a_row_of_every_table_goes(monkeypatch):
    """Whatever table is added later: an erased company leaves nothing in it, or this test names it."""
    monkeypatch.setattr(erasing_steps.taking, "AT_ONCE", 100)  # so that one batch is not enough for all tables
    house, tenant = make_house(), make_tenant("Alder")
    administrator(tenant)
    person = make_user("hella@elsewhere.example", "Hella Fern")
    owned = [model for model in apps.get_models() if issubclass(model, TenantOwned)]
    founded_with = {"TenantKey", "EventStream", "Role"}
    assert fill(tenant, [model for model in owned if model.__name__ not in founded_with], person) == {}
    assert len(rows_of(tenant)) > 250

    done = erase(house, plan(house, tenant))

    assert (done.state, rows_of(tenant)) == ("DONE", {})
    with as_tenant(tenant.pk):
        left = {model._meta.label: TenantQuerySet(model).filter(tenant_id=tenant.pk).count() for model in owned}
    assert {label: many for label, many in left.items() if many} == {}


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.mark.django_db
def test_a_plan_moves_to_the_earlier_day_and_can_be_taken_back_until_it_begins(house: House):
    tenant = make_tenant("Alder")
    first = plan(house, tenant)
    assert plan(house, tenant, due=date(2026, 6, 1)).due_on == DUE
    assert plan(house, tenant, due=date(2026, 4, 1)).pk == first.pk
    with as_tenant(house.tenant.pk):
        assert Due.objects.get(job="privacy.erase").at == datetime(2026, 3, 31, 22, 15, tzinfo=UTC)
        dropped = drop_erasure(first.pk, because="Bleibt doch.", at=AT, actor=house.actor)
        assert (dropped.state, public.drop_erasure_of(tenant.pk, because="", at=AT, actor=MACHINE)) == (
            "DROPPED",
            False,
        )
        assert not Due.objects.filter(job="privacy.erase").exists()
        with pytest.raises(ErasureRefusedError, match="The house itself"):
            plan(house, house.tenant)
    again = plan(house, tenant)
    with as_tenant(house.tenant.pk):
        assert (again.pk == first.pk, public.planned_after("request")) == (False, {tenant.pk})
        assert erasing.begin(again.pk, at=NIGHT)
        assert erasing.begin(again.pk, at=NIGHT)
        with pytest.raises(ErasureRefusedError, match="Not recoverable"):
            drop_erasure(again.pk, because="Zu spät.", at=NIGHT, actor=house.actor)
        with pytest.raises(ErasureRefusedError, match="Not recoverable"):
            plan_erasure(tenant, reason="request", due_on=DUE, ruling=WHY, told={}, at=NIGHT, actor=MACHINE)


@pytest.mark.django_db
def test_a_hold_keeps_everything_until_it_is_lifted(house: House):
    tenant = make_tenant("Alder")
    erasure = plan(house, tenant)
    given = {"of_tenant": tenant.pk, "ground": "withholding", "reason": "Rechnung 7 offen", "actor": house.actor}
    with as_tenant(house.tenant.pk):
        for wrong in ({"reason": " "}, {"ground": "mood"}, {"review_on": AT.date()}, {"kind": "invoice"}):
            with pytest.raises(HoldRefusedError):
                lay_hold(**{**given, "review_on": date(2026, 12, 1), "at": AT, **wrong})
        hold = lay_hold(**given, review_on=date(2026, 12, 1), clause="§14", at=AT)
        lay_hold(**{**given, "of_tenant": None}, kind="invoice", review_on=date(2026, 12, 1), at=AT)
        assert held_kinds() == {"invoice"}
        assert not erasing.begin(erasure.pk, at=NIGHT)
        assert review_hold(hold.pk, review_on=date(2027, 1, 4), at=AT, actor=house.actor).review_on == date(2027, 1, 4)
        with pytest.raises(HoldRefusedError, match="a day to come"):
            review_hold(hold.pk, review_on=date(2026, 1, 4), at=AT, actor=house.actor)
        lift_hold(hold.pk, because="Bezahlt.", at=AT, actor=house.actor)
        with pytest.raises(HoldRefusedError, match="lifted already"):
            lift_hold(hold.pk, because="Noch einmal.", at=AT, actor=house.actor)
        assert Due.objects.get(job="privacy.erase").at == AT  # its night is over: at once
        public.refuse_gone(tenant.pk)
        assert erasing.begin(erasure.pk, at=NIGHT)
        erasure.refresh_from_db()
        erasure.rewritten = "owner"
        erasing.finish(erasure, at=NIGHT)
        assert erasure.certificate is not None
    assert verbs(house.tenant, erasure)[1:] == ["privacy.erasure_held", "privacy.erasure_begun", "privacy.erasure_done"]
    assert verbs(house.tenant, hold) == ["privacy.hold_laid", "privacy.hold_reviewed", "privacy.hold_lifted"]


@pytest.mark.django_db
def test_a_restored_backup_is_emptied_of_who_was_gone(house: House):
    gone, planned, stranger = make_tenant("Alder"), make_tenant("Birke"), uuid.uuid4()
    erasure = plan(house, planned)
    listed = [(each, NIGHT) for each in (gone.pk, planned.pk, stranger, house.tenant.pk)]
    with as_tenant(house.tenant.pk):
        assert public.replay(listed, at=AT) == 2
        assert public.replay(listed[:1], at=AT) == 1
        assert public.deletions() == listed[:2]
        assert public.is_gone(gone.pk)
        rows = Erasure.objects.order_by("reason").values_list("reason", "state", "step")
        assert list(rows) == [("replayed", "RUNNING", "close"), ("request", "RUNNING", "close")]
        erasure.refresh_from_db()
        erasure.state, erasure.step = Erasure.State.DONE, "rewrite"
        erasure.save()
    assert not erasing.advance(house.tenant.pk, erasure.pk, at=AT)
    with as_tenant(house.tenant.pk):
        assert not erasing_steps.noted(erasure, at=AT, wait=rewriting.put_next)  # another process was faster


@pytest.mark.django_db
def test_tables_in_use_and_tables_of_another_owner_are_named(worker_database: WorkerDatabase, monkeypatch):
    erasure = Erasure(tenant_id=uuid.uuid4(), counts={"kernel.Event": 1})
    with psycopg.connect(worker_database.url, autocommit=True) as db:
        assert not rewriting.taking.rewrite_table(db, "kernel_due")
    with monkeypatch.context() as small, as_eraser() as db:
        small.setattr(rewriting.taking, "LARGEST_REWRITTEN", 0)
        with pytest.raises(rewriting.taking.TableTooLargeError):
            rewriting.taking.rewrite_table(db, "kernel_tenant")
    monkeypatch.setattr(rewriting.taking, "rewrite_table", lambda *_: False)
    assert rewriting.word_for(erasure, rewriting.rewritten_tables(None, [erasure])) == "owner"

    def busy(*_: object) -> bool:
        raise psycopg.errors.LockNotAvailable

    monkeypatch.setattr(rewriting.taking, "rewrite_table", busy)
    assert rewriting.word_for(erasure, rewriting.rewritten_tables(None, [erasure])) == "busy"
    tried: list[str] = []

    def full(_db: object, table: str) -> bool:
        tried.append(table)
        if table == "kernel_event":
            raise rewriting.taking.TableTooLargeError(table)
        if table == "parties_party":
            raise psycopg.errors.DiskFull
        return True

    monkeypatch.setattr(rewriting.taking, "rewrite_table", full)
    other = Erasure(tenant_id=uuid.uuid4(), counts={"kernel.Event": 1, "parties.Party": 1})
    none = Erasure(tenant_id=uuid.uuid4())
    done = rewriting.rewritten_tables(None, [erasure, other])
    assert [rewriting.word_for(each, done) for each in (erasure, other, none)] == ["large", "disk", "yes"]
    # none stops the others, and none is written twice
    assert sorted({"kernel_event", "parties_party", *rewriting.taking.shared_tables()}) == sorted(tried)
    monkeypatch.setattr(settings, "KONTOR_ERASER_URL", "")
    with pytest.raises(NoEraserError, match="DATABASE_ERASER_URL is not set"), as_eraser():
        pass


def test_what_stays_is_kept_as_the_law_of_the_seller_says():
    assert duty("books.Invoice", law_of("de"), date(2026, 5, 1))["until"] == "2034-12-31"
    assert duty("contracts.Contract", law_of("fr"), date(2026, 5, 1))["until"] == "2036-12-31"
    assert duty("books.Invoice", law_of("no"), date(2026, 5, 1)) == {"kind": "", "until": "", "clause": ""}


@pytest.mark.django_db
def test_an_erasure_killed_before_its_last_notes_goes_on_there(house: House, monkeypatch):
    erasure = plan(house, make_tenant("Alder"))
    with as_tenant(house.tenant.pk):
        assert erasing.begin(erasure.pk, at=NIGHT)
        Erasure.objects.filter(pk=erasure.pk).update(step="people")
    assert not erasing.advance(house.tenant.pk, erasure.pk, at=NIGHT)
    with as_tenant(house.tenant.pk):
        erasure.refresh_from_db()
        assert (erasure.state, erasure.step, erasure.rewritten_at) == ("RUNNING", "rewrite", THREE)
    assert not erasing.advance(house.tenant.pk, erasure.pk, at=THREE)  # due again a day later: it waits on
    with as_tenant(house.tenant.pk):
        assert Due.objects.get(job="privacy.rewrite").at == THREE + timedelta(days=1)
    written: list[Erasure] = []

    def killed(_db: object, erasures: list[Erasure]) -> dict[str, str]:
        written.extend(erasures)
        raise KeyboardInterrupt

    monkeypatch.setattr(erasing, "rewritten_tables", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.rewrite(tenant_id=house.tenant.pk, at=THREE + timedelta(days=1))
    with as_tenant(house.tenant.pk):
        erasure.refresh_from_db()
        assert (erasure.state, Due.objects.get(job="privacy.rewrite").at) == ("RUNNING", THREE + timedelta(days=2))
    late = plan(house, make_tenant("Birke"))

    def finished(_db: object, erasures: list[Erasure]) -> dict[str, str]:
        """Another run has finished it meanwhile, and another erasure has come to wait."""
        with as_tenant(house.tenant.pk):
            Erasure.objects.filter(pk__in=[each.pk for each in erasures]).update(state="DONE")
            Erasure.objects.filter(pk=late.pk).update(state="RUNNING", step="rewrite")
        return {}

    monkeypatch.setattr(erasing, "rewritten_tables", finished)
    jobs.rewrite(tenant_id=house.tenant.pk, at=THREE + timedelta(days=2))
    with as_tenant(house.tenant.pk):
        assert Erasure.objects.get(pk=erasure.pk).certificate is None  # the other run's, not a second one
        assert Due.objects.get(job="privacy.rewrite").at == THREE + timedelta(days=3)


@pytest.mark.django_db(transaction=True)
def test_two_companies_of_one_night_are_written_anew_once(worker_database: WorkerDatabase, monkeypatch):
    """1 May, 03:00 in Berlin, is 01:00 UTC; each certificate names that moment."""
    house, first, second = make_house(), filled(MARKER), filled(f"B{MARKER}")
    erasures = [plan(house, each) for each in (first, second)]
    for each in erasures:
        jobs.erase(tenant_id=house.tenant.pk, at=NIGHT, erasure=str(each.pk))
        assert rows_of(Tenant(pk=each.of_tenant)) == {}
    assert table_files(worker_database) != []  # deleted, but not written over yet
    with as_tenant(house.tenant.pk):
        waiting = list(Erasure.objects.values_list("state", "rewritten_at", "certificate"))
        assert waiting == [("RUNNING", THREE, None)] * 2
        assert [due.at for due in Due.objects.filter(job="privacy.rewrite")] == [THREE]
    page = browser(house.staff, house.tenant).get(f"/privacy/erasures/{erasures[0].pk}/").content.decode()
    assert "03:00" in page
    tables, rewrite_table = [], rewriting.taking.rewrite_table

    def noticed(db: psycopg.Connection, table: str) -> bool:
        tables.append(table)
        return rewrite_table(db, table)

    monkeypatch.setattr(rewriting.taking, "rewrite_table", noticed)
    for at in (THREE, THREE + timedelta(days=1)):  # the second finds nothing to do
        jobs.rewrite(tenant_id=house.tenant.pk, at=at)

    assert "parties_party" in tables
    assert len(tables) == len(set(tables))
    assert table_files(worker_database) == []
    assert found_in(Path(settings.KONTOR_BLOBS), words=MARKER.lower().encode()) == []
    with as_tenant(house.tenant.pk):
        assert not Due.objects.filter(job="privacy.rewrite").exists()
        for done in Erasure.objects.select_related("certificate"):
            assert (done.state, done.rewritten, done.rewritten_at, done.done_at) == ("DONE", "yes", THREE, THREE)
            pages = PdfReader(BytesIO(read(done.certificate))).pages
            assert "2026-05-01 03:00:00" in "".join(page.extract_text() for page in pages).replace("\xa0", " ")


@pytest.mark.django_db
def test_whoever_plans_what_is_planned_already_is_told_too_and_a_request_outranks_the_end_of_a_contract(house: House):
    tenant, other = make_tenant("Alder"), make_tenant("Birke")
    asked = plan(house, tenant, then="contracts.endings", about={})
    told = {"then": "contracts.trial_erased", "about": {"trial": "7"}, "law": "fr", "recipient": ["Alder"]}
    jobs_told = {"then": "contracts.endings", "about": {}, "also": [{key: told[key] for key in ("then", "about")}]}
    with as_tenant(house.tenant.pk):
        for _ in range(2):  # told once, however often it is planned
            found = plan_erasure(
                tenant, reason="trial_ended", due_on=DUE, ruling=WHY, told=told, at=AT, actor=house.actor
            )
            assert {key: found.told.get(key) for key in jobs_told} == jobs_told
        assert (found.pk, found.reason, found.told["law"], found.told["recipient"]) == (
            asked.pk, "request", "de", ["Alder"]
        )  # fmt: skip
        ended = plan_erasure(
            other, reason="contract_ended", due_on=date(2026, 6, 1), ruling=WHY, told={}, at=AT, actor=house.actor
        )
    sooner = plan(house, other)
    assert (sooner.pk, sooner.reason, sooner.due_on) == (ended.pk, "request", DUE)
    assert plan(house, other, then="contracts.endings", about={}).told["then"] == "contracts.endings"
    with as_tenant(house.tenant.pk):
        assert public.planned_after("contract_ended") == set()
        assert erasing.begin(sooner.pk, at=NIGHT)
        late = plan_erasure(other, reason="trial_ended", due_on=DUE, ruling=WHY, told=told, at=NIGHT, actor=MACHINE)
        assert late.told["also"] == jobs_told["also"]  # while it runs: it is told with the others
        assert not public.is_erased(other.pk)
        late.rewritten = "yes"
        erasing.finish(late, at=NIGHT)
        assert public.is_erased(other.pk)
    assert sorted(queued_of(house.tenant)) == ["contracts.endings", "contracts.trial_erased"]


@pytest.mark.django_db(transaction=True)
def test_rows_that_name_each_other_go_piece_by_piece_those_that_nobody_names_first(monkeypatch):
    monkeypatch.setattr(taking, "AT_ONCE", 2)
    gone, stays = make_tenant("Alder"), make_tenant("Birke")
    with as_tenant(stays.pk):
        add_party(at=AT, actor=MACHINE, **CUSTOMER)
    with as_tenant(gone.pk):
        first, second, third, fourth, _fifth = (
            add_party(at=AT, actor=MACHINE, **{**CUSTOMER, "name": name}) for name in "ABCDE"
        )
        for staff, employer in ((second, first), (third, second), (fourth, fourth)):
            Party.objects.filter(pk=staff.pk).update(employer=employer)
        round_, back = (add_party(at=AT, actor=MACHINE, **{**CUSTOMER, "name": name}) for name in ("F", "G"))
        Party.objects.filter(pk=round_.pk).update(employer=back)
        Party.objects.filter(pk=back.pk).update(merged_into=round_)
    pieces = [1]
    with as_eraser() as db:
        while pieces[-1]:
            pieces.append(taking.erase_rows(db, gone.pk, Party))
    # nobody else names C, D and E, of which two go first; B goes after C, A after B; F and G only together, at the end
    assert pieces[1:] in ([2, 2, 1, 2, 0], [2, 1, 1, 1, 2, 0])
    with as_tenant(stays.pk):
        assert Party.objects.count() == 1
