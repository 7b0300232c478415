from django.urls import path

from kontor.office.identity.views import invitations, tenants

app_name = "identity"

# /identity/
urlpatterns = [
    path("tenants/", tenants.tenants, name="tenants"),
    path("tenants/<uuid:tenant_id>/enter/", tenants.enter, name="enter"),
    path("invitation/<str:secret>/", invitations.invitation, name="invitation"),
    path("profile/", tenants.profile, name="profile"),
]
