"""Every module's pages at /<key>/; nothing to edit here when a module comes or goes."""

from django.urls import include, path

from kontor.kernel import registry

urlpatterns = [
    path("", include("kontor.kernel.urls")),
    path("api/v1/", include("kontor.config.api")),
    path("", include("kontor.office.identity.urls.account")),
    path("", include("kontor.office.identity.urls.single_sign_on")),
    path("", include("kontor.office.documents.urls.legal")),
    path("", include("kontor.office.messages.urls.demo")),
    path("centre/", include("kontor.office.desk.urls.centre")),
    path("account/privacy/", include("kontor.office.privacy.urls.account")),
    *(path(f"{module.key}/", include(module.urls)) for module in registry.modules() if module.urls),
]

handler403 = "kontor.kernel.views.errors.forbidden"
handler404 = "kontor.kernel.views.errors.not_found"
handler500 = "kontor.kernel.views.errors.broken"
handler400 = "kontor.kernel.views.errors.bad_request"
