"""Erasures of companies, and what holds them."""

from django.urls import path

from kontor.office.privacy.views import erasures, holds

urlpatterns = [
    path("erasures/", erasures.listing, name="erasures"),
    path("erasures/new/", erasures.plan, name="erasure-plan"),
    path("erasures/<uuid:erasure_id>/", erasures.detail, name="erasure"),
    path("erasures/<uuid:erasure_id>/drop/", erasures.drop, name="erasure-drop"),
    path("erasures/<uuid:erasure_id>/certificate/", erasures.certificate, name="erasure-certificate"),
    path("holds/", holds.listing, name="holds"),
    path("holds/new/", holds.lay, name="hold-lay"),
    path("holds/<uuid:hold_id>/lift/", holds.lift, name="hold-lift"),
]
