"""The access log: the newest calls as they are kept, and what never stands there."""

from typing import Final

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kontor.kernel.access_log import NoAccessLogError, newest_calls
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.privacy.actions.trail import note_calls_read
from kontor.office.privacy.views.tabs import house_tabs
from kontor.rulebook.subject_request import GROUNDS

SHOWN: Final = 200


@requires("privacy.calls")
@require_GET
def calls(request: TenantRequest) -> HttpResponseBase:
    """Show the newest calls; that somebody looked stands in the trail."""
    try:
        rows = newest_calls(SHOWN)
    except NoAccessLogError:
        rows = None
    else:
        note_calls_read(request.tenant, at=request.at, actor=request.actor)
    context = {"rows": rows, "objection": GROUNDS["needed"][0], **house_tabs(request, "calls")}
    return render(request, "privacy/calls.html", context)
