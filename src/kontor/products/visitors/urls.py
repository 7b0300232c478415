from django.urls import path

from kontor.products.visitors.views import board, come, contractors, kiosk, settling, visits

app_name = "visitors"

# /visitors/
urlpatterns = [
    path("", visits.visits, name="visits"),
    path("board/", board.board, name="board"),
    path("board/part/", board.board_part, name="board-part"),
    path("wall/", board.wall, name="wall"),
    path("wall/part/", board.wall_part, name="wall-part"),
    path("invite/", visits.invite, name="invite"),
    path("groups/<uuid:group_id>/", visits.group, name="group"),
    path("groups/<uuid:group_id>/cancel/", visits.cancel_group, name="cancel-group"),
    path("<uuid:visit_id>/", visits.visit, name="visit"),
    path("<uuid:visit_id>/allow/", visits.allow, name="allow"),
    path("<uuid:visit_id>/refuse/", visits.refuse, name="refuse"),
    path("<uuid:visit_id>/move/", visits.move, name="move"),
    path("<uuid:visit_id>/cancel/", visits.cancel, name="cancel"),
    path("<uuid:visit_id>/in/", visits.check_in, name="check-in"),
    path("<uuid:visit_id>/out/", visits.check_out, name="check-out"),
    path("companies/", contractors.contractors, name="contractors"),
    path("companies/new/", contractors.add, name="contractor-add"),
    path("companies/proofs/", contractors.kinds, name="proof-kinds"),
    path("companies/proofs/<uuid:kind_id>/drop/", contractors.drop_kind, name="proof-kind-drop"),
    path("companies/shown/<uuid:proof_id>/withdraw/", contractors.withdraw_proof, name="proof-withdraw"),
    path("companies/people/<uuid:person_id>/block/", contractors.block_person, name="person-block"),
    path("companies/<uuid:contractor_id>/", contractors.contractor, name="contractor"),
    path("companies/<uuid:contractor_id>/change/", contractors.change, name="contractor-change"),
    path("companies/<uuid:contractor_id>/people/", contractors.add_person, name="person-add"),
    path("companies/<uuid:contractor_id>/proofs/", contractors.show_proof, name="proof-show"),
    path("settings/", settling.settings, name="settings"),
    path("settings/begin/", settling.begin, name="types-begin"),
    path("settings/kinds/new/", settling.add_type, name="type-add"),
    path("settings/kinds/<uuid:type_id>/", settling.change_type, name="type"),
    path("settings/kinds/<uuid:type_id>/away/", settling.put_away, name="type-away"),
    path("settings/sites/<uuid:site_id>/", settling.site, name="site"),
    path("settings/words/", settling.words, name="words"),
    path("kiosk/", kiosk.start, name="kiosk"),
    path("kiosk/scan/", kiosk.scan, name="kiosk-scan"),
    path("kiosk/pin/", kiosk.pin, name="kiosk-pin"),
    path("kiosk/leave/", kiosk.leave, name="kiosk-leave"),
    path("kiosk/new/<uuid:type_id>/", kiosk.walk_in, name="kiosk-walk-in"),
    path("kiosk/step/<str:ticket>/", kiosk.step, name="kiosk-step"),
    path("kiosk/done/<str:ticket>/", kiosk.done, name="kiosk-done"),
    path("come/<str:secret>/", come.come, name="come"),
]
