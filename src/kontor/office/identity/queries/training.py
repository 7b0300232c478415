"""Who of the house was trained in data protection, and so may look at a customer's data."""

import uuid
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from kontor.kernel.models import Membership
from kontor.kernel.support import looked_at_by
from kontor.office.identity.models import Training


def is_trained(person: uuid.UUID, *, on: date) -> bool:
    """Tell whether a person of the current tenant has a training that counts on a day; one query."""
    return Training.objects.filter(person=person, held_on__lte=on, valid_until__gte=on).exists()


def looks_untrained(request: HttpRequest) -> bool:
    """Tell whether somebody of the house is about to look at a customer without a training (GDPR Art. 32 (4))."""
    if looked_at_by(request.session) is None:
        return False
    person: uuid.UUID = request.user.pk  # type: ignore[assignment]
    return not is_trained(person, on=timezone.localdate(request.at))  # type: ignore[attr-defined]


def with_training(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Return members with `trained_until` and `training`, the evidence, of the training that counts longest."""
    own = Training.objects.filter(person=OuterRef("user_id")).order_by("-valid_until", "-pk")
    return members.annotate(
        trained_until=Subquery(own.values("valid_until")[:1]), training=Subquery(own.values("evidence")[:1])
    )
