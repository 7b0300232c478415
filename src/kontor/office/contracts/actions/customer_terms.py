"""Filing terms that a customer attached to its order: kept as evidence of what came, and as excluded."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.contracts.models import CustomerTerms, Offer
from kontor.office.contracts.queries.confirmations import customer_terms_ruling
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """
    A paper with the customer's own terms.

    received_on  the day it came; by_customer where it came with the acceptance on our page
    """

    content: bytes
    name: str
    received_on: date
    by_customer: bool = False


@transaction.atomic
def file_customer_terms(offer_id: uuid.UUID, paper: Attached, *, at: datetime, actor: Actor) -> CustomerTerms:
    """
    File a customer's own terms with the offer they came for, as excluded.

    RefusalError where the offer's terms do not exclude them, the file is no PDF or the day has not come;
    QuotaExceededError where the file does not fit. Offer.DoesNotExist for a stranger's id.
    """
    offer = Offer.objects.get(pk=offer_id)
    ruling = customer_terms_ruling(offer)
    if not paper.content.startswith(PDF):
        raise RefusalError(Text("Die Datei ist kein PDF.", "The file is no PDF."))
    if paper.received_on > at.astimezone(ZoneInfo(pack_of_terms(offer.terms).zone)).date():
        when = day(paper.received_on)
        raise RefusalError(said("Der {day} ist noch nicht gekommen.", "{day} has not come yet.", day=when))
    stored = store_ruling(ruling, question="contracts.customer_terms", pack=offer.pack, version=offer.version, at=at)
    row = CustomerTerms.objects.create(
        offer=offer,
        standing=CustomerTerms.Standing.EXCLUDED,
        received_on=paper.received_on,
        by_customer=paper.by_customer,
        file=keep(paper.content, name=paper.name, media_type="application/pdf", at=at),
        clause=ruling.clauses[0].number,
        ruling=stored,
        at=at,
    )
    after = {"standing": row.standing, "file": paper.name, "received_on": row.received_on}
    record("contracts.customer_terms_filed", offer, at=at, actor=actor, clause=row.clause, ruling=stored, after=after)
    return row
