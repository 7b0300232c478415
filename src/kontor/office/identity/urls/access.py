"""Sessions, locks, reports of an access in other hands, and the cases that come of them."""

from django.urls import include, path

from kontor.office.identity.views import cases, locks, reports, sessions

urlpatterns = [
    path("", include("kontor.office.identity.urls.support")),
    path("profile/sessions/", sessions.sessions, name="sessions"),
    path("profile/sessions/end/", sessions.end_others, name="sessions-end"),
    path("profile/sessions/<slug:key>/end/", sessions.end, name="session-end"),
    path("profile/compromised/", reports.compromised, name="compromised"),
    path("locked/", locks.locked, name="locked"),
    path("lost-device/", reports.lost_device, name="lost-device"),
    path("lost-device/<str:secret>/", reports.lost_device_link, name="lost-device-link"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("people/<uuid:membership_id>/lock/", locks.lock, name="person-lock"),
    path("people/<uuid:membership_id>/open/", locks.lift, name="person-lift"),
    path("people/<uuid:membership_id>/sessions/end/", locks.end_sessions, name="person-sessions-end"),
]
