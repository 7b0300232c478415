"""Where data lies: the house's page of all places and customers, a company's own page, and its test tenant."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.actions import data_places as actions
from kontor.kernel.actions.data_places import MoveRefusedError
from kontor.kernel.actions.sandboxes import found_sandbox, sandbox_of
from kontor.kernel.components import Run
from kontor.kernel.models import FileMove, Tenant
from kontor.kernel.queries.data_places import countries
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.storage import UndeclaredPlaceError
from kontor.kernel.wording import number, spoken
from kontor.office.identity.queries.data_places import (
    KINDS,
    everybody_lying,
    logged,
    lying_of,
    sandbox_ruling,
)
from kontor.office.identity.views.frames import me, security_tabs


@requires("identity.security")
@require_GET
def own(request: TenantRequest) -> HttpResponseBase:
    """Show where the company's own data lies, with whom and under which agreement; and its test tenant."""
    tenant = Tenant.objects.get(pk=request.tenant.pk)
    context = {
        "tabs": security_tabs(request, "places"),
        "one": lying_of(tenant),
        "move": FileMove.received.filter(customer_tenant=tenant, ended_at=None).first(),
        "named": countries(tenant.kept_under),
        "logged": logged(tenant),
        "sandbox": sandbox_of(tenant.pk),
        "promised": sandbox_ruling(tenant),
        "may_have": not tenant.is_house and tenant.sandbox_of_id is None,
        "real": tenant.sandbox_of,
    }
    return render(request, "identity/own_places.html", context)


@requires("identity.security", fresh=True)
@require_POST
def sandbox(request: TenantRequest) -> HttpResponseBase:
    """Make the company's test tenant; refused where no contract promises one, and in a test tenant itself."""
    tenant = Tenant.objects.get(pk=request.tenant.pk)
    if tenant.is_house or tenant.sandbox_of_id or not sandbox_ruling(tenant).value:
        messages.error(request, _("No contract of your company promises a test tenant. Ask your provider."))
        return redirect("identity:own-places")
    made = found_sandbox(me(request), at=request.at, actor=request.actor)
    messages.success(request, _("%(name)s is ready. Change to it at the top left.") % {"name": made.name})
    return redirect("identity:own-places")


@requires("identity.places")
@require_GET
def everybody(request: TenantRequest) -> HttpResponseBase:
    """Show all places that are declared, and of every customer where its data lies and where it may not."""
    rows = everybody_lying()
    at_places = {place.key: [row for row in rows if place in row.files.places] for place in settings.KONTOR_PLACES}
    context = {
        "places": [
            (place, len(at_places[place.key]), [label for kind, label in KINDS.items() if kind in place.holds])
            for place in settings.KONTOR_PLACES
        ],
        "rows": [(row, _run(row.move) if row.move else None) for row in rows],
        "wrong": sum(row.wrong for row in rows),
    }
    return render(request, "identity/data_places.html", context)


@requires("identity.places", fresh=True)
@require_POST
def move(request: TenantRequest, tenant_id: uuid.UUID) -> HttpResponseBase:
    """Begin to bring a customer's files to another place."""
    tenant = get_object_or_404(Tenant, pk=tenant_id)
    try:
        actions.begin_move(tenant.pk, target=request.POST.get("target", ""), at=request.at, actor=request.actor)
    except MoveRefusedError as refused:
        messages.error(request, spoken(refused.text))
    except UndeclaredPlaceError:
        messages.error(request, _("This place is not declared. Choose one of those on the page."))
    else:
        messages.success(request, _("The files are on their way. You may leave this page."))
    return redirect("identity:data-places")


@requires("identity.places")
@require_GET
def progress(request: TenantRequest, move_id: uuid.UUID) -> HttpResponseBase:
    """Give the box of a move alone; once it is done, the whole page is loaded again."""
    found = get_object_or_404(FileMove, pk=move_id)
    answer = render(request, "kernel/components/run.html", {"run": _run(found)})
    if found.ended_at:
        answer.headers["HX-Refresh"] = "true"
    return answer


@requires("identity.places")
@require_POST
def go_on(request: TenantRequest, move_id: uuid.UUID) -> HttpResponseBase:
    """Have a move go on that stopped, such as for a place that was out of reach."""
    found = get_object_or_404(FileMove, pk=move_id, ended_at=None)
    actions.go_on(found.pk, at=request.at, actor=request.actor)
    return redirect("identity:data-places")


def _run(found: FileMove) -> Run:
    total = max(found.files, found.copied) + 1
    done = total if found.ended_at else found.copied
    words = {"done": number(found.copied), "total": number(total - 1), "place": found.target or "KONTOR_BLOBS"}
    return Run(
        _("%(done)s of %(total)s files are at %(place)s") % words,
        done,
        total,
        url=reverse("identity:files-moving", args=(found.pk,)),
    )
