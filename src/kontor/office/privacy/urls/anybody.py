"""What everybody decides about themselves: cookies, before signing in, and what one agrees to."""

from django.urls import path

from kontor.office.privacy.views import cookies, statements

urlpatterns = [
    path("cookies/", cookies.cookie_settings, name="cookies"),
    path("count/", cookies.count, name="count"),
    path("statements/", statements.statements, name="statements"),
]
