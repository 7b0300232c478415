"""Saying that an access may be in other hands, and that a device is lost: signed in, by a mailed link, or neither."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.credentials import CredentialRefusedError, resolve
from kontor.kernel.actions.queue import queue
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.requests import public, signed_in
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import reports
from kontor.office.identity.actions.attempts import PausedError
from kontor.office.identity.forms.locks import LostDeviceForm, ReportForm
from kontor.office.identity.models import AccessReport, User
from kontor.office.identity.queries import tenants_of
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.devices import TOO_MANY, count_mail
from kontor.office.identity.views.frames import own_tabs


@signed_in
@require_http_methods(["GET", "POST"])
def compromised(request: HttpRequest) -> HttpResponseBase:
    """Tell the administration of everywhere one works that one's access may be in other hands."""
    user = request.user
    assert isinstance(user, User)  # whoever is signed in is one of ours
    form = ReportForm(_given(request), initial={"lock_too": True})
    if request.method == "POST" and form.is_valid():
        return _reported(request, user, AccessReport.Kind.SUSPECTED, lock_too=form.cleaned_data["lock_too"])
    return render(request, "identity/compromised.html", {"form": form, "tabs": own_tabs("sessions")})


@public("whoever has lost a device cannot sign in")
@require_http_methods(["GET", "POST"])
def lost_device(request: HttpRequest) -> HttpResponseBase:
    """Show a known session whom to call; to anybody else, mail a link, whether the address is known or not."""
    if isinstance(request.user, User):
        return _known(request, request.user)
    form = LostDeviceForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _may_ask(request, form):
        house = Tenant.objects.filter(is_house=True).values_list("pk", flat=True).first()
        if house is not None:
            queue(reports.LINK_JOB, house, email=form.cleaned_data["email"])
        return render(request, "identity/lost_device_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "identity/lost_device.html", {"form": form}, status=422 if form.errors else 200)


def _may_ask(request: HttpRequest, form: LostDeviceForm) -> bool:
    try:
        count_mail(request, form.cleaned_data["email"])
    except PausedError:
        form.add_error(None, str(TOO_MANY))
        return False
    return True


@public("the mailed link says who asks")
@require_http_methods(["GET", "POST"])
def lost_device_link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Show whom to call to the bearer of a mailed link, and take the report."""
    try:
        _tenant, person = resolve(secret, reports.LOST, request.at)  # type: ignore[attr-defined]
    except CredentialRefusedError as refused:
        return render(request, "identity/lost_device_refused.html", {"why": str(refused)}, status=404)
    return _known(request, User.objects.get(pk=person))


def _known(request: HttpRequest, user: User) -> HttpResponseBase:
    form = ReportForm(_given(request), initial={"lock_too": True})
    if request.method == "POST" and form.is_valid():
        return _reported(request, user, AccessReport.Kind.LOST, lock_too=form.cleaned_data["lock_too"])
    context = {"form": form, "contacts": _contacts(request, user), "here": request.path}
    return render(request, "identity/lost_device_known.html", context)


def _given(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None  # a box left empty sends nothing at all


def _contacts(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    """Whom to call, in every tenant of the person (SM-021)."""
    found = []
    for tenant in tenants_of(user.pk, at=request.at):  # type: ignore[attr-defined]
        with as_tenant(tenant.pk):
            found.append({"tenant": tenant, "policy": policy_here()})
    return found


def _reported(request: HttpRequest, user: User, kind: str, *, lock_too: bool) -> HttpResponseBase:
    at: datetime = request.at  # type: ignore[attr-defined]
    locked = reports.report(user, kind=kind, lock_too=lock_too, at=at, actor=Actor.person(user))
    if lock_too and request.user.is_authenticated:
        logout(request)
    if request.user.is_authenticated:
        messages.success(request, _("The administration is told."))
        return redirect("identity:sessions")
    return render(request, "identity/reported.html", {"locked": bool(locked)})
