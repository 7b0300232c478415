"""
The knowledge page and the customer centre over two hundred articles, against the same rows on a bare Django page.

    python -m benchmarks.knowledge [requests]

All pages are asked by turns through their whole stack, from the WSGI environment to the last byte; CPU is that of the
process and of its database backend together.
"""

import sys
from statistics import median

import psycopg
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import timezone

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.bare import articles as bare, page as bare_page
from benchmarks.list_page import Asked, queries, signed_in, spent
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.articles import Written, write_article
from kontor.office.desk.actions.centre import set_up_centre
from tests import databases, factories

ENOUGH = 2.0
ARTICLES, SHELVES = 200, 10
ROUNDS = 10
PAGES = {"knowledge": "/desk/knowledge/", "centre": "/centre/kontor/"}


def seeded() -> factories.House:
    """Make a house with an open centre and its articles."""
    house = factories.make_house("visitor")
    now = timezone.now()
    with as_tenant(house.tenant.pk):
        set_up_centre("kontor", "Help", opened=True, joins=False, at=now, actor=house.actor)
        for number in range(ARTICLES):
            words = Written(
                kind="ARTICLE", state="PUBLISHED", audience="PUBLIC", category_de=f"Regal {number % SHELVES}",
                category_en=f"Shelf {number % SHELVES}", title_de=f"Artikel {number:03}",
                title_en=f"Article {number:03}", text_de="Lange Worte. " * 100, text_en="Long words. " * 100,
            )  # fmt: skip
            write_article(None, words, by="Ida", at=now, actor=house.actor)
    return house


def copy_rows(house: factories.House, owner: str) -> None:
    """Copy what is shown into the bare page's table."""
    with psycopg.connect(owner) as db:
        db.execute(f"SET LOCAL kontor.tenant = '{house.tenant.pk}'")
        for table, rows in bare.TABLES.items():
            db.execute(f"CREATE TABLE {table} AS {rows}")
            db.execute(f"CREATE INDEX ON {table} {bare.INDEXES[table]}")
            db.execute(f"GRANT SELECT ON {table} TO kontor_app")
        db.execute("ANALYZE")


def compared(cookie: str, count: int) -> dict[str, float]:
    """Ask for the pages by turns and return how many times the bare one's CPU each of ours takes."""
    ours = {name: Asked(WSGIHandler(), url, cookie) for name, url in PAGES.items()}
    twin = Asked(bare_page.handler(), "/bare/articles/", cookie)
    took: dict[str, list[float]] = {name: [] for name in (*ours, "bare")}
    for name, ask in ours.items():
        body = [ask() for _ in range(5)][-1]
        print(f"{name}: {len(body):7,} bytes, {queries(ask)} queries, {body.count(b'k-link')} links")
    with bare.own_addresses:
        body = [twin() for _ in range(5)][-1]
        print(f"bare: {len(body):7,} bytes, {queries(twin)} queries, {body.count(b'<li>')} links")
    for _ in range(ROUNDS):
        for name, ask in ours.items():
            before = spent()
            for _ in range(count // ROUNDS):
                ask()
            took[name].append(spent() - before)
        with bare.own_addresses:
            before = spent()
            for _ in range(count // ROUNDS):
                twin()
            took["bare"].append(spent() - before)
    for name, seconds in took.items():
        print(f"{name}: {median(seconds) / (count // ROUNDS) * 1000:6.2f} ms CPU a page")
    return {name: median(took[name]) / median(took["bare"]) for name in ours}


def main(count: int) -> None:
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        connection.settings_dict["CONN_MAX_AGE"] = None  # as a server that keeps its connections
        settings.KONTOR_DEMO = True  # mails stay in the mailbox of the demo
        house = seeded()
        settings.KONTOR_DEMO = False
        copy_rows(house, database.owner_url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        for name, ratio in compared(signed_in(house), count).items():
            print(f"{name} page over {ARTICLES} articles: {ratio:.2f} times the bare page (at most {ENOUGH})")
        databases.disconnect_django()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
