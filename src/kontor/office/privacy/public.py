"""What other apps may ask of privacy."""

import uuid
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import erasing, exports, subject_mail
from kontor.office.privacy.actions.demo import make_papers
from kontor.office.privacy.actions.erasing import ErasureRefusedError
from kontor.office.privacy.actions.retention import keep_nights
from kontor.office.privacy.actions.statements import Asked, ask
from kontor.office.privacy.actions.subject_mail import Written
from kontor.office.privacy.models import Deletion, Erasure
from kontor.office.privacy.queries import consents, exports as leave_copies, gate, notice
from kontor.office.privacy.queries.locks import is_locked, not_locked, not_locked_sql
from kontor.office.privacy.queries.statements import agreeing
from kontor.rulebook.processing_gate import Gate
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.terms import TermsPack

__all__ = [
    "Asked",
    "ErasureRefusedError",
    "Written",
    "agreeing",
    "ask",
    "certificate_of",
    "deletions",
    "drop_erasure_of",
    "dropped_by_hand",
    "is_erased",
    "is_gone",
    "is_handed_over",
    "is_locked",
    "keep_nights",
    "make_papers",
    "may_write_to",
    "not_locked",
    "not_locked_sql",
    "notice_is_published",
    "plan_erasure",
    "planned_after",
    "prepare_copy",
    "refuse_gone",
    "replay",
    "take_subject_mail",
    "unsubscribe_url",
    "withheld",
]


def may_write_to(email: str, purpose: str, *, at: datetime) -> Ruling[bool]:
    """
    Return whether the current tenant may write to an address for a purpose at a moment, and why.

    purpose  of the tenant's consent texts, or one that needs none by the terms ("transactional")
    """
    return consents.may_write_to(email, purpose, at=at)


def take_subject_mail(mail: Written, *, received_at: datetime, at: datetime) -> bool:
    """Take a mail to the current tenant's privacy address in as a request on one's own data; False for any other."""
    return subject_mail.take_subject_mail(mail, received_at=received_at, at=at) is not None


def unsubscribe_url(email: str, purpose: str) -> str:
    """Return the address for a mail's List-Unsubscribe; LookupError for somebody who was never asked."""
    text = consents.text_of(purpose)
    found = consents.consent_of(email, text) if text else None
    if found is None or not found.steps:
        raise LookupError(purpose)
    return consents.end_url(found.steps[0])


def withheld(contract: uuid.UUID, pack: TermsPack, keys: Collection[str]) -> dict[str, Ruling[Gate]]:
    """Return the modules that stay locked for the current tenant under a contract, each with why; see queries.gate."""
    return gate.withheld(contract, pack, keys)


def notice_is_published(*, at: datetime) -> bool:
    """Tell whether the current tenant's privacy notice is out; before that no form asks visitors for data (6.4.3)."""
    return notice.is_published(at=at)


def plan_erasure(
    tenant: Tenant, *, reason: str, due_on: date, ruling: Ruling[Any], told: Mapping[str, Any], at: datetime,
    actor: Actor,
) -> uuid.UUID:  # fmt: skip
    """Have a company's data erased from a day on, as the house; see `actions.erasing.plan_erasure`."""
    return erasing.plan_erasure(tenant, reason=reason, due_on=due_on, ruling=ruling, told=told, at=at, actor=actor).pk


def drop_erasure_of(tenant: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> bool:
    """Let a company's planned erasure not happen; False where none is planned any more."""
    planned = Erasure.objects.filter(of_tenant=tenant, state=Erasure.State.PLANNED).first()
    if planned is None:
        return False
    erasing.drop_erasure(planned.pk, because=because, at=at, actor=actor)
    return True


def planned_after(reason: str) -> set[uuid.UUID]:
    """Return the companies whose erasure is planned for a reason and has not begun."""
    rows = Erasure.objects.filter(reason=reason, state=Erasure.State.PLANNED)
    return set(rows.values_list("of_tenant", flat=True))


def dropped_by_hand(reason: str, *, goes_on: str) -> set[tuple[uuid.UUID, date]]:
    """Return the companies and days whose erasure somebody let drop; `goes_on` says why a machine did."""
    rows = Erasure.objects.filter(reason=reason, state=Erasure.State.DROPPED).exclude(dropped_because=goes_on)
    return set(rows.values_list("of_tenant", "due_on"))


def certificate_of(erasure_id: uuid.UUID) -> tuple[uuid.UUID, Blob]:
    """Return whose erasure it was, and its certificate; only of one that is done."""
    done = Erasure.objects.select_related("certificate").get(pk=erasure_id, state=Erasure.State.DONE)
    assert done.certificate is not None
    return done.of_tenant, done.certificate


def is_gone(tenant: uuid.UUID) -> bool:
    """Tell whether a company's data was erased: it is not recoverable."""
    return erasing.is_gone(tenant)


def prepare_copy(tenant: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Have the copy of everything made that a company wants back; where one is under way, that is it."""
    with as_tenant(tenant), suppress(exports.ExportUnderWayError):
        exports.ask_for_export(at=at, actor=actor)


def is_handed_over(tenant: uuid.UUID) -> bool:
    """Tell whether a company has fetched a copy of its data."""
    return leave_copies.handed_over(tenant) is not None


def is_erased(tenant: uuid.UUID) -> bool:
    """Tell whether the erasure of a company is done: nothing of it is going any more."""
    return erasing.is_gone(tenant) and not Erasure.objects.filter(of_tenant=tenant, state__in=erasing.OPEN).exists()


def refuse_gone(tenant: uuid.UUID) -> None:
    """Raise ErasureRefusedError where a company that was erased is to be brought back."""
    erasing.refuse_gone(tenant)


def deletions() -> list[tuple[uuid.UUID, datetime]]:
    """Return every company that the house has erased and when, the first of them first."""
    rows = Deletion.objects.filter(person=None).order_by("at", "pk")
    return list(rows.values_list("of_tenant", "at"))


def replay(listed: list[tuple[uuid.UUID, datetime]], *, at: datetime) -> int:
    """Erase again, as the house, what a restored backup brought back; how many companies that were."""
    return erasing.replay(listed, at=at)
