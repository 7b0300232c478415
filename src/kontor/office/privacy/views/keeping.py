"""What goes by itself: how long what stays and why, what went last night, what goes next, and to whom it belongs."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel import registry
from kontor.kernel.models import Tenant
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions.retention import HOUR, end_keeping, free_kinds, settle_keeping
from kontor.office.privacy.forms.keeping import KeepingForm
from kontor.office.privacy.models import KeepingRule, RetentionNight
from kontor.office.privacy.queries.erasures import erasable_tenants, title_of_table
from kontor.office.privacy.queries.expiring import Found, found_of, found_on
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.tabs import house_tabs, own_tabs
from kontor.rulebook.duration import Duration

NIGHTS_SHOWN: Final = 14


@dataclass(frozen=True, slots=True)
class Side:
    """For whom the pages are: the house, or a company's own administrator."""

    space: str
    decides: str

    def tabs(self, request: TenantRequest) -> dict[str, Any]:
        """Return the tabs above the pages."""
        return (house_tabs if self.space == "privacy" else own_tabs)(request, "keeping")

    def url(self, name: str, *given: object) -> str:
        """Return the address of one of the pages."""
        return reverse(f"{self.space}:{name}", args=given)


HOUSE: Final = Side("privacy", "privacy.keep")
OWN: Final = Side("privacy-own", "privacy.decide")


@requires("privacy.see")
@require_GET
def house_overview(request: TenantRequest) -> HttpResponseBase:
    """Show the house what goes by itself."""
    return _overview(request, HOUSE)


@requires("privacy.own")
@require_GET
def own_overview(request: TenantRequest) -> HttpResponseBase:
    """Show a company's administrator what of its data goes by itself."""
    return _overview(request, OWN)


@requires("privacy.see")
@require_GET
def house_one(request: TenantRequest, key: str) -> HttpResponseBase:
    """Show the house one kind of rows: who decides, what goes next, whose it is, what stays and why."""
    return _one(request, HOUSE, key)


@requires("privacy.own")
@require_GET
def own_one(request: TenantRequest, key: str) -> HttpResponseBase:
    """Show a company's administrator one kind of rows."""
    return _one(request, OWN, key)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def house_settle(request: TenantRequest) -> HttpResponseBase:
    """Settle how long the house keeps something."""
    return _settle(request, HOUSE)


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def own_settle(request: TenantRequest) -> HttpResponseBase:
    """Settle how long a company keeps something."""
    return _settle(request, OWN)


@requires("privacy.keep")
@require_POST
def house_end(request: TenantRequest, rule_id: uuid.UUID) -> HttpResponseBase:
    """End a rule of the house."""
    return _end(request, HOUSE, rule_id)


@requires("privacy.decide")
@require_POST
def own_end(request: TenantRequest, rule_id: uuid.UUID) -> HttpResponseBase:
    """End a rule of a company."""
    return _end(request, OWN, rule_id)


def _overview(request: TenantRequest, side: Side) -> HttpResponseBase:
    zone = ZoneInfo(request.tenant.zone)
    here = request.at.astimezone(zone)
    coming = here.date() if here.time() < HOUR else here.date() + timedelta(days=1)
    nights = list(RetentionNight.objects.order_by("-night")[:NIGHTS_SHOWN])
    context = {
        "next_at": datetime.combine(coming, HOUR, zone),
        "rows": [_row(each, side) for each in found_on(coming)],
        "nights": [(night, _sums(night)) for night in nights],
        "rules": _own_rules(side),
        "may": request.standing.may(side.decides),
        "settle_url": side.url("keeping-settle"),
        **side.tabs(request),
    }
    return render(request, "privacy/keeping.html", context)


def _one(request: TenantRequest, side: Side, key: str) -> HttpResponseBase:
    if key not in {each.key for each in registry.keepings()}:
        raise Http404
    here = request.at.astimezone(ZoneInfo(request.tenant.zone))
    found = found_of(key, here.date() if here.time() < HOUR else here.date() + timedelta(days=1))
    context = {
        "found": found,
        "title": found.keeping.title.spoken(request.LANGUAGE_CODE[:2]),
        "portions": [each for each in found.portions if each.customers or each.everybody_else],
        "people": found.people() if found.gone else [],
        "needed": [(title_of_table(label), rows) for label, rows in found.needed],
        "may": request.standing.may(side.decides) and found.keeping.kind in free_kinds(),
        "settle_url": side.url("keeping-settle"),
        "crumbs": [(_("What goes by itself"), side.url("keeping"))],
        **side.tabs(request),
    }
    return render(request, "privacy/keeping_one.html", context)


def _settle(request: TenantRequest, side: Side) -> HttpResponseBase:
    form = KeepingForm(request.POST or None, companies=erasable_tenants() if side is HOUSE else [])
    return form_page(
        request, form, lambda: settle_keeping(
            form.cleaned_data["kind"], form.keep, agreed=form.cleaned_data["agreed"],
            of_tenant=form.cleaned_data.get("company"), at=request.at, actor=request.actor,
        ),
        title=_("Say how long something stays"), label=_("Settle"), back=side.url("keeping"),
        note=_("Where the law keeps something longer, it is locked away instead of deleted."),
    )  # fmt: skip


def _end(request: TenantRequest, side: Side, rule_id: uuid.UUID) -> HttpResponseBase:
    end_keeping(get_object_or_404(KeepingRule, pk=rule_id, ended_at=None).pk, at=request.at, actor=request.actor)
    return redirect(side.url("keeping"))


def _row(found: Found, side: Side) -> dict[str, Any]:
    said = [each for each in found.portions if each.locked_to is not None]
    return {
        "found": found,
        "url": side.url("keeping-one", found.keeping.key),
        "gone_word": _("%(rows)s go") % {"rows": found.gone},
        "ruling": said[0].over if said else None,
        "free": found.keeping.kind in free_kinds(),
        "needed": sum(rows for _label, rows in found.needed),
    }


def _own_rules(side: Side) -> list[dict[str, Any]]:
    rows = list(KeepingRule.objects.filter(ended_at=None).order_by("kind", "-of_tenant"))
    wanted = {row.of_tenant for row in rows if row.of_tenant}
    names = dict(Tenant.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    titles = free_kinds()
    return [
        {
            "rule": row,
            "title": titles[row.kind],
            "keep": spoken(Duration.parse(row.keep).spoken),
            "company": names.get(row.of_tenant) if row.of_tenant else None,
            "end_url": side.url("keeping-end", row.pk),
        }
        for row in rows
    ]


def _sums(night: RetentionNight) -> dict[str, int]:
    return {which: sum(part[which] for part in night.parts) for which in ("gone", "locked", "held")}
