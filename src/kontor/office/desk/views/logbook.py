"""A customer's logbook, to the house with its proof, and to the customer itself."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.chain import verify
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.models import Ticket, TicketLog
from kontor.office.desk.queries.logbook import all_agree, as_lines
from kontor.office.desk.queries.spoken import LOGGED
from kontor.office.desk.views.own import COMPANY
from kontor.office.desk.views.queue import SEE
from kontor.rulebook.ticket_log import What


@requires(SEE)
@require_GET
def of_customer(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Show everything that was logged of a customer's requests; on demand, the proof that it is as it was written."""
    name = Ticket.objects.filter(party_id=party_id).values_list("customer_name", flat=True).first()
    if name is None:
        raise Http404
    rows = TicketLog.objects.filter(ticket__party_id=party_id)
    shown: dict[str, Any] = {"customer": name, "crumbs": [(_("Desk"), reverse("desk:queue"))], "may_prove": True}
    if request.GET.get("proof"):
        shown |= {"proof": verify(), "agree": all_agree(list(rows))}
    return _answer(request, rows, "desk:ticket", shown)


@requires(COMPANY)
@require_GET
def own(request: TenantRequest) -> HttpResponseBase:
    """Show a customer everything that was logged of its requests."""
    shown = {"customer": "", "crumbs": [(_("Help and requests"), reverse("desk:own"))], "may_prove": False}
    return _answer(request, TicketLog.received.all(), "desk:own-ticket", shown)


def _answer(request: TenantRequest, rows: QuerySet[TicketLog], address: str, shown: dict[str, Any]) -> HttpResponseBase:
    rows = rows.select_related("ticket").order_by("-at", "-pk")
    if request.GET.get("format") == "jsonl":
        lines = as_lines(list(rows.order_by("at", "pk")), proved=shown["may_prove"])
        response = StreamingHttpResponse(_ended(lines), content_type="application/jsonl")
        response.headers["Content-Disposition"] = 'attachment; filename="logbook.jsonl"'
        return response
    listed = Listing(
        request,
        rows,
        name="logbook",
        columns=(
            Column("at", gettext_lazy("When"), kind="moment", sort="at", slot="meta"),
            Column("ticket", gettext_lazy("Request"), value=lambda row: row.ticket.subject,
                   sub=lambda row: row.ticket.name, url=lambda row: reverse(address, args=(row.ticket_id,)),
                   slot="title"),
            Column("what", gettext_lazy("What happened"), value=lambda row: spoken(LOGGED[What(row.what)]),
                   slot="state"),
            Column("detail", gettext_lazy("In words"), slot="more"),
            Column("by", gettext_lazy("By whom"), late=True),
            Column("recorded_at", gettext_lazy("Written down"), kind="moment", late=True),
        ),
        search=("ticket__subject", "detail", "by"),
        choices=(Choice("what", gettext_lazy("What happened"), [(key.value, text) for key, text in LOGGED.items()]),),
        order="-at",
    )  # fmt: skip
    if listed.wants_file:
        return listed.file()
    return render(request, "desk/logbook.html", {"rows": listed, **shown})


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield f"{line}\n"
