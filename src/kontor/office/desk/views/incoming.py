"""What came by mail: each mail with what became of it, and taking in what was held back."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions.mail_held import HELD, take_in_after_all
from kontor.office.desk.models import IncomingMail, Ticket
from kontor.office.desk.queries.held import came
from kontor.office.desk.queries.outcomes import OUTCOMES
from kontor.office.desk.views.files import sent
from kontor.office.desk.views.queue import WORK
from kontor.office.messages import public as mails
from kontor.rulebook.refusal import RefusalError


@requires(WORK)
@require_GET
def incoming(request: TenantRequest) -> HttpResponseBase:
    """List what came by mail, and what became of each."""
    kinds = [(key, spoken(text)) for key, (text, _tone) in OUTCOMES.items()]
    listing = Listing(
        request, came(), name="incoming-mail", order="-received_at", search=("sender", "subject"),
        columns=(
            Column("subject", _("Subject"), slot="title", value=lambda row: row.subject or _("Without subject"),
                   url=addresses("desk:incoming-mail")),
            Column("sender", _("From"), slot="more", sort="sender"),
            Column("received_at", _("Reached us"), kind="moment", sort="received_at"),
            Column("outcome", _("What became of it"), kind="badge", slot="meta", value=_badge, sub=_sub),
        ),
        choices=(Choice("outcome", _("What became of it"), kinds),),
    )  # fmt: skip
    if listing.wants_file:
        return listing.file()
    return render(request, "desk/incoming.html", {"listing": listing, "crumbs": _crumbs()})


@requires(WORK)
@require_GET
def detail(request: TenantRequest, mail_id: uuid.UUID) -> HttpResponseBase:
    """Show a mail as its words say, and what became of it."""
    row = get_object_or_404(came().select_related("raw"), pk=mail_id)
    context = {
        "row": row, "badge": _badge(row), "ticket": _ticket(row),
        "mail": mails.read_mail(read(row.raw)) if row.raw else None,
        "may_take": row.outcome in HELD and row.raw is not None and _ticket(row) is None,
        "crumbs": [*_crumbs(), (_("What came by mail"), reverse("desk:incoming"))],
    }  # fmt: skip
    return render(request, "desk/incoming_mail.html", context)


@requires(WORK)
@require_POST
def take(request: TenantRequest, mail_id: uuid.UUID) -> HttpResponseBase:
    """Take a mail in that was held back."""
    get_object_or_404(IncomingMail, pk=mail_id)
    try:
        ticket = take_in_after_all(mail_id, name=str(request.user), at=request.at, actor=request.actor)
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
        return redirect("desk:incoming-mail", mail_id)
    return redirect("desk:ticket", ticket.pk)


@requires(WORK)
@require_GET
def raw(request: TenantRequest, mail_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a mail as it came, to be kept; no browser shows it."""
    row = get_object_or_404(IncomingMail.objects.select_related("raw"), pk=mail_id)
    if row.raw is None:
        raise Http404
    return sent(read(row.raw), row.raw.name)


def _badge(row: IncomingMail) -> Badge:
    text, tone = OUTCOMES[row.outcome]
    return Badge(text, "" if _taken(row) else tone)


def _sub(row: IncomingMail) -> str:
    taken = _taken(row)
    if taken is not None:
        return _("%(name)s, taken in after all") % {"name": taken.name}
    return row.why or (row.ticket.name if row.ticket else "")


def _ticket(row: IncomingMail) -> Ticket | None:
    return row.ticket or _taken(row)


def _taken(row: IncomingMail) -> Ticket | None:
    return next((each.ticket for each in row.taken.all()), None)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Desk"), reverse("desk:queue"))]
