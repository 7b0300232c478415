"""What everybody decides about themselves: cookies, before signing in, and what one agrees to."""

from django.urls import path

from kontor.office.privacy.views import cookies, leaving, partners, statements, subject_open

urlpatterns = [
    path("cookies/", cookies.cookie_settings, name="cookies"),
    path("count/", cookies.count, name="count"),
    path("partners/", partners.partners, name="partners"),
    path("left/<str:token>/", leaving.left, name="left"),
    path("left/<str:token>/certificate/", leaving.certificate, name="left-certificate"),
    path("statements/", statements.statements, name="statements"),
    path("ask/", subject_open.ask, name="ask"),
    path("ask/<uuid:tenant>/", subject_open.ask_of, name="ask-of"),
    path("ask/<uuid:tenant>/<str:secret>/", subject_open.subject, name="subject"),
    path("ask/<uuid:tenant>/<str:secret>/data/", subject_open.fetch, name="subject-fetch"),
]
