"""Folders: how many documents lie in each, and what they are for the law, which says how long the bin keeps them."""

import uuid
from typing import Final

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.rows import CurrentTenant
from kontor.office.documents.actions import filing
from kontor.office.documents.forms.store import KEPT, FolderForm
from kontor.office.documents.models import Document, Folder
from kontor.office.documents.queries.store import FILE

_WORDS: Final = dict(KEPT)


@requires(FILE)
@require_GET
def folders(request: TenantRequest) -> HttpResponseBase:
    """List the folders with what lies in them."""
    inside = Document.objects.filter(tenant=CurrentTenant(), folder=OuterRef("pk")).order_by().values("folder")
    inside = inside.annotate(count=Count("pk"))
    listing = Listing(
        request,
        Folder.objects.annotate(count=Coalesce(Subquery(inside.values("count")), 0)),
        name="folders",
        columns=(
            Column("name", _("Folder"), url=addresses("documents:folder"), sort="name", slot="title"),
            Column("kept", _("What lies in it"), value=lambda row: _WORDS[Folder.Kept(row.kept)], slot="meta"),
            Column("count", _("Documents"), kind="number", sort="count", slot="state"),
        ),
        search=("name",),
        order="name",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "documents/folders.html", {"listing": listing, "crumbs": _crumbs()[:1]})


@requires(FILE)
@require_http_methods(["GET", "POST"])
def folder(request: TenantRequest, folder_id: uuid.UUID) -> HttpResponseBase:
    """Say what a folder's documents are."""
    found = get_object_or_404(Folder, pk=folder_id)
    form = FolderForm(request.POST if request.method == "POST" else None, initial={"kept": found.kept})
    if request.method == "POST" and form.is_valid():
        filing.settle_folder(found.pk, kept=form.cleaned_data["kept"], at=request.at, actor=request.actor)
        return redirect("documents:folders")
    context = {"form": form, "folder": found, "crumbs": _crumbs()}
    return render(request, "documents/folder.html", context, status=422 if form.errors else 200)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Documents"), reverse("documents:files")), (_("Folders"), reverse("documents:folders"))]
