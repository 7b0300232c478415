"""Mandates: the list, and one with its evidence."""

import uuid
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.books.actions.mandates import KIND, revoke_mandate
from kontor.office.books.forms.collecting import RevokeForm
from kontor.office.books.models import Mandate
from kontor.office.books.queries import mandates as queries
from kontor.office.books.queries.collections import debits
from kontor.office.books.views.answers import kept_file, telling_refusals
from kontor.office.books.views.collections import debit_state
from kontor.office.books.views.matching import tabs
from kontor.office.documents import public as documents
from kontor.rulebook.collecting import Scheme, refund_right
from kontor.rulebook.money import Money

SCHEMES: Final = {
    Scheme.CORE.value: gettext_lazy("Basic, with the right to a refund"),
    Scheme.B2B.value: gettext_lazy("Business, without a refund"),
}


@requires("books.payments")
@require_GET
def mandates(request: TenantRequest) -> HttpResponseBase:
    """List the mandates that customers gave, the newest first."""
    today = localdate(request.at)
    rows = Listing(
        request,
        queries.mandates(),
        name="mandates",
        columns=(
            Column("reference", _("Mandate"), url=_url, sort="reference", slot="title"),
            Column("holder", _("Account holder"), sub=lambda row: row.iban_shown, sort="holder", slot="meta"),
            Column("scheme", _("Scheme"), value=lambda row: SCHEMES[row.scheme], late=True),
            Column("signed_on", _("Signed"), kind="day", sort="signed_on", late=True),
            Column(
                "state", _("State"), kind="badge", value=lambda row: badge(queries.card_of(row, today)), slot="state"
            ),
        ),
        search=("reference", "holder", "signer", "party__name"),
        order="-reference",
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "books/mandates.html", {"mandates": rows, "tabs": tabs("collections")})


@requires("books.payments")
@require_GET
def mandate(request: TenantRequest, mandate_id: uuid.UUID) -> HttpResponseBase:
    """Show one mandate: what was signed, how it stands, what was collected under it."""
    row = get_object_or_404(queries.mandates(), pk=mandate_id)
    card = queries.card_of(row, localdate(request.at))
    collected = list(debits().filter(mandate=row).order_by("-collect_on", "-pk")[:20])
    last = collected[0].collect_on if collected else None
    context = {
        "mandate": row,
        "scheme": SCHEMES[row.scheme],
        "card": card,
        "sha256": bytes(row.sha256).hex(),
        "state": badge(card),
        "signed": documents.signature_of(KIND, row.pk),
        "refundable": refund_right(last, Scheme(row.scheme)).value if last else None,
        "debits": [(each, debit_state(each), Money(each.currency, each.amount_minor)) for each in collected],
        "may_revoke": row.revoked_on is None,
        "form": RevokeForm(initial={"by": row.signer}),
        "crumbs": [(_("Collections"), reverse("books:collections")), (_("Mandates"), reverse("books:mandates"))],
    }
    return render(request, "books/mandate.html", context)


@requires("books.payments")
@require_GET
def mandate_file(request: TenantRequest, mandate_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the PDF of a mandate as it was signed."""
    return kept_file(get_object_or_404(Mandate.objects.select_related("file"), pk=mandate_id).file, shown=True)


@requires("books.payments")
@require_POST
def revoke(request: TenantRequest, mandate_id: uuid.UUID) -> HttpResponseBase:
    """Note that a mandate was revoked by letter or mail."""
    row = get_object_or_404(Mandate, pk=mandate_id)
    form = RevokeForm(request.POST)
    if form.is_valid():
        with telling_refusals(request):
            by = form.cleaned_data["by"]
            revoke_mandate(row.pk, by=by, on=localdate(request.at), at=request.at, actor=request.actor)
    return redirect("books:mandate", row.pk)


def badge(card: queries.MandateCard) -> Badge:
    """Return how a mandate stands."""
    return Badge(queries.WORDS[card.state], queries.TONES[card.state])


def _url(row: Any) -> str:
    return reverse("books:mandate", args=[row.pk])
