from django.urls import path

from kontor.products.visitors.views import come, visits

app_name = "visitors"

# /visitors/
urlpatterns = [
    path("", visits.visits, name="visits"),
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
    path("come/<str:secret>/", come.come, name="come"),
]
