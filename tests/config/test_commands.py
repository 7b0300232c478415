"""What the command line answers, above all when something is amiss: one sentence, the mend, no traceback."""

import json
import socket
from pathlib import Path

import psycopg
import pytest

from kontor.config import environment
from kontor.config.cli.trace import marked_rows
from kontor.config.embedded import running
from tests import databases
from tests.config.commands import kontor

COMPLETE = {
    "DATABASE_URL": "postgresql://kontor_app:secret@127.0.0.1:1/kontor",
    "KONTOR_SECRET_KEY": "s",
    "KONTOR_MASTER_KEY": "00" * 32,
    "KONTOR_BASE_URL": "https://kontor.example",
    "KONTOR_BLOBS": "/nowhere",
}


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return str(listening.getsockname()[1])


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_the_help_page_names_every_command(arguments: tuple[str, ...]) -> None:
    said = kontor(*arguments).stdout
    named = [line.split()[1] for line in said.splitlines() if line.startswith("│ ") and line[2] != " "]
    commands = [
        "backup",
        "calc",
        "close-month",
        "copy-for-tests",
        "db",
        "demo",
        "doctor",
        "export",
        "import",
        "licence",
        "probe",
        "restore",
        "serve",
        "test",
        "trace",
        "verify",
    ]
    assert sorted(set(named) - {"--help"}) == commands


def test_serve_names_each_missing_setting_and_what_it_is_for() -> None:
    ran = kontor("serve")
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [f"kontor: {environment.missing(name)}" for name in environment.REQUIRED]


def test_a_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s\n")
    given = {name: value for name, value in COMPLETE.items() if name != "KONTOR_SECRET_KEY"}
    ran = kontor("serve", "--port", free_port(), KONTOR_SECRET_KEY_FILE=str(tmp_path / "key"), **given)
    assert "KONTOR_SECRET_KEY" not in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "again"), [(("demo",), "./kontor demo"), (("serve",), "kontor serve")], ids=["demo", "serve"]
)
def test_a_used_port_is_said_with_another_one(tmp_path: Path, arguments: tuple[str, ...], again: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        ran = kontor(*arguments, "--port", str(port), KONTOR_VAR=str(tmp_path), **COMPLETE)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"kontor: Port {port} is in use: choose another one, such as `{again} --port {port + 1}`.\n"


def test_a_database_that_is_down_is_said_without_its_password() -> None:
    ran = kontor("serve", "--port", free_port(), **COMPLETE)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("kontor: The database at 127.0.0.1:1/kontor does not answer (")
    assert ran.stderr.endswith("): start it, or correct DATABASE_URL.\n")
    assert "secret" not in ran.stderr


def test_an_address_that_is_none_is_said() -> None:
    ran = kontor("serve", "--port", free_port(), **COMPLETE | {"DATABASE_URL": "kontor at home"})
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith("kontor: DATABASE_URL is no PostgreSQL address (")


def test_a_role_that_ignores_row_security_is_refused() -> None:
    with running(databases.server_folder(), durable=False, settings=databases.SERVER) as cluster:
        ran = kontor("serve", "--port", free_port(), **COMPLETE | {"DATABASE_URL": cluster.url("postgres")})
    assert ran.returncode == 1
    assert ran.stderr == (
        "kontor: DATABASE_URL names a role that row security does not bind, so one customer could see another's data: "
        "create the roles that `kontor db roles` prints and name kontor_app.\n"
    )


def test_tables_that_are_older_than_this_version_are_said(tmp_path: Path) -> None:
    with running(databases.server_folder(), durable=False, settings=databases.SERVER) as cluster:
        ran = kontor(
            "serve", "--port", free_port(), KONTOR_VAR=str(tmp_path), **COMPLETE | {"DATABASE_URL": cluster.url()}
        )
    assert ran.returncode == 1
    assert ran.stderr == ("kontor: The database's tables are older than this Kontor: run `kontor db migrate` first.\n")


def test_the_roles_that_are_printed_make_a_database_usable(tmp_path: Path) -> None:
    """The printed SQL, run by the administrator of a fresh server, is what the embedded one has."""
    printed = kontor("db", "roles", "elsewhere").stdout.replace("PASSWORD '…'", "PASSWORD 'x'")
    printed = printed.replace("kontor_", "other_")  # the embedded server has ours already
    with running(tmp_path, durable=False) as cluster:
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
            db.execute("CREATE DATABASE elsewhere")
        with psycopg.connect(cluster.url("postgres", "elsewhere"), autocommit=True) as db:
            for line in printed.splitlines():  # as psql does; a database is made in no transaction
                db.execute(line.encode())
        with psycopg.connect(cluster.url("other_owner", "elsewhere")) as db:
            db.execute("CREATE TABLE note (text text)")
        with psycopg.connect(cluster.url("other_app", "elsewhere")) as db:
            db.execute("INSERT INTO note VALUES ('x')")


def test_a_dump_comes_back_as_it_was(tmp_path: Path) -> None:
    var = {"KONTOR_VAR": str(tmp_path / "var")}
    with running(tmp_path / "var", durable=False) as cluster:
        with psycopg.connect(cluster.url("kontor_owner")) as db:
            db.execute("CREATE TABLE note (text text)")
            db.execute("INSERT INTO note VALUES ('kept')")
        assert kontor("db", "dump", str(tmp_path / "file"), **var).returncode == 0
        with psycopg.connect(cluster.url("kontor_owner")) as db:
            db.execute("DELETE FROM note")
        assert kontor("db", "restore", str(tmp_path / "file"), **var).returncode == 0
        with psycopg.connect(cluster.url("kontor_app")) as db:
            assert db.execute("SELECT text FROM note").fetchall() == [("kept",)]
        with psycopg.connect(cluster.url("kontor_owner", "kontor_before_restore")) as db:
            assert db.execute("SELECT text FROM note").fetchall() == []


def test_a_file_that_is_no_dump_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no dump")
    with running(tmp_path / "var", durable=False) as cluster:
        with psycopg.connect(cluster.url("kontor_owner")) as db:
            db.execute("CREATE TABLE note (text text)")
        ran = kontor("db", "restore", str(tmp_path / "file"), KONTOR_VAR=str(tmp_path / "var"))
        with psycopg.connect(cluster.url("kontor_owner")) as db:
            assert db.execute("SELECT to_regclass('note')::text").fetchone() == ("note",)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == (
        f"kontor: {tmp_path}/file could not be restored; the lines above say why, and nothing was changed."
    )


def test_the_database_starts_stays_and_stops(tmp_path: Path) -> None:
    var = {"KONTOR_VAR": str(tmp_path)}
    address = kontor("db", "start", **var).stdout.strip()
    with psycopg.connect(address) as db:
        assert db.execute("SELECT current_user::text").fetchone() == ("kontor_owner",)
    asked = kontor("db", "psql", "--role", "kontor_app", "-Atc", "SELECT current_user", **var)
    assert (asked.returncode, asked.stdout) == (0, "kontor_app\n")
    assert kontor("db", "stop", **var).stderr == "Stopped.\n"
    assert kontor("db", "stop", **var).stderr == "It is not running.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("foo",), 2, "WHAT: expected one of"),
        (("term", "--start", "2026-01-01"), 2, "--pack: is missing; expected one of"),
        (("term", "--pack", "visitor", "--start", "2026-01-01"), 2, "--on: is missing; expected a day"),
        (("term", "--pack", "visitor", "--start", "1.1.2026", "--on", "2026-10-01"), 2, "--start: expected a day"),
        (("term", "--pack", "visitor", "--start"), 2, "--start: is missing its value; expected --start VALUE."),
        (("term", "--pack", "visitor", "--color", "red"), 2, "--color: does not belong to “term”"),
        (("term", "--pack", "visitor", "--lang", "fr"), 2, "--lang: expected de or en, not “fr”."),
        (("index", "--pack", "visitor", "--price", "1", "--s0", "1", "--s", "2"), 3, "Neither the contract"),
    ],
)
def test_calc_refuses_in_one_sentence_that_names_the_option(arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = kontor("calc", *arguments)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert ran.stderr.startswith(f"kontor: {said}")


def test_calc_reads_a_list_of_outages_from_its_file(tmp_path: Path) -> None:
    place = tmp_path / "outages.json"
    place.write_text('[{"from": "2026-10-05T08:00", "to": "2026-10-05T11:43"}]', encoding="utf-8")
    for told in (str(place), place.read_text(encoding="utf-8")):
        ran = kontor("calc", "availability", "--pack", "visitor", "--month", "2026-10", "--outages", told, "--json")
        assert json.loads(ran.stdout)["value"]["availability"] == "99.5011"
    missing = str(tmp_path / "none.json")
    ran = kontor(
        "calc", "availability", "--pack", "visitor", "--month", "2026-10", "--outages", missing, "--lang", "en"
    )
    assert (ran.returncode, ran.stderr.strip()) == (
        2,
        f"kontor: --outages: expected a readable file in UTF-8, not “{missing}”.",
    )
    silent = kontor("calc", "availability", "--pack", "leisure", "--month", "2026-10", "--outages", missing)
    assert silent.returncode == 3


def test_calc_prints_one_object_and_nothing_else() -> None:
    ran = kontor("calc", "term", "--pack", "visitor", "--start=2026-01-01", "--on", "2026-10-01", "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["value"] == {
        "last_day": "2026-12-31",
        "notice_by": "2026-09-30",
        "in_time": False,
        "ends": "2027-12-31",
    }


def test_doctor_says_what_is_missing_and_ends_well_where_nothing_needed_is(tmp_path: Path) -> None:
    ran = kontor("doctor", KONTOR_VAR=str(tmp_path), COLUMNS="500")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"PostgreSQL 18, not yet made, {tmp_path}/pg" in ran.stdout


def test_a_mark_is_found_on_a_function_in_a_parameter_and_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "pytestmark = pytest.mark.requirement('XX-001')\n"
        "@pytest.mark.requirement('XX-002', 'XX-003')\n"
        "def test_one(): ...\n"
        "@pytest.mark.parametrize('n', [pytest.param(1, marks=pytest.mark.requirement('XX-002'))])\n"
        "def test_two(n): ...\n"
    )
    assert marked_rows(tmp_path) == {
        "XX-001": ["test_a.py::"],
        "XX-002": ["test_a.py::test_one", "test_a.py::test_two"],
        "XX-003": ["test_a.py::test_one"],
    }
