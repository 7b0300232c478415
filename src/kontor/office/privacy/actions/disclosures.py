"""Passing a customer's data on to a third party: refused without a basis, and on record for both (crm §9.3, §16)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.models import Disclosure
from kontor.rulebook.disclosure import BASES, may_disclose
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """
    What is to be passed on.

    data        in words; file  its name and content, None where it goes another way
    permission  the customer's written permission as a PDF
    """

    of_tenant: uuid.UUID
    recipient: str
    email: str
    purpose: str
    data: str
    basis: str
    reference: str = ""
    permission: bytes | None = None
    file: tuple[str, bytes] | None = None


@transaction.atomic
def disclose(passing: Passing, *, at: datetime, actor: Actor) -> Disclosure:
    """
    Pass data on: the mail with its file goes out, and recipient, purpose and basis stand in both trails.

    RefusalError without a basis; nothing goes out then. MailAddressError for no address.
    """
    documented = passing.permission is not None and passing.permission.startswith(PDF)
    ruled = may_disclose(passing.basis, purpose=passing.purpose, reference=passing.reference, documented=documented)
    if not ruled.value:
        raise RefusalError(ruled.working[0])
    if not passing.data.strip():
        raise RefusalError(Text("Was weitergegeben wird, ist zu nennen.", "What is passed on must be named."))
    company = Tenant.objects.get(pk=passing.of_tenant, is_house=False)
    paper, file = passing.permission if documented else None, passing.file
    made = Disclosure.objects.create(
        of_tenant=company.pk, company=company.name, recipient=passing.recipient.strip(), email=passing.email,
        purpose=passing.purpose, data=passing.data.strip(), basis=passing.basis, reference=passing.reference.strip(),
        permission=keep(paper, name="permission.pdf", media_type="application/pdf", at=at) if paper else None,
        file=keep(file[1], name=file[0], media_type="application/octet-stream", at=at) if file else None,
        ruling=store_ruling(ruled.map(str), question="privacy.disclosure", at=at), by_name=actor.name, at=at,
    )  # fmt: skip
    told = {"recipient": made.recipient, "purpose": made.purpose, "basis": made.basis, "reference": made.reference}
    clause = ", ".join(map(str, ruled.clauses))
    record("privacy.disclosed", made, at=at, actor=actor, clause=clause, ruling=made.ruling, after=told)
    basis = BASES[made.basis]
    send_mail(
        to=made.email, to_name=made.recipient, subject=f"{company.name}: {made.data}"[:200],
        text=f"{made.data}\n\n{basis.de} / {basis.en}: {made.reference or company.name}\n",
        attachments=[(made.file.name, made.file.media_type, made.file)] if made.file else (), about=made, at=at,
    )  # fmt: skip
    with as_tenant(company.pk):
        record("privacy.disclosed", company, at=at, actor=actor, clause=clause, after=told)
    return made
