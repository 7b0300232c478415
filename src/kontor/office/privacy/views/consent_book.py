"""The book of consents: who agreed to what, how that is proved, and what may be done about it by hand."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.blobs import keep
from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.parties.public import person
from kontor.office.privacy.actions.consents import Channel, ask_consent, publish_text, reactivate, withdraw_consent
from kontor.office.privacy.forms.consents import PaperForm, RequestForm, TextForm
from kontor.office.privacy.models import ConsentStep, ConsentText
from kontor.office.privacy.queries.consents import Consent, consent_of, consents, form_url, text_of, texts
from kontor.office.privacy.views.consents import come, said_of, title_of
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.tabs import house_tabs, own_tabs
from kontor.rulebook.consent import State
from kontor.rulebook.ruling import Text

KEEP = "privacy.consents"
STATES: Final = {
    State.NONE: Badge(gettext_lazy("never asked"), ""),
    State.PENDING: Badge(gettext_lazy("not confirmed"), "warn"),
    State.GIVEN: Badge(gettext_lazy("agreed"), "good"),
    State.OUTDATED: Badge(gettext_lazy("earlier text"), "warn"),
    State.WITHDRAWN: Badge(gettext_lazy("taken back"), "bad"),
}
KINDS: Final = {
    ConsentStep.Kind.ASKED: gettext_lazy("Asked"),
    ConsentStep.Kind.CONFIRMED: gettext_lazy("Confirmed"),
    ConsentStep.Kind.WITHDRAWN: gettext_lazy("Taken back"),
    ConsentStep.Kind.REACTIVATED: gettext_lazy("Taken up again"),
}

WAYS: Final = {
    Channel.FORM: gettext_lazy("on the form"),
    Channel.LINK: gettext_lazy("by the mail's link"),
    Channel.PAGE: gettext_lazy("on one's own page"),
    Channel.MAIL_PROGRAM: gettext_lazy("by a mail program"),
    Channel.STAFF: gettext_lazy("by staff"),
}


@requires(KEEP)
@require_GET
def book(request: TenantRequest) -> HttpResponseBase:
    """List every address with every purpose it was asked for, and where that stands."""
    listing = Listing(
        request,
        consents(),
        name="consents",
        columns=(
            Column("email", gettext_lazy("E-mail"), url=_url, slot="title"),
            Column("purpose", gettext_lazy("Purpose"), value=lambda row: title_of(row.text), slot="meta"),
            Column(
                "state", gettext_lazy("State"), kind="badge", value=lambda row: STATES[row.state.value], slot="state"
            ),
            Column("at", gettext_lazy("Last step"), kind="moment", value=lambda row: row.steps[-1].at, slot="more"),
        ),
        search=("email",),
        choices=(
            Choice(
                "state",
                gettext_lazy("State"),
                tuple((state.value, badge.label) for state, badge in STATES.items() if state is not State.NONE),
                apply=lambda rows, state: [row for row in rows if row.state.value == state],
            ),
        ),
    )
    if listing.wants_file:
        return listing.file()
    asked = [(text, title_of(text), said_of(text), form_url(text)) for text in texts()]
    return render(request, "privacy/consents.html", {"listing": listing, "texts": asked, **_tabs(request)})


@requires(KEEP)
@require_GET
def at_party(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Show the consents of a person's or company's addresses, as a part of the page about them."""
    if not request.standing.may("parties.see"):
        raise Http404(party_id)
    try:
        emails = person(party_id).emails
    except ObjectDoesNotExist as stranger:
        raise Http404(party_id) from stranger
    rows = [(title_of(row.text), row, _url(row), _badge(row)) for row in consents(emails)]
    return render(request, "privacy/consents_at_party.html", {"rows": rows})


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def new_text(request: TenantRequest) -> HttpResponseBase:
    """Publish what people are asked for a purpose."""
    form = TextForm(request.POST or None)

    def act() -> object:
        given = form.cleaned_data
        return publish_text(
            given["purpose"], title=Text(given["title_de"], given["title_en"]),
            text=Text(given["text_de"], given["text_en"]), at=request.at, actor=request.actor,
        )  # fmt: skip

    return form_page(
        request, form, act, title=_("What people are asked"), label=_("Publish"), back=reverse("privacy:consents"),
        note=_("The box beside it is never ticked beforehand. Who agreed to an earlier text is asked again."),
    )  # fmt: skip


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def paper(request: TenantRequest, purpose: str) -> HttpResponseBase:
    """Enter a consent on paper; the address is asked by mail all the same."""
    text = _text(purpose)
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    return form_page(
        request, form, lambda: ask_consent(
            text, form.cleaned_data["email"], come=come(request, Channel.STAFF), proof=_kept(request, at=request.at),
            at=request.at, actor=request.actor,
        ),
        title=_("Consent on paper"), label=_("Ask by mail"), back=reverse("privacy:consents"), note=title_of(text),
    )  # fmt: skip


@requires(KEEP)
@require_GET
def detail(request: TenantRequest, purpose: str, email: str) -> HttpResponseBase:
    """Show an address's whole history for a purpose: text, time, way, network address, paper."""
    found = _found(purpose, email)
    context = {
        "found": found,
        "state": STATES[found.state.value],
        "title": title_of(found.text),
        "says": [
            (
                step,
                KINDS[ConsentStep.Kind(step.kind)],
                WAYS[Channel(step.channel)],
                title_of(step.text),
                said_of(step.text),
            )
            for step in found.steps
        ],
        "out": found.state.value is State.WITHDRAWN,
        "crumbs": [(_("Consents"), reverse("privacy:consents"))],
        **_tabs(request),
    }
    return render(request, "privacy/consent.html", context)


@requires(KEEP)
@require_POST
def withdraw(request: TenantRequest, purpose: str, email: str) -> HttpResponseBase:
    """Take a consent back for somebody who said so by word or letter."""
    found = _found(purpose, email)
    withdraw_consent(found.text, found.email, come=come(request, Channel.STAFF), at=request.at, actor=request.actor)
    return redirect(_url(found))


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def take_up(request: TenantRequest, purpose: str, email: str) -> HttpResponseBase:
    """Take an address up again by hand, with the person's own written request."""
    found = _found(purpose, email)
    form = RequestForm(request.POST, request.FILES) if request.method == "POST" else RequestForm()
    return form_page(
        request, form, lambda: reactivate(
            found.text, found.email, request=_kept(request, at=request.at), at=request.at, actor=request.actor
        ),
        title=_("Take up again"), label=_("Take up again"), back=_url(found), note=found.email,
    )  # fmt: skip


@requires(KEEP)
@require_GET
def proof(request: TenantRequest, step_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view
    """Hand out the paper or request that lies beside a step."""
    step = get_object_or_404(ConsentStep.objects.exclude(proof=None).select_related("proof"), pk=step_id)
    assert step.proof is not None
    response = HttpResponse(read(step.proof), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{step.pk}{Path(step.proof.name).suffix}"'
    return response


def _kept(request: TenantRequest, *, at: datetime) -> Blob | None:
    file = request.FILES.get("file")
    if file is None:
        return None
    return keep(file.read(), name=file.name or "", media_type=file.content_type or "application/octet-stream", at=at)


def _text(purpose: str) -> ConsentText:
    found = text_of(purpose)
    if found is None:
        raise Http404(purpose)
    return found


def _found(purpose: str, email: str) -> Consent:
    found = consent_of(email, _text(purpose))
    if not found.steps:
        raise Http404(email)
    return found


def _url(row: Consent) -> str:
    return reverse("privacy:consent", args=(row.text.purpose, row.email))


def _badge(row: Consent) -> Badge:
    return STATES[row.state.value]


def _tabs(request: TenantRequest) -> dict[str, Any]:
    return (house_tabs if request.tenant.is_house else own_tabs)(request, "consents")
