"""A large company, made quickly: most rows copied by the database, what is encrypted by the product's own actions."""

import secrets
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from kontor.kernel.actions.blobs import NewFile, keep_many
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actions.sealing import seal
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Event, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.models import Party
from tests import factories, people

FILE_BYTES: Final = 30_000
EVENTS, RECORDED = 0.2, 0.125  # of the rows; what was recorded takes three: the entry, its detail, its key
ONE: Final = "SELECT {columns} FROM {table} t, generate_series(1, %s) n WHERE t.id = %s"


def seeded(rows: int, files: int) -> tuple[factories.House, Tenant, Tenant]:
    """Make the house, the large company and the other one; return them."""
    house = factories.make_house()
    large, other = people.make_tenant("Grossmann"), people.make_tenant("Birke")
    people.administrator(large, "gero@grossmann.example", "Gero Groß")
    people.administrator(other, "ayla@birke.example", "Ayla Birk")
    with as_tenant(other.pk):
        Party.objects.bulk_create(
            Party(created_at=factories.AT, **factories.CUSTOMER | {"name": f"Kunde {number} GmbH"})
            for number in range(2000)
        )
    recorded, events = int(rows * RECORDED), int(rows * EVENTS)
    fill(large, parties=rows - recorded * 3 - events - files * 2, recorded=recorded, events=events)
    fill_files(large, files)
    return house, large, other


def fill(tenant: Tenant, *, parties: int, recorded: int, events: int) -> None:
    """Fill the large company's tables: most rows copied by the database, what is encrypted by the product's actions."""
    with as_tenant(tenant.pk):
        first = Party.objects.create(created_at=factories.AT, **factories.CUSTOMER)
        publish("parties.changed", {"party": str(first.pk)}, at=timezone.now())
    with as_tenant(tenant.pk), connection.cursor() as cursor:
        cursor.execute(copying(Party, name="'Kunde ' || n || ' GmbH'"), [parties - 1, first.pk])
        event = Event.objects.latest("number")
        cursor.execute(copying(Event, number=f"{event.number} + n"), [events, event.pk])
        cursor.execute("UPDATE kernel_eventstream SET last_number = last_number + %s", [events])
        some = list(Party.objects.order_by("pk")[:recorded])
    for place in range(0, recorded, 2000):
        with as_tenant(tenant.pk):
            record_many(
                Deed(verb="parties.changed", thing=each, at=timezone.now(), actor=MACHINE, after={"city": "Köln"})
                for each in some[place : place + 2000]
            )
    with as_tenant(tenant.pk):
        seal(at=timezone.now())


def copying(model: Any, **changed: str) -> str:
    """Return the statement that copies one row so many times, under ids of its own."""
    skipped = {"made_in", "cluster"}
    fields = [one for one in model._meta.concrete_fields if one.column not in skipped and not one.generated]
    given = {"id": "uuidv7()"} | changed
    columns = ", ".join(one.column for one in fields)
    values = ", ".join(given.get(one.column, f"t.{one.column}") for one in fields)
    return f"INSERT INTO {model._meta.db_table} ({columns}) " + ONE.format(columns=values, table=model._meta.db_table)


def fill_files(tenant: Tenant, files: int) -> None:
    for place in range(0, files, 100):
        new = [
            NewFile(data=secrets.token_bytes(FILE_BYTES), name=f"Plan {number}.pdf", media_type="application/pdf")
            for number in range(place, min(place + 100, files))
        ]
        with as_tenant(tenant.pk):
            keep_many(new, at=timezone.now())
