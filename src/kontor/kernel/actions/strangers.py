"""Whether somebody tries identifiers that are not theirs: counted in their session."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest

from kontor.kernel import registry
from kontor.kernel.actions.queue import queue
from kontor.kernel.tenancy import current_tenant

MISSED: Final = "missed"
SO_MANY: Final = 8  # a stale link or a deleted row is missed once or twice
WITHIN: Final = timedelta(minutes=10)
_NOT_FOUND: Final = 404


def is_miss(request: HttpRequest, status: int) -> bool:
    """Tell whether an address with a row's id was answered 404, as a stranger's row is."""
    return status == _NOT_FOUND and bool(_asked(request))


def note_miss(request: HttpRequest) -> None:
    """
    Count a miss of somebody who works in the current tenant, outside the request's own transaction.

    Several different ids within minutes queue the jobs that modules declare as `on_strangers`; then it counts anew.
    """
    at: datetime = request.at  # type: ignore[attr-defined]
    since = (at - WITHIN).isoformat()
    missed = {key: when for key, when in request.session.get(MISSED, {}).items() if when > since}
    missed[_asked(request)] = at.isoformat()
    request.session[MISSED] = missed if len(missed) < SO_MANY else {}
    if len(missed) >= SO_MANY:
        for module in registry.modules():
            if module.on_strangers:
                queue(module.on_strangers, current_tenant(), person=request.user.pk)


def _asked(request: HttpRequest) -> str:
    """Return the ids in a page's address, "" where it has none."""
    match = request.resolver_match
    return " ".join(str(each) for each in match.kwargs.values() if isinstance(each, uuid.UUID)) if match else ""
