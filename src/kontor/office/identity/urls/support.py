"""Leave for the house to look at a tenant's pages, on both sides; and what the house locks."""

from django.urls import path

from kontor.office.identity.views import house_locks, house_support, support, training

urlpatterns = [
    path("support/", support.grants, name="support"),
    path("support/give/", support.give, name="support-give"),
    path("support/leave/", house_support.leave, name="support-leave"),
    path("support/<uuid:grant_id>/", support.grant, name="support-grant"),
    path("support/<uuid:grant_id>/give/", support.agree, name="support-agree"),
    path("support/<uuid:grant_id>/end/", support.end, name="support-end"),
    path("house/support/", house_support.grants, name="support-house"),
    path("house/support/ask/", house_support.ask, {"emergency": False}, name="support-ask"),
    path("house/support/emergency/", house_support.ask, {"emergency": True}, name="support-emergency"),
    path("house/support/<uuid:grant_id>/confirm/", house_support.confirm, name="support-confirm"),
    path("house/support/<uuid:grant_id>/end/", house_support.give_up, name="support-give-up"),
    path("house/support/<uuid:grant_id>/look/", house_support.look, name="support-look"),
    path("house/support/<uuid:grant_id>/case/", house_support.name_case, name="support-case"),
    path("house/support/control/", house_support.control, name="support-control"),
    path("house/trainings/", training.trainings, name="trainings"),
    path("house/locks/", house_locks.standing, name="house-locks"),
    path("house/locks/emergency/", house_locks.emergency, name="emergency-lock"),
    path("house/locks/<uuid:lock_id>/lift/", house_locks.lift, name="emergency-lift"),
]
