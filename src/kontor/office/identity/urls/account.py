"""Signing in and out: the library's views under our addresses."""

from allauth.account import views
from django.urls import path, re_path

from kontor.kernel.requests import public
from kontor.office.identity.views import entrance, steps

_ANYBODY = public("signing in comes before being known")

urlpatterns = [
    path("sign-in/", _ANYBODY(entrance.sign_in), name="account_login"),
    path("sign-in/code/", steps.second_step, name="mfa_authenticate"),
    path("sign-in/code/passkey/", steps.second_step_options, name="second-step-options"),
    path("sign-in/passkey/", steps.passkey, name="passkey-sign-in"),
    path("sign-in/passkey/options/", steps.passkey_options, name="passkey-options"),
    path("sign-out/", _ANYBODY(entrance.sign_out), name="account_logout"),
    path("password/forgotten/", _ANYBODY(entrance.forgotten), name="account_reset_password"),
    path("password/forgotten/sent/", _ANYBODY(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",  # the key itself contains "-"
        _ANYBODY(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/new/done/",
        _ANYBODY(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("sign-up/", _ANYBODY(views.signup), name="account_signup"),
    path("inactive/", _ANYBODY(views.account_inactive), name="account_inactive"),
]
