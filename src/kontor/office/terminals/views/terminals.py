"""The tenant's terminals: which there are, pairing one, changing it, starting it anew, parting from it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.terminals import queries
from kontor.office.terminals.actions import pairing as actions
from kontor.office.terminals.forms import ChangeForm, PairForm
from kontor.office.terminals.models import Terminal

SEE, SET_UP = "terminals.see", "terminals.set_up"


@requires(SEE, at_sites=True)
@require_GET
def terminals(request: TenantRequest) -> HttpResponseBase:
    """List the terminals, those in use first by name, and whether each is in touch."""
    rows = Terminal.objects.filter(unpaired_at=None).select_related("site")
    listing = Listing(
        request,
        rows,
        name="terminals",
        columns=(
            Column("name", gettext_lazy("Name"), url=addresses("terminals:terminal"), slot="title", sort="name"),
            Column("site", gettext_lazy("Site"), value=lambda row: row.site.name, sort="site__name", slot="meta"),
            Column("state", gettext_lazy("State"), kind="badge", value=lambda row: badge(row, request), slot="state"),
            Column("serial", gettext_lazy("Serial number"), late=True),
            Column("seen_at", gettext_lazy("Last heard of"), kind="moment", sort="seen_at", late=True),
        ),
        search=("name", "serial", "site__name"),
        order="name",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "terminals/terminals.html", {"listing": listing, "may": _may(request)})


@requires(SET_UP, at_sites=True)
@require_http_methods(["GET", "POST"])
def pair(request: TenantRequest) -> HttpResponseBase:
    """Pair the device that shows a code."""
    pages = queries.offered_pages(request.standing.modules, house=request.tenant.is_house)
    given = request.POST if request.method == "POST" else None
    start = {"pages": [pages[0].key], "serial": request.GET.get("serial", ""), "language": request.tenant.language}
    form = PairForm(given, pages=pages, sites=request.sites, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.pair(at=request.at, actor=request.actor, **form.cleaned_data)
        except actions.PairingRefusedError as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, _("The device is paired. It shows its first page within a few seconds."))
            return redirect("terminals:terminal", made.pk)
    return _form(request, form, title=_("Pair a device"), back=reverse("terminals:terminals"), pairing=True)


@requires(SEE, at_sites=True)
@require_GET
def terminal(request: TenantRequest, terminal_id: uuid.UUID) -> HttpResponseBase:
    """Show one terminal: where it stands, what it shows, when it was heard of, and the device it was delivered as."""
    row = get_object_or_404(Terminal.objects.select_related("site", "printer"), pk=terminal_id)
    labels = {
        page.key: page.label for page in queries.offered_pages(request.standing.modules, house=request.tenant.is_house)
    }
    context = {
        "terminal": row,
        "state": badge(row, request),
        "shown": [labels[key] for key in row.pages if key in labels],
        "delivered": next((one for one in queries.delivered_devices() if row.serial == one.serial), None),
        "may": _may(request) and row.unpaired_at is None,
        "crumbs": _crumbs(),
    }
    return render(request, "terminals/terminal.html", context)


@requires(SET_UP, at_sites=True)
@require_http_methods(["GET", "POST"])
def change(request: TenantRequest, terminal_id: uuid.UUID) -> HttpResponseBase:
    """Change where a terminal stands and what it shows."""
    row = get_object_or_404(Terminal, pk=terminal_id, unpaired_at=None)
    stands = {name: getattr(row, name) for name in ("name", "kind", "serial", "pages", "language", "idle_seconds")}
    given = request.POST if request.method == "POST" else None
    pages = queries.offered_pages(request.standing.modules, house=request.tenant.is_house)
    form = ChangeForm(
        given, pages=pages, sites=request.sites, initial=stands | {"site": row.site_id, "printer": row.printer_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_terminal(terminal_id, at=request.at, actor=request.actor, **form.cleaned_data)
        except actions.PairingRefusedError as refused:
            form.add_error("name", str(refused))
        else:
            return redirect("terminals:terminal", terminal_id)
    return _form(request, form, title=_("Change terminal"), back=_url(terminal_id))


@requires(SET_UP, at_sites=True)
@require_POST
def restart(request: TenantRequest, terminal_id: uuid.UUID) -> HttpResponseBase:
    """Ask a terminal to start anew."""
    get_object_or_404(Terminal, pk=terminal_id, unpaired_at=None)
    actions.restart(terminal_id, at=request.at, actor=request.actor)
    messages.success(request, _("The terminal starts anew within half a minute, if it is in touch."))
    return redirect("terminals:terminal", terminal_id)


@requires(SET_UP, at_sites=True)
@require_POST
def unpair(request: TenantRequest, terminal_id: uuid.UUID) -> HttpResponseBase:
    """Part from a terminal at once."""
    get_object_or_404(Terminal, pk=terminal_id, unpaired_at=None)
    actions.unpair(terminal_id, at=request.at, actor=request.actor)
    messages.success(request, _("The terminal is unpaired: it is answered nothing any more."))
    return redirect("terminals:terminals")


def badge(row: Any, request: TenantRequest) -> Badge:
    """Return what is known of a terminal as a badge."""
    label, tone = queries.LABELS[queries.health(row, request.at)]
    return Badge(label, tone)  # type: ignore[arg-type]


def _form(request: TenantRequest, form: Any, **context: Any) -> HttpResponseBase:
    told = {"form": form, "crumbs": _crumbs(), **context}
    return render(request, "terminals/form.html", told, status=422 if form.errors else 200)


def _may(request: TenantRequest) -> bool:
    limited = request.standing.limited_to(SET_UP)
    return limited is None or bool(limited)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Terminals"), reverse("terminals:terminals"))]


def _url(terminal_id: uuid.UUID) -> str:
    return reverse("terminals:terminal", args=(terminal_id,))
