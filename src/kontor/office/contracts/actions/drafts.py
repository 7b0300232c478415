"""Writing an offer: from a price list, under a pack, until it is sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books import public as books
from kontor.office.contracts.models import OfferDraft, OfferDraftLine
from kontor.rulebook.contract_state import counted
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said


class SentDraftError(Exception):
    """What was sent is not written on: a changed offer is a new one."""

    text = Text("Dieses Angebot ist schon versandt.", "This offer has been sent already.")


@dataclass(frozen=True, slots=True)
class Position:
    """An item of the price list, and how many."""

    item: uuid.UUID
    quantity: Decimal


@transaction.atomic
def write_draft(
    *,
    seller: uuid.UUID,
    party: uuid.UUID,
    price_list: uuid.UUID,
    pack: str,
    version: str,
    language: str,
    valid_until: date,
    at: datetime,
    actor: Actor,
) -> OfferDraft:
    """Begin an offer; what it must say further depends on the pack."""
    draft = OfferDraft.objects.create(
        seller_id=seller,
        party_id=party,
        price_list_id=price_list,
        pack=pack,
        version=version,
        language=language,
        valid_until=valid_until,
        created_at=at,
    )
    record("contracts.draft_written", draft, at=at, actor=actor, after={"pack": f"{pack} {version}"})
    return draft


@transaction.atomic
def set_positions(draft_id: uuid.UUID, positions: Sequence[Position], *, at: datetime, actor: Actor) -> OfferDraft:
    """
    Give the draft exactly these positions; none of them with a quantity of nought.

    RefusalError for a part of what is only sold whole.
    """
    draft = _open(draft_id)
    _refuse_parts(positions, books.price_items(draft.price_list_id))
    draft.lines.all().delete()
    OfferDraftLine.objects.bulk_create(
        OfferDraftLine(id=uuid7(), draft=draft, item_id=position.item, quantity=position.quantity, order=place)
        for place, position in enumerate(positions, start=1)
        if position.quantity > 0
    )
    record("contracts.draft_changed", draft, at=at, actor=actor, after={"positions": len(positions)})
    return draft


@transaction.atomic
def set_terms(
    draft_id: uuid.UUID,
    *,
    agreed: Mapping[str, Any],
    settings: Mapping[str, Any],
    at: datetime,
    actor: Actor,
    **given: Any,
) -> OfferDraft:
    """Say what the pack leaves to the offer, choose readings, and set the other columns of the draft."""
    draft = _open(draft_id)
    draft.agreed, draft.settings = dict(agreed), dict(settings)
    for name, value in given.items():
        setattr(draft, name, value)
    draft.save(update_fields=["agreed", "settings", *given])
    record("contracts.draft_changed", draft, at=at, actor=actor, after={"agreed": agreed, "settings": settings})
    return draft


@transaction.atomic
def discard_draft(draft_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Throw a draft away that was never sent."""
    draft = _open(draft_id)
    record("contracts.draft_discarded", draft, at=at, actor=actor)
    draft.delete()


def _refuse_parts(positions: Sequence[Position], items: Sequence[books.ListedItem]) -> None:
    """A seat, a module, a device is ordered whole; an hour and a service may be ordered in part."""
    whole = {item.id: item for item in items if not item.divisible}
    for position in positions:
        item = whole.get(position.item)
        if item is not None and position.quantity % 1:
            raise RefusalError(
                said(
                    "„{name}“ gibt es nur ganz; {quantity} geht nicht.",
                    "“{name}” is only sold whole; {quantity} is not possible.",
                    name=Text(item.name_de, item.name_en),
                    quantity=counted(position.quantity),
                )
            )


def _open(draft_id: uuid.UUID) -> OfferDraft:
    draft = OfferDraft.objects.select_for_update().get(pk=draft_id)
    if draft.sent_as:
        raise SentDraftError
    return draft
