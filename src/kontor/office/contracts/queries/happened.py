"""
What happened to a contract beside its amendments and invoices: notices, endings, letters, suspensions, announcements.

To add some, write a function that yields the entries of one row, and append a `Kind` to `KINDS`. How many rows there
are of each kind is asked in one query; a kind is read, in one more, only where there are any.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.statements import Counts
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import money
from kontor.office.contracts.models import (
    ClaimLetter,
    Contract,
    ContractNotice,
    EndingCase,
    HardwareDelivery,
    NoticeWithdrawal,
    PaymentPlan,
    PriceAdjustment,
    Suspension,
    TermsNoticeState,
)
from kontor.office.contracts.queries.history_sources import CHANGES, MONEY, TERMS, Entry, Told
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.ending.kinds import SHAPES, Kind as Ending
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.wording import day

_GIVEN: Final = {
    "customer": Text("Kündigung des Kunden", "Notice by the customer"),
    "provider": Text("Kündigung des Anbieters", "Notice by the provider"),
}
_OUTCOMES: Final = {
    "in_time": Text("rechtzeitig", "in time"),
    "late": Text("verspätet", "late"),
    "early": Text("vor Vertragsbeginn", "before the contract begins"),
    "awaited": Text("verschickt, Zugang offen", "sent, receipt awaited"),
    "refused": Text("ohne Wirkung", "without effect"),
    "unauthorised": Text("nicht berechtigt, wartet auf Bestätigung", "not authorised, awaits a confirmation"),
}
_ANSWERED: Final = {
    "ACCEPTED": Text("Geänderte Bedingungen angenommen", "Changed terms accepted"),
    "SILENT": Text("Geänderte Bedingungen durch Schweigen angenommen", "Changed terms accepted by silence"),
    "OBJECTED": Text("Den geänderten Bedingungen widersprochen", "Objection to the changed terms"),
    "CONTINUED": Text("Nach Widerspruch unverändert fortgesetzt", "Continued unchanged after an objection"),
    "ENDING": Text("Nach Widerspruch wird beendet", "To be ended after an objection"),
}


def noticed(row: ContractNotice, contract: Contract) -> Iterator[Entry]:
    """Yield a notice on the day it was received, or else sent, with what it does."""
    outcome = _OUTCOMES[row.outcome]
    text = outcome
    if row.ends_on is not None:
        last = day(row.ends_on)
        text = Text(f"{outcome.de}, beendet zum {last.de}", f"{outcome.en}, ends on {last.en}")
    on = row.received_on or row.sent_on or _day(row.at, contract)
    yield Entry(on, TERMS, _GIVEN[row.side], text, icon="mail", ruling=row.ruling)


def withdrawn(row: NoticeWithdrawal, contract: Contract) -> Iterator[Entry]:  # noqa: ARG001  one signature
    """Yield that a notice was taken back."""
    yield Entry(
        row.withdrawn_on, TERMS, Text("Kündigung zurückgenommen", "Notice withdrawn"), icon="rotate", ruling=row.ruling
    )


def ending_opened(row: EndingCase, contract: Contract) -> Iterator[Entry]:
    """Yield a case of an ending for cause: when it was opened, under which clause, and what became of it."""
    shape = SHAPES[Ending(row.kind)]
    rule = pack_of_terms(contract.terms).value(shape.needs)
    clause = rule.clause if rule else None
    title = Text(f"{shape.title.de}: eröffnet", f"{shape.title.en}: opened")
    yield Entry(row.opened_on, TERMS, title, icon="alert-triangle", ruling=row.ruling, clause=clause)
    if row.settled_on is not None:
        became = Text("beendet", "ended") if row.state == EndingCase.State.ENDED else Text("geschlossen", "closed")
        title = Text(f"{shape.title.de}: {became.de}", f"{shape.title.en}: {became.en}")
        yield Entry(row.settled_on, TERMS, title, row.reason, icon="file-off", ruling=row.ruling, clause=clause)


def suspended(row: Suspension, contract: Contract) -> Iterator[Entry]:
    """Yield that services were suspended, and that they are open again."""
    clause = Clause(contract.pack, row.clause, contract.version) if row.clause else None
    kind = MONEY if row.kind == Suspension.Kind.LATE else CHANGES
    title = Text("Leistungen gesperrt", "Services suspended")
    yield Entry(_day(row.from_at, contract), kind, title, row.reason, "bad", "lock", ruling=row.ruling, clause=clause)
    if row.lifted_at is not None:
        title = Text("Leistungen wieder offen", "Services open again")
        lifted = _day(row.lifted_at, contract)
        yield Entry(lifted, kind, title, row.lifted_because, "good", "lock-open", ruling=row.ruling, clause=clause)


def reminded(row: ClaimLetter, contract: Contract) -> Iterator[Entry]:
    """Yield a letter about a late payment, with all it asks for."""
    number = row.key.rpartition("-")[2]
    title = {
        ClaimLetter.Kind.REMINDER: Text(f"Mahnung {number}", f"Reminder {number}"),
        ClaimLetter.Kind.THREAT: Text("Kündigung angedroht", "Warning of termination"),
        ClaimLetter.Kind.STATEMENT: Text("Forderungsaufstellung", "Statement of the claim"),
    }[ClaimLetter.Kind(row.kind)]
    until, asked = day(row.pay_until), money(Money(contract.terms["currency"], row.total_minor))
    text = Text(
        f"Rechnung {row.claim.number}: {asked} bis {until.de}", f"Invoice {row.claim.number}: {asked} by {until.en}"
    )
    yield Entry(row.sent_on, MONEY, title, text, "warn", "hourglass", ruling=row.ruling)


def planned(row: PaymentPlan, contract: Contract) -> Iterator[Entry]:  # noqa: ARG001  one signature
    """Yield that instalments were agreed, and whether they were kept."""
    text = Text(f"{len(row.instalments)} Raten", f"{len(row.instalments)} instalments")
    yield Entry(row.agreed_on, MONEY, Text("Ratenzahlung vereinbart", "Instalments agreed"), text, icon="cash")
    if row.broken_on is not None:
        yield Entry(
            row.broken_on,
            MONEY,
            Text("Ratenzahlung nicht eingehalten", "Instalments not kept"),
            icon="cash",
            tone="bad",
        )
    if row.kept_on is not None:
        yield Entry(row.kept_on, MONEY, Text("Alle Raten bezahlt", "All instalments paid"), icon="cash", tone="good")


def announced_prices(row: PriceAdjustment, contract: Contract) -> Iterator[Entry]:  # noqa: ARG001  one signature
    """Yield that new prices were announced."""
    since = day(row.effective_on)
    text = Text(f"gelten ab {since.de}", f"hold from {since.en}")
    title = Text("Neue Preise angekündigt", "New prices announced")
    yield Entry(row.announced_on, CHANGES, title, text, icon="trending-up", ruling=row.ruling)


def announced_terms(row: TermsNoticeState, contract: Contract) -> Iterator[Entry]:  # noqa: ARG001  one signature
    """Yield that a change of the terms was told, and the answer to it."""
    title = Text("Änderung der Bedingungen mitgeteilt", "Change of terms told")
    yield Entry(row.notice.sent_on, CHANGES, title, row.notice.title, icon="git-compare", ruling=row.ruling)
    if row.answered_on is not None and row.state in _ANSWERED:
        yield Entry(
            row.answered_on, CHANGES, _ANSWERED[row.state], row.notice.title, icon="git-compare", ruling=row.ruling
        )


def delivered(row: HardwareDelivery, contract: Contract) -> Iterator[Entry]:
    """Yield that hardware was handed over, and that it was inspected."""
    text = Text(f"Lieferung {row.number}", f"Delivery {row.number}")
    if row.customer_on is not None:
        title = Text("Hardware übergeben", "Hardware handed over")
        yield Entry(row.customer_on, CHANGES, title, text, icon="truck", ruling=row.warranty_ruling)
    if row.inspected_on is not None:
        rules = pack_of_terms(contract.terms).hardware
        clause = rules.inspection.clause if rules and rules.inspection else None
        title = Text("Hardware untersucht", "Hardware inspected")
        yield Entry(row.inspected_on, CHANGES, title, text, icon="list-check", clause=clause)


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of thing that happens.

    path    from the row to its contract, "claim__contract"
    with_   what is read along
    own     only the house sees it; other rows are shared with the customer
    """

    model: Any
    entries: Callable[[Any, Contract], Iterator[Entry]]
    path: str = "contract"
    with_: tuple[str, ...] = ()
    own: bool = False

    def rows(self, contract: uuid.UUID) -> QuerySet[Any]:
        """Return the rows about a contract that the reader may see, unread."""
        rows: TenantQuerySet[Any] = TenantQuerySet(self.model)
        mine = rows.of(current_tenant()) if self.own else rows.seen_by(current_tenant())
        return mine.filter(**{f"{self.path}_id": contract})


KINDS: Final[dict[str, Kind]] = {
    "notices": Kind(ContractNotice, noticed),
    "withdrawals": Kind(NoticeWithdrawal, withdrawn, path="notice__contract"),
    "cases": Kind(EndingCase, ending_opened, own=True),
    "suspensions": Kind(Suspension, suspended),
    "letters": Kind(ClaimLetter, reminded, path="claim__contract", with_=("claim",)),
    "plans": Kind(PaymentPlan, planned, path="claim__contract"),
    "prices": Kind(PriceAdjustment, announced_prices),
    "terms": Kind(TermsNoticeState, announced_terms, path="notice__contract", with_=("notice",)),
    "deliveries": Kind(HardwareDelivery, delivered),
}


def happened(told: Told) -> Iterator[Entry]:
    """Yield what the reader may see of a contract; one query for each kind of which there is anything."""
    counted = told.counted if told.counted is not None else _counts().of(told.contract.pk)
    for key, kind in KINDS.items():
        if counted[key] and (told.own or not kind.own):
            rows = (
                kind.rows(told.contract.pk).select_related(*kind.with_) if kind.with_ else kind.rows(told.contract.pk)
            )
            for row in rows:
                yield from kind.entries(row, told.contract)


def kinds_counted() -> dict[str, Sequence[Callable[[uuid.UUID], QuerySet[Any]]]]:
    """Return what `Counts` needs to count the rows of each kind about one contract."""
    return {key: [kind.rows] for key, kind in KINDS.items()}


@cache
def _counts() -> Counts:
    return Counts(kinds_counted())


def _day(at: datetime, contract: Contract) -> date:
    return at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
