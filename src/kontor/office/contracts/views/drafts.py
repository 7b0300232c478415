"""Writing an offer: for whom, what, and every term that the pack leaves to it, until it is sent."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel import pdf
from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.books import public as books
from kontor.office.contracts.actions import drafts, offers
from kontor.office.contracts.forms import BeginForm, DraftForm
from kontor.office.contracts.forms.drafts import name_of
from kontor.office.contracts.models import OfferDraft
from kontor.office.contracts.queries import readiness
from kontor.office.contracts.queries.paper import offer_paper
from kontor.office.contracts.queries.positions import KINDS, by_interval
from kontor.office.parties import public as parties
from kontor.rulebook import terms
from kontor.rulebook.terms import PackError, TermsPack

WRITE = "contracts.offer"
_TEMPLATE = "office/contracts/typst/offer.typ"


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def begin(request: TenantRequest) -> HttpResponseBase:
    """Choose customer, price list and terms; what the offer says is written on the next page."""
    today = timezone.localdate(request.at)
    sellers = {one.id: one for one in books.sellers()}
    price_lists = books.price_lists(today)
    form = BeginForm(
        request.POST or None,
        customers=parties.listed(),
        price_lists=price_lists,
        sellers={pk: one.name for pk, one in sellers.items()},
        today=today,
        initial={"party": request.GET.get("party", "")},
    )
    if request.method == "POST" and form.is_valid():
        draft = _begun(request, form, seller_email=sellers[form.prices.seller].email)
        return redirect("contracts:draft", draft.pk)
    crumbs = [(_("Offers"), reverse("contracts:offers"))]
    context = {"form": form, "has_prices": bool(price_lists), "crumbs": crumbs}
    return render(request, "contracts/offer_new.html", context, status=422 if form.errors else 200)


def _begun(request: TenantRequest, form: BeginForm, *, seller_email: str) -> OfferDraft:
    told = form.cleaned_data
    if told["whose"] == "new":
        party = parties.add(at=request.at, actor=request.actor, **form.customer)
    else:
        party = parties.card(uuid.UUID(told["party"]))
    key, version = form.pack
    draft = drafts.write_draft(
        seller=form.prices.seller,
        party=party.id,
        price_list=form.prices.id,
        pack=key,
        version=version,
        language=told["language"],
        valid_until=told["valid_until"],
        at=request.at,
        actor=request.actor,
    )
    notices = [person.email for person in parties.people_of(party.id) if person.receives_notices and person.email]
    return drafts.set_terms(
        draft.pk,
        agreed={},
        settings={},
        at=request.at,
        actor=request.actor,
        notice_customer=(notices or [party.email])[0],
        notice_seller=seller_email,
    )


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: TenantRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """
    Show the draft and keep what is typed.

    A change is sent by itself and answered with the side alone: what it costs and what is still missing.
    """
    draft = _draft(draft_id)
    if draft.sent_as:
        return redirect("contracts:offer", draft.sent_as)
    form = _form(request, draft)
    if request.method == "POST":
        form.is_valid()
        _keep(request, draft, form)
        if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
            return render(request, "contracts/draft_side.html", _side(draft, form))
        if not form.errors:
            return redirect("contracts:draft", draft.pk)
    form.mark_asked()
    context = {
        "form": form,
        "groups": [(KINDS[kind], rows) for kind, rows in form.groups()],
        "party": parties.card(draft.party_id),
        "may_estimate": any(form.estimates()),
        "crumbs": [(_("Offers"), reverse("contracts:offers")), (_("Drafts"), reverse("contracts:drafts"))],
        "state": Badge(_("draft")),
        "meta": [form.pack.title, _("edition %(version)s") % {"version": draft.version}],
        **_side(draft, form),
    }
    return render(request, "contracts/draft.html", context, status=422 if form.errors else 200)


@requires(WRITE)
@require_GET
def preview(request: TenantRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """Print the draft as it stands; nothing is numbered and nothing is kept."""
    draft = _draft(draft_id)
    seller, party = books.seller_card(draft.seller_id), parties.card(draft.party_id)
    document = offer_paper(
        draft,
        seller=seller,
        party=party,
        lines=_lines(draft),
        issued_on=request.at.astimezone(ZoneInfo(seller.zone)).date(),
        pack=_pack(draft),
    )
    number = "Entwurf" if draft.language == "de" else "Draft"
    content = pdf.render(settings.SOURCE / _TEMPLATE, {**document, "number": number}, at=request.at)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


@requires(WRITE)
@require_POST
def send(request: TenantRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """Send the offer; while something is missing, the draft says what."""
    _draft(draft_id)
    try:
        offer = offers.send_offer(draft_id, at=request.at, actor=request.actor)
    except (offers.IncompleteOfferError, offers.OfferRefusedError):
        return redirect("contracts:draft", draft_id)
    return redirect("contracts:offer", offer.pk)


@requires(WRITE)
@require_POST
def discard(request: TenantRequest, draft_id: uuid.UUID) -> HttpResponseBase:
    """Throw the draft away."""
    if _draft(draft_id).sent_as:
        raise Http404
    drafts.discard_draft(draft_id, at=request.at, actor=request.actor)
    return redirect("contracts:drafts")


def _draft(draft_id: uuid.UUID) -> OfferDraft:
    return get_object_or_404(OfferDraft.objects.select_related("price_list"), pk=draft_id)


def _form(request: TenantRequest, draft: OfferDraft) -> DraftForm:
    lines = list(draft.lines.select_related("item"))
    return DraftForm(
        request.POST or None,
        draft=draft,
        pack=terms.load(draft.pack, draft.version),
        items=books.price_items(draft.price_list_id),
        quantities={line.item_id: line.quantity for line in lines},
        ordered=readiness.ordered(lines),
    )


def _keep(request: TenantRequest, draft: OfferDraft, form: DraftForm) -> None:
    """Write down what fits and differs; a field that does not fit keeps what it had."""
    before = {line.item_id: line.quantity for line in draft.lines.all()}
    if form.quantities != before:
        positions = [drafts.Position(item, count) for item, count in form.quantities.items()]
        drafts.set_positions(draft.pk, positions, at=request.at, actor=request.actor)
    given = {"agreed": form.agreed, "settings": form.readings, **form.columns}
    if any(getattr(draft, name) != value for name, value in given.items()):
        drafts.set_terms(draft.pk, at=request.at, actor=request.actor, **given)
    draft.refresh_from_db()


def _side(draft: OfferDraft, form: DraftForm) -> dict[str, Any]:
    lacks = readiness.lacks(draft)
    return {
        "draft": draft,
        "pack": form.pack,
        "totals": by_interval(_lines(draft), currency=draft.price_list.currency),
        "lacks": [(lack, _anchor(lack.field, form)) for lack in lacks],
        "wrong": [(form[name].id_for_label, form[name].label, errors) for name, errors in form.errors.items()],
        "email": parties.card(draft.party_id).email,
    }


def _anchor(field: str, form: DraftForm) -> str:
    """Return the id of the field that something missing is typed in."""
    name = name_of(field) if "." in field else field
    return form[name].id_for_label if name in form.fields else name


def _lines(draft: OfferDraft) -> list[books.PricedLine]:
    quoted = [books.QuotedLine(item=line.item_id, quantity=line.quantity) for line in draft.lines.order_by("order")]
    return books.priced(quoted, language=draft.language)


def _pack(draft: OfferDraft) -> TermsPack:
    try:
        return readiness.pack_of(draft)
    except PackError:  # what does not fit is told beside its field; the paper shows the terms without it
        return terms.load(draft.pack, draft.version)
