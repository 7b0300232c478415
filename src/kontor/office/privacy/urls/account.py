"""What a tenant's administrator and a person see of their own."""

from django.urls import path, re_path

from kontor.office.privacy.urls.keeping import own as keeping
from kontor.office.privacy.views import (
    audits,
    breaches,
    consents,
    exports,
    leaving,
    own,
    subject_cases,
    subject_data,
    subject_person,
    suspensions,
    trail,
)
from kontor.office.privacy.views.subject_steps import STEPS

STEP_NAMES = "|".join(STEPS)
app_name = "privacy-own"

# /account/privacy/
urlpatterns = [
    path("", own.overview, name="overview"),
    path("agreements/<uuid:agreement_id>/", own.agreement, name="agreement"),
    path("agreements/<uuid:agreement_id>/sign/", own.sign, name="sign"),
    path("agreements/<uuid:agreement_id>/instruct/", own.instruct, name="instruct"),
    path("agreements/<uuid:agreement_id>/suspend/", suspensions.suspend, name="suspend"),
    path("impact/<slug:module_key>/", own.impact, name="impact"),
    path("suspensions/<uuid:suspension_id>/lift/", suspensions.lift, name="lift"),
    re_path(
        r"^instructions/(?P<instruction_id>[0-9a-f-]{36})/(?P<step>insist|withdraw)/$",
        own.answer_instruction,
        name="answer-instruction",
    ),
    path("sub-processors/<uuid:notice_id>/object/", own.object_to, name="object"),
    path("sub-processors/<uuid:notice_id>/approve/", own.approve, name="approve"),
    path("mine/", own.mine, name="mine"),
    path("consents/", consents.mine, name="consents"),
    path("exports/", exports.exports, name="exports"),
    path("exports/plan/", exports.plan, name="export-plan"),
    path("exports/<uuid:pk>/progress/", exports.progress, name="export-progress"),
    path("exports/<uuid:pk>/cancel/", exports.cancel, name="export-cancel"),
    path("exports/<uuid:pk>/link/", exports.link, name="export-link"),
    path("exports/fetch/<str:secret>/", exports.fetch, name="fetch"),
    path("breaches/", breaches.own_breaches, name="breaches"),
    path("breaches/add/", breaches.own_add, name="breach-add"),
    path("breaches/<uuid:key>/", breaches.own_breach, name="breach"),
    path("breaches/notices/<uuid:key>/", breaches.own_notice, name="breach-notice"),
    path("requests/", subject_cases.own_subjects, name="subjects"),
    path("requests/add/", subject_cases.own_add, name="subject-add"),
    path("requests/<uuid:key>/", subject_cases.own_case, name="subject-case"),
    path("requests/<uuid:key>/data/", subject_data.own_data, name="subject-data"),
    path("requests/<uuid:key>/data/<str:label>/<uuid:row>/<slug:column>/", subject_data.own_correct, name="correct"),
    path("requests/marks/<uuid:key>/", subject_cases.own_lift, name="subject-lift"),
    re_path(
        r"^requests/forwarded/(?P<key>[0-9a-f-]{36})/(?P<what>authorise|take)/$",
        subject_cases.decide,
        name="subject-decide",
    ),
    re_path(
        rf"^requests/(?P<key>[0-9a-f-]{{36}})/(?P<name>{STEP_NAMES})/$", subject_cases.own_step, name="subject-step"
    ),
    path("mine/leave/", leaving.leave, name="leave"),
    path("mine/ask/", subject_person.ask, name="ask"),
    path("mine/<uuid:key>/", subject_person.mine_one, name="mine-request"),
    path("mine/<uuid:key>/data/", subject_person.mine_data, name="mine-data"),
    *keeping,
    path("trail/", trail.trail, name="trail"),
    path("trail/proof/", trail.proof, name="trail-proof"),
    path("trail/<uuid:key>/", trail.entry, name="trail-entry"),
    path("audits/", audits.audits, name="audits"),
    path("audits/new/", audits.ask, name="audit-ask"),
    path("audits/let-in/", audits.let_in, name="visit-new"),
    path("audits/visits/<uuid:key>/end/", audits.end, name="visit-end"),
    path("audits/<uuid:key>/evidence/", audits.evidence, name="audit-evidence"),
    path("audits/<uuid:key>/seal/", audits.seal, name="audit-seal"),
    path("audits/<uuid:key>/done/", audits.done, name="audit-done"),
    path("folder/", audits.folder, name="folder"),
    path("folder/evidence.zip", audits.folder_file, name="folder-file"),
]
