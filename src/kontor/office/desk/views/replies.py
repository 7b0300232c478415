"""Ready-made answers."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions.replies import keep_template, withdraw_template
from kontor.office.desk.forms.work import TemplateForm
from kontor.office.desk.models import ReplyTemplate
from kontor.office.desk.queries.placeholders import PLACEHOLDERS
from kontor.office.desk.views.queue import WORK
from kontor.rulebook.refusal import RefusalError


@requires(WORK)
@require_GET
def replies(request: TenantRequest) -> HttpResponseBase:
    """List the ready-made answers."""
    rows = ReplyTemplate.objects.filter(withdrawn_at=None).order_by("title")
    context = {"rows": rows, "crumbs": [(_("Desk"), reverse("desk:queue"))]}
    return render(request, "desk/replies.html", context)


@requires(WORK)
@require_http_methods(["GET", "POST"])
def edit(request: TenantRequest, template_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Write one, or change it."""
    row = get_object_or_404(ReplyTemplate, pk=template_id, withdrawn_at=None) if template_id else None
    start = {"title": row.title, "text_de": row.text_de, "text_en": row.text_en} if row else {}
    form = TemplateForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            keep_template(row.pk if row else None, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:replies")
    known = ", ".join(f"{{{key}}} {spoken(words)}" for key, words in PLACEHOLDERS.items())
    context = {
        "form": form, "title": _("Ready-made answer"), "primary": _("Save"), "back": reverse("desk:replies"),
        "lead": _("Placeholders: %(known)s.") % {"known": known},
        "crumbs": [(_("Desk"), reverse("desk:queue")), (_("Ready-made answers"), reverse("desk:replies"))],
    }  # fmt: skip
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


@requires(WORK)
@require_POST
def withdraw(request: TenantRequest, template_id: uuid.UUID) -> HttpResponseBase:
    """Take one out of use."""
    get_object_or_404(ReplyTemplate, pk=template_id, withdrawn_at=None)
    withdraw_template(template_id, at=request.at, actor=request.actor)
    return redirect("desk:replies")
