"""The documents of a tenant: the list with its search, the bin, and filing many at once."""

import uuid
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.quotas import STORAGE, counter
from kontor.kernel.requests import TenantRequest, requires, signed_in
from kontor.kernel.scanning import has_scanner
from kontor.kernel.wording import spoken
from kontor.office.documents.actions import filing
from kontor.office.documents.actions.filing import Filed
from kontor.office.documents.actions.looking import quarantined
from kontor.office.documents.forms.store import DropForm
from kontor.office.documents.models import Document, Folder
from kontor.office.documents.queries import store as queries
from kontor.office.documents.queries.signing import asked_of
from kontor.office.documents.views.words import harmful_words, kind_words, size_words, state_badge
from kontor.rulebook.refusal import RefusalError

FEW: Final = 6  # documents shown at a record


@requires("documents.read", at_sites=True)
@require_GET
def files(request: TenantRequest) -> HttpResponseBase:
    """List the documents that this person may see, searched by what stands in them."""
    listing = _listing(request, queries.visible(request.standing, request.user.pk).filter(binned_at=None))
    context = {
        "listing": listing,
        "may_file": request.standing.may(queries.FILE),
        "may_share": request.standing.may("documents.exchange"),
        "to_sign": asked_of(request.user.pk, at=request.at).count(),
        "scanned": has_scanner(),
        "room": counter(STORAGE, at=request.at),
    }
    return listing.file() if listing.wants_file else render(request, "documents/files.html", context)


@requires("documents.read", at_sites=True)
@require_GET
def binned(request: TenantRequest) -> HttpResponseBase:
    """List what lies in the bin."""
    rows = queries.visible(request.standing, request.user.pk).exclude(binned_at=None)
    listing = _listing(request, rows)
    context = {"listing": listing, "crumbs": [(_("Documents"), reverse("documents:files"))]}
    return listing.file() if listing.wants_file else render(request, "documents/bin.html", context)


@requires("documents.file")
@require_http_methods(["GET", "POST"])
def file_new(request: TenantRequest) -> HttpResponseBase:
    """File one or many; what is refused is named with the reason, and the others are there."""
    sent = request.method == "POST"
    form = DropForm(request.POST if sent else None, request.FILES if sent else None, initial=request.GET.dict())
    taken: list[Document] = []
    refused: list[tuple[str, str]] = []
    if sent and form.is_valid():
        taken, refused = _filed(request, form)
        if "application/json" in request.headers.get("Accept", ""):
            told = [{"title": each.title, "url": reverse("documents:file", args=(each.pk,))} for each in taken]
            lost = [{"name": name, "reason": why} for name, why in refused]
            return JsonResponse({"filed": told, "refused": lost}, status=422 if refused else 200)
        if not refused:
            return redirect("documents:file", taken[0].pk) if len(taken) == 1 else redirect("documents:files")
    context = {
        "form": form,
        "taken": taken,
        "refused": refused,
        "scanned": has_scanner(),
        "crumbs": [(_("Documents"), reverse("documents:files"))],
        "bound_to": _named(form),
    }
    return render(request, "documents/file_new.html", context, status=422 if refused or form.errors else 200)


@signed_in
@require_GET
def at_record(request: HttpRequest, kind: str, record: uuid.UUID) -> HttpResponseBase:
    """Show what hangs at a record, as a part of the record's own page; nothing to whoever may not see documents."""
    standing = getattr(request, "standing", None)
    known = queries.record_kinds().get(kind)
    if standing is None or known is None or record not in known.named([record]):
        raise Http404(kind)
    may = standing.may(queries.SEE) and standing.may(known.permission)
    rows = []
    if may:
        found = queries.newest(queries.at_record(kind, record, standing, request.user.pk))  # type: ignore[arg-type]
        rows = [(each, kind_words(each.media_type), state_badge(each.state)) for each in found[:FEW]]  # type: ignore[attr-defined]
    may_file = may and standing.may(queries.FILE)
    context = {"rows": rows, "may": may, "may_file": may_file, "kind": kind, "record": record}
    return render(request, "documents/at_record.html", context)


def _listing(request: TenantRequest, rows: Any) -> Listing:
    folders = tuple((str(key), name) for key, name in Folder.objects.order_by("name").values_list("pk", "name"))
    return Listing(
        request,
        queries.newest(rows.select_related("folder")),
        name="documents",
        columns=(
            Column(
                "title",
                gettext_lazy("Document"),
                url=addresses("documents:file"),
                sub=lambda row: row.file_name if row.file_name != row.title else "",
                slot="title",
                sort="title",
            ),
            Column(
                "folder", gettext_lazy("Folder"), value=lambda row: row.folder.name if row.folder else "", late=True
            ),
            Column("kind", gettext_lazy("Kind"), value=lambda row: kind_words(row.media_type), slot="meta"),
            Column("size", gettext_lazy("Size"), value=lambda row: size_words(row.size), late=True),
            Column("number", gettext_lazy("Version"), kind="number", sort="number"),
            Column("changed_at", gettext_lazy("Changed"), kind="moment", sort="changed_at", slot="more"),
            Column("state", gettext_lazy("Scan"), kind="badge", value=lambda row: state_badge(row.state), slot="state"),
        ),
        search=queries.found,
        choices=(Choice("folder", gettext_lazy("Folder"), folders),) if folders else (),
        order="-changed_at",
    )


def _filed(request: TenantRequest, form: DropForm) -> tuple[list[Document], list[tuple[str, str]]]:
    given = form.cleaned_data
    taken, refused = [], []
    folder = filing.folder_of(given["folder"], at=request.at, actor=request.actor) if given["folder"] else None
    for file in given["file"]:
        data, name = file.read(), file.name or "file"
        filed = Filed(
            data=data,
            name=name,
            folder=folder.pk if folder else None,
            reach=given["reach"] or Document.Reach.EVERYBODY,
            links=form.links(),
        )
        try:
            if found := quarantined(data, name, at=request.at, actor=request.actor):
                refused.append((name, harmful_words(found)))
                continue
            taken.append(filing.file_document(filed, at=request.at, actor=request.actor))
        except RefusalError as refusal:
            refused.append((filed.name, spoken(refusal.text)))
        except QuotaExceededError as full:
            refused.append((filed.name, str(full)))
    return taken, refused


def _named(form: DropForm) -> Any:
    """Return the record that the page was opened from, None where it was opened by itself."""
    for kind, record in form.links() if form.is_bound else form.begun_with():
        known = queries.record_kinds().get(kind)
        return known.named([record]).get(record) if known else None
    return None
