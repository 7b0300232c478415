"""Asking about one's own data without an account: an open form for each tenant, and a link to the address."""

import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.views.errors import not_found
from kontor.kernel.wording import language
from kontor.office.privacy.actions import subjects as actions
from kontor.office.privacy.forms.subjects import OpenAskForm
from kontor.office.privacy.queries import subjects as queries
from kontor.office.privacy.views.subject_person import handed_out


def _as(key: uuid.UUID, request: HttpRequest, view: Callable[[Tenant], HttpResponseBase]) -> HttpResponseBase:
    """Answer as a tenant, in its zone; the answer is never kept by a browser or a search engine."""
    tenant = Tenant.objects.filter(pk=key).first()
    if tenant is None:
        return not_found(request)
    with as_tenant(tenant.pk), timezone.override(zoneinfo.ZoneInfo(tenant.zone)):
        try:
            response = view(tenant)
        except (Http404, CredentialRefusedError) as missing:
            response = not_found(request, missing)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@public("whoever wants to ask the house about their own data may not have an account here")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """Ask the house."""
    house = Tenant.objects.filter(is_house=True).first()
    return redirect("privacy:ask-of", house.pk) if house else not_found(request)


@public("whoever wants to ask a company about their own data may not have an account here")
@require_http_methods(["GET", "POST"])
def ask_of(request: HttpRequest, tenant: uuid.UUID) -> HttpResponseBase:
    """Ask a company about one's own data; the answer is the same whether it knows the address or not."""
    return _as(tenant, request, lambda asked: _ask(request, asked))


def _ask(request: HttpRequest, tenant: Tenant) -> HttpResponseBase:
    form = OpenAskForm(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        asking = actions.Asking(**form.cleaned_data, way="form", language=language())
        try:
            if not actions.is_flooded(asking.email, at=at):
                actions.receive(asking, at=at, actor=Actor("OUTSIDE", None, asking.name))
        except MailAddressError as refused:
            form.add_error("email", str(refused))
        else:
            done = True
    context: dict[str, Any] = {"form": form, "done": done, "company": tenant}
    return render(request, "privacy/subject_open.html", context, status=422 if form.errors else 200)


@public("the link in our mail shows that somebody reads the address with which a request was made")
@require_http_methods(["GET", "POST"])
def subject(request: HttpRequest, tenant: uuid.UUID, secret: str) -> HttpResponseBase:
    """Show where a request stands; the button confirms the address, looking alone, as mail scanners do, does not."""
    return _as(tenant, request, lambda asked: _subject(request, asked, secret))


def _subject(request: HttpRequest, tenant: Tenant, secret: str) -> HttpResponseBase:
    at = timezone.now()
    if request.method == "POST":
        actions.confirm_address(secret, at=at)
        return redirect("privacy:subject", tenant.pk, secret)
    row = actions.behind(secret, at=at)
    context = {
        "row": row,
        "company": tenant,
        "kind": queries.KINDS[row.kind],
        "badge": queries.badge_of(row, today=timezone.localdate(at)),
        "history": queries.moments(queries.steps_of(row, told_alone=True), zone=zoneinfo.ZoneInfo(tenant.zone)),
        "fetch_url": reverse("privacy:subject-fetch", args=[tenant.pk, secret])
        if row.package_until and at <= row.package_until
        else "",
    }
    return render(request, "privacy/subject_state.html", context)


@public("the link in our mail shows that somebody reads the address with which a request was made")
@require_POST
def fetch(request: HttpRequest, tenant: uuid.UUID, secret: str) -> HttpResponseBase:
    """Hand out the file with the data about whoever asked."""
    return _as(tenant, request, lambda _asked: _fetch(secret))


def _fetch(secret: str) -> HttpResponseBase:
    at = timezone.now()
    return handed_out(actions.behind(secret, at=at), at=at)
