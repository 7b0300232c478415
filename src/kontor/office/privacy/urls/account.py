"""What a tenant's administrator and a person see of their own."""

from django.urls import path

from kontor.office.privacy.views import own

app_name = "privacy-own"

# /account/privacy/
urlpatterns = [
    path("", own.overview, name="overview"),
    path("mine/", own.mine, name="mine"),
]
