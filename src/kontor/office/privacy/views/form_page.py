"""How a form of privacy is sent: what an action refuses stands in the form."""

from collections.abc import Callable

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import spoken
from kontor.rulebook.refusal import RefusalError


def form_page(
    request: TenantRequest, form: forms.Form, act: Callable[[], object], *, title: str, label: str, back: str,
    note: str = "",
) -> HttpResponseBase:  # fmt: skip
    """Do what a posted, valid form asks for and go back; otherwise show it, with what the action refused."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect(back)
    context = {
        "form": form, "form_title": title, "label": label, "back": back, "note": note,
        "crumbs": [(_("Privacy"), back)],
    }  # fmt: skip
    return render(request, "privacy/form.html", context, status=422 if form.errors else 200)
