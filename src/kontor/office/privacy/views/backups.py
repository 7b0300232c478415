"""How old the last backup is, how long a restore takes, and how it is done."""

from typing import Final

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kontor.kernel.requests import TenantRequest, requires
from kontor.office.privacy.models import BackupRun, Rehearsal, ResourceReading
from kontor.office.privacy.views.tabs import house_tabs

SHOWN: Final = 14
COMMANDS: Final = (
    "kontor backup",
    "kontor restore --identity FILE --rehearse",
    "kontor restore --identity FILE",
    "kontor restore --identity FILE --at 2026-11-22T14:05:00+01:00",
    "kontor copy-for-tests FOLDER",
)


@requires("privacy.see")
@require_GET
def backups(request: TenantRequest) -> HttpResponseBase:
    """Show the last backups with their expiry, the last rehearsals with their minutes, and what to type."""
    runs = list(BackupRun.objects.order_by("-made_at")[:SHOWN])
    tried = list(Rehearsal.objects.order_by("-at")[:SHOWN])
    context = {
        "runs": [(run, run.expires_on >= request.at.date()) for run in runs],
        "hours": int((request.at - runs[0].made_at).total_seconds() // 3600) if runs else None,
        "tried": [(each, f"{each.seconds / 60:.1f}") for each in tried],
        "commands": COMMANDS,
        "reading": ResourceReading.objects.order_by("-at").first(),
        **house_tabs(request, "backups"),
    }
    return render(request, "privacy/backups.html", context)
