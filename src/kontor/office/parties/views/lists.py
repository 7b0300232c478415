"""Taking in companies and people from a file: what each row would become, before it does."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.listing.files import as_file
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.parties.actions import taking_in
from kontor.office.parties.forms import ListForm
from kontor.office.parties.models import BroughtList
from kontor.office.parties.queries.known_rows import planned
from kontor.office.parties.queries.listed_cells import COLUMNS
from kontor.office.parties.queries.listed_rows import Told, table_of
from kontor.office.parties.views.parties import CHANGE, crumbs_to, titles
from kontor.rulebook.refusal import RefusalError

_SHOWN = 200  # rows with a problem, and doubtful ones; the rest is counted
_SAMPLE = 10  # sound rows
_DIGITS = 7  # more has no number of a row
_EXAMPLES = {
    "de": (
        ("Firma", "Alder & Söhne GmbH", "", "Hafenweg 9", "20457", "Hamburg", "DE", "post@alder.example", "Kunde"),
        ("Person", "Eva Birke", "Alder & Söhne GmbH", "", "", "", "", "eva@alder.example", "Gastgeber, Besucher"),
    ),
    "en": (
        ("Company", "Alder Ltd", "", "9 Harbour Way", "20457", "Hamburg", "DE", "post@alder.example", "customer"),
        ("Person", "Eva Birke", "Alder Ltd", "", "", "", "", "eva@alder.example", "host, visitor"),
    ),
}
_EXAMPLE_COLUMNS = ("kind", "name", "company", "street", "postcode", "city", "country", "email", "roles")


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def lists(request: TenantRequest) -> HttpResponseBase:
    """Bring a file; show the lists that were brought."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = taking_in.bring(
                file.name, file.read(), kind=form.cleaned_data["kind"], at=request.at, actor=request.actor
            )
        except RefusalError as refusal:
            form.add_error("file", spoken(refusal.text))
        else:
            return redirect("parties:list", made.pk)
    context = {
        "form": form,
        "lists": BroughtList.objects.defer("content").order_by("-at", "pk")[:20],
        "columns": [column.title for column in COLUMNS.values()],
        "crumbs": crumbs_to(request),
    }
    return render(request, "parties/lists.html", context, status=422 if form.errors else 200)


@requires(CHANGE)
@require_GET
def sample(request: TenantRequest) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a workbook with two rows to begin with."""
    heads = [spoken(COLUMNS[key].title) for key in _EXAMPLE_COLUMNS]
    return as_file("xlsx", name="kontor", heads=heads, rows=_EXAMPLES["en" if get_language() == "en" else "de"])


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def brought(request: TenantRequest, brought_list_id: uuid.UUID) -> HttpResponseBase:
    """Show what a list would become, and have it taken in; afterwards, what became of it."""
    row = get_object_or_404(BroughtList, pk=brought_list_id)
    if request.method == "POST":
        chosen = [int(each) for each in request.POST.getlist("row") if each.isdecimal() and len(each) < _DIGITS]
        try:
            taking_in.confirm(row.pk, chosen, at=request.at, actor=request.actor)
        except RefusalError as refusal:
            messages.error(request, spoken(refusal.text))
        return redirect("parties:list", row.pk)
    plan = planned(table_of(row), kind=row.kind)
    context = {
        "brought": row,
        "plan": plan,
        "wrong": plan.wrong[:_SHOWN],
        "doubtful": plan.doubtful[:_SHOWN],
        "sound": plan.sound[:_SAMPLE],
        "names": titles(request),
        "crumbs": [*crumbs_to(request), (_("Take in a list"), "../")],
    }
    return render(request, "parties/list.html", context)


@requires(CHANGE)
@require_GET
def outside(request: TenantRequest, brought_list_id: uuid.UUID) -> HttpResponseBase:
    """Give the rows that stay outside as a file, each with what is to be mended, to be brought again."""
    row = get_object_or_404(BroughtList, pk=brought_list_id)
    table = table_of(row)
    plan = planned(table, kind=row.kind)
    rows = [[*each.cells, _why(each)] for each in plan.rows if each.problems or each.doubtful or row.taken]
    form = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    return as_file(form, name="outside", heads=[*table.heads, _("What to do")], rows=rows)


@requires(CHANGE)
@require_POST
def remove(request: TenantRequest, brought_list_id: uuid.UUID) -> HttpResponseBase:
    """Forget a list."""
    get_object_or_404(BroughtList, pk=brought_list_id)
    taking_in.throw_away(brought_list_id, at=request.at, actor=request.actor)
    return redirect("parties:lists")


def _why(told: Told) -> str:
    said = [f"{spoken(each.column)}: {spoken(each.mend)}" for each in told.problems]
    if told.same:
        said += [f"{told.same[0].name}: {spoken(reason)}" for reason in told.same[1].reasons]
    if told.twin:
        said.append(_("Stands in row %(number)s already") % {"number": told.twin})
    return " ".join(said)
