"""
From the mail exchanger's yes to a request that people see, by real servers and the product's own worker.

    python -m benchmarks.desk_mail [mails]

Postfix takes a mail and Dovecot keeps it; the worker hears of it (IDLE), fetches, files and commits. The time runs from
Postfix's answer to the end of the mail until another connection sees the request. Beside it, in the same run, a peer
does the least there is: imap-tools hears of such mails in a mailbox of its own, fetches them and stores their bytes.
"""

import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median, quantiles

import psycopg
from django.utils import timezone
from imap_tools import MailBoxStartTls

import benchmarks.django_ready  # noqa: F401  models are imported below
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import mailboxes
from kontor.office.desk.models import DeskHabits, Ticket
from tests import databases, factories
from tests.mail_servers import MX, PASSWORD, MailServers, running
from tests.office.messages.mail_shapes import mail

DESK, PEER = "desk@kontor.example", "peer@kontor.example"
WANTED, PATIENCE = 2.0, 60.0


def written(number: int) -> bytes:
    """Return the mail of this number, of 20 kB; each has a sender of its own, as a flood from one is stopped."""
    body, sender = b"Der Drucker steht.\r\n" * 1_000, f"person{number}@alder.example"
    return mail(body, number=f"bench-{number}", subject=f"Nummer {number}", frm=sender, lines=())


def seen(happened: Callable[[], bool]) -> None:
    """Wait until it happened; give up after a minute."""
    until = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > until:
            raise SystemExit("A mail did not arrive within a minute.")
        time.sleep(0.004)


def waited(servers: MailServers, to: str, number: int, arrived: Callable[[int], bool]) -> float:
    """Send a mail and return the seconds from its being taken until it is there."""
    servers.send(written(number), sender="jonas@alder.example", to=to)
    began = time.perf_counter()
    seen(lambda: arrived(number))
    return time.perf_counter() - began


def store(servers: MailServers, url: str, stop: threading.Event) -> None:
    """Be the peer: hear of mails, fetch each, store its bytes, mark it as seen."""
    context = ssl.create_default_context(cafile=servers.certificate)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TABLE peer_mail (subject text PRIMARY KEY, raw bytea)")
        with MailBoxStartTls("localhost", servers.imap, ssl_context=context).login(PEER, PASSWORD) as box:
            while not stop.is_set():
                for each in box.fetch("UNSEEN"):
                    db.execute("INSERT INTO peer_mail VALUES (%s, %s)", [each.subject, each.obj.as_bytes()])
                box.idle.wait(timeout=5)


def said(name: str, times: list[float]) -> float:
    """Print a row of figures and return the middle one."""
    slowest, p95 = max(times), quantiles(times, n=20)[-1]
    print(
        f"{name:34} middle {median(times) * 1000:5.0f} ms, p95 {p95 * 1000:5.0f} ms, slowest {slowest * 1000:5.0f} ms"
    )
    return median(times)


def measured(servers: MailServers, house: factories.House, url: str, count: int) -> None:
    """Print all figures."""

    def there(number: int) -> bool:
        with as_tenant(house.tenant.pk):
            return Ticket.objects.filter(subject=f"Nummer {number}").exists()

    def stored(number: int) -> bool:
        asked = "SELECT 1 FROM peer_mail WHERE subject = %s"
        return db.execute(asked, [f"Nummer {number}"]).fetchone() is not None

    waited(servers, DESK, -1, there)  # the worker has begun; until its thread listens, the tick finds the mail
    time.sleep(3)
    ours = said("request seen, one at a time:", [waited(servers, DESK, number, there) for number in range(count)])
    stop = threading.Event()
    peer = threading.Thread(target=store, args=(servers, url, stop), daemon=True)
    peer.start()
    time.sleep(1)
    with psycopg.connect(url, autocommit=True) as db:
        theirs = said(
            "imap-tools stores its bytes:", [waited(servers, PEER, number, stored) for number in range(count)]
        )
    stop.set()
    print(f"ours takes {ours / theirs:.1f} times the peer's (wanted: {WANTED:.0f} s at most for each)")
    began = time.perf_counter()
    for number in range(count, 2 * count):
        servers.send(written(number), sender=f"person{number}@alder.example", to=DESK)
    taken = time.perf_counter() - began
    seen(lambda: there(2 * count - 1) and there(count))
    print(
        f"{count} at once: taken within {taken:.1f} s, the last seen {time.perf_counter() - began - taken:.1f} s later"
    )


def main(count: int) -> None:
    with running(DESK, PEER, "jonas@alder.example") as servers, databases.worker_database() as database:
        os.environ["SSL_CERT_FILE"] = servers.certificate
        databases.point_django_at(database.url)
        house = factories.make_house("dealership")
        with as_tenant(house.tenant.pk):
            DeskHabits.objects.create(address=DESK, mx_host=MX, receipts_a_day=1000)
            told = {"address": DESK, "host": "localhost", "port": servers.imaps, "user": DESK}
            told |= {"counts_from": timezone.now() - timedelta(hours=1)}
            mailboxes.keep_mailbox(None, told, password=PASSWORD, at=timezone.now(), actor=MACHINE)
        own = {
            "DATABASE_URL": database.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "KONTOR_SMTP_HOST": "127.0.0.1",
        }
        own |= {"KONTOR_SMTP_PORT": str(servers.smtp), "KONTOR_MAIL_FROM": DESK}
        worker = subprocess.Popen([sys.executable, "-m", "kontor.config.worker"], env=os.environ | own)
        try:
            measured(servers, house, database.owner_url, count)
        finally:
            worker.terminate()
            worker.wait(30)
            databases.disconnect_django()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 50)
