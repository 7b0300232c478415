"""How every form of service levels is sent: what an action refuses stands in the form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render

from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import spoken
from kontor.rulebook.refusal import RefusalError


def done(request: TenantRequest, form: forms.Form, act: Callable[[], object]) -> bool:
    """Do what a posted, valid form asks for; False where it is not, or the action refused and the form says so."""
    if request.method != "POST" or not form.is_bound or not form.is_valid():
        return False
    try:
        act()
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
    return not form.errors


def form_page(
    request: TenantRequest, form: forms.Form, *, title: str, label: str, back: str, crumbs: Any, note: str = ""
) -> HttpResponseBase:
    """Show a form that stands alone."""
    context = {"form": form, "form_title": title, "label": label, "back": back, "crumbs": crumbs, "note": note}
    return render(request, "service_levels/form.html", context, status=422 if form.errors else 200)
