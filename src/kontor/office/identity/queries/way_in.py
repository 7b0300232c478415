"""The gate between a session and a tenant: whether how somebody signed in counts there."""

import uuid
from typing import Final

from django.http import HttpRequest

from kontor.kernel.sessions import METHOD
from kontor.kernel.standing import Standing
from kontor.office.identity.models import IdentityProvider
from kontor.office.identity.queries.single_sign_on import may_break_glass

GLASS: Final = "broke_glass"  # the session's key for the tenant in which somebody broke the glass


def way_in_is_shut(request: HttpRequest) -> bool:
    """
    Tell whether somebody must come in another way.

    A directory vouches for its own tenant alone: who came by another tenant's is not let in by it. Where single sign-on
    is enforced, passwords and passkeys open nothing, but for an administrator who has broken the glass.
    """
    standing: Standing = request.standing  # type: ignore[attr-defined]
    method = request.session.get(METHOD, "")
    if ":" in method:
        provider = uuid.UUID(method.partition(":")[2])
        return not IdentityProvider.objects.filter(pk=provider, active=True).exists()
    if not standing.entry.sso_only:
        return False
    broken = request.session.get(GLASS) == str(standing.tenant.pk)
    return not (broken and may_break_glass(request.user.pk))  # type: ignore[arg-type]
