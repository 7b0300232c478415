"""What a tenant's administrator and a person see of their own."""

from django.urls import path

from kontor.office.privacy.views import breaches, exports, own

app_name = "privacy-own"

# /account/privacy/
urlpatterns = [
    path("", own.overview, name="overview"),
    path("mine/", own.mine, name="mine"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:pk>/progress/", exports.progress, name="export-progress"),
    path("exports/<uuid:pk>/cancel/", exports.cancel, name="export-cancel"),
    path("exports/<uuid:pk>/link/", exports.link, name="export-link"),
    path("exports/fetch/<str:secret>/", exports.fetch, name="fetch"),
    path("breaches/", breaches.own_breaches, name="breaches"),
    path("breaches/add/", breaches.own_add, name="breach-add"),
    path("breaches/<uuid:key>/", breaches.own_breach, name="breach"),
    path("breaches/notices/<uuid:key>/", breaches.own_notice, name="breach-notice"),
]
