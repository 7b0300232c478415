from django.urls import path

from kontor.office.identity import views

app_name = "identity"

# /identity/
urlpatterns = [
    path("tenants/", views.tenants, name="tenants"),
    path("tenants/<uuid:tenant_id>/enter/", views.enter, name="enter"),
    path("invitation/<str:secret>/", views.invitation, name="invitation"),
    path("profile/", views.profile, name="profile"),
]
