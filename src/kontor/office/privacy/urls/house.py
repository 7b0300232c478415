"""The house's registers."""

from django.urls import path

from kontor.office.privacy.views import record

urlpatterns = [
    path("", record.record, name="record"),
    path("record/<str:key>/", record.entry, name="entry"),
]
