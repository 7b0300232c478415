"""What a server asks before it starts: does data lie where contracts demand, and is this database for this stage."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import conninfo

from kontor.config import environment
from kontor.config.refusals import RefusedError
from kontor.kernel.data_places import DataPlace, bucket_keys, declared, misplaced, undeclared_hosts
from kontor.kernel.store_errors import StoreError, StoreUnreachableError

_ROWS = "SELECT id, is_house, stage, kept_under FROM kernel_tenant ORDER BY created_at"
MOST = 10  # sentences that are printed; the page "Where data lie" names all


def refuse_wrong_places(url: str) -> None:
    """
    RefusedError where a place lies in a country that a customer's contract does not admit, or the stage is another.

    url  of the database, as the application's role

    Customers are named by their id: what is printed here ends in logs.
    """
    places, stage = declared(environment.optional("KONTOR_PLACES")), environment.stage()
    told = str(conninfo.conninfo_to_dict(url).get("host") or "localhost").split(",")
    if strangers := undeclared_hosts(places, told):
        raise RefusedError(
            f"DATABASE_URL leads to {', '.join(strangers)}, and no place of KONTOR_PLACES that holds the database "
            "names that host: name the declared database, or declare the place where this one stands."
        )
    with psycopg.connect(url) as db:
        rows = db.execute(_ROWS).fetchall()
    for _, is_house, its_stage, _ in rows:
        if is_house and its_stage.lower() != stage:
            raise RefusedError(
                f"KONTOR_STAGE is {stage}, but this database is for {its_stage.lower()}: real data and a test's never "
                "meet. Name the database that belongs to this stage."
            )
    wrong = [sentence for tenant, _, _, kept_under in rows for sentence in _wrong(tenant, kept_under, places)]
    if wrong:
        raise RefusedError(*wrong[:MOST])


def refuse_wrong_buckets() -> list[str]:
    """
    RefusedError where a bucket is not there, does not open, or stands in another region than is declared.

    Return what was not to be found out: a provider that does not answer now is no reason to stay shut, since pages
    without files go on.
    """
    places = [each for each in declared(environment.optional("KONTOR_PLACES")) if each.bucket]
    if not places:
        return []
    from kontor.kernel.s3 import S3Store  # its library is loaded where somebody keeps files in S3, and only there

    keys = bucket_keys(environment.optional("KONTOR_S3_KEYS"), places)
    wrong: list[str] = []
    unknown: list[str] = []
    for place in places:
        try:
            S3Store(place, keys[place.key]).check()
        except StoreError as error:
            (unknown if isinstance(error, StoreUnreachableError) else wrong).append(str(error))
    if wrong:
        raise RefusedError(*wrong)
    return unknown


def _wrong(tenant: object, kept_under: list[Mapping[str, Any]], places: tuple[DataPlace, ...]) -> Iterator[str]:
    named = [row for row in kept_under if row["countries"]]
    where = "; ".join(f"{' / '.join(row['countries'])} ({row['pack']}, {row['clause']})" for row in named)
    for kind in misplaced(places, [tuple(row["countries"]) for row in named]):
        yield (
            f"The data of customer {tenant} must lie in {where}, and KONTOR_PLACES declares {kind} elsewhere or not at "
            "all: declare the place where they lie, or move them."
        )
