"""The access log: four items of a call, in a database of its own, masked after seven days."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from kontor.config.call_log import CallLog
from kontor.config.embedded import files
from kontor.kernel.access_log import Call, NoAccessLogError, call_of, newest_calls, plain_address
from kontor.kernel.actions.access_log import mask_calls, write_calls
from kontor.kernel.models import OutgoingMail, RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import retention, subject_answers, subjects
from kontor.office.privacy.actions.subjects import Asking
from kontor.rulebook.subject_request import GROUNDS
from tests import databases
from tests.factories import make_house, make_user
from tests.people import browser, join, make_tenant, verbs

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MAY = datetime(2026, 5, 1, 21, 59, tzinfo=UTC)  # one minute before midnight in Berlin


@pytest.fixture(scope="module")
def log_database(worker_database: databases.WorkerDatabase) -> Iterator[str]:
    """Make an access log as the embedded server has one; its role is the same for all."""
    name = f"{worker_database.name}_calls"
    with psycopg.connect(worker_database.cluster.url("postgres", "postgres"), autocommit=True) as db:
        databases.drop(db, name)
        files.create_access_log(db, name)
        files.create_access_log(db, name)  # there already: nothing happens
        yield worker_database.cluster.url("kontor_access", name)
        databases.drop(db, name)


@pytest.fixture
def log(log_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings, "KONTOR_ACCESS_URL", log_database)
    assert newest_calls(1) is not None  # the first to look makes the table
    with psycopg.connect(log_database) as db:
        db.execute("TRUNCATE call")
    return log_database


def call(at: datetime = MAY, address: str = "192.0.2.77") -> Call:
    return Call(at, address, "Linux", "Firefox 140")


def scope(address: str, agent: str = FIREFOX, **headers: str) -> dict[str, Any]:
    told = {"user-agent": agent, "cookie": "sessionid=secret"} | headers
    return {
        "type": "http", "path": "/parties/?q=Meyer", "client": (address, 4711),
        "headers": [(name.encode(), value.encode()) for name, value in told.items()],
    }  # fmt: skip


@pytest.mark.requirement("SD-003", "FW-012")
def test_a_page_call_leaves_system_address_moment_and_browser_and_nothing_else(log: str) -> None:
    calls = CallLog(("127.0.0.1",))
    calls.note(scope("127.0.0.1", **{"x-forwarded-for": "10.9.8.7, 192.0.2.77"}), MAY)
    calls.note(scope("2001:db8:1:2::7", "curl"), MAY - timedelta(seconds=1))
    calls.close()
    assert newest_calls(9) == [call(), Call(MAY - timedelta(seconds=1), "2001:db8:1:2::7", "", "curl")]
    with psycopg.connect(log) as db:
        columns = db.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"
        ).fetchall()
    assert columns == [("address", "inet"), ("at", "timestamp with time zone"), ("browser", "text"), ("system", "text")]


def test_a_log_that_cannot_be_written_breaks_no_page_and_says_nothing_of_anybody(caplog) -> None:
    def away(_calls: list[Call]) -> None:
        raise psycopg.OperationalError("connection to 192.0.2.77 failed")

    calls = CallLog((), away)
    calls.note(scope("192.0.2.77"), MAY)
    with caplog.at_level(logging.WARNING):
        calls.close()
    assert caplog.messages == ["1 calls could not be written to the access log: OperationalError"]


@pytest.mark.django_db
@pytest.mark.requirement("SD-004")
def test_no_role_enters_both_the_log_and_the_accounts(log: str, worker_database: databases.WorkerDatabase) -> None:
    name = psycopg.conninfo.conninfo_to_dict(log)["dbname"]
    for role in ("kontor_app", "kontor_owner", "kontor_dump", "kontor_eraser"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(worker_database.cluster.url(role, str(name)))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(worker_database.cluster.url("kontor_access", worker_database.name))
    with psycopg.connect(log) as db, pytest.raises(psycopg.errors.FeatureNotSupported, match="cross-database"):
        accounts = sql.Identifier(worker_database.name, "public", "identity_user")
        db.execute(sql.SQL("SELECT FROM call JOIN {} ON true").format(accounts))


@pytest.mark.django_db
def test_trap_51_seven_days_on_the_night_masks_addresses_wherever_they_were_logged(log: str) -> None:
    assert plain_address("::ffff:1.2.3.4") == "1.2.3.4"
    house = make_house()
    late = MAY + timedelta(minutes=1)  # 2 May in Berlin
    write_calls([call(), call(address="2001:db8:aaaa:bbbb::1"), call(late), call(MAY - timedelta(days=91))])
    night = datetime(2026, 5, 7, 22, 30, tzinfo=UTC)  # 8 May, half past midnight
    retention.go_on(house.tenant.pk, at=night)
    assert {(each.at, each.address) for each in newest_calls(9)} == {
        (MAY, "192.0.2.0/24"), (MAY, "2001:db8:aaaa::/48"), (late, "192.0.2.77"),
    }  # fmt: skip
    assert verbs(house.tenant).count("privacy.calls_masked") == 1
    retention.go_on(house.tenant.pk, at=night)  # done already
    assert mask_calls(before=late) == (0, 0)
    # Elsewhere: a session's address goes with it (test_sessions), failed sign-ins go after seven days themselves, and
    # proofs of a consent or a signature, what the terms ask of whoever registers, and a chat have their own ground and
    # period. The trail has none, nor has a backup a log.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'inet'"
        )
        assert {each for (each,) in cursor.fetchall()} == WITH_ADDRESSES


WITH_ADDRESSES = {
    "kernel_session", "privacy_consentstep", "documents_signature", "documents_agreement", "identity_commitment",
    "contracts_registration", "desk_chatprofile",
}  # fmt: skip


@pytest.mark.django_db
def test_a_customers_night_leaves_the_log_alone_and_without_a_log_a_night_is_a_night(log, monkeypatch) -> None:
    house, customer = make_house(), make_tenant("Birke")
    write_calls([call()])
    night = datetime(2026, 5, 8, 22, 30, tzinfo=UTC)
    retention.go_on(customer.pk, at=night)
    monkeypatch.setattr(settings, "KONTOR_ACCESS_URL", "")
    retention.go_on(house.tenant.pk, at=night)
    with pytest.raises(NoAccessLogError, match="DATABASE_ACCESS_URL is not set"):
        newest_calls(1)
    monkeypatch.setattr(settings, "KONTOR_ACCESS_URL", log)
    retention.go_on(house.tenant.pk, at=night + timedelta(days=1))
    assert [each.address for each in newest_calls(9)] == ["192.0.2.0/24"]
    retention.go_on(house.tenant.pk, at=night + timedelta(days=2))  # nothing new: nothing to tell
    assert verbs(house.tenant).count("privacy.calls_masked") == 1


@pytest.mark.django_db
@pytest.mark.requirement("SD-007")
def test_marketing_reads_no_log_and_an_objection_to_it_is_answered_with_its_reason(log: str, monkeypatch) -> None:
    house = make_house()
    mia, sid = make_user("mia@house.example", "Mia Marketing"), make_user("sid@house.example", "Sid Sicher")
    join(house.tenant, mia, role="Marketing", permissions=("parties.see", "privacy.see"))
    join(house.tenant, sid, role="Security", permissions=("privacy.calls",))
    write_calls([call()])
    assert browser(mia, house.tenant).get("/privacy/calls/").status_code == 403
    page = browser(sid, house.tenant).get("/privacy/calls/")
    assert page.context["rows"] == [Call(MAY, "192.0.2.77", "Linux", "Firefox 140")]
    assert verbs(house.tenant, house.tenant).count("kernel.looked_at") == 1
    assert GROUNDS["needed"][0].en in page.content.decode() or GROUNDS["needed"][0].de in page.content.decode()
    monkeypatch.setattr(settings, "KONTOR_ACCESS_URL", "")
    assert browser(sid, house.tenant).get("/privacy/calls/").context["rows"] is None
    who: dict[str, Any] = {"at": MAY, "actor": house.actor}
    asking = Asking(
        kind="objection", way="mail", name="Vera", email="vera@gast.example", language="de", known="staff",
        words="Ich widerspreche dem Protokoll.",
    )  # fmt: skip
    with as_tenant(house.tenant.pk):
        row = subject_answers.refuse(subjects.receive(asking, **who).pk, "needed", "Es nennt Sie nicht.", **who)
        told = OutgoingMail.objects.order_by("pk").last()
        assert told is not None
        assert f"{GROUNDS['needed'][0].de} (8)\n\nEs nennt Sie nicht." in told.text
        assert (row.state, RecordEntry.objects.get(verb="privacy.subject_refused").clause) == ("refused", "8")


def test_the_calls_data_come_from_the_browser_alone() -> None:
    made = call_of(at=MAY, peer="", forwarded="", proxies=(), agent=FIREFOX * 30)
    assert (made.address, made.system) == ("0.0.0.0", "Linux")
