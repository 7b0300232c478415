"""What is kept about whoever asks, for those who answer: each table, its rows, and what can be corrected."""

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel import registry
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.rows import TenantOwned
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import language
from kontor.office.privacy.actions import subject_answers
from kontor.office.privacy.forms.subjects import CorrectForm
from kontor.office.privacy.models import SubjectRequest
from kontor.office.privacy.queries import subject_data, subjects as queries
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.subject_cases import HOUSE, OWN, Place

_SHOWN = 10
_ONLY_IN_THE_FILE = {"kernel.OutgoingMail": {"text", "html"}}  # a link in a mail is the key of whom it was sent to


def _data(request: TenantRequest, place: Place, key: uuid.UUID) -> HttpResponseBase:
    row = get_object_or_404(SubjectRequest, pk=key)
    subject = queries.subject_of(row)
    by_name = request.GET.get("name") == "1"
    held = list(subject_data.found(subject, by_name=by_name))
    may = request.standing.may(place.keep) and row.closed_at is None
    subject_answers.note_look(row, at=request.at, actor=request.actor)
    context = {
        "row": row,
        "tables": [_table(each, subject, place, row, may=may) for each in held],
        "by_name": by_name,
        "case_url": place.url("subject-case", key),
        "crumbs": [(_("Requests"), place.url("subjects")), (row.name, place.url("subject-case", key))],
        **place.tabs(request, "subjects"),
    }
    return render(request, "privacy/subject_data.html", context)


def _table(
    held: subject_data.Found, subject: subject_data.Subject, place: Place, row: SubjectRequest, *, may: bool
) -> dict[str, Any]:
    """What one table shows: rows of the tenant's own tables; of others, such as sessions, how many there are."""
    own = _is_open(held.model)
    part = subject_data.part_of(held, subject, released=(), language=language())
    columns = subject_answers.correctable(held.data, held.model) if may else []
    hidden = _ONLY_IN_THE_FILE.get(held.label, set())
    shown = zip(held.rows[:_SHOWN], part.rows, strict=False) if own else ()
    return {
        "held": held,
        "count": len(held.rows),
        "rows": [
            [
                (name, value, place.url("correct", row.pk, held.label, each.pk, name) if name in columns else "")
                for name, value in told.items()
                if name not in hidden and (value not in (None, "", [], {}) or name in columns)
            ]
            for each, told in shown
        ],
        "rest": max(len(held.rows) - _SHOWN, 0),
    }


def _is_open(model: type[models.Model]) -> bool:
    """Tell whether those who answer see a table's rows: the tenant's own, and the account of its member."""
    return issubclass(model, TenantOwned) or model is get_user_model()


def _correct(
    request: TenantRequest, place: Place, key: uuid.UUID, label: str, row: uuid.UUID, column: str
) -> HttpResponseBase:
    case = get_object_or_404(SubjectRequest, pk=key, closed_at=None)
    said = registry.personal_data().get(label)
    if said is None or column not in said.personal:
        raise Http404
    model = subject_data.model_of(label)
    if not _is_open(model):
        raise Http404
    rows = model.objects.of(current_tenant()) if issubclass(model, TenantOwned) else model.objects
    thing = get_object_or_404(rows, pk=row)
    if not subject_data.is_about(thing, said, queries.subject_of(case)):
        raise Http404
    form = CorrectForm(request.POST or None, initial={"value": getattr(thing, column)})
    return form_page(
        request, form,
        lambda: subject_answers.rectify(
            key, label, row, column=column, value=form.cleaned_data["value"], at=request.at, actor=request.actor
        ),
        title=_("Correct"), label=_("Correct"), back=place.url("subject-data", key), note=f"{label}: {column}",
    )  # fmt: skip


@requires("privacy.keep")
@require_GET
def data(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show the house what it keeps about whoever asks; that somebody looked is on record."""
    return _data(request, HOUSE, key)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def correct(request: TenantRequest, key: uuid.UUID, label: str, row: uuid.UUID, column: str) -> HttpResponseBase:
    """Correct what the house keeps about whoever asks."""
    return _correct(request, HOUSE, key, label, row, column)


@requires("privacy.decide")
@require_GET
def own_data(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show a customer what it keeps about whoever asks; that somebody looked is on record."""
    return _data(request, OWN, key)


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def own_correct(request: TenantRequest, key: uuid.UUID, label: str, row: uuid.UUID, column: str) -> HttpResponseBase:
    """Correct what a customer keeps about whoever asks."""
    return _correct(request, OWN, key, label, row, column)
