"""Folders shared with people outside, as those who share them see them."""

import uuid
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.components import Badge, Moment
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.queries.record import history_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.documents.actions import exchanging as actions
from kontor.office.documents.forms.exchange import ExchangeForm, PutInForm
from kontor.office.documents.models import Exchange, ExchangeItem
from kontor.office.documents.queries import exchange as queries, store
from kontor.office.documents.views.words import EXCHANGED, size_words, state_badge
from kontor.office.identity.public import names_of
from kontor.rulebook.refusal import RefusalError

SHARE: Final = "documents.exchange"
_HISTORY: Final = 60
_OFFERED: Final = 300  # documents of the choice, the latest first


@requires(SHARE)
@require_GET
def exchanges(request: TenantRequest) -> HttpResponseBase:
    """List the folders that this person shared."""
    listing = Listing(
        request,
        queries.exchanges_of(request.standing, request.user.pk),
        name="exchanges",
        columns=(
            Column("title", gettext_lazy("Folder"), url=addresses("documents:exchange"), slot="title", sort="title"),
            Column("name", gettext_lazy("With"), sub=lambda row: row.email, slot="meta", sort="name"),
            Column("files", gettext_lazy("Files"), kind="number", sort="files"),
            Column("brought", gettext_lazy("From outside"), kind="number", sort="brought", late=True),
            Column("expires_at", gettext_lazy("Open until"), kind="moment", sort="expires_at", slot="more"),
            Column(
                "state", gettext_lazy("State"), kind="badge", value=lambda row: badge_of(row, request.at), slot="state"
            ),
        ),
        search=("title", "name", "email"),
        order="-at",
    )
    if listing.wants_file:
        return listing.file()
    context = {"listing": listing, "crumbs": [(_("Documents"), reverse("documents:files"))]}
    return render(request, "documents/exchanges.html", context)


@requires(SHARE)
@require_http_methods(["GET", "POST"])
def exchange_new(request: TenantRequest) -> HttpResponseBase:
    """Share a folder, with a document in it where the page was opened from one; its password is shown this once."""
    begun = {"title": request.GET.get("title", ""), "document": request.GET.get("document", ""), "days": actions.DAYS}
    form = ExchangeForm(request.POST or None, initial={**begun, "may_add": True})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        document = given.pop("document")
        if document:
            _document(request, document)
        try:
            opened = actions.open_exchange(actions.NewExchange(**given), at=request.at, actor=request.actor)
            if document:
                actions.put_in(opened.exchange.pk, document, at=request.at, actor=request.actor)
        except MailAddressError as refused:
            form.add_error("email", str(refused))
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return _page(request, opened.exchange, password=opened.password)
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "documents/exchange_new.html", context, status=422 if form.errors else 200)


@requires(SHARE)
@require_GET
def exchange(request: TenantRequest, exchange_id: uuid.UUID) -> HttpResponseBase:
    """Show a folder: what lies in it, how it stands, and everything that was done with it."""
    return _page(request, _found(request, exchange_id))


@requires(SHARE)
@require_POST
def put_in(request: TenantRequest, exchange_id: uuid.UUID) -> HttpResponseBase:
    """Lay a document into a folder."""
    found = _found(request, exchange_id)
    form = PutInForm(request.POST, documents=_offered(request))
    if form.is_valid():
        try:
            actions.put_in(found.pk, form.cleaned_data["document"], at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("document", spoken(refused.text))
        else:
            return redirect("documents:exchange", found.pk)
    return _page(request, found, form=form)


@requires(SHARE)
@require_POST
def take_from(request: TenantRequest, exchange_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponseBase:
    """Take a file out of a folder."""
    found = _found(request, exchange_id)
    try:
        actions.take_from(found.pk, item_id, at=request.at, actor=request.actor)
    except ExchangeItem.DoesNotExist:
        raise Http404(item_id) from None
    return redirect("documents:exchange", found.pk)


@requires(SHARE)
@require_POST
def exchange_press(request: TenantRequest, exchange_id: uuid.UUID, what: str) -> HttpResponseBase:
    """Do what one button does: shut the folder, or give it a new password."""
    found = _found(request, exchange_id)
    if what == "end":
        actions.end_exchange(found.pk, at=request.at, actor=request.actor)
    elif what == "password":
        try:
            opened = actions.renew_password(found.pk, at=request.at, actor=request.actor)
        except RefusalError as refused:
            return _page(request, found, problem=spoken(refused.text))
        return _page(request, opened.exchange, password=opened.password)
    else:
        raise Http404(what)
    return redirect("documents:exchange", found.pk)


def badge_of(row: Exchange, at: datetime) -> Badge:
    """Return how a folder stands: open, locked, ended or over."""
    if row.ended_at:
        return Badge(_("shut"), "")
    if row.expires_at <= at:
        return Badge(_("over"), "")
    return Badge(_("locked"), "bad") if row.locked_at else Badge(_("open now"), "good")


def _found(request: TenantRequest, exchange_id: uuid.UUID) -> Exchange:
    return get_object_or_404(queries.exchanges_of(request.standing, request.user.pk), pk=exchange_id)


def _document(request: TenantRequest, document_id: uuid.UUID) -> Any:
    return get_object_or_404(store.visible(request.standing, request.user.pk), pk=document_id, binned_at=None)


def _offered(request: TenantRequest) -> list[tuple[uuid.UUID, str]]:
    rows = store.visible(request.standing, request.user.pk).filter(binned_at=None).order_by("-changed_at")
    return list(rows.values_list("pk", "title")[:_OFFERED])


def _page(
    request: TenantRequest, found: Exchange, *, form: PutInForm | None = None, password: str = "", problem: str = ""
) -> HttpResponseBase:
    happened = history_of(found.pk, limit=_HISTORY)
    names = names_of({each.actor for each in happened if each.actor} - {found.pk})
    context = {
        "exchange": found,
        "state": badge_of(found, request.at),
        "open": queries.is_open(found, request.at),
        "standing_still": found.ended_at is None and request.at < found.expires_at,
        "password": password,
        "problem": problem,
        "form": form or PutInForm(documents=_offered(request)),
        "items": [_item(each, finding) for each, finding in queries.items_of(found)],
        "left": max(actions.WRONG - found.failures, 0),
        "history": [
            Moment(
                on=each.at,
                title=str(EXCHANGED.get(each.verb, each.verb)),
                text=" · ".join(
                    filter(None, (names.get(each.actor, found.name) if each.actor else "Kontor", _what(each)))
                ),
            )
            for each in happened
        ],
        "crumbs": _crumbs(),
    }
    status = 422 if problem or (form and form.errors) else 200
    response = render(request, "documents/exchange.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _item(item: ExchangeItem, finding: Any) -> dict[str, Any]:
    version = item.version
    return {
        "pk": item.pk,
        "name": version.blob.name,
        "title": version.document.title,
        "document": version.document_id,
        "size": size_words(version.blob.size),
        "at": item.at,
        "from_outside": item.from_outside,
        "badge": state_badge(finding.state),
    }


def _what(each: Any) -> str:
    return str(each.after.get("name") or each.before.get("name") or "")


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Documents"), reverse("documents:files")), (_("Shared folders"), reverse("documents:exchanges"))]
