from django.urls import path

from kontor.office.messages.views import mailbox, outbox

app_name = "messages"

# /messages/
urlpatterns = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("mailbox/", mailbox.own, name="mailbox"),
    path("mailbox/<uuid:mail_id>/", mailbox.own_letter, name="letter"),
    path("mailbox/<uuid:mail_id>/files/<int:place>/", mailbox.own_file, name="file"),
]
