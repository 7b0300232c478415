"""Taking in companies and people from a file: brought, looked through, and then in one job or not at all."""

import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.timezone import localdate

from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import Deed, record, record_many
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import Actor
from kontor.kernel.table_files import Row, read_table
from kontor.kernel.tenancy import current_tenant
from kontor.office.parties.actions.parties import snapshot
from kontor.office.parties.models import BroughtList, Identifier, Party, PartyRole
from kontor.office.parties.queries.known_rows import planned
from kontor.office.parties.queries.listed_cells import places_of
from kontor.office.parties.queries.listed_rows import Told, table_of
from kontor.office.parties.queries.people import identifier_fingerprint, shown
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

JOB: Final = "parties.take_in"
FORGET: Final = "parties.forget_list"
KEPT_FOR: Final = timedelta(days=30)


class ListRefusedError(RefusalError):
    """A list that cannot be taken in; its text says why."""


@transaction.atomic
def bring(name: str, data: bytes, *, kind: str, at: datetime, actor: Actor) -> BroughtList:
    """Keep a list for being looked through; TableRefusedError, ListRefusedError where no column is called a name."""
    table = read_table(data)
    places, _ = places_of(table.heads)
    if not {"name", "first_name", "last_name", "company"} & places.keys():
        raise ListRefusedError(
            Text(
                "Keine Spalte heißt „Name“, „Vorname“, „Nachname“ oder „Firma“. Die erste Zeile nennt die Spalten.",
                "No column is called “Name”, “First name”, “Last name” or “Company”. The first row names the columns.",
            )
        )
    made = BroughtList.objects.create(
        name=name[-200:], kind=Party.Kind(kind), content=_kept(table.heads, table.rows), at=at, by=_person(actor),
        by_name=actor.name,
    )  # fmt: skip
    put_due(FORGET, at=at + KEPT_FOR, arguments={"brought": str(made.pk)})
    record("parties.list_brought", made, at=at, actor=actor, after={"rows": len(table.rows)})
    return made


@transaction.atomic
def confirm(brought_id: uuid.UUID, chosen: Iterable[int], *, at: datetime, actor: Actor) -> BroughtList:
    """
    Have a list taken in by one job, in the name of whoever confirms it: its sound rows, and these of the doubtful ones.

    BroughtList.DoesNotExist for a stranger's id; ListRefusedError where that was done, or nobody is left to take in.
    """
    row = BroughtList.objects.select_for_update(of=("self",)).get(tenant_id=current_tenant(), pk=brought_id)
    if row.state != BroughtList.State.SHOWN:
        raise ListRefusedError(Text("Diese Liste wird schon übernommen.", "This list is being taken in already."))
    plan, wanted = planned(table_of(row), kind=row.kind), set(chosen)
    if not plan.sound and not any(each.number in wanted for each in plan.doubtful):
        raise ListRefusedError(Text("Es bliebe niemand zu übernehmen.", "There would be nobody to take in."))
    row.chosen, row.state = sorted(wanted), BroughtList.State.WAITING
    row.by, row.by_name = _person(actor), actor.name
    row.save(update_fields=["chosen", "state", "by", "by_name"])
    record("parties.list_confirmed", row, at=at, actor=actor)
    queue(JOB, current_tenant(), brought=row.pk)
    return row


@transaction.atomic
def take_in(brought_id: uuid.UUID, *, at: datetime) -> None:
    """Take in a confirmed list, companies before the people who work there; what stays outside is kept a month."""
    row = (
        BroughtList.objects.select_for_update(of=("self",))
        .filter(pk=brought_id, state=BroughtList.State.WAITING)
        .first()
    )
    if row is None:  # it was thrown away meanwhile
        return
    actor = Actor("PERSON", row.by, row.by_name)
    plan, wanted = planned(table_of(row), kind=row.kind), set(row.chosen)
    taken = [*plan.sound, *(each for each in plan.doubtful if each.number in wanted)]
    companies = [each for each in taken if each.given["kind"] == Party.Kind.ORGANISATION]
    people = [each for each in taken if each.given["kind"] == Party.Kind.PERSON]
    for some in (companies, people):
        _write(some, at=at, actor=actor)
    inside = {each.number for each in taken}
    outside = [Row(each.number, each.cells) for each in plan.rows if each.number not in inside]
    row.content, row.taken, row.state = _kept(table_of(row).heads, outside), len(taken), BroughtList.State.TAKEN
    row.save(update_fields=["content", "taken", "state"])
    record("parties.list_taken_in", row, at=at, actor=actor, after={"taken": len(taken), "outside": len(outside)})


@transaction.atomic
def throw_away(brought_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Forget a list; nothing happens for one that is gone. Who was taken in from it stays."""
    row = BroughtList.objects.filter(tenant_id=current_tenant(), pk=brought_id).first()
    if row is not None:
        record("parties.list_forgotten", row, at=at, actor=actor)
        row.delete()


def _person(actor: Actor) -> uuid.UUID:
    assert actor.id is not None, "a person brings and confirms a list"
    return actor.id


def _write(rows: Sequence[Told], *, at: datetime, actor: Actor) -> None:
    """Write rows down as `people.write_down` does one, in a fixed number of queries."""
    employers = _companies_called({each.company.lower() for each in rows if each.company})
    roles: list[PartyRole] = []
    numbers: list[Identifier] = []
    made = []
    for each in rows:
        employer = employers.get(each.company.lower())
        party = Party(**each.given, employer=employer, employer_name="" if employer else each.company, created_at=at)
        made.append(party)
        roles += [PartyRole(party=party, role=role, since=localdate(at)) for role in each.roles]
        numbers += [
            Identifier(party=party, kind=kind, value=value, fingerprint=identifier_fingerprint(kind, value))
            for kind, value in each.numbers
        ]
    Party.objects.bulk_create(made)
    PartyRole.objects.bulk_create(roles)
    Identifier.objects.bulk_create(numbers)
    deeds: list[tuple[str, Party, dict[str, Any]]] = [
        *(("parties.party_added", row, snapshot(row)) for row in made),
        *(("parties.role_given", row.party, {"role": row.role, "since": row.since}) for row in roles),
        *(("parties.number_added", row.party, {"kind": row.kind}) for row in numbers),
    ]
    record_many(Deed(verb=verb, thing=row, at=at, actor=actor, after=after) for verb, row, after in deeds)


def _companies_called(names: Collection[str]) -> dict[str, Party]:
    """Return the companies of these names in small letters; of several of one name none, as `organisation_called`."""
    rows = shown().filter(kind=Party.Kind.ORGANISATION).annotate(small=Lower("name")).filter(small__in=names)
    found: dict[str, list[Party]] = {}
    for row in rows:
        found.setdefault(row.name.lower(), []).append(row)
    return {name: some[0] for name, some in found.items() if len(some) == 1}


def _kept(heads: Iterable[str], rows: Iterable[Row]) -> str:
    return json.dumps({"heads": list(heads), "rows": [[row.number, list(row.cells)] for row in rows]})
