"""Changes of terms: writing one, whom it concerns from which day, announcing it, what customers answered."""

import uuid
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Badge
from kontor.kernel.listing import Column, Listing
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import number, spoken
from kontor.office.contracts.actions import terms_answers, terms_changes
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.forms.terms_changes import TermsChangeForm, UnreasonableForm
from kontor.office.contracts.models import TermsChange, TermsNotice, TermsNoticeState
from kontor.office.contracts.queries.terms_changes import (
    EFFECTIVE_DAY,
    completeness,
    concerned,
    procedure,
    required_of,
    told_in,
)
from kontor.office.contracts.queries.terms_papers import suggested
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.rulebook import terms
from kontor.rulebook.calc.changes import one_sided
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.conclusion import Change

CHANGE_TERMS: Final = "contracts.change_terms"
_PREVIEWED: Final = 200
BADGES: Final = {
    "SENT": Badge(gettext_lazy("sent"), "info"),
    "OPEN": Badge(gettext_lazy("may object"), "warn"),
    "HOLDS": Badge(gettext_lazy("received"), "good"),
    "ACCEPTED": Badge(gettext_lazy("accepted"), "good"),
    "SILENT": Badge(gettext_lazy("accepted by silence"), "good"),
    "OBJECTED": Badge(gettext_lazy("objected, to be decided"), "bad"),
    "CONTINUED": Badge(gettext_lazy("objected, goes on unchanged")),
    "ENDING": Badge(gettext_lazy("objected, is being ended"), "warn"),
}


@requires(CHANGE_TERMS)
@require_GET
def change_list(request: TenantRequest) -> HttpResponseBase:
    """List the changes there are, and the procedures that the packs know."""
    rows = Listing(
        request,
        TermsChange.objects.all(),
        name="terms-changes",
        columns=(
            Column("title", _("Title"), value=_title, url=_url, slot="title"),
            Column("pack", _("Contract terms"), value=_version, slot="meta"),
            Column("named_on", _("Takes effect on"), kind="day", sort="named_on", late=True),
            Column("state", _("State"), kind="badge", value=_badge, slot="state"),
            Column("contracts", _("Contracts"), kind="number", slot="money"),
        ),
        search=("title_de", "title_en", "version"),
        order="-at",
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "contracts/terms_changes.html", {"changes": rows, "procedures": _procedures()})


@requires(CHANGE_TERMS)
@require_http_methods(["GET", "POST"])
def write(request: TenantRequest, pack: str, kind: str) -> HttpResponseBase:
    """Write a new change by one of a pack's procedures."""
    found, change = _procedure(pack, kind)
    words = suggested(change)
    initial = {f"{key}_{language}": text for language, texts in words.items() for key, text in texts.items()}
    form = TermsChangeForm(request.POST or None, request.FILES or None, kind=change, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = _written(request, form, pack, kind, None)
        if made is not None:
            return redirect("contracts:terms-change", made.pk)
    return _form(request, form, found, change, [])


@requires(CHANGE_TERMS)
@require_http_methods(["GET", "POST"])
def rewrite(request: TenantRequest, change_id: uuid.UUID) -> HttpResponseBase:
    """Write a draft anew."""
    row = get_object_or_404(TermsChange, pk=change_id)
    found, change = _procedure(row.pack, row.kind)
    texts = {f"{key}_{language}": text for language, told in row.told.items() for key, text in told.items()}
    given = {"title_de": row.title_de, "title_en": row.title_en, "version": row.version, "named_on": row.named_on}
    form = TermsChangeForm(request.POST or None, request.FILES or None, kind=change, initial=given | texts)
    if request.method == "POST" and form.is_valid() and _written(request, form, row.pack, row.kind, row.pk):
        return redirect("contracts:terms-change", row.pk)
    return _form(request, form, found, change, [(_title(row), _url(row))])


@requires(CHANGE_TERMS)
@require_http_methods(["GET", "POST"])
def change(request: TenantRequest, change_id: uuid.UUID) -> HttpResponseBase:
    """Show a change: what its notice says, whom it concerns from when; announce it; then what came of it."""
    row = get_object_or_404(TermsChange, pk=change_id)
    refused = ""
    if request.method == "POST":
        try:
            terms_changes.announce_change(row.pk, at=request.at, actor=request.actor)
        except RefusalError as error:
            refused = spoken(error.text)
        else:
            return redirect("contracts:terms-change", row.pk)
    pack, kind = _procedure(row.pack, row.kind)
    context = _about(row, pack, kind) | {"refused": refused}
    if row.state == TermsChange.State.DRAFT:
        found = list(concerned(row.pack, kind=row.kind, version=row.version, named=row.named_on, at=request.at))
        context |= {
            "complete": completeness(row, kind),
            "concerned": found[:_PREVIEWED],
            "heading": _heading(len(found)),
            "more": max(0, len(found) - _PREVIEWED),
        }
    else:
        states = TermsNoticeState.objects.filter(notice__change=row).select_related("notice__contract")
        rows = list(states.order_by("notice__contract__number"))
        why = reasons_by_id({state.ruling for state in rows if state.ruling})
        context |= {
            "states": [(state, BADGES[state.state], why.get(state.ruling) if state.ruling else None) for state in rows]
        }
    return render(request, "contracts/terms_change.html", context, status=409 if refused else 200)


@requires(CHANGE_TERMS)
@require_http_methods(["GET", "POST"])
def decide(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Decide after an objection: go on unchanged, or begin the case that ends the contract."""
    state = get_object_or_404(TermsNoticeState.objects.select_related("notice__contract"), notice_id=notice_id)
    form = UnreasonableForm(request.POST if "end" in request.POST else None)
    refused = ""
    try:
        if "go_on" in request.POST:
            terms_answers.go_on(notice_id, reason="", at=request.at, actor=request.actor)
            return redirect("contracts:contract-terms", state.notice.contract_id)
        if form.is_bound and form.is_valid():
            case = terms_answers.end_after_objection(
                notice_id, unreasonable=form.cleaned_data["unreasonable"], at=request.at, actor=request.actor
            )
            return redirect("contracts:ending-case", case.pk)
    except (RefusalError, EndingRefusedError) as error:
        refused = spoken(error.text)
    context = {
        "state": state,
        "notice": state.notice,
        "badge": BADGES[state.state],
        "form": form,
        "refused": refused,
        "open": state.state == TermsNoticeState.State.OBJECTED,
        "crumbs": [*_crumbs(), (state.notice.title, reverse("contracts:terms-change", args=(state.notice.change_id,)))],
    }
    return render(
        request, "contracts/terms_decide.html", context, status=409 if refused else 422 if form.errors else 200
    )


@requires(SEE)
@require_GET
def notice_file(request: TenantRequest, notice_id: uuid.UUID, part: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a notice as it went out, or the changed terms that came with it."""
    return part_of(get_object_or_404(TermsNotice.objects.select_related("file", "text"), pk=notice_id), part)


def part_of(notice: TermsNotice, part: str) -> HttpResponseBase:
    """Answer with the letter or the changed terms of a notice; Http404 where there are none."""
    found = {"letter": notice.file, "terms": notice.text}.get(part)
    if found is None:
        raise Http404(part)
    return sent_file(found)


def _written(
    request: TenantRequest, form: TermsChangeForm, pack: str, kind: str, known: uuid.UUID | None
) -> TermsChange | None:
    try:
        return terms_changes.write_change(form.draft(pack, kind), change_id=known, at=request.at, actor=request.actor)
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
    except QuotaExceededError as full:
        form.add_error("file", str(full))
    return None


def _form(
    request: TenantRequest, form: TermsChangeForm, pack: TermsPack, kind: Change, crumbs: list[tuple[str, str]]
) -> HttpResponseBase:
    context = {
        "form": form,
        "pack": pack,
        "kind": kind,
        "label": Text(kind.label.de, kind.label.en),
        "crumbs": [*_crumbs(), *crumbs],
    }
    return render(request, "contracts/terms_change_write.html", context, status=422 if form.errors else 200)


def _about(row: TermsChange, pack: TermsPack, kind: Change) -> dict[str, Any]:
    labels = required_of(kind)
    texts = [
        (label, told_in(row, "de").get(key, ""), told_in(row, "en").get(key, ""))
        for key, label in labels.items()
        if key != EFFECTIVE_DAY
    ]
    return {
        "row": row,
        "title": _title(row),
        "pack": pack,
        "label": Text(kind.label.de, kind.label.en),
        "kind": kind,
        "texts": texts,
        "badge": _badge(row),
        "crumbs": _crumbs(),
    }


def _procedure(pack: str, kind: str) -> tuple[TermsPack, Change]:
    if pack not in terms.keys():  # noqa: SIM118  a function, not a mapping
        raise Http404(pack)
    found = terms.load(pack)
    try:
        return found, procedure(found, kind)
    except RefusalError as unknown:
        raise Http404(kind) from unknown


def _procedures() -> list[tuple[TermsPack, list[tuple[str, Text, Change]]]]:
    packs = [terms.load(key) for key in terms.keys()]  # noqa: SIM118  a function, not a mapping
    return [
        (pack, [(key, Text(it.label.de, it.label.en), it) for key, it in one_sided(pack).items()])
        for pack in packs
        if one_sided(pack)
    ]


def _pack_title(key: str) -> str:
    return spoken(terms.load(key).title)


def _version(row: TermsChange) -> str:
    return f"{_pack_title(row.pack)} {row.version}"


def _title(row: TermsChange) -> str:
    return spoken(Text(row.title_de, row.title_en))


def _badge(row: TermsChange) -> Badge:
    if row.state == TermsChange.State.DRAFT:
        return Badge(_("draft"))
    return Badge(_("announced"), "good") if row.finished_at else Badge(_("goes out"), "info")


def _heading(count: int) -> str:
    words = ngettext("It concerns %(count)s contract", "It concerns %(count)s contracts", count)
    return words % {"count": number(count)}


def _url(row: TermsChange) -> str:
    return reverse("contracts:terms-change", args=(row.pk,))


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Changes of terms"), reverse("contracts:terms-changes"))]
