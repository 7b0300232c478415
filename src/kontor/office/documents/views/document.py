"""One document: its versions, its picture, who may see it and who did."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Moment
from kontor.kernel.links import absolute
from kontor.kernel.models import Role
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.record import Happened, history_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.scanning import has_scanner
from kontor.kernel.wording import spoken
from kontor.office.documents.actions import filing
from kontor.office.documents.actions.filing import Named
from kontor.office.documents.actions.looking import look_again, quarantined
from kontor.office.documents.formats.door import PDF
from kontor.office.documents.forms.store import SettleForm, VersionForm
from kontor.office.documents.models import Document, Finding, Link, Right, Version
from kontor.office.documents.queries import store as queries
from kontor.office.documents.views.answers import handed_out, pictured
from kontor.office.documents.views.signing import signatures
from kontor.office.documents.views.words import DEEDS, harmful_words, kind_words, size_words, state_badge
from kontor.office.identity.public import names_of
from kontor.rulebook.refusal import RefusalError

HISTORY: Final = 30


@requires("documents.read", at_sites=True)
@require_GET
def file(request: TenantRequest, document_id: uuid.UUID) -> HttpResponseBase:
    """Show a document with its versions, what it belongs to, and who looked at it."""
    return _page(request, _seen(request, document_id), VersionForm())


@requires("documents.file")
@require_POST
def add(request: TenantRequest, document_id: uuid.UUID) -> HttpResponseBase:
    """Add a version."""
    found = _changeable(request, document_id)
    form = VersionForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        data, name, at, actor = given["file"].read(), given["file"].name, request.at, request.actor
        try:
            harm = quarantined(data, name, at=at, actor=actor)
            if not harm:
                filing.add_version(found.pk, data, name=name, note=given["note"], at=at, actor=actor)
        except RefusalError as refusal:
            form.add_error("file", spoken(refusal.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            if not harm:
                return redirect("documents:file", found.pk)
            form.add_error("file", harmful_words(harm))
    return _page(request, found, form)


@requires("documents.file")
@require_POST
def press(request: TenantRequest, document_id: uuid.UUID, what: str) -> HttpResponseBase:
    """Do what one button does: into the bin, out of it, have it scanned again."""
    found = _changeable(request, document_id)
    if what == "bin":
        filing.bin_document(found.pk, at=request.at, actor=request.actor)
        return redirect("documents:files")
    if what == "take-out":
        filing.take_out(found.pk, at=request.at, actor=request.actor)
    elif what == "look":
        look_again(queries.version_of(found.pk).pk, at=request.at, actor=request.actor)
    else:
        raise Http404(what)
    return redirect("documents:file", found.pk)


@requires("documents.file")
@require_POST
def restore(request: TenantRequest, document_id: uuid.UUID, number: int) -> HttpResponseBase:
    """Make an earlier version the newest again."""
    found = _changeable(request, document_id)
    try:
        filing.restore_version(found.pk, number, at=request.at, actor=request.actor)
    except Version.DoesNotExist:
        raise Http404(number) from None
    except RefusalError as refusal:
        return _page(request, found, VersionForm(), problem=spoken(refusal.text))
    return redirect("documents:file", found.pk)


@requires("documents.file")
@require_http_methods(["GET", "POST"])
def settle(request: TenantRequest, document_id: uuid.UUID) -> HttpResponseBase:
    """Settle title, folder and readers."""
    found = _changeable(request, document_id)
    rights = list(Right.objects.filter(document=found).exclude(role=None))
    start = {
        "title": found.title,
        "folder": found.folder.name if found.folder else "",
        "reach": found.reach,
        "readers": [str(each.role_id) for each in rights],
        "changers": [str(each.role_id) for each in rights if each.may_change],
    }
    roles = Role.objects.order_by("name").values_list("pk", "name")
    form = SettleForm(request.POST or None, initial=start, roles=roles)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        at, actor = request.at, request.actor
        folder = filing.folder_of(given["folder"], at=at, actor=actor).pk if given["folder"] else None
        filing.settle_document(
            found.pk, title=given["title"], folder=folder, reach=given["reach"], named=_named(given), at=at, actor=actor
        )
        return redirect("documents:file", found.pk)
    crumbs = [(_("Documents"), reverse("documents:files")), (found.title, reverse("documents:file", args=(found.pk,)))]
    context = {"form": form, "document": found, "crumbs": crumbs}
    return render(request, "documents/settle.html", context, status=422 if form.errors else 200)


@requires("documents.read", at_sites=True)
@require_GET
def download(request: TenantRequest, document_id: uuid.UUID, number: int) -> HttpResponseBase:
    """Hand a version out, once it may be opened; who did is recorded."""
    found, version, _finding = _open(request, document_id, number)
    filing.note_opened(found, number, how="downloaded", at=request.at, actor=request.actor)
    return handed_out(read(version.blob), version.blob.name)


@requires("documents.read", at_sites=True)
@require_GET
def preview(request: TenantRequest, document_id: uuid.UUID, number: int) -> HttpResponseBase:
    """Show the picture of a version's first page, which we drew ourselves."""
    _found, _version, finding = _open(request, document_id, number)
    if finding.preview is None:
        raise Http404(number)
    return pictured(read(finding.preview))


def _seen(request: TenantRequest, document_id: uuid.UUID) -> Document:
    rows = queries.visible(request.standing, request.user.pk).select_related("folder")
    return get_object_or_404(rows, pk=document_id)


def _changeable(request: TenantRequest, document_id: uuid.UUID) -> Document:
    """Who may not change a document is told what a stranger is told."""
    found = _seen(request, document_id)
    if not queries.may_change(found, request.standing, request.user.pk):
        raise Http404(document_id)
    return found


def _open(request: TenantRequest, document_id: uuid.UUID, number: int) -> tuple[Document, Version, Finding]:
    found = _seen(request, document_id)
    try:
        version = queries.version_of(found.pk, number)
    except Version.DoesNotExist:
        raise Http404(number) from None
    finding = queries.finding_of(version.pk)
    if not queries.may_open(finding):
        raise Http404(number)
    return found, version, finding


def _page(request: TenantRequest, found: Document, form: VersionForm, *, problem: str = "") -> HttpResponseBase:
    findings = {
        each.version_id: each
        for each in Finding.objects.filter(version__document=found).defer("text", "words").select_related("version")
    }
    versions = list(Version.objects.filter(document=found).select_related("blob").order_by("-number"))
    happened = history_of(found.pk, limit=HISTORY)
    people = {each.actor for each in happened if each.actor} | {each.by for each in versions if each.by}
    names = names_of(people | ({found.owner} if found.owner else set()))
    newest = versions[0]
    finding = findings[newest.pk]
    context = {
        "document": found,
        "form": form,
        "problem": problem,
        "versions": [_row(each, findings[each.pk], names) for each in versions],
        "newest": _row(newest, finding, names),
        "finding": finding,
        "state": _("in the bin") if found.binned_at else state_badge(finding.state),
        "owner": names.get(found.owner) if found.owner else None,
        "may_change": queries.may_change(found, request.standing, request.user.pk),
        "may_share": request.standing.may("documents.exchange") and not found.binned_at,
        "public_url": absolute("documents:public", found.tenant_id, found.pk),
        "share_url": f"{reverse('documents:exchange-new')}?{urlencode(_begun(found))}",
        "signatures": signatures(found, request),
        "signable": newest.media_type == PDF and not found.binned_at,
        "scanned": has_scanner(),
        "records": list(_records(found, request)),
        "readers": list(Right.objects.filter(document=found).exclude(role=None).values_list("role__name", flat=True)),
        "history": [_moment(each, names) for each in happened],
        "crumbs": [(_("Documents"), reverse("documents:files"))],
    }
    return render(request, "documents/file.html", context, status=422 if form.errors or problem else 200)


def _row(version: Version, finding: Finding, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "number": version.number,
        "name": version.blob.name,
        "size": size_words(version.blob.size),
        "kind": kind_words(version.media_type),
        "by": names.get(version.by, "") if version.by else "",
        "at": version.at,
        "note": version.note,
        "restored_from": version.restored_from,
        "badge": state_badge(finding.state),
        "open": queries.may_open(finding),
        "picture": finding.preview_id,
        "pages": finding.pages,
    }


def _records(document: Document, request: TenantRequest) -> Iterable[tuple[Any, Any]]:
    """Yield kind and name of the records a document belongs to, of those that this person may see."""
    kinds = queries.record_kinds()
    by_kind: dict[str, list[uuid.UUID]] = {}
    for named_kind, record in Link.objects.filter(document=document).values_list("kind", "record"):
        by_kind.setdefault(named_kind, []).append(record)
    for key, records in sorted(by_kind.items()):
        if (kind := kinds.get(key)) and request.standing.may(kind.permission):
            for named in kind.named(records).values():
                yield kind.label, named


def _moment(each: Happened, names: dict[uuid.UUID, str]) -> Moment:
    who = names.get(each.actor, each.actor_name) if each.actor else "Kontor"
    number = each.after.get("number")
    title = str(DEEDS.get(each.verb, each.verb))
    which = _("Version %(number)s") % {"number": number}
    return Moment(on=each.at, title=title, text=f"{who} · {which}" if number else who)


def _begun(found: Document) -> dict[str, str]:
    """Return with what a folder that is shared from a document's page begins."""
    return {"document": str(found.pk), "title": found.title}


def _named(given: dict[str, Any]) -> list[Named]:
    """Whoever changes a document sees it."""
    roles = sorted({*given["readers"], *given["changers"]})
    return [Named(role=uuid.UUID(role), may_change=role in given["changers"]) for role in roles]
