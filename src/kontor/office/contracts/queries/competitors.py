"""Registrations that wait for the house's written consent."""

from collections.abc import Sequence

from kontor.office.contracts.models import HeldRegistration


def held_registrations() -> Sequence[HeldRegistration]:
    """Return those that wait, the oldest first; one query."""
    return list(HeldRegistration.objects.filter(state=HeldRegistration.State.HELD).order_by("registered_at", "pk"))
