"""A person's own requests: asking while signed in, following, fetching what is kept about them."""

import uuid
import zoneinfo
from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, signed_in
from kontor.kernel.wording import language
from kontor.office.identity.public import mail_to
from kontor.office.privacy.actions import subject_answers, subjects as actions
from kontor.office.privacy.actions.subjects import SubjectRefusedError
from kontor.office.privacy.forms.subjects import AskForm
from kontor.office.privacy.models import SubjectRequest
from kontor.office.privacy.queries import subjects as queries
from kontor.office.privacy.views.tabs import own_tabs


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: TenantRequest) -> HttpResponseBase:
    """Ask about one's own data; whoever is signed in has shown who they are."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = request.user.pk
        person = mail_to(user)
        assert person is not None, "who is signed in has an address"
        asking = actions.Asking(
            **form.cleaned_data, way="page", name=person.name, email=person.email, language=language(), person=user,
            known="signed_in",
        )  # fmt: skip
        made = actions.receive(asking, at=request.at, actor=request.actor)
        return redirect("privacy-own:mine-request", made.pk)
    context = {"form": form, "crumbs": _crumbs(), "back": reverse("privacy-own:mine"), **own_tabs(request, "mine")}
    return render(request, "privacy/subject_ask.html", context, status=422 if form.errors else 200)


@signed_in
@require_GET
def mine_one(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show a person where their own request stands."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    row = _own(request, key)
    context = {
        "row": row,
        "kind": queries.KINDS[row.kind],
        "badge": queries.badge_of(row, today=request.at.date()),
        "history": queries.moments(queries.steps_of(row, told_alone=True), zone=zoneinfo.ZoneInfo(request.tenant.zone)),
        "fetchable": row.package_until is not None and request.at <= row.package_until,
        "crumbs": _crumbs(),
        **own_tabs(request, "mine"),
    }
    return render(request, "privacy/subject_mine.html", context)


@signed_in
@require_POST
def mine_data(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Hand a person the file with the data about them."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    return handed_out(_own(request, key), at=request.at)


def handed_out(row: SubjectRequest, *, at: datetime) -> HttpResponse:
    """Return the file as a download that no browser keeps; Http404 where there is none, or no more."""
    try:
        file = subject_answers.fetch(row, at=at)
    except SubjectRefusedError as refused:
        raise Http404 from refused
    answer = HttpResponse(file, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.reference}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _own(request: TenantRequest, key: uuid.UUID) -> SubjectRequest:
    rows = queries.requests_of(request.user.pk).exclude(known_by="")
    return get_object_or_404(rows, pk=key)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("About you"), reverse("privacy-own:mine"))]
