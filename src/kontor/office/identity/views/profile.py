"""What one says of oneself, and what became of it."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, override
from django.views.decorators.http import require_http_methods

from kontor.kernel.actor import Actor
from kontor.kernel.requests import signed_in
from kontor.office.identity.actions import profile as actions
from kontor.office.identity.forms import AddressForm, ProfileForm
from kontor.office.identity.queries import administrators
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.devices import typed_password
from kontor.office.identity.views.frames import me, own_tabs
from kontor.office.identity.views.history import history


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """Show and change how one is called, spoken to and reached."""
    user = me(request)
    form = ProfileForm.of(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        actions.change_profile(user, at=_now(request), actor=_actor(request), **form.cleaned_data)
        response = redirect("identity:profile")
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)  # what this browser kept would speak over it
        with override(language or request.LANGUAGE_CODE):
            messages.success(request, _("Your profile is saved."))
        return response
    return profile_page(request, form=form)


def profile_page(
    request: HttpRequest, *, form: ProfileForm | None = None, address: AddressForm | None = None
) -> HttpResponseBase:
    """Show the profile, with a form as it was sent where something in it is wrong: then it is answered with 422."""
    user = me(request)
    refused = bool((form and form.errors) or (address and address.errors))
    context = {
        "form": form or ProfileForm.of(user),
        "address_form": address or AddressForm(user=user, typed=typed_password(request, user)),
        "tabs": own_tabs("profile"),
        "history": history(user.pk) if hasattr(request, "standing") else [],
        "in_charge": [str(one.user) for one in administrators(at=_now(request))]
        if hasattr(request, "standing")
        else [],
        "contact": policy_here() if hasattr(request, "standing") else None,
    }
    return render(request, "identity/profile.html", context, status=422 if refused else 200)


def _actor(request: HttpRequest) -> Actor | None:
    return getattr(request, "actor", None)


def _now(request: HttpRequest) -> datetime:
    return request.at  # type: ignore[attr-defined, no-any-return]
