"""Addresses of one's own under which the desk writes: kept, tried, proved, ended."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.senders import end_sender, keep_sender, prove_sender, send_code
from kontor.kernel.models import Sender
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.forms.mailing import CodeForm, SenderForm
from kontor.office.desk.queries.letterbox import LetterboxError
from kontor.office.desk.queries.outgoing import try_server
from kontor.office.desk.views.mailing import SETTLE
from kontor.office.identity import public as identity
from kontor.rulebook.refusal import RefusalError


@requires(SETTLE)
@require_http_methods(["GET", "POST"])
def sender(request: TenantRequest, sender_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Settle an address to write under, or try its mail server and say what came back."""
    row = get_object_or_404(Sender, pk=sender_id, ended_at=None) if sender_id else None
    form = SenderForm(request.POST or None, row=row)
    tried: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "try":
            tried = _try(form)
        else:
            told, proved = form.settled(), identity.is_own_domain(form.cleaned_data["address"])
            who: dict[str, Any] = {"at": request.at, "actor": request.actor}
            try:
                kept = keep_sender(
                    row.pk if row else None, told, password=form.cleaned_data["password"], proved=proved, **who
                )
            except RefusalError as refused:
                form.add_error("address", spoken(refused.text))
            else:
                return redirect("desk:mail") if kept.proved_at else redirect("desk:sender", kept.pk)
    context = {
        "form": form, "row": row, "code_form": CodeForm(), "title": row.address if row else _("Write under an address"),
        **tried, "crumbs": [(_("Desk"), reverse("desk:queue")), (_("The desk's mail"), reverse("desk:mail"))],
    }  # fmt: skip
    return render(request, "desk/sender.html", context, status=422 if form.errors else 200)


@requires(SETTLE)
@require_POST
def step(request: TenantRequest, sender_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Prove an address by its code, have a new code sent, or write under it no more."""
    row = get_object_or_404(Sender, pk=sender_id, ended_at=None)
    who: dict[str, Any] = {"at": request.at, "actor": request.actor}
    if word == "end":
        end_sender(row.pk, **who)
        return redirect("desk:mail")
    if word == "code":
        send_code(row.pk, **who)
        messages.info(request, _("A new code is on its way to %(address)s.") % {"address": row.address})
        return redirect("desk:sender", row.pk)
    try:
        prove_sender(row.pk, request.POST.get("code", ""), **who)
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
        return redirect("desk:sender", row.pk)
    messages.success(request, _("%(address)s is yours; the desk can write under it.") % {"address": row.address})
    return redirect("desk:mail")


def _try(form: SenderForm) -> dict[str, Any]:
    """Sign in as the form says and return what to show."""
    asked = Sender(**form.settled())
    asked.password = form.cleaned_data["password"] or (form.row.password if form.row else None)
    try:
        try_server(asked)
    except LetterboxError as error:
        return {"tried": spoken(error.text), "stands": False}
    told = _("The connection stands: %(place)s takes mail of %(user)s.")
    return {"tried": told % {"place": f"{asked.host}:{asked.port}", "user": asked.user}, "stands": True}
