"""Releases and functions beyond the order, as the house prepares, publishes and withdraws them."""

import uuid
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Badge
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import extra_functions, releases
from kontor.office.contracts.forms.releases import (
    CheckForm,
    FileForm,
    FunctionForm,
    ReleaseForm,
    RemovedForm,
    WithdrawForm,
)
from kontor.office.contracts.models import ExtraFunction, Release
from kontor.office.contracts.queries.extra_functions import functions
from kontor.office.contracts.queries.releases import releases as all_releases
from kontor.rulebook import terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

RELEASE: Final = "contracts.release"
ROLES: Final = {
    "SOFTWARE": Text("Software", "Software"),
    "DOCUMENTATION": Text("Dokumentation", "Documentation"),
    "REPORT": Text("Prüfbericht", "Test report"),
}
KINDS: Final = {"UPDATE": Text("Update", "Update"), "VERSION": Text("Neue Version", "New version")}


@requires(RELEASE)
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """List releases, the newest first, and the functions beyond the order."""
    today = timezone.localdate(request.at)
    context = {
        "releases": [(each, _title(each.product), KINDS[each.kind], _badge(each)) for each in all_releases()],
        "functions": [(each, _title(each.product), _function_badge(each, today)) for each in functions()],
    }
    return render(request, "contracts/releases.html", context)


@requires(RELEASE)
@require_http_methods(["GET", "POST"])
def prepare(request: TenantRequest) -> HttpResponseBase:
    """Prepare a release."""
    form = ReleaseForm(request.POST or None, products=_products())
    made: list[Release] = []
    if request.method == "POST" and _done(
        form, lambda: made.append(releases.prepare_release(form.told(), at=request.at, actor=request.actor))
    ):
        return redirect("contracts:release", made[0].pk)
    return _form_page(request, form, _("Prepare a release"), _("Prepare"))


@requires(RELEASE)
@require_http_methods(["GET", "POST"])
def release(request: TenantRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """Show a release with its notes, tests and files; a candidate takes more of them."""
    found = get_object_or_404(Release, pk=release_id)
    part = request.POST.get("part", "")
    entry = {
        "file": FileForm(request.POST if part == "file" else None, request.FILES if part == "file" else None),
        "check": CheckForm(request.POST if part == "check" else None),
        "removed": RemovedForm(request.POST if part == "removed" else None),
    }
    if part in entry and _done(entry[part], lambda: _add(request, found, part, entry[part])):
        return redirect("contracts:release", found.pk)
    return _release_page(request, found, entry, status=422 if part else 200)


@requires(RELEASE)
@require_POST
def publish(request: TenantRequest, release_id: uuid.UUID) -> HttpResponseBase:
    """Publish a candidate to the customers it is owed to; what stands against it is said on its page."""
    found = get_object_or_404(Release, pk=release_id)
    try:
        releases.publish_release(found.pk, on=timezone.localdate(request.at), at=request.at, actor=request.actor)
    except RefusalError as refused:
        entry = {"file": FileForm(), "check": CheckForm(), "removed": RemovedForm()}
        return _release_page(request, found, entry, status=409, against=spoken(refused.text))
    return redirect("contracts:release", found.pk)


@requires(RELEASE)
@require_http_methods(["GET", "POST"])
def offer(request: TenantRequest) -> HttpResponseBase:
    """Offer a function beyond the order."""
    form = FunctionForm(
        request.POST or None, products=_products(), initial={"offered_from": timezone.localdate(request.at)}
    )
    if request.method == "POST" and _done(
        form, lambda: extra_functions.offer_function(form.told(), at=request.at, actor=request.actor)
    ):
        return redirect("contracts:releases")
    return _form_page(request, form, _("Offer a function"), _("Offer"))


@requires(RELEASE)
@require_http_methods(["GET", "POST"])
def withdraw(request: TenantRequest, function_id: uuid.UUID) -> HttpResponseBase:
    """Withdraw a voluntary function, with notice to every customer who was told of it."""
    found = get_object_or_404(ExtraFunction, pk=function_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and _done(
        form,
        lambda: extra_functions.withdraw_function(
            found.pk, **form.cleaned_data, today=timezone.localdate(request.at), at=request.at, actor=request.actor
        ),
    ):
        return redirect("contracts:releases")
    name = spoken(Text(found.name_de, found.name_en))
    return _form_page(request, form, _("Withdraw “%(name)s”") % {"name": name}, _("Withdraw and tell the customers"))


def _add(request: TenantRequest, found: Release, part: str, form: Any) -> None:
    who: dict[str, Any] = {"at": request.at, "actor": request.actor}
    given = form.cleaned_data
    if part == "file":
        releases.attach(found.pk, given["role"], form.sent(), **who)
    elif part == "check":
        releases.note_check(found.pk, **given, **who)
    else:
        name = Text(given["name_de"], given["name_en"])
        releases.note_removed(found.pk, name=name, reason=given["reason"], replacement=given["replacement"], **who)


def _done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Do what a valid form asks for; False where it is not valid or the action refused, which the form then says."""
    if not form.is_valid():
        return False
    try:
        act()
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
    except QuotaExceededError as full:
        form.add_error("file", str(full))
    return not form.errors


def _release_page(
    request: TenantRequest, found: Release, entry: dict[str, Any], *, status: int = 200, against: str = ""
) -> HttpResponseBase:
    context = {
        "found": found,
        "product": _title(found.product),
        "kind": KINDS[found.kind],
        "badge": _badge(found),
        "why": reasons_by_id({found.ruling}).get(found.ruling) if found.ruling else None,
        "checks": list(found.checks.order_by("key")),
        "removed": list(found.removed.order_by("pk")),
        "files": [
            (row, ROLES[row.role], bytes(row.blob.sha256).hex(" ", 8))
            for row in found.files.select_related("blob").order_by("role", "pk")
        ],
        "given": found.offers.count(),
        "entry": entry,
        "against": against,
        "crumbs": [(_("Product releases"), reverse("contracts:releases"))],
    }
    return render(request, "contracts/release.html", context, status=status)


def _form_page(request: TenantRequest, form: forms.Form, title: str, label: str) -> HttpResponseBase:
    context = {
        "form": form, "form_title": title, "label": label, "back": reverse("contracts:releases"),
        "crumbs": [(_("Product releases"), reverse("contracts:releases"))],
    }  # fmt: skip
    return render(request, "contracts/beyond_form.html", context, status=422 if form.errors else 200)


def _products() -> list[tuple[str, Text]]:
    return [(key, _title(key)) for key in terms.keys()]  # noqa: SIM118  a function of the packs


def _title(key: str) -> Text:
    return terms.load(key).title


def _badge(found: Release) -> Badge:
    return Badge(_("published"), "good") if found.released_on else Badge(_("candidate"), "info")


def _function_badge(found: ExtraFunction, today: Any) -> Badge:
    if found.ends_on is None:
        return Badge(_("offered"), "good")
    return Badge(_("withdrawn"), "") if found.ends_on <= today else Badge(_("ends"), "warn")
