"""Filing what both sides sign after the conclusion: a paper, a place among the contract's papers, a dated amendment."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.models import Addendum, Contract
from kontor.office.contracts.queries.papers import ranks_of
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.addendum import Signatures, holds_from
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddendum:
    """
    What the paper says about itself.

    rank       its place in the pack's order of papers, "" where the pack has none
    provision  the provision that it names expressly, "" for none
    signed     the days on which both signed
    """

    title: str
    says: str
    rank: str
    provision: str
    effective_on: date
    signed: Signatures


@transaction.atomic
def add_addendum(
    contract_id: uuid.UUID, new: NewAddendum, *, file: bytes, file_name: str, at: datetime, actor: Actor
) -> Addendum:
    """
    File a signed addendum: from its day on it is one of the contract's papers; the customer sees it.

    RefusalError where a signature is missing, the file is no PDF, its day lies before the contract, or its place is
    none of the pack's order.
    """
    contract = Contract.objects.get(pk=contract_id)
    pack = terms_on(contract, new.effective_on)
    form = pack.documents.changes_need if pack.documents else None
    ruling = holds_from(new.effective_on, new.signed, clauses=form.clauses if form else ())
    _refuse_what_does_not_fit(contract, new, file)
    if ruling.value is None or new.signed.provider is None or new.signed.customer is None:
        raise RefusalError(ruling.working[-1])
    amendment = amend(contract, "addendum", [], effective_on=ruling.value, ruling=ruling, at=at, actor=actor)
    kept = keep(file, name=file_name, media_type="application/pdf", customer_tenant=contract.customer_tenant_id, at=at)
    return Addendum.objects.create(
        contract=contract,
        amendment=amendment,
        customer_tenant_id=contract.customer_tenant_id,
        title=new.title,
        says=new.says,
        rank=new.rank,
        provision=new.provision,
        effective_on=ruling.value,
        signed_by_us_on=new.signed.provider,
        signed_by_customer_on=new.signed.customer,
        file=kept,
        at=at,
    )


def _refuse_what_does_not_fit(contract: Contract, new: NewAddendum, file: bytes) -> None:
    if not file.startswith(PDF):
        raise RefusalError(Text("Die Datei ist kein PDF.", "The file is no PDF."))
    if new.effective_on < contract.start_on:
        raise RefusalError(
            said(
                "Der Vertrag beginnt am {first}; ein Nachtrag gilt frühestens ab dann.",
                "The contract begins on {first}; an addendum holds from then at the earliest.",
                first=day(contract.start_on),
            )
        )
    ranks = ranks_of(contract)
    if new.rank not in (ranks or {""}):
        raise RefusalError(
            Text(
                "Diesen Rang kennt der Vertrag nicht; was keinen Rang hat, ist nicht Teil des Vertrags.",
                "The contract knows no such rank; what has none is no part of the contract.",
            )
        )
