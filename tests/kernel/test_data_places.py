"""Where data lies: what an installation declares, what is refused, and files that move while people work."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from kontor.config.data_places import refuse_wrong_places
from kontor.config.refusals import RefusedError
from kontor.kernel.actions import data_places as moving
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.data_places import MoveRefusedError, WrongPlaceError, begin_move, demand, go_on, move_some
from kontor.kernel.actor import MACHINE
from kontor.kernel.data_places import declared, misplaced, undeclared_hosts
from kontor.kernel.models import Blob, BlobContent, FileMove, RecordEntry, Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.data_places import lying
from kontor.kernel.storage import MissingFileError, UndeclaredPlaceError, declared_place
from kontor.kernel.tenancy import as_tenant
from tests.background import run_jobs
from tests.kernel.conftest import AT
from tests.places import GERMANY, declare, places, toml as places_toml

TOLD = GERMANY.replace("{folder}", "/srv")


def kept(data: bytes = b"a letter", **given: object) -> Blob:
    return keep(data, name="a.txt", media_type="text/plain", at=AT, **given)


def must_lie_in(tenant: Tenant, *countries: str, pack: str = "visitor", clause: str = "Anlage 3, Anhang II") -> None:
    with as_tenant(tenant.pk):
        demand(tenant.pk, pack=pack, version="2026-01", countries_named=countries, clause=clause, at=AT, actor=MACHINE)


def files_in(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


def test_a_place_says_everything_the_pages_show(tmp_path):
    frankfurt, oslo, database = places(tmp_path, database="DE")

    assert (frankfurt.key, frankfurt.country, frankfurt.folder) == ("frankfurt", "DE", tmp_path / "frankfurt")
    assert (frankfurt.agreement, frankfurt.agreed_on, frankfurt.sees_logs) == ("AVV 4711", date(2026, 1, 15), True)
    assert (oslo.partner, oslo.safeguard, oslo.sees_logs) == ("Fjordlager AS, Oslo", "", False)
    assert (database.holds, database.folder) == ({"database", "backups"}, None)
    assert declared("") == ()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("[[place", "is no TOML"),
        ("place = 3", "something else than [[place]] tables"),
        ("x = 1", "something else than [[place]] tables"),
        (TOLD + TOLD, "declares the place 'frankfurt' twice"),
        (TOLD.replace('"frankfurt"', '"Frank furt"'), "the key 'Frank furt' is not made of"),
        (TOLD.replace('["files"]', '["papers"]'), "holds is a list of files, database, backups"),
        (TOLD.replace('"DE"', '"Germany"'), "country is a country code of two capitals"),
        (TOLD.replace('country = "DE"', ""), "country is a text that is not empty"),
        (TOLD.replace("2026-01-15", '"soon"'), "agreed_on is the day"),
        (TOLD.replace("true", '"yes"'), "sees_logs is true or false"),
        (TOLD.replace('folder = "/srv/frankfurt"', ""), "folder is a text that is not empty"),
        (TOLD.replace('"/srv/frankfurt"', '"srv"'), "folder is an absolute path"),
        (TOLD + "\ncolour = 1", "colour is unknown"),
    ],
)
def test_what_cannot_be_read_is_said_with_place_and_key(told, sentence):
    with pytest.raises(ImproperlyConfigured) as refused:
        declared(told)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(("country", "folder"), [("DE", "frankfurt"), ("NO", "oslo")])
def test_the_first_file_goes_where_the_contract_demands_and_the_next_ones_follow(
    alder, settings, tmp_path, country, folder
):
    declare(settings, tmp_path)
    must_lie_in(alder, country)
    with as_tenant(alder.pk):
        blobs = [kept(), kept(b"another")]
        assert [read(blob) for blob in blobs] == [b"a letter", b"another"]
    assert files_in(tmp_path / folder) == 2
    assert Tenant.objects.get(pk=alder.pk).files_at == folder


def test_without_a_demand_files_lie_in_the_installations_folder(alder, settings, tmp_path):
    declare(settings, tmp_path)
    must_lie_in(alder, pack="leisure", clause="")
    with as_tenant(alder.pk):
        assert read(kept()) == b"a letter"
    assert files_in(tmp_path) == 0
    assert Tenant.objects.get(pk=alder.pk).files_at == ""


def test_a_write_that_no_declared_place_may_take_is_refused_and_says_what_where_and_how(alder, settings, tmp_path):
    settings.KONTOR_PLACES = ()
    must_lie_in(alder, "DE")
    with as_tenant(alder.pk):
        with pytest.raises(WrongPlaceError) as refused, transaction.atomic():
            kept()
        assert refused.value.text.en == (
            "The file is not kept: the files of Alder must lie here: DE (Anlage 3, Anhang II); no such place is "
            "declared. The provider declares one (KONTOR_PLACES) or moves the files (page “Where data lie”)."
        )
        assert (Blob.objects.count(), BlobContent.objects.count()) == (0, 0)


def test_two_contracts_that_demand_different_countries_leave_no_place(alder, settings, tmp_path):
    declare(settings, tmp_path)
    must_lie_in(alder, "DE")
    must_lie_in(alder, "NO", pack="crm", clause="§9.2")
    with as_tenant(alder.pk), pytest.raises(WrongPlaceError, match=r"DE .*; NO"):
        kept()


def test_a_demand_is_noted_once_and_a_newer_version_of_a_pack_replaces_the_older(alder):
    must_lie_in(alder, "DE")
    must_lie_in(alder, "DE")
    must_lie_in(alder, "DE", "NO")
    tenant = Tenant.objects.get(pk=alder.pk)
    assert tenant.kept_under == [
        {"pack": "visitor", "version": "2026-01", "countries": ["DE", "NO"], "clause": "Anlage 3, Anhang II"}
    ]
    with as_tenant(alder.pk):
        assert RecordEntry.objects.filter(verb="kernel.place_demanded").count() == 2


def test_files_that_lie_elsewhere_already_are_no_longer_added_to(alder, settings, tmp_path):
    """Who was a customer before the contract that demands Norway: nothing is moved behind anybody's back."""
    declare(settings, tmp_path)
    must_lie_in(alder, "DE")
    with as_tenant(alder.pk):
        before = kept()
    must_lie_in(alder, "NO")
    with as_tenant(alder.pk):
        with pytest.raises(WrongPlaceError), transaction.atomic():
            kept(b"another")
        assert kept().content_id == before.content_id  # nothing new is written for what lies there already


@pytest.fixture
def moved(alder, birch, settings, tmp_path) -> tuple[Tenant, Tenant, list[Blob]]:
    """The house, and a customer with three files in Germany whose contract now demands Norway."""
    declare(settings, tmp_path)
    must_lie_in(birch, "DE")
    with as_tenant(birch.pk):
        blobs = [kept(b"1"), kept(b"2"), kept(b"3", customer_tenant=alder)]
    must_lie_in(birch, "NO")
    return alder, birch, blobs


def begin(house: Tenant, customer: Tenant, target: str = "oslo") -> FileMove:
    with as_tenant(house.pk):
        return begin_move(customer.pk, target=target, at=AT, actor=MACHINE)


def test_moved_files_are_where_they_belong_and_nowhere_else(moved, tmp_path):
    house, customer, blobs = moved
    move = begin(house, customer)
    with as_tenant(customer.pk):
        assert [read(blob) for blob in blobs] == [b"1", b"2", b"3"]  # nothing has arrived yet
        blobs.append(kept(b"4"))
    assert (files_in(tmp_path / "frankfurt"), files_in(tmp_path / "oslo")) == (3, 1)

    assert run_jobs() == [moving.JOB]

    assert (files_in(tmp_path / "frankfurt"), files_in(tmp_path / "oslo")) == (0, 4)
    with as_tenant(customer.pk):
        assert [read(blob) for blob in blobs] == [b"1", b"2", b"3", b"4"]
        seen = FileMove.received.get(pk=move.pk)
        assert (seen.phase, seen.files, seen.size, seen.copied) == ("DONE", 3, 3, 4)
        verbs = RecordEntry.objects.filter(verb__startswith="kernel.file").order_by("at", "id")
        assert [entry.verb for entry in verbs] == ["kernel.file_move_begun", "kernel.files_moved"]
    with as_tenant(house.pk):
        assert RecordEntry.objects.filter(verb="kernel.files_moved").count() == 1
    assert Tenant.objects.get(pk=customer.pk).files_from is None


def test_a_move_that_is_killed_anywhere_goes_on_and_ends_the_same(moved, tmp_path, monkeypatch):
    """After each single batch, and in the middle of one, whose files were written and whose progress was lost."""
    monkeypatch.setattr(moving, "BATCH", 1)
    house, customer, blobs = moved
    move = begin(house, customer)
    steps = 0
    more = True
    while more:
        with as_tenant(house.pk):
            with pytest.raises(RuntimeError), transaction.atomic():
                move_some(move.pk, at=AT)
                raise RuntimeError("killed")
            more = move_some(move.pk, at=AT + timedelta(minutes=steps))
        with as_tenant(customer.pk):
            assert [read(blob) for blob in blobs] == [b"1", b"2", b"3"]
        steps += 1
    assert steps == 8  # three brought, the change of phase, three taken away, the end
    assert (files_in(tmp_path / "frankfurt"), files_in(tmp_path / "oslo")) == (0, 3)
    with as_tenant(house.pk):
        assert move_some(move.pk, at=AT) is False
        assert FileMove.objects.get(pk=move.pk).copied == 3


def test_a_file_that_is_in_neither_place_stops_the_move_instead_of_being_counted(moved, tmp_path):
    house, customer, _ = moved
    move = begin(house, customer)
    lost = next(path for path in (tmp_path / "frankfurt").rglob("*") if path.is_file())
    held = lost.read_bytes()
    lost.unlink()
    with as_tenant(house.pk), pytest.raises(MissingFileError), transaction.atomic():
        move_some(move.pk, at=AT)
    lost.write_bytes(held)
    with as_tenant(house.pk):
        go_on(move.pk, at=AT, actor=MACHINE)
    run_jobs()
    with as_tenant(house.pk):
        assert FileMove.objects.get(pk=move.pk).phase == "DONE"


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("frankfurt", "The files lie there already."),
        ("", "A contract of this customer demands another country."),
    ],
)
def test_where_files_cannot_go_is_said(moved, target, sentence):
    house, customer, _ = moved
    with pytest.raises(MoveRefusedError) as refused:
        begin(house, customer, target)
    assert refused.value.text.en == sentence


def test_files_on_their_way_are_not_sent_elsewhere_and_a_place_must_be_declared(moved):
    house, customer, _ = moved
    with pytest.raises(UndeclaredPlaceError):
        begin(house, customer, "bergen")
    begin(house, customer)
    with pytest.raises(MoveRefusedError, match="on their way"):
        begin(house, customer, "frankfurt")


def test_a_place_that_is_declared_no_more_is_missed_by_name(moved, settings):
    _, customer, blobs = moved
    settings.KONTOR_PLACES = ()
    with as_tenant(customer.pk), pytest.raises(UndeclaredPlaceError, match="'frankfurt'"):
        read(blobs[0])
    assert [one.state for one in lying(Tenant.objects.get(pk=customer.pk))] == ["UNDECLARED"] * 3


def test_the_folder_of_old_is_a_declared_place_once_one_names_it(settings):
    assert declared_place("") is None
    settings.KONTOR_PLACES = declared(TOLD.replace("/srv/frankfurt", str(django_settings.KONTOR_BLOBS)))
    found = declared_place("")
    assert found is not None
    assert found.key == "frankfurt"


@pytest.mark.parametrize(
    ("database", "country", "files", "states", "wrong"),
    [
        ("DE", "DE", "frankfurt", ["FITS", "FITS", "FITS"], []),
        ("DE", "NO", "oslo", ["FITS", "ELSEWHERE", "ELSEWHERE"], ["database", "backups"]),
        ("NO", "DE", "oslo", ["ELSEWHERE", "ELSEWHERE", "ELSEWHERE"], ["database", "backups"]),
        ("", "NO", "oslo", ["FITS", "UNDECLARED", "UNDECLARED"], []),
        ("DE", "SE", "oslo", ["ELSEWHERE", "ELSEWHERE", "ELSEWHERE"], ["files", "database", "backups"]),
        ("DE", "", "oslo", ["FITS", "FITS", "FITS"], []),
    ],
)
def test_each_kind_of_data_is_held_against_the_demand(settings, tmp_path, database, country, files, states, wrong):
    declare(settings, tmp_path, **({"database": database} if database else {}))
    named = [country] if country else []
    under = [{"pack": "visitor", "version": "2026-01", "countries": named, "clause": ""}]
    tenant = Tenant(name="Alder", kept_under=under, files_at=files)

    assert [one.state for one in lying(tenant)] == states
    assert misplaced(settings.KONTOR_PLACES, [tuple(named)] if named else []) == wrong


def test_who_has_no_files_yet_is_given_the_place_with_the_demand_and_keeps_one_that_fits(alder, settings, tmp_path):
    declare(settings, tmp_path)
    for country, place in (("NO", "oslo"), ("DE", "frankfurt"), ("DE", "frankfurt"), ("SE", "frankfurt")):
        must_lie_in(alder, country)
        assert Tenant.objects.get(pk=alder.pk).files_at == place


def test_a_place_that_is_declared_after_the_demand_takes_the_first_file(alder, settings, tmp_path):
    settings.KONTOR_PLACES = ()
    must_lie_in(alder, "NO")
    declare(settings, tmp_path)
    with as_tenant(alder.pk):
        kept()
    assert files_in(tmp_path / "oslo") == 1
    assert Tenant.objects.get(pk=alder.pk).files_at == "oslo"


def test_the_database_that_is_served_must_be_the_one_that_is_declared(tmp_path):
    def strangers(host: str, *asked: str) -> list[str]:
        told = places_toml(tmp_path, database="DE") + (f'host = "{host}"' if host else "")
        return undeclared_hosts(declared(told), asked)

    assert strangers("db.example", "db.example", "other.example") == ["other.example"]
    assert strangers("", "other.example") == []
    assert undeclared_hosts((), ["other.example"]) == []


def test_a_server_told_another_database_than_the_declared_one_stays_shut(tmp_path, monkeypatch):
    monkeypatch.setenv("KONTOR_PLACES", places_toml(tmp_path, database="DE") + 'host = "db.example"')
    with pytest.raises(RefusedError, match="DATABASE_URL leads to localhost, and no place of KONTOR_PLACES"):
        refuse_wrong_places("postgresql:///kontor")
