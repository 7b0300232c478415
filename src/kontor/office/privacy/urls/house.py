"""The house's registers."""

from django.urls import path

from kontor.office.privacy.views import breaches, record

urlpatterns = [
    path("", record.record, name="record"),
    path("record/<str:key>/", record.entry, name="entry"),
    path("breaches/", breaches.breaches, name="breaches"),
    path("breaches/add/", breaches.add, name="breach-add"),
    path("breaches/<uuid:key>/", breaches.breach, name="breach"),
    path("breaches/notices/<uuid:key>/", breaches.notice, name="breach-notice"),
]
