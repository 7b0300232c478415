"""Papers that are to be signed: how a request stands, and the words of consent and of what such a signature is."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from kontor.kernel.models import Membership
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.models import SignatureRequest
from kontor.office.identity.public import here, names_of
from kontor.rulebook.ruling import Text

State = SignatureRequest.State
CONSENT: Final = Text(
    "Ich habe dieses Dokument gelesen und unterschreibe es elektronisch.",
    "I have read this document and sign it electronically.",
)
LEVEL: Final = Text(
    "Dies ist eine einfache elektronische Signatur (Verordnung (EU) 910/2014, Art. 3 Nr. 10). Sie ist vor Gericht als "
    "Beweis zulässig (Art. 25 Abs. 1), steht einer handschriftlichen Unterschrift aber nicht gleich: Das tut nur eine "
    "qualifizierte (Art. 25 Abs. 2). Wo ein Gesetz Schriftform verlangt, genügt sie nicht.",
    "This is a simple electronic signature (Regulation (EU) 910/2014, Art. 3 (10)). It is admissible as evidence "
    "in court (Art. 25 (1)) but does not equal a handwritten signature: only a qualified one does (Art. 25 (2)). Where "
    "a law demands written form it does not suffice.",
)


def is_open(request: SignatureRequest, at: datetime) -> bool:
    """Tell whether it may still be signed or refused."""
    return request.state == State.ASKED and at < request.expires_at


def requests_of(document: uuid.UUID) -> QuerySet[SignatureRequest]:
    """Return who was asked to sign a document, the latest first."""
    rows = SignatureRequest.objects.filter(version__document=document)
    return rows.select_related("version", "outcome").order_by("-at", "-pk")


def asked_of(user: uuid.UUID, *, at: datetime) -> QuerySet[SignatureRequest]:
    """Return what a person who works here is asked to sign."""
    rows = SignatureRequest.objects.filter(tenant_id=current_tenant(), user=user, state=State.ASKED, expires_at__gt=at)
    return rows.select_related("version__document").order_by("expires_at")


def people_here(*, at: datetime) -> Sequence[tuple[uuid.UUID, str]]:
    """Return who works here, by name."""
    users = list(Membership.objects.filter(here(at)).values_list("user_id", flat=True))
    return sorted(names_of(users).items(), key=lambda one: one[1].casefold())
