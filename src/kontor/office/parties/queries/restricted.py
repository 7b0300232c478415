"""People whose data is only stored (GDPR Art. 18): told in every list, and in no list for choosing or taking away."""

import uuid

from django.db.models import QuerySet
from django.db.models.functions import Lower

from kontor.kernel.restricting import restricted
from kontor.office.parties.models import Contact, Party, PartyEmail
from kontor.rulebook.ruling import Ruling


def at_rest() -> dict[uuid.UUID, Ruling[bool]]:
    """Return the parties of the current tenant whose data is only stored, each with why; three queries at most."""
    known = restricted()
    if not known:
        return {}
    small = list(known)
    own = Party.objects.alias(small=Lower("email")).filter(small__in=small).values_list("pk", "email")
    further = PartyEmail.objects.alias(small=Lower("email")).filter(small__in=small).values_list("party_id", "email")
    return {pk: known[email.lower()] for pk, email in (*own, *further)}


def usable(rows: QuerySet[Party]) -> QuerySet[Party]:
    """Return those of these parties whose data may be used."""
    left_out = at_rest()
    return rows.exclude(pk__in=left_out) if left_out else rows


def usable_contacts(rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """Return those of these people at companies whose data may be used."""
    known = restricted()
    return rows.alias(small=Lower("email")).exclude(small__in=list(known)) if known else rows
