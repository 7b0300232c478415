"""Having everything about oneself erased: what goes and what stays beforehand, the proof of it afterwards."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth import logout
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel import registry
from kontor.kernel.models import Tenant
from kontor.kernel.requests import TenantRequest, proved, public, signed_in
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import language, spoken
from kontor.office.privacy.actions import leaving
from kontor.office.privacy.forms.erasures import LeaveForm
from kontor.office.privacy.models import PersonErasure
from kontor.office.privacy.queries.erasures import parts
from kontor.office.privacy.queries.leaving import SALT, left_token
from kontor.office.privacy.queries.person_certificates import printed
from kontor.office.privacy.queries.remains import title_of
from kontor.office.privacy.views.tabs import own_tabs
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

SHOWN_FOR: Final = timedelta(days=30)


@signed_in
@proved
@require_http_methods(["GET", "POST"])
def leave(request: TenantRequest) -> HttpResponseBase:
    """Show what goes and what stays until when and why; said twice, everything goes and the person is signed out."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    person = uuid.UUID(str(request.user.pk))
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            gone = leaving.leave(person, asked="person", language=language(), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            logout(request)
            return redirect("privacy:left", left_token(gone))
    counts, remains = leaving.counted(person, at=request.at)
    context = {
        "form": form,
        **told(counts, remains),
        "crumbs": [(_("About you"), reverse("privacy-own:mine"))],
        **own_tabs(request, "mine"),
    }
    return render(request, "privacy/leave.html", context, status=422 if form.errors else 200)


@public("whoever was erased has no account any more; the link is signed and tells no name")
@require_GET
def left(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what became of somebody's data, without saying whose they were."""
    erasure = _erasure(token)
    context = {"erasure": erasure, "token": token, **told(erasure.counts, erasure.remains)}
    return render(request, "privacy/left.html", context)


@public("whoever was erased has no account any more; the link is signed and tells no name")
@require_GET
def certificate(request: HttpRequest, token: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the certificate of a person's erasure, once it is done."""
    erasure = _erasure(token)
    if erasure.done_at is None:
        raise Http404
    assert erasure.tenant_id is not None, "a row that was read has its tenant"
    with as_tenant(erasure.tenant_id):
        made = printed(erasure, at=timezone.now())
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="erasure-{erasure.person}.pdf"'
    return response


def _erasure(token: str) -> PersonErasure:
    try:
        tenant, key = signing.loads(token, salt=SALT, max_age=SHOWN_FOR)
    except signing.BadSignature:
        raise Http404 from None
    with as_tenant(get_object_or_404(Tenant, pk=tenant).pk):
        return get_object_or_404(PersonErasure, pk=key)


def told(counts: dict[str, dict[str, int]], remains: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the pages say of an erasure: what goes, what is masked, what stays."""
    said = registry.personal_data()
    return {
        "gone": parts(counts.get("delete", {})),
        "masked": parts(counts.get("mask", {})),
        "remains": [
            {
                **row,
                "title": Text(*title_of(row["table"])),
                "about": said[row["table"]].about if row["table"] in said else None,
            }
            for row in remains
        ],
    }
