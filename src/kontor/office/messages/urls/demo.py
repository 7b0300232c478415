"""The demo's mailbox for people who are not signed in: every mail to everybody, as if all of them read it here."""

from django.urls import path

from kontor.office.messages.views import mailbox

urlpatterns = [
    path("mailbox/", mailbox.everybody, name="mailbox"),
    path("mailbox/<uuid:tenant_id>/<uuid:mail_id>/", mailbox.letter, name="mailbox-letter"),
    path("mailbox/<uuid:tenant_id>/<uuid:mail_id>/files/<int:place>/", mailbox.file, name="mailbox-file"),
]
