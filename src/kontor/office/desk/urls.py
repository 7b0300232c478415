from django.urls import path

from kontor.office.desk.views import (
    defects,
    logbook,
    own,
    problems,
    queue,
    replies,
    report,
    steps,
    ticket,
)

app_name = "desk"

# /desk/
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("new/", queue.note_down, name="new"),
    path("logbook/<uuid:party_id>/", logbook.of_customer, name="logbook"),
    path("report/", report.overview, name="report"),
    path("report/<uuid:party_id>/", report.of_customer, name="report-of"),
    path("replies/", replies.replies, name="replies"),
    path("replies/new/", replies.edit, name="reply-new"),
    path("replies/<uuid:template_id>/", replies.edit, name="reply-edit"),
    path("replies/<uuid:template_id>/withdraw/", replies.withdraw, name="reply-withdraw"),
    path("tickets/<uuid:ticket_id>/", ticket.detail, name="ticket"),
    path("problems/", problems.listed, name="problems"),
    path("problems/new/", problems.edit, name="problem-new"),
    path("problems/<uuid:problem_id>/", problems.edit, name="problem"),
    path("links/<uuid:link_id>/remove/", problems.unlink, name="unlink"),
    path("defects/<uuid:defect_id>/<str:word>/", defects.step, name="defect"),
    path("tickets/<uuid:ticket_id>/defect/", defects.take_in, name="defect-new"),
    path("tickets/<uuid:ticket_id>/reply/", ticket.reply, name="reply"),
    path("tickets/<uuid:ticket_id>/note/", ticket.note, name="note"),
    path("tickets/<uuid:ticket_id>/look/", ticket.look, name="look"),
    path("tickets/<uuid:ticket_id>/split/<uuid:message_id>/", steps.split, name="split"),
    path("tickets/<uuid:ticket_id>/now/<str:word>/", steps.press, name="press"),
    path("tickets/<uuid:ticket_id>/<str:word>/", steps.step, name="step"),
    path("proposals/<uuid:proposal_id>/charge/", steps.charge, name="charge"),
    path("files/<uuid:file_id>/", ticket.file, name="file"),
    path("own/", own.own, name="own"),
    path("own/new/", own.ask, name="own-new"),
    path("own/logbook/", logbook.own, name="own-logbook"),
    path("own/report/", report.own, name="own-report"),
    path("own/files/<uuid:file_id>/", own.file, name="own-file"),
    path("own/proposals/<uuid:proposal_id>/<str:word>/", own.proposal, name="own-proposal"),
    path("own/<uuid:ticket_id>/", own.detail, name="own-ticket"),
    path("own/<uuid:ticket_id>/<str:word>/", own.do, name="own-do"),
]
