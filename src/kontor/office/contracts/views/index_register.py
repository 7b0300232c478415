"""The index register: its series, their values, what was lost, and which contracts wait for an agreement."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.components import Chart, Series
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import index_register
from kontor.office.contracts.forms.price_changes import AgreementForm, ImportForm, LossForm, SeriesForm, ValueForm
from kontor.office.contracts.models import Contract, IndexLoss, IndexSeries, IndexValue
from kontor.office.contracts.queries.charges import plain
from kontor.office.contracts.queries.index_register import Series as Known, register
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.price_changes import PRICES
from kontor.rulebook.refusal import RefusalError

_SHOWN = 36


@requires(PRICES)
@require_http_methods(["GET", "POST"])
def series_list(request: TenantRequest) -> HttpResponseBase:
    """Show every series with its latest value; begin another."""
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = index_register.add_series(**form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("name", spoken(refused.text))
        else:
            return redirect("contracts:index-series", made.pk)
    context = {"series": list(register().series.values()), "form": form, "crumbs": _crumbs()[:1]}
    return render(request, "contracts/index_register.html", context, status=422 if form.errors else 200)


@requires(PRICES)
@require_http_methods(["GET", "POST"])
def series(request: TenantRequest, series_id: uuid.UUID) -> HttpResponseBase:
    """Show a series; enter a value, import many, or note that it ended."""
    row = get_object_or_404(IndexSeries, pk=series_id)
    values = _values(request, row)
    if values.wants_file:
        return values.file()
    forms = {
        "value": ValueForm(request.POST if "value" in request.POST.getlist("do") else None),
        "import": ImportForm(*((request.POST, request.FILES) if "import" in request.POST.getlist("do") else ())),
        "loss": LossForm(request.POST if "loss" in request.POST.getlist("do") else None),
    }
    asked = request.POST.get("do", "")
    if asked in forms and forms[asked].is_valid() and _done(request, row, asked, forms[asked]):
        return redirect("contracts:index-series", row.pk)
    loss = IndexLoss.objects.filter(series=row).first()
    context = {
        "row": row,
        "values": values,
        "chart": _chart(row),
        "loss": loss,
        "waiting": _waiting(row) if loss else [],
        "value_form": forms["value"],
        "import_form": forms["import"],
        "loss_form": forms["loss"],
        "crumbs": _crumbs(),
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "contracts/index_series.html", context, status=422 if wrong else 200)


@requires(PRICES)
@require_http_methods(["GET", "POST"])
def agree(request: TenantRequest, series_id: uuid.UUID, contract_id: uuid.UUID) -> HttpResponseBase:
    """Note what a customer agreed to in place of a lost index."""
    row, contract = get_object_or_404(IndexSeries, pk=series_id), get_object_or_404(Contract, pk=contract_id)
    known = register()
    others = [(str(it.row.pk), it.row.name) for it in known.series.values() if it.lost is None]
    form = AgreementForm(request.POST or None, others=others)
    if request.method == "POST" and form.is_valid():
        try:
            index_register.agree_on(
                contract,
                lost=row.pk,
                series=uuid.UUID(form.cleaned_data["series"]),
                so=form.told(),
                at=request.at,
                actor=request.actor,
            )
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:index-series", row.pk)
    crumbs = [*_crumbs(), (row.name, reverse("contracts:index-series", args=(row.pk,)))]
    context = {"row": row, "contract": contract, "form": form, "crumbs": crumbs}
    return render(request, "contracts/index_agreement.html", context, status=422 if form.errors else 200)


def _done(request: TenantRequest, row: IndexSeries, asked: str, form: Any) -> bool:
    told: dict[str, Any] = {"at": request.at, "actor": request.actor}
    try:
        if asked == "value":
            index_register.enter_values(row.pk, [form.told()], **told)
        elif asked == "import":
            index_register.enter_values(row.pk, form.cleaned_data["file"], **told)
        else:
            index_register.lose_series(row.pk, **form.cleaned_data, **told)
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
        return False
    return True


def _values(request: TenantRequest, row: IndexSeries) -> Listing:
    return Listing(
        request,
        IndexValue.objects.filter(series=row),
        name="index-values",
        columns=(
            Column("month", _("Month"), value=lambda it: f"{it.month:%Y-%m}", sort="month", slot="title"),
            Column("value", _("Value"), kind="number", value=lambda it: plain(it.value), sort="value", slot="money"),
            Column("base", _("Base"), slot="meta"),
            Column("published_on", _("Published on"), kind="day", sort="published_on", slot="more"),
            Column("source", _("Source"), late=True),
        ),
        search=("base", "source"),
        order="-month",
        page_size=24,
    )


def _chart(row: IndexSeries) -> Chart | None:
    known = register().series[row.pk]
    latest = {(it.base, it.month): it.value for it in sorted(known.values, key=lambda it: it.published)}
    months = sorted({month for _base, month in latest})[-_SHOWN:]
    if len(months) < 2:  # noqa: PLR2004  a line needs two points
        return None
    bases = sorted({base for base, month in latest if month in months})
    lines = [Series(base, [latest.get((base, month)) for month in months]) for base in bases]
    label = _("%(name)s by month") % {"name": row.name}
    return Chart("index", label, "lines", [f"{month:%Y-%m}" for month in months], lines)


def _waiting(row: IndexSeries) -> list[Contract]:
    """Return the contracts that followed a lost index and have no agreement on another yet."""
    contracts = list(Contract.objects.order_by("number"))
    known = register([contract.pk for contract in contracts])
    lost: Known = known.series[row.pk]
    found = []
    for contract in contracts:
        index = pack_of_terms(contract.terms).index
        named = known.named(index.index.value) if index and index.index else None
        if named is not None and known.followed(contract.pk, named)[0].row.pk == lost.row.pk:
            found.append(contract)
    return found


def _crumbs() -> list[tuple[str, str]]:
    return [
        (_("Price changes"), reverse("contracts:price-changes")),
        (_("Index register"), reverse("contracts:index")),
    ]
