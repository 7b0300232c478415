"""Whether mail reaches somebody."""

from kontor.kernel.models import RefusedAddress


def refused_address(email: str) -> RefusedAddress | None:
    """Return why mail to an address of this tenant's does not arrive, None where nothing says so; one query."""
    return RefusedAddress.objects.filter(email=email.casefold(), mended_at=None).first()
