"""Settling how visits go: the kinds there are, what holds at each site, the words of mails."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.models import Site
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.products.visitors.actions import settling
from kontor.products.visitors.formats.mail_words import BROUGHT
from kontor.products.visitors.forms.inviting import title_of
from kontor.products.visitors.forms.settling import (
    OCCASIONS,
    SiteForm,
    StepFormSet,
    TypeForm,
    WordsForm,
    placeholders,
    steps_of,
)
from kontor.products.visitors.models import BadgeTemplate, MailTemplate, VisitType
from kontor.products.visitors.queries.codes import rules_of

SET_UP: Final = "visitors.set_up"
_TYPE: Final = (
    "title_de", "title_en", "asks", "demands", "walk_in", "approval", "qualified", "badge", "cards", "keep_days",
)  # fmt: skip
_SITE: Final = (
    "early_minutes", "closes_at", "wrong_pins", "pause_minutes", "keep_days", "assembly_de", "assembly_en",
)  # fmt: skip


@requires(SET_UP)
@require_GET
def settings(request: TenantRequest) -> HttpResponseBase:
    """Show what is settled: kinds, sites, mails."""
    kinds = VisitType.objects.filter(archived_at=None).order_by("place", "title_de").prefetch_related("steps")
    sites = [(site, rules_of(site)) for site in Site.objects.order_by("name")]
    occasions = dict(OCCASIONS)
    own = MailTemplate.objects.select_related("type").order_by("occasion", "language", "pk")
    context = {
        "kinds": [(row, title_of(row), len(row.steps.all())) for row in kinds],
        "sites": sites,
        "badges": BadgeTemplate.objects.filter(archived_at=None).order_by("name"),
        "mails": [(row, occasions[row.occasion], title_of(row.type) if row.type else "") for row in own],
    }
    return render(request, "visitors/settings.html", context)


@requires(SET_UP)
@require_POST
def begin(request: TenantRequest) -> HttpResponseBase:
    """Bring the kinds that most begin with."""
    settling.begin_types(at=request.at, actor=request.actor)
    return redirect("visitors:settings")


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def add_type(request: TenantRequest) -> HttpResponseBase:
    """Add a kind of visit."""
    return _type(request, None)


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def change_type(request: TenantRequest, type_id: uuid.UUID) -> HttpResponseBase:
    """Change a kind of visit."""
    return _type(request, get_object_or_404(VisitType, pk=type_id, archived_at=None))


@requires(SET_UP)
@require_POST
def put_away(request: TenantRequest, type_id: uuid.UUID) -> HttpResponseBase:
    """Offer a kind of visit no more."""
    get_object_or_404(VisitType, pk=type_id, archived_at=None)
    settling.put_away_type(type_id, at=request.at, actor=request.actor)
    return redirect("visitors:settings")


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def site(request: TenantRequest, site_id: uuid.UUID) -> HttpResponseBase:
    """Settle what holds at a site."""
    row = get_object_or_404(Site, pk=site_id)
    rules = rules_of(row)
    form = SiteForm(_post(request), initial={key: getattr(rules, key) for key in _SITE})
    if request.method == "POST" and form.is_valid():
        settling.settle_site(row, at=request.at, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("From now on this holds at %(site)s.") % {"site": row.name})
        return redirect("visitors:settings")
    context = {"form": form, "title": row.name, "crumbs": _crumbs()}
    return render(request, "visitors/settings_site.html", context, status=_status(form))


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def words(request: TenantRequest) -> HttpResponseBase:
    """Settle the words of a mail; it begins with those that hold now."""
    asked = (request.GET.get("occasion", "invited"), request.GET.get("language", "de"))
    held = BROUGHT.get(asked, BROUGHT["invited", "de"])
    own = MailTemplate.objects.filter(type=None, occasion=asked[0], language=asked[1]).first()
    begun = {
        "occasion": asked[0], "language": asked[1], "subject": own.subject if own else held.subject,
        "text": own.text if own else held.text,
    }  # fmt: skip
    form = WordsForm(_post(request), initial=begun)
    if request.method == "POST" and form.is_valid():
        settling.write_template(at=request.at, actor=request.actor, **form.cleaned_data)
        return redirect("visitors:settings")
    context = {"form": form, "placeholders": placeholders(), "crumbs": _crumbs()}
    return render(request, "visitors/settings_words.html", context, status=_status(form))


def _type(request: TenantRequest, row: VisitType | None) -> HttpResponseBase:
    begun = {key: getattr(row, key) for key in _TYPE} if row else {"walk_in": True, "asks": ["company", "host"]}
    held = [] if row is None else list(row.steps.order_by("place"))
    steps = [
        {"questionnaire": str(step.questionnaire), "valid_days": step.valid_days, "early": step.early} for step in held
    ]
    form = TypeForm(_post(request), initial=begun)
    asked = StepFormSet(_post(request), initial=steps, prefix="steps")
    if request.method == "POST" and all([form.is_valid(), asked.is_valid()]):
        told: dict[str, Any] = {"steps": steps_of(list(asked)), "at": request.at, "actor": request.actor}
        try:
            if row is None:
                settling.add_type(**told, **form.cleaned_data)
            else:
                settling.change_type(row.pk, **told, **form.cleaned_data)
        except settling.SettingRefusedError as refused:
            form.add_error("title_de", spoken(refused.text))
        else:
            return redirect("visitors:settings")
    title = title_of(row) if row else _("New kind of visit")
    context = {"form": form, "steps": asked, "row": row, "title": title, "crumbs": _crumbs()}
    failed = bool(form.errors) or (asked.is_bound and not asked.is_valid())
    return render(request, "visitors/settings_type.html", context, status=422 if failed else 200)


def _post(request: TenantRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Visits: settings"), reverse("visitors:settings"))]
