"""Badges: settling how they look, with the badge beside it as it will be, and the badge of a visit."""

import uuid
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.terminals import public as labels
from kontor.products.visitors.actions import badging
from kontor.products.visitors.actions.happening import Attempt
from kontor.products.visitors.actions.settling import SettingRefusedError
from kontor.products.visitors.formats.badges import Bearer, Design, design_of, drawn
from kontor.products.visitors.forms.badges import BadgeForm, LineFormSet, design_in
from kontor.products.visitors.models import BadgeTemplate, Visit
from kontor.products.visitors.views.visits import HAS_BADGE
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

SET_UP, RECEIVE = "visitors.set_up", "visitors.receive"
# As long as a visit's code is, so that the symbol is as dense as those that are printed; no code at all.
_SPECIMEN: Final = "SPECIMEN" + "-" * 138


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def add(request: TenantRequest) -> HttpResponseBase:
    """Add a template."""
    return _editor(request, None)


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def change(request: TenantRequest, badge_id: uuid.UUID) -> HttpResponseBase:
    """Change a template."""
    return _editor(request, get_object_or_404(BadgeTemplate, pk=badge_id, archived_at=None))


@requires(SET_UP)
@require_POST
def put_away(request: TenantRequest, badge_id: uuid.UUID) -> HttpResponseBase:
    """Offer a template no more."""
    get_object_or_404(BadgeTemplate, pk=badge_id, archived_at=None)
    try:
        badging.put_away_badge(badge_id, at=request.at, actor=request.actor)
    except SettingRefusedError as refused:
        messages.error(request, spoken(refused.text))
        return redirect("visitors:badge", badge_id)
    return redirect("visitors:settings")


@requires(SET_UP)
@require_POST
def preview(request: TenantRequest) -> HttpResponseBase:
    """Show what is being settled; nothing changes on the page while it cannot be drawn."""
    form, lines = BadgeForm(request.POST, request.FILES), LineFormSet(request.POST, prefix="lines")
    form.fields["name"].required = False
    if not all([form.is_valid(), lines.is_valid()]):
        return HttpResponse(status=204)
    key = _key(request.POST.get("held", ""))
    held = BadgeTemplate.objects.filter(pk=key).first() if key else None
    design = design_in(form, lines, logo=design_of(held.size, held.parts).logo if held else b"")
    return HttpResponse(_shown(design, request))


@requires(SET_UP)
@require_GET
def specimen(request: TenantRequest, badge_id: uuid.UUID, printer: str) -> HttpResponseBase:
    """Give out a specimen as a printer takes it: "pdf", "zpl" or "ql"."""
    row = get_object_or_404(BadgeTemplate, pk=badge_id, archived_at=None)
    label = drawn(design_of(row.size, row.parts), _bearer(request))
    if printer == "zpl":
        return _file(labels.zpl(label), "badge.zpl")
    if printer == "ql":
        return _file(labels.raster(label), "badge.bin")
    if printer == "pdf":
        return _pdf(label, row.name, request)
    raise Http404(printer)


@requires(RECEIVE, at_sites=True)
@require_GET
def of_visit(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Give out a visitor's badge as PDF, to be printed on any printer of the desk."""
    rows = Visit.objects.select_related("site", "type__badge").filter(state__in=HAS_BADGE, type__badge__isnull=False)
    row = get_object_or_404(rows, pk=visit_id)
    try:
        return _pdf(badging.badge_of(row, at=request.at), row.name, request)
    except RefusalError as refused:  # a name in letters that the type has no shape for
        messages.error(request, spoken(refused.text))
        return redirect("visitors:visit", visit_id)


def _editor(request: TenantRequest, row: BadgeTemplate | None) -> HttpResponseBase:
    held = design_of(row.size, row.parts) if row else Design()
    sent = request.method == "POST"
    begun = {"name": row.name if row else "", "size": held.size, "band": held.band, "symbol": held.symbol}
    form = BadgeForm(request.POST, request.FILES) if sent else BadgeForm(initial=begun)
    told = [{"what": each.what, "size": each.size, "words": each.words} for each in held.lines]
    lines = LineFormSet(request.POST, prefix="lines") if sent else LineFormSet(initial=told, prefix="lines")
    if sent and all([form.is_valid(), lines.is_valid()]):
        design, name = design_in(form, lines, logo=held.logo), form.cleaned_data["name"]
        by: dict[str, Any] = {"at": request.at, "actor": request.actor}
        try:
            made = badging.change_badge(row.pk, name, design, **by) if row else badging.add_badge(name, design, **by)
        except SettingRefusedError as refused:
            form.add_error("name", spoken(refused.text))
        else:
            return redirect("visitors:badge", made.pk)
    context = {
        "form": form, "lines": lines, "row": row, "title": row.name if row else _("New badge"), "logo": bool(held.logo),
        "preview": _shown(held, request), "crumbs": [(_("Visits: settings"), reverse("visitors:settings"))],
    }  # fmt: skip
    failed = bool(form.errors) or (lines.is_bound and not lines.is_valid())
    return render(request, "visitors/badge.html", context, status=422 if failed else 200)


def _shown(design: Design, request: TenantRequest) -> str:
    return labels.svg(drawn(design, _bearer(request)), _("The badge as it will be printed"))


def _bearer(request: TenantRequest) -> Bearer:
    """Return somebody who does not exist, today."""
    today: date = timezone.localdate(request.at)
    language = request.LANGUAGE_CODE
    return Bearer(
        name="Nele Mustermann" if language == "de" else "Nele Sample", company="Muster & Söhne GmbH", code=_SPECIMEN,
        host=Text("Robin Beispiel", "Robin Example").spoken(language), site="Hamburg", first_day=today, last_day=today,
        kind=Text("Geschäftsbesuch", "Business visit").spoken(language), language=language,
    )  # fmt: skip


def _pdf(label: labels.Label, title: str, request: TenantRequest) -> HttpResponse:
    response = HttpResponse(labels.label_pdf(label, title, at=request.at), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="badge.pdf"'
    return response


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@requires(RECEIVE, at_sites=True)
@require_POST
def print_again(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Print the badge of somebody who is inside again, with the reason."""
    get_object_or_404(Visit, pk=visit_id)
    attempt = Attempt(way="reception", at=request.at, actor=request.actor)
    try:
        badging.print_another(visit_id, request.POST.get("because", "")[:300], attempt)
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("visitors:visit", visit_id)
