"""The log of a request, and what follows from it: promises, the moment that breaks next, who is told when."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import MACHINE
from kontor.office.contracts import public as contracts
from kontor.office.desk.models import Ticket, TicketAlert, TicketLog, TicketPromise
from kontor.office.desk.queries.logbook import LOGGED, digest_of
from kontor.office.desk.queries.logged import entries_of
from kontor.office.desk.queries.own_promises import own_promises
from kontor.rulebook.alerting import Escalation, escalations
from kontor.rulebook.calc.promised import NAMES, ServicePromises, promises_of
from kontor.rulebook.kept import Kept
from kontor.rulebook.moment import utc
from kontor.rulebook.replay import replay
from kontor.rulebook.replay_run import Replayed
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.ticket_log import Logged, What

JOB: Final = "desk.escalate"
UNCLASSED: Final = "class"  # the promise shown while nobody classified: the tightest that any class would give


def locked(ticket_id: uuid.UUID) -> Ticket:
    """Return a request that nobody else changes until this transaction ends; DoesNotExist for a stranger's."""
    return Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)


def log(ticket: Ticket, *entries: Logged, by: str, at: datetime) -> None:
    """Add entries to the log of a locked request and bring its promises up to what the log says now."""
    write(ticket, *entries, by=by, at=at)
    settle(ticket, at=at)


def write(ticket: Ticket, *entries: Logged, by: str, at: datetime) -> None:
    """Add entries to the log of a request; whoever writes what moves a clock settles it afterwards, once."""
    rows = [
        TicketLog(
            ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, what=entry.what.value, detail=entry.detail,
            moment=entry.moment, by=by, at=entry.at, recorded_at=at,
        )
        for entry in entries
    ]  # fmt: skip
    TicketLog.objects.bulk_create(rows)
    told = {str(row.pk): digest_of(row) for row in rows}
    record(LOGGED, ticket, at=at, actor=MACHINE, after={"entries": told})  # so that the record's chain proves the log


def settle(ticket: Ticket, *, at: datetime) -> Replayed:
    """Derive the promises of a request from its log again and keep what they come to now."""
    entries = entries_of(ticket)
    pack = terms_of(ticket, at=at)
    promised = own_promises(ticket) if pack is None else promises_of(pack)
    found = replay(entries, promised=promised, later=_later(ticket, entries))
    _keep_promises(ticket, found, pack, at=at)
    following = found.next_due(at)
    provisional = None if following or found.class_key or ticket.exclusion else _tightest(found, promised, at)
    nearest = following or provisional
    ticket.class_key = found.class_key
    ticket.next_due = nearest.due if nearest else None
    ticket.next_promise = (nearest.name if following else UNCLASSED) if nearest else ""
    ticket.counted_from = nearest.since if nearest else None
    ticket.still_since = found.still
    ticket.reinforced = found.reinforced
    ticket.held = found.since is None and found.closed is None
    ticket.closed_at = found.closed
    ticket.escalate_at = _next_alert(ticket, found)
    ticket.save()
    told = {"ticket": str(ticket.pk)}
    if ticket.escalate_at is not None:
        put_due(JOB, at=ticket.escalate_at, arguments=told)
    else:
        take_off(JOB, arguments=told)
    return found


def terms_of(ticket: Ticket, *, at: datetime) -> TermsPack | None:
    """Return the terms under which the request was made, whatever came since."""
    if ticket.contract_id is None:
        return None
    pack = contracts.served(ticket.contract_id, at=at).pack
    return pack if pack.version == ticket.version else contracts.terms_of_version(ticket.contract_id, ticket.version)


def _later(ticket: Ticket, entries: Iterable[Logged]) -> Mapping[str, ServicePromises]:
    versions = {entry.detail for entry in entries if entry.what is What.CALENDAR}
    assert not versions or ticket.contract_id is not None  # only a contract's calendar changes
    return {each: promises_of(contracts.terms_of_version(ticket.contract_id, each)) for each in versions}  # type: ignore[arg-type]


def _tightest(found: Replayed, promised: ServicePromises, at: datetime) -> Kept | None:
    """Return the promise that would break first under any class, while nobody said which one it is."""
    if found.since is None or found.closed is not None:
        return None
    why = NAMES["reaction"]
    made = [
        Kept.made(promise, found.since, at=at, why=why)
        for promises in promised.classes.values()
        for promise in promises
        if promise.name != "decision"
    ]
    return min(made, key=lambda each: utc(each.due), default=None)


def _keep_promises(ticket: Ticket, found: Replayed, pack: TermsPack | None, *, at: datetime) -> None:
    kept = [*((each, True) for each in found.promises), *((each, False) for each in found.past)]
    if not kept:
        return
    stored = store_rulings(
        [
            Decision(
                ruling=each.ruling, question=f"desk.{each.name}", pack=ticket.pack,
                version=pack.version if pack else "", customer_tenant=ticket.customer_tenant_id,
            )
            for each, _ in kept
        ],
        at=at,
    )  # fmt: skip
    TicketPromise.objects.bulk_create(
        [
            TicketPromise(
                ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, name=each.name, place=place,
                current=current, class_key=found.class_key, since=each.since, due=each.due, still_since=each.still,
                ended=each.ended, done=each.done, ruling=ruling,
            )
            for place, ((each, current), ruling) in enumerate(zip(kept, stored, strict=True))
        ],
        update_conflicts=True,
        unique_fields=["tenant", "ticket", "name"],
        update_fields=["place", "current", "class_key", "since", "due", "still_since", "ended", "done", "ruling"],
    )  # fmt: skip


def untold(ticket: Ticket, found: Replayed) -> list[tuple[Kept, Escalation]]:
    """Return the escalations of open promises that nobody was told of yet, whenever their moments are."""
    told = set(TicketAlert.objects.filter(ticket=ticket).values_list("promise", "stage", "due"))
    return [
        (kept, each)
        for kept in found.promises
        for each in escalations(kept)
        if (each.promise, each.stage.value, kept.due) not in told
    ]


def _next_alert(ticket: Ticket, found: Replayed) -> datetime | None:
    return min((each.at for _, each in untold(ticket, found)), key=utc, default=None)
