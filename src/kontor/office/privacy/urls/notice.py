"""The privacy notice, the house's and a tenant's own."""

from django.urls import path

from kontor.office.privacy.views import notice

urlpatterns = [
    path("notice/", notice.notice, name="notice"),
    path("notice/details/", notice.details, name="notice-details"),
    path("notice/<str:part>/publish/", notice.publish, name="notice-publish"),
]
