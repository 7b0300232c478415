"""The house's registers."""

from django.urls import path, re_path

from kontor.office.privacy.views import (
    annex,
    backups,
    breaches,
    calls,
    disclosures,
    papers,
    record,
    subject_cases,
    subject_data,
    suspensions,
)
from kontor.office.privacy.views.subject_steps import STEPS

STEP_NAMES = "|".join(STEPS)
urlpatterns = [
    path("", record.record, name="record"),
    path("record.pdf", record.printed, name="record-pdf"),
    path("edition/", record.edition, name="edition"),
    path("map/", record.data_map, name="map"),
    path("measures/", papers.measure_list, name="measures"),
    path("measures/<slug:key>/", papers.review, name="review"),
    path("agreements/", papers.agreements, name="agreements"),
    path("agreements/<uuid:contract_id>/issue/", papers.issue, name="issue"),
    path("agreements/<uuid:agreement_id>/", papers.agreement, name="agreement"),
    path("agreements/<uuid:agreement_id>/amend/", annex.amend, name="amend"),
    path("agreements/<uuid:agreement_id>/sign/", papers.sign, name="sign"),
    path("agreements/<uuid:agreement_id>/inability/", suspensions.report_inability, name="inability"),
    path("suspensions/<uuid:suspension_id>/", suspensions.restore_compliance, name="restore-compliance"),
    re_path(
        r"^instructions/(?P<instruction_id>[0-9a-f-]{36})/(?P<step>done|suspend|end)/$",
        papers.instruction,
        name="instruction",
    ),
    path("sub-processors/", papers.subprocessors, name="subprocessors"),
    path("sub-processors/new/", papers.new_subprocessor, name="new-subprocessor"),
    path("sub-processors/<uuid:subprocessor_id>/", papers.complete, name="complete"),
    path("disclosures/", disclosures.disclosures, name="disclosures"),
    path("disclosures/new/", disclosures.new, name="disclosure-new"),
    path("disclosures/<uuid:disclosure_id>/permission/", disclosures.permission, name="disclosure-permission"),
    path("objections/<uuid:notice_id>/", papers.settle, name="settle"),
    path("record/<str:key>/", record.entry, name="entry"),
    path("backups/", backups.backups, name="backups"),
    path("calls/", calls.calls, name="calls"),
    path("breaches/", breaches.breaches, name="breaches"),
    path("breaches/add/", breaches.add, name="breach-add"),
    path("breaches/<uuid:key>/", breaches.breach, name="breach"),
    path("breaches/notices/<uuid:key>/", breaches.notice, name="breach-notice"),
    path("requests/", subject_cases.subjects, name="subjects"),
    path("requests/add/", subject_cases.add, name="subject-add"),
    path("requests/<uuid:key>/", subject_cases.subject_case, name="subject-case"),
    path("requests/<uuid:key>/data/", subject_data.data, name="subject-data"),
    path("requests/<uuid:key>/data/<str:label>/<uuid:row>/<slug:column>/", subject_data.correct, name="correct"),
    path("requests/marks/<uuid:key>/", subject_cases.lift, name="subject-lift"),
    re_path(rf"^requests/(?P<key>[0-9a-f-]{{36}})/(?P<name>{STEP_NAMES})/$", subject_cases.step, name="subject-step"),
]
