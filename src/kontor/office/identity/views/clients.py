"""Supported browsers and systems: the house's list, and the page of it for everybody."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, public, requires
from kontor.kernel.wording import day
from kontor.office.identity.actions import clients as actions
from kontor.office.identity.forms.clients import SupportedClientForm
from kontor.office.identity.models import SupportedClient
from kontor.office.identity.queries.clients import (
    BROWSERS,
    FAMILIES,
    Client,
    Coming,
    Judgement,
    client_of,
    house_day,
    judge,
    lines_on,
)


def judged(request: HttpRequest) -> tuple[Client, Judgement]:
    """Return what a request comes from, and whether the house supports that today."""
    client = client_of(request)
    return client, judge(client, lines_on(house_day(request.at)))  # type: ignore[attr-defined]


def warn(request: HttpRequest, coming: Iterable[Coming]) -> None:
    """Say on the next page what will be refused from a day on."""
    for one in coming:
        messages.warning(request, warning(one))


def warning(coming: Coming) -> str:
    """Return the sentence about a client that is let in today and will not be from a day on."""
    told = {"name": coming.name, "day": day(coming.from_on), "minimum": coming.minimum}
    if not coming.minimum:
        return _("%(name)s will not be supported any more from %(day)s on. Change to another one before.") % told
    return _("From %(day)s on you need %(name)s %(minimum)s or newer. Update it before.") % told


def why(client: Client, judgement: Judgement) -> str:
    """Return the sentence that says why a client is refused."""
    if judgement.fails in FAMILIES:
        version = client.browser_version if judgement.fails in BROWSERS else client.system_version
        told = {"name": FAMILIES[judgement.fails], "version": version}
        return _("You come with %(name)s %(version)s. It is not supported any more.") % told
    return _("You come with %(name)s, which is not on the list.") % {
        "name": client.browser_name or _("a browser that does not say what it is")
    }


@public("what is supported is told to anybody who asks")
@require_GET
def supported(request: HttpRequest) -> HttpResponseBase:
    """Show the list with its days, to anybody (SM-015)."""
    return render(request, "identity/supported.html", {"kinds": kinds(request)})


def kinds(request: HttpRequest) -> list[tuple[str, list[Any]]]:
    """Return the list of today in its two kinds, only what is on it or will be."""
    lines = [one for one in lines_on(house_day(request.at)) if one.listed or one.coming]  # type: ignore[attr-defined]
    groups = [
        (_("Browsers"), [one for one in lines if one.family in BROWSERS]),
        (_("Phones and tablets"), [one for one in lines if one.family not in BROWSERS]),
    ]
    return [(label, rows) for label, rows in groups if rows]


@requires("identity.clients")
@require_http_methods(["GET", "POST"])
def clients(request: TenantRequest) -> HttpResponseBase:
    """Keep the house's list: what holds, what is planned, and from which day."""
    today = house_day(request.at)
    form = SupportedClientForm(request.POST or None, today=today, initial={"from_on": today})
    if request.method == "POST" and form.is_valid():
        row = actions.support_from(at=request.at, actor=request.actor, **form.cleaned_data)
        messages.success(
            request, _("%(name)s: from %(day)s on.") % {"name": FAMILIES[row.family], "day": day(row.from_on)}
        )
        return redirect("identity:clients")
    context = {
        "form": form,
        "lines": lines_on(today),
        "plans": SupportedClient.objects.filter(from_on__gt=today).order_by("from_on", "family"),
        "names": FAMILIES,
    }
    return render(request, "identity/clients.html", context, status=422 if form.errors else 200)


@requires("identity.clients")
@require_POST
def drop(request: TenantRequest, row_id: uuid.UUID) -> HttpResponseBase:
    """Take back a plan that has not begun."""
    try:
        actions.drop_plan(row_id, at=request.at, actor=request.actor)
    except SupportedClient.DoesNotExist as error:
        raise Http404 from error
    except actions.PastDayError:
        messages.error(request, _("It holds already. Plan another line instead."))
    else:
        messages.success(request, _("Taken back."))
    return redirect("identity:clients")
