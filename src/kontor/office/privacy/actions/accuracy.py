"""Data that is found to be wrong: the controller is told, whose data it is (visitor Anlage 3, Klausel 8 c)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership, RefusedAddress
from kontor.office.identity import public as identity
from kontor.office.privacy.queries.subject_data import Subject, found
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

JOB: Final = "privacy.address_refused"
CLAUSE: Final = "Anlage 3, Klausel 8 c"


@transaction.atomic
def tell_of_wrong_address(email: str, *, at: datetime) -> list[str]:
    """
    Tell a tenant's administrators that an address in its data reaches nobody, and in which tables it stands.

    Return these tables; none for a member's address, of which they are told otherwise, and where it stands nowhere any
    more. The notice names the address alone, no person: whose it is stands behind the tables' own rights.
    """
    refused = RefusedAddress.objects.filter(email=email.casefold(), mended_at=None).first()
    if refused is None or Membership.objects.filter(user__email__iexact=email).exists():
        return []
    subject = Subject(user=None, emails=(email,))
    kept = {JOB.partition(".")[0], "kernel"}  # what was sent, and registers of who asked: nothing to put right there
    labels = sorted(
        each.data.model for each in found(subject, elsewhere=False) if each.data.model.partition(".")[0] not in kept
    )
    if not labels:
        return []
    record(JOB, refused, at=at, actor=MACHINE, clause=CLAUSE, after={"tables": labels})
    identity.tell_administrators(
        Text("Eine Adresse in Ihren Daten stimmt nicht", "An address in your data is wrong"),
        said(
            "An {email} kam nichts an:\n{problem}\n\nSie steht in: {tables}. Bitte berichtigen oder löschen Sie sie "
            "({clause}).",
            "Nothing arrived at {email}:\n{problem}\n\nIt stands in: {tables}. Please correct or delete it ({clause}).",
            email=email,
            problem=refused.problem,
            tables=", ".join(labels),
            clause=CLAUSE,
        ),
        about=refused,
        at=at,
    )
    return labels
