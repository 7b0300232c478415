"""Texts that everybody may read, under addresses that stay."""

from django.urls import path

from kontor.office.documents import views

# /legal/
urlpatterns = [
    path("legal/privacy", views.privacy, name="legal-privacy"),
    path("legal/privacy/<str:version>", views.privacy, name="legal-privacy-version"),
]
