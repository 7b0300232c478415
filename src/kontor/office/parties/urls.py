from django.urls import path

from kontor.office.parties.views import belongings, lists, parties as views

app_name = "parties"

# /parties/
urlpatterns = [
    path("", views.parties, name="parties"),
    path("new/", views.new, name="new"),
    path("doubles/", belongings.all_doubles, name="doubles"),
    path("lists/", lists.lists, name="lists"),
    path("lists/sample/", lists.sample, name="list-sample"),
    path("lists/<uuid:brought_list_id>/", lists.brought, name="list"),
    path("lists/<uuid:brought_list_id>/outside/", lists.outside, name="list-outside"),
    path("lists/<uuid:brought_list_id>/remove/", lists.remove, name="list-remove"),
    path("<uuid:party_id>/", views.party, name="party"),
    path("<uuid:party_id>/change/", views.change, name="change"),
    path("<uuid:party_id>/contacts/new/", views.new_contact, name="contact-new"),
    path("<uuid:party_id>/contacts/<uuid:contact_id>/", views.change_contact, name="contact"),
    path("<uuid:party_id>/contacts/<uuid:contact_id>/remove/", views.remove_contact, name="contact-remove"),
    path("<uuid:party_id>/accounts/new/", views.new_account, name="account-new"),
    path("<uuid:party_id>/accounts/<uuid:account_id>/forget/", views.forget_account, name="account-forget"),
    path("<uuid:party_id>/roles/new/", belongings.new_role, name="role-new"),
    path("<uuid:party_id>/roles/<uuid:party_role_id>/end/", belongings.end_role, name="role-end"),
    path("<uuid:party_id>/emails/new/", belongings.new_email, name="email-new"),
    path("<uuid:party_id>/emails/<uuid:party_email_id>/remove/", belongings.remove_email, name="email-remove"),
    path("<uuid:party_id>/numbers/new/", belongings.new_identifier, name="number-new"),
    path("<uuid:party_id>/numbers/<uuid:identifier_id>/remove/", belongings.remove_identifier, name="number-remove"),
    path("<uuid:party_id>/merge/<uuid:other_party_id>/", belongings.merge, name="merge"),
    path("<uuid:party_id>/distinct/<uuid:other_party_id>/", belongings.call_distinct, name="distinct"),
    path("<uuid:party_id>/merges/<uuid:merge_id>/undo/", belongings.part, name="part"),
]
