"""What this company sent to whom, and whether it left."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import SentMail
from kontor.kernel.requests import TenantRequest, requires

_STATES: dict[str, dict[str, Any]] = {
    "WAITING": {"sent_at": None, "given_up_at": None, "held_at": None, "problem": ""},
    "SENT": {"sent_at__isnull": False},
    "GIVEN_UP": {"given_up_at__isnull": False},
    "HELD": {"held_at__isnull": False},
}
_LABELS = (
    ("WAITING", gettext_lazy("waiting")),
    ("RETRYING", gettext_lazy("will be tried again")),
    ("SENT", gettext_lazy("sent")),
    ("GIVEN_UP", gettext_lazy("given up")),
    ("HELD", gettext_lazy("held back")),
)


@requires("messages.see")
@require_GET
def outbox(request: TenantRequest) -> HttpResponseBase:
    """
    List what was sent, newest first.

    Never the text: invitations and offers carry links that let whoever opens them act as the person they were sent to.
    """
    mails = Listing(
        request,
        SentMail.objects.select_related("mail"),
        name="outbox",
        columns=(
            Column("mail.at", _("Written"), kind="moment", sort="mail__at", slot="more"),
            Column("mail.to", _("Recipient"), value=_to, sub=_address, sort="mail__to", slot="meta"),
            Column("mail.subject", _("Subject"), sort="mail__subject", slot="title"),
            Column("state", _("State"), kind="badge", value=state, sub=lambda row: row.problem, slot="state"),
            Column("attempts", _("Attempts"), kind="number", sort="attempts", late=True),
        ),
        search=("mail__to", "mail__to_name", "mail__subject"),
        choices=(Choice("state", _("State"), _LABELS, apply=_in_state),),
        order="-mail__at",
    )
    if mails.wants_file:
        return mails.file()
    stuck = SentMail.objects.filter(given_up_at__isnull=False).count()
    return render(request, "messages/outbox.html", {"mails": mails, "stuck": stuck})


def state(row: SentMail) -> Badge:
    """Return what became of a mail."""
    if row.sent_at:
        return Badge(_("sent"), "good")
    if row.given_up_at:
        return Badge(_("given up"), "bad")
    if row.held_at:
        return Badge(_("held back"), "info")
    return Badge(_("will be tried again"), "warn") if row.problem else Badge(_("waiting"), "info")


def _in_state(rows: Any, chosen: str) -> Any:
    if chosen == "RETRYING":
        return rows.filter(sent_at=None, given_up_at=None, held_at=None).exclude(problem="")
    return rows.filter(**_STATES[chosen])


def _to(row: SentMail) -> str:
    return str(row.mail.to_name or row.mail.to)


def _address(row: SentMail) -> str:
    return row.mail.to if row.mail.to_name else ""
