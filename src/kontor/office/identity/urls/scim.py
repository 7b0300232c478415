"""SCIM 2.0: where a directory brings people and groups, each provider under an address of its own (RFC 7644, 3.2)."""

from django.urls import path

from kontor.office.identity.views import scim_resources as views

_ROOT = "scim/v2/<uuid:provider_id>"

urlpatterns = [
    path(_ROOT, views.not_offered, name="scim"),
    path(f"{_ROOT}/Users", views.users),
    path(f"{_ROOT}/Users/.search", views.user_search),
    path(f"{_ROOT}/Users/<uuid:thing>", views.user),
    path(f"{_ROOT}/Users/<str:_thing>", views.unknown),
    path(f"{_ROOT}/Groups", views.all_groups),
    path(f"{_ROOT}/Groups/.search", views.group_search),
    path(f"{_ROOT}/Groups/<uuid:thing>", views.group),
    path(f"{_ROOT}/Groups/<str:_thing>", views.unknown),
    path(f"{_ROOT}/ServiceProviderConfig", views.service_provider),
    path(f"{_ROOT}/ResourceTypes", views.resource_types),
    path(f"{_ROOT}/ResourceTypes/<str:name>", views.resource_types),
    path(f"{_ROOT}/Schemas", views.schemas),
    path(f"{_ROOT}/Schemas/<str:name>", views.schemas),
    path(f"{_ROOT}/<path:_thing>", views.not_offered),
]
