"""One lock for everything that moves a tenant's claims: a contract's own row is final and cannot be locked."""

from django.db import connection

from kontor.kernel.tenancy import current_tenant


def one_at_a_time() -> None:
    """Let no two look at one tenant's claims at once: the second sees what the first has written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"claims {current_tenant()}"])
