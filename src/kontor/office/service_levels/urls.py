from django.urls import path

from kontor.office.service_levels.views import (
    claims,
    door,
    maintenance,
    outages,
    overview,
    received,
    statements,
    status,
)

app_name = "service_levels"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("components/new/", overview.add_component, name="component-new"),
    path("components/<uuid:component_id>/", overview.component, name="component"),
    path("outages/", outages.outages, name="outages"),
    path("outages/new/", outages.add, name="outage-new"),
    path("outages/<uuid:outage_id>/", outages.outage, name="outage"),
    path("outages/<uuid:outage_id>/network/", outages.network, name="outage-network"),
    path("maintenance/new/", maintenance.add, name="maintenance-new"),
    path("maintenance/<uuid:maintenance_id>/", maintenance.work, name="maintenance"),
    path("maintenance/<uuid:maintenance_id>/cancel/", maintenance.cancel, name="maintenance-cancel"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<uuid:statement_id>/", statements.statement, name="statement"),
    path("statements/<uuid:statement_id>/report/", statements.report, name="report"),
    path("statements/<uuid:statement_id>/report/mail/", statements.mail, name="report-mail"),
    path("claims/", claims.claims, name="claims"),
    path("claims/<uuid:claim_id>/", claims.claim, name="claim"),
    path("received/", received.received, name="received"),
    path("received/<uuid:statement_id>/", received.statement, name="received-statement"),
    path("received/<uuid:statement_id>/report/", received.report, name="received-report"),
    path("received/claim/<uuid:contract_id>/", received.claim_credit, name="claim-credit"),
    path("door/<str:token>/", door.door, name="door"),
    path("status/", status.page, name="status"),
    path("status/feed.rss", status.feed, name="status-feed"),
    path("status/calendar.ics", status.calendar, name="status-calendar"),
]
