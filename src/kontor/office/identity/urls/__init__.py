from django.urls import path

from kontor.office.identity.views import api_access, invitations, people, policy, profile, roles, security, tenants

app_name = "identity"

# /identity/
urlpatterns = [
    path("tenants/", tenants.tenants, name="tenants"),
    path("tenants/<uuid:tenant_id>/enter/", tenants.enter, name="enter"),
    path("invitation/<str:secret>/", invitations.invitation, name="invitation"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.password, name="password"),
    path("security/", security.overview, name="security"),
    path("security/policy/", policy.policy, name="policy"),
    path("api/", api_access.access, name="api"),
    path("api/keys/new/", api_access.key_new, name="api-key-new"),
    path("api/keys/<uuid:key_id>/revoke/", api_access.key_revoke, name="api-key-revoke"),
    path("api/webhooks/new/", api_access.webhook_new, name="webhook-new"),
    path("api/webhooks/<uuid:hook_id>/", api_access.webhook, name="webhook"),
    path("api/webhooks/<uuid:hook_id>/change/", api_access.webhook_change, name="webhook-change"),
    path("api/webhooks/<uuid:hook_id>/<slug:word>/", api_access.webhook_do, name="webhook-do"),
    path("api/deliveries/<uuid:delivery_id>/", api_access.delivery, name="delivery"),
    path("api/deliveries/<uuid:delivery_id>/again/", api_access.delivery_again, name="delivery-again"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:membership_id>/", people.person, name="person"),
    path("people/<uuid:membership_id>/change/", people.change, name="change"),
    path("people/<uuid:membership_id>/end/", people.end_now, name="end-now"),
    path("people/<uuid:membership_id>/invite-again/", people.invite_again, name="invite-again"),
    path("roles/", roles.roles, name="roles"),
    path("roles/save/", roles.save, name="roles-save"),
    path("roles/add/", roles.add, name="role-add"),
    path("roles/<uuid:role_id>/", roles.role, name="role"),
    path("roles/<uuid:role_id>/rename/", roles.rename, name="role-rename"),
    path("roles/<uuid:role_id>/remove/", roles.remove, name="role-remove"),
]
