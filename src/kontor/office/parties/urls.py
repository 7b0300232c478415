from django.urls import path

from kontor.office.parties import views

app_name = "parties"

# /parties/
urlpatterns = [
    path("", views.parties, name="parties"),
    path("new/", views.new, name="new"),
    path("<uuid:party_id>/", views.party, name="party"),
    path("<uuid:party_id>/change/", views.change, name="change"),
    path("<uuid:party_id>/contacts/new/", views.new_contact, name="contact-new"),
    path("<uuid:party_id>/contacts/<uuid:contact_id>/", views.change_contact, name="contact"),
    path("<uuid:party_id>/contacts/<uuid:contact_id>/remove/", views.remove_contact, name="contact-remove"),
    path("<uuid:party_id>/accounts/new/", views.new_account, name="account-new"),
    path("<uuid:party_id>/accounts/<uuid:account_id>/forget/", views.forget_account, name="account-forget"),
]
