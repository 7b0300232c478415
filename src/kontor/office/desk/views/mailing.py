"""The desk's mail: which mailboxes are read, under which addresses is written, and what was settled."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.models import Sender
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import number, spoken
from kontor.office.desk.actions.fetching import access_of
from kontor.office.desk.actions.mailboxes import end_mailbox, keep_mailbox, settle_habits
from kontor.office.desk.forms.mailing import HabitsForm, MailboxForm
from kontor.office.desk.models import DeskHabits, Mailbox
from kontor.office.desk.queries.held import count_held
from kontor.office.desk.queries.letterbox import LetterboxError, opened
from kontor.rulebook.refusal import RefusalError

SETTLE = "desk.settle"
_KEPT = ("address", "mx_host", "reopen_days", "receipts_a_day", "asks_after", "asks_again_days")
_COLUMNS = (
    "address", "host", "port", "security", "user", "folder", "after", "done_folder", "unreadable_folder", "counts_from",
)  # fmt: skip


@requires(SETTLE)
@require_http_methods(["GET", "POST"])
def mail(request: TenantRequest) -> HttpResponseBase:
    """Show which mailboxes are read and how the desk works, and settle the latter."""
    habits = DeskHabits.objects.first() or DeskHabits()
    form = HabitsForm(request.POST or None, initial={key: getattr(habits, key) for key in _KEPT})
    if request.method == "POST" and form.is_valid():
        try:
            settle_habits(form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("address", spoken(refused.text))
        else:
            return redirect("desk:mail")
    context = {
        "form": form,
        "mailboxes": Mailbox.objects.filter(ended_at=None).order_by("address", "folder"),
        "senders": Sender.objects.filter(ended_at=None).order_by("address"),
        "held": count_held(),
        "crumbs": [(_("Desk"), reverse("desk:queue"))],
    }
    return render(request, "desk/mail.html", context, status=422 if form.errors else 200)


@requires(SETTLE)
@require_http_methods(["GET", "POST"])
def mailbox(request: TenantRequest, mailbox_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Settle a mailbox, or try the connection and say what came back."""
    row = get_object_or_404(Mailbox, pk=mailbox_id, ended_at=None) if mailbox_id else None
    form = MailboxForm(request.POST or None, row=row, initial=_start(row, request))
    tried: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "try":
            tried = _try(form)
        else:
            try:
                password = form.cleaned_data["password"]
                keep_mailbox(
                    row.pk if row else None, form.settled(), password=password, at=request.at, actor=request.actor
                )
            except RefusalError as refused:
                form.add_error(None, spoken(refused.text))
            else:
                return redirect("desk:mail")
    context = {
        "form": form, "row": row, "title": row.address if row else _("Read a mailbox"), **tried,
        "crumbs": [(_("Desk"), reverse("desk:queue")), (_("The desk's mail"), reverse("desk:mail"))],
    }  # fmt: skip
    return render(request, "desk/mailbox.html", context, status=422 if form.errors else 200)


@requires(SETTLE)
@require_POST
def end(request: TenantRequest, mailbox_id: uuid.UUID) -> HttpResponseBase:
    """Read a mailbox no more."""
    get_object_or_404(Mailbox, pk=mailbox_id, ended_at=None)
    end_mailbox(mailbox_id, at=request.at, actor=request.actor)
    return redirect("desk:mail")


def _start(row: Mailbox | None, request: TenantRequest) -> dict[str, Any]:
    shown = row or Mailbox(counts_from=localtime(request.at).replace(second=0, microsecond=0))
    return {key: getattr(shown, key) for key in _COLUMNS}


def _try(form: MailboxForm) -> dict[str, Any]:
    """Connect as the form says and return what to show: whether it stands, and in words what came back."""
    asked = Mailbox(**form.settled())
    asked.password = form.cleaned_data["password"] or (form.row.password if form.row else None)
    try:
        with opened(access_of(asked)) as letterbox:
            count = letterbox.messages
            told = ngettext("The connection stands: %(count)s mail lies in %(folder)s.",
                            "The connection stands: %(count)s mails lie in %(folder)s.", count)  # fmt: skip
            words = [told % {"count": number(count), "folder": asked.folder}]
            words.append(
                _("The server tells of new mail at once.")
                if letterbox.tells
                else _("New mail is looked for each minute.")
            )
    except LetterboxError as error:
        return {"tried": spoken(error.text), "stands": False}
    return {"tried": " ".join(words), "stands": True}
