"""Where data lies, for the house and for each company; and a company's test tenant."""

from django.urls import path

from kontor.office.identity.views import data_places

urlpatterns = [
    path("security/places/", data_places.own, name="own-places"),
    path("security/places/sandbox/", data_places.sandbox, name="sandbox"),
    path("house/places/", data_places.everybody, name="data-places"),
    path("house/places/<uuid:tenant_id>/move/", data_places.move, name="files-move"),
    path("house/places/moves/<uuid:move_id>/", data_places.progress, name="files-moving"),
    path("house/places/moves/<uuid:move_id>/on/", data_places.go_on, name="files-move-on"),
]
