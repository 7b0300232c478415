"""
Signing in by password: whole requests over HTTP to the product's own server, with its real hashes.

    python -m benchmarks.sign_in [seconds]

Each browser is a fresh one: it asks for the page, then sends the form, and the time of the form's answer counts. People
come at moments drawn by chance, so many a second on average. Said are the time of 95 of 100 beyond one hash made alone,
the highest rate at which 95 of 100 are answered within a second, CPU of the server and of its database, and whether an
address that nobody has takes as long to be refused as one that somebody has.
"""

import http.client
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, count
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

import psycopg
from django.contrib.auth.hashers import make_password
from django.test.utils import override_settings

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.list_page import nanoseconds, serving_process, ticks
from kontor.config.installation import POOL
from kontor.config.settings import PASSWORD_HASHERS
from tests import databases, factories, people, serving

PEOPLE, SEED = 200, 7
WANTED_RATE, BEYOND_THE_HASH, A_SECOND = 5, 0.150, 1.0
RATES = (WANTED_RATE, 8, 10, 12, 14, 16, 20, 24)
ALIKE = 1.1
IN, OUT = 302, 200
numbers = count()


@dataclass(frozen=True)
class Server:
    """The server under test, and where its CPU is read: its process, and the database backends it keeps."""

    address: str
    process: int
    owner: str

    def spent(self) -> tuple[float, float]:
        """Return CPU seconds of the server and of its backends until now."""
        return ticks(self.process), sum(nanoseconds(each) for each in self.backends()) / 1e9

    def backends(self) -> list[int]:
        """Return the processes that serve the server's connections."""
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'kontor_app'"
        with psycopg.connect(self.owner) as db:
            return [pid for (pid,) in db.execute(asked)]


def sent(address: str, login: str, password: str, *, expected: int) -> float:
    """Send the form of the sign-in from a fresh browser and return the seconds until it was answered."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request("GET", "/sign-in/")
        page = connection.getresponse()
        cookie = str(page.getheader("Set-Cookie")).partition(";")[0]
        token = re.findall(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.read())[0].decode()
        typed = urlencode({"login": login, "password": password, "csrfmiddlewaretoken": token})
        told = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": address}
        began = time.perf_counter()
        connection.request("POST", "/sign-in/", typed, told)
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - began
    finally:
        connection.close()
    if answer.status != expected:
        raise SystemExit(f"The sign-in of {login} was answered with {answer.status}, not with {expected}.")
    return took


def signed_in(address: str) -> float:
    """Sign in whoever is next, with the right password."""
    return sent(address, mail(next(numbers)), factories.PASSWORD, expected=IN)


def mail(number: int) -> str:
    return f"person{number % PEOPLE}@alder.example"


def seeded() -> None:
    """Make the people, each with a password of the real hasher."""
    tenant = people.make_tenant()
    kept = make_password(factories.PASSWORD)
    for number in range(PEOPLE):
        user = factories.make_user(mail(number), f"Person {number}", password=None)
        user.password = kept
        user.save(update_fields=["password"])
        people.join(tenant, user)


def at_rate(address: str, rate: int, seconds: int) -> list[float]:
    """Let people come at so many a second on average, at moments drawn by chance; return what each waited."""
    drawn = random.Random(SEED)
    moments = list(accumulate(drawn.expovariate(rate) for _ in range(rate * seconds)))
    begin = time.perf_counter()

    def on_time(moment: float) -> float:
        time.sleep(max(0.0, begin + moment - time.perf_counter()))
        return signed_in(address)

    with ThreadPoolExecutor(rate * 6) as browsers:
        return list(browsers.map(on_time, moments))


def slow(waited: list[float]) -> float:
    """Return the time that 95 of 100 did not exceed."""
    return quantiles(waited, n=20)[-1]


def hash_alone(times: int) -> tuple[float, float]:
    """Return the middle one of the seconds of a hash, and of its CPU seconds."""
    took, used = [], []
    for _ in range(times):
        began, before = time.perf_counter(), time.process_time()
        make_password(factories.PASSWORD)
        took.append(time.perf_counter() - began)
        used.append(time.process_time() - before)
    return median(took), median(used)


def refused(address: str, rounds: int) -> dict[str, float]:
    """Refuse by turns whom we know and whom nobody knows, each once; return the middle time of each."""
    logins: dict[str, Callable[[int], str]] = {"known": mail, "unknown": "nobody{}@alder.example".format}
    took: dict[str, list[float]] = {name: [] for name in logins}
    for number in range(rounds):
        for name, login in logins.items():
            took[name].append(sent(address, login(number), "not the password", expected=OUT))
    return {name: median(each) for name, each in took.items()}


def measured(server: Server, seconds: int) -> None:
    """Print all figures."""
    for _ in range(10):
        signed_in(server.address)  # everything is loaded
    alone, cpu = hash_alone(20)
    before = server.spent()
    whole = median(signed_in(server.address) for _ in range(30))
    web, database = ((now - then) / 30 for now, then in zip(server.spent(), before, strict=True))
    print(f"a hash alone:             {alone * 1000:4.0f} ms, {cpu * 1000:.0f} ms CPU")
    print(f"a sign-in, one at a time: {whole * 1000:4.0f} ms, {(whole - alone) * 1000:.0f} ms beyond the hash")
    print(f"CPU with its page: {web * 1000:.0f} ms of the server, hash included, {database * 1000:.0f} of the database")
    by_rate(server.address, alone, seconds)
    times = refused(server.address, 40)
    ratio = times["unknown"] / times["known"]
    print(f"refused: known {times['known'] * 1000:.0f} ms, unknown {times['unknown'] * 1000:.0f} ms", end="")
    print(f", {ratio:.2f} times (wanted: between {1 / ALIKE:.2f} and {ALIKE:.2f})")


def by_rate(address: str, alone: float, seconds: int) -> None:
    """Raise the rate until one in twenty waits longer than a second, and print each and the highest before that."""
    highest = 0
    for rate in RATES:
        waited = at_rate(address, rate, seconds)
        beyond = slow(waited) - alone
        print(f"{rate:2} a second: middle {median(waited) * 1000:5.0f} ms, p95 {slow(waited) * 1000:5.0f} ms", end="")
        print(f", p95 beyond the hash {beyond * 1000:5.0f} ms", end="")
        print(f" (wanted: {BEYOND_THE_HASH * 1000:.0f} at most)" if rate == WANTED_RATE else "", flush=True)
        if slow(waited) > A_SECOND:
            break
        highest = rate
    print(f"highest rate with p95 within a second: {highest} a second")


@contextmanager
def served(database: databases.WorkerDatabase) -> Iterator[Server]:
    """Serve the database as `kontor serve` does; only the number of refusals an address may cause is higher."""
    told = {"DATABASE_URL": database.url, "DJANGO_SETTINGS_MODULE": "benchmarks.real_hashes"}
    told |= {"KONTOR_DB_POOL": str(POOL), "KONTOR_SIGN_IN_FAILURES_ADDRESS": "1000000"}
    with serving.web(told) as address:
        yield Server(address, serving_process(urlsplit(address).port or 0), database.owner_url)


def main(seconds: int) -> None:
    with databases.worker_database() as database, override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        databases.point_django_at(database.url)
        seeded()
        databases.disconnect_django()
        with served(database) as server:
            measured(server, seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 20)
