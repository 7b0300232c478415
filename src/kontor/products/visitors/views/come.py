"""The invitation as its guest sees it: when and where, the code to show, and what can be said beforehand."""

import zoneinfo
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from kontor.kernel import registry
from kontor.kernel.actions import credentials
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.actor import Actor
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.views.errors import not_found
from kontor.kernel.wording import language, spoken
from kontor.office.questionnaires.public import Given, answer_form
from kontor.products.visitors.actions import registering
from kontor.products.visitors.actions.happening import Attempt
from kontor.products.visitors.actions.keys import code_for, newest_key
from kontor.products.visitors.actions.mailing import SCOPE
from kontor.products.visitors.formats.symbols import svg
from kontor.products.visitors.forms.inviting import DetailsForm, title_of
from kontor.products.visitors.models import Visit
from kontor.products.visitors.queries.asking import due
from kontor.products.visitors.queries.codes import rules_of
from kontor.rulebook.refusal import RefusalError

_WHY: Final = "the link in the invitation says whose visit it is"
_OPEN: Final = {Visit.State.ASKED, Visit.State.EXPECTED}


@public(_WHY)
@require_http_methods(["GET", "POST"])
def come(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Show an invitation with its code, and take what its guest says beforehand."""
    at: Any = request.at  # type: ignore[attr-defined]
    try:
        tenant_id, visit_id = credentials.resolve(secret, SCOPE, at)
    except credentials.CredentialRefusedError as refused:
        return not_found(request, refused)
    with as_tenant(tenant_id):
        visit = get_object_or_404(Visit.objects.select_related("site__tenant", "type"), pk=visit_id)
        asked = request.GET.get("l", "")
        speak = asked if asked in {"de", "en"} else visit.language
        zone = zoneinfo.ZoneInfo(visit.site.zone)
        with timezone.override(zone), translation.override(speak):
            request.LANGUAGE_CODE = speak
            response = _answer(request, visit, secret, at)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, visit: Visit, secret: str, at: Any) -> HttpResponseBase:
    sent = request.method == "POST"
    waiting = due(visit, today=timezone.localdate(visit.begins_at), early=True) if visit.state in _OPEN else []
    shown = {"name": visit.name, "company": visit.company, "email": visit.email, "phone": visit.phone, **visit.details}
    form = DetailsForm(visit.type, request.POST if sent else None, initial=shown)
    form.fields.pop("host", None)  # whoever invites says whom the visit is to
    sheets = [
        (each, answer_form(each.asked, *_given(request, sent), prefix=f"q{number}"))
        for number, each in enumerate(waiting)
    ]
    if sent and visit.state in _OPEN and all([form.is_valid(), *(sheet.is_valid() for _due, sheet in sheets)]):
        by = Attempt(way="link", at=at, actor=Actor("OUTSIDE", visit.pk, form.cleaned_data["name"]))
        try:
            registering.register(visit.pk, form.guest(language=language()), by)
            for each, sheet in sheets:
                told = Given(answers=sheet.answers, pictures=sheet.pictures, language=language())
                registering.answer(visit.pk, each.asked.version, told, by)
        except (RefusalError, QuotaExceededError) as refused:
            form.add_error(None, spoken(getattr(refused, "text", str(refused))))
        else:
            return redirect("visitors:come", secret)
    code = code_for(visit, newest_key(at=at), rules_of(visit.site)) if visit.state in _OPEN else ""
    context = {
        "visit": visit, "kind": title_of(visit.type), "form": form, "sheets": sheets, "open": visit.state in _OPEN,
        "code": mark_safe(svg(code)) if code else "",  # noqa: S308  drawn by us from our own signed text
        "registered": visit.events.filter(kind="registered").exists(), "notice": registry.notice(at),
    }  # fmt: skip
    failed = sent and (form.errors or any(sheet.errors for _due, sheet in sheets))
    return render(request, "visitors/come.html", context, status=422 if failed else 200)


def _given(request: HttpRequest, sent: bool) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if sent else (None, None)
