"""Setting up single sign-on, and one's own connections."""

from django.urls import path

from kontor.office.identity.views import connections, providers, provisioning, saml_providers

urlpatterns = [
    path("sso/", providers.overview, name="sso"),
    path("sso/new/", providers.new, name="provider-new"),
    path("sso/enforce/<slug:word>/", providers.enforcement, name="sso-enforce"),
    path("sso/emergency/", providers.emergency, name="sso-emergency"),
    path("sso/domains/", providers.domain_new, name="domain-new"),
    path("sso/domains/<uuid:domain_id>/<slug:word>/", providers.domain_do, name="domain-do"),
    path("sso/<uuid:provider_id>/", providers.provider, name="provider"),
    path("sso/<uuid:provider_id>/saml/", saml_providers.provider, name="saml-provider"),
    path("sso/<uuid:provider_id>/saml/metadata/", saml_providers.metadata, name="saml-provider-metadata"),
    path("sso/<uuid:provider_id>/saml/key/", saml_providers.renew_key, name="saml-provider-key"),
    path("sso/<uuid:provider_id>/people/", provisioning.overview, name="provisioning"),
    path("sso/<uuid:provider_id>/people/token/", provisioning.token_new, name="provisioning-token"),
    path(
        "sso/<uuid:provider_id>/people/token/<uuid:token_id>/revoke/",
        provisioning.token_revoke,
        name="provisioning-token-revoke",
    ),
    path("sso/<uuid:provider_id>/people/<slug:word>/", provisioning.switch, name="provisioning-switch"),
    path("sso/<uuid:provider_id>/<slug:word>/", providers.provider_do, name="provider-do"),
    path("connections/", connections.connections, name="connections"),
    path("connections/<uuid:provider_id>/", connections.begin, name="connect"),
    path("way-in/", connections.way_in, name="way-in"),
]
