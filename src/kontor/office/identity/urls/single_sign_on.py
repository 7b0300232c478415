"""Signing in by a company's directory, beside the library's views of `account`."""

from django.urls import include, path

from kontor.office.identity.views import saml, single_sign_on

urlpatterns = [
    path("", include("kontor.office.identity.urls.scim")),
    path("sign-in/company/", single_sign_on.company, name="sso-company"),
    path("sign-in/with/<uuid:provider_id>/", single_sign_on.begin, name="sso-begin"),
    path("sign-in/with/<uuid:provider_id>/back/", single_sign_on.back, name="sso-back"),
    path("sign-in/with/<uuid:provider_id>/signed-out/", single_sign_on.logged_out, name="sso-signed-out"),
    path("sign-in/with/<uuid:provider_id>/metadata/", saml.metadata, name="saml-metadata"),
    path("sign-in/with/<uuid:provider_id>/send/<slug:question>/", saml.send, name="saml-send"),
    path("sign-in/with/<uuid:provider_id>/answer/", saml.answer, name="saml-answer"),
    path("sign-in/with/<uuid:provider_id>/sign-out/", saml.sign_out, name="saml-sign-out"),
]
