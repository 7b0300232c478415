"""One's own name and language."""

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
from kontor.office.identity.forms import ProfileForm
from kontor.office.identity.models import User


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """Show and change how one is called and spoken to."""
    user = _me(request)
    form = ProfileForm.of(user.name, user.language, request.POST or None)
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        actions.change_profile(
            user, name=form.cleaned_data["name"], language=language, at=_now(request), actor=_actor(request)
        )
        response = redirect("identity:profile")
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)  # what this browser kept would speak over it
        with override(language or request.LANGUAGE_CODE):
            messages.success(request, _("Your profile is saved."))
        return response
    return _page(request, profile=form, status=422 if form.errors else 200)


def _page(request: HttpRequest, *, profile: ProfileForm, status: int) -> HttpResponseBase:
    return render(request, "identity/profile.html", {"form": profile}, status=status)


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # whoever is signed in is one of ours
    return request.user


def _actor(request: HttpRequest) -> Actor | None:
    return getattr(request, "actor", None)


def _now(request: HttpRequest) -> datetime:
    return request.at  # type: ignore[attr-defined, no-any-return]
