"""The demo's mailbox: nothing is sent there, so everybody's mail is read here. Without the demo it does not exist."""

import functools
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel.listing import Column, Listing
from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.requests import TenantRequest, public, requires
from kontor.office.messages import queries
from kontor.office.messages.queries import Received

# The demo's data is made before it is known on which port it will be served, and the next start may choose another.
_LINK = re.compile(r"http://127\.0\.0\.1(:\d+)?(?=/)")
_ANYBODY = public("in the demo only, everything invented: a newcomer reads the customer's mail without an account")


def demo_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer 404 where this is no demo: mail carries links with which anybody could act as its reader."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.KONTOR_DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@_ANYBODY
@demo_only
@require_GET
def everybody(request: HttpRequest) -> HttpResponseBase:
    """List the mail of all tenants, walking them one by one."""
    rows = queries.received(list(Tenant.objects.order_by("name")))
    return _list(request, rows, lambda one: reverse("mailbox-letter", args=[one.tenant.pk, one.letter.id]))


@_ANYBODY
@demo_only
@require_GET
def letter(request: HttpRequest, tenant_id: uuid.UUID, mail_id: uuid.UUID) -> HttpResponseBase:
    """Show one mail as its reader sees it."""
    one = _found(tenant_id, mail_id)
    return _letter(request, one, "mailbox", lambda place: reverse("mailbox-file", args=[tenant_id, mail_id, place]))


@_ANYBODY
@demo_only
@require_GET
def file(request: HttpRequest, tenant_id: uuid.UUID, mail_id: uuid.UUID, place: int) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a mail's file."""
    return _file(_found(tenant_id, mail_id), place)


@requires("messages.see")
@demo_only
@require_GET
def own(request: TenantRequest) -> HttpResponseBase:
    """List the mail of the tenant one works in."""
    return _list(
        request, queries.received([request.tenant]), lambda one: reverse("messages:letter", args=[one.letter.id])
    )


@requires("messages.see")
@demo_only
@require_GET
def own_letter(request: TenantRequest, mail_id: uuid.UUID) -> HttpResponseBase:
    """Show one mail of the tenant one works in; 404 for another's."""
    one = _found(request.tenant.pk, mail_id)
    return _letter(request, one, "messages:mailbox", lambda place: reverse("messages:file", args=[mail_id, place]))


@requires("messages.see")
@demo_only
@require_GET
def own_file(request: TenantRequest, mail_id: uuid.UUID, place: int) -> HttpResponseBase:
    """Give a file of a mail of the tenant one works in."""
    return _file(_found(request.tenant.pk, mail_id), place)


def _found(tenant_id: uuid.UUID, mail_id: uuid.UUID) -> Received:
    try:
        return queries.one_received(tenant_id, mail_id)
    except (Tenant.DoesNotExist, OutgoingMail.DoesNotExist) as nothing:
        raise Http404 from nothing


def _list(request: HttpRequest, rows: list[Received], url: Callable[[Received], str]) -> HttpResponseBase:
    mails = Listing(
        request,
        rows,
        name="mailbox",
        columns=(
            Column("letter.subject", _("Subject"), url=url, slot="title", sort="letter.subject"),
            Column("letter.to", _("Recipient"), value=lambda one: one.letter.to_name or one.letter.to,
                   sub=lambda one: one.letter.to if one.letter.to_name else "", slot="meta", sort="letter.to"),
            Column("tenant", _("Sender"), value=lambda one: one.tenant.name, slot="more", sort="tenant.name"),
            Column("attachments", _("Files"), kind="number", value=lambda one: one.attachments or None, late=True),
            Column("letter.at", _("Written"), kind="moment", slot="state", sort="letter.at"),
        ),
        search=("letter.subject", "letter.to", "letter.to_name", "tenant.name"),
        order="-letter.at",
    )  # fmt: skip
    return render(request, "messages/mailbox.html", {"mails": mails})


def _letter(request: HttpRequest, one: Received, back: str, url: Callable[[int], str]) -> HttpResponseBase:
    context: dict[str, Any] = {
        "letter": one.letter,
        "text": _LINK.sub(settings.KONTOR_BASE_URL.rstrip("/"), one.letter.text),
        "tenant": one.tenant,
        "files": [(name, url(place)) for place, (name, _type, _blob) in enumerate(one.letter.files)],
        "crumbs": [(_("Mailbox"), reverse(back))],
        "meta": [
            _("To %(name)s, %(address)s") % {"name": one.letter.to_name or one.letter.to, "address": one.letter.to}
            if one.letter.to_name
            else _("To %(address)s") % {"address": one.letter.to},
            _("From %(name)s") % {"name": one.tenant.name},
        ],
    }
    return render(request, "messages/letter.html", context)


def _file(one: Received, place: int) -> HttpResponse:
    try:
        name, media_type, content = queries.file_of(one, place)
    except IndexError as nothing:
        raise Http404 from nothing
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
