"""Consents to be written to: the form, the mail's links, and the book that proves them."""

from django.urls import path

from kontor.office.privacy.views import complaints, consent_book, consents

urlpatterns = [
    path("consents/complaints/", complaints.complaints, name="complaints"),
    path("consents/complaints/new/", complaints.new, name="complaint-new"),
    path("consents/complaints/<uuid:complaint_id>/close/", complaints.close, name="complaint-close"),
    path("consents/complaints/<uuid:complaint_id>/look/", complaints.look, name="complaint-look"),
    path("consents/", consent_book.book, name="consents"),
    path("consents/new/", consent_book.new_text, name="consent-text"),
    path("consents/at/<uuid:party_id>/", consent_book.at_party, name="consents-at-party"),
    path("consents/form/<uuid:tenant_id>/<slug:purpose>/", consents.form, name="consent-form"),
    path("consents/confirm/<str:token>/", consents.confirm, name="consent-confirm"),
    path("consents/end/<str:token>/", consents.end, name="consent-end"),
    path("consents/proof/<uuid:step_id>/", consent_book.proof, name="consent-proof"),
    path("consents/of/<slug:purpose>/paper/", consent_book.paper, name="consent-paper"),
    path("consents/of/<slug:purpose>/<str:email>/", consent_book.detail, name="consent"),
    path("consents/of/<slug:purpose>/<str:email>/withdraw/", consent_book.withdraw, name="consent-withdraw"),
    path("consents/of/<slug:purpose>/<str:email>/take-up/", consent_book.take_up, name="consent-take-up"),
]
