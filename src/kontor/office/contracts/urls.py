from django.urls import path

from kontor.office.contracts.views import (
    account,
    answer,
    billing,
    calculator,
    comparison,
    contracts,
    drafts,
    offers,
    terms,
    today,
)

app_name = "contracts"

# /contracts/
urlpatterns = [
    path("answer/<str:secret>/", answer.answer, name="answer"),
    path("answer/<str:secret>/file/", answer.file, name="answer-file"),
    path("today/", today.today, name="today"),
    path("offers/", offers.offer_list, name="offers"),
    path("offers/new/", drafts.begin, name="offer-new"),
    path("offers/<uuid:offer_id>/", offers.detail, name="offer"),
    path("offers/<uuid:offer_id>/file/", offers.file, name="offer-file"),
    path("offers/<uuid:offer_id>/withdraw/", offers.withdraw, name="offer-withdraw"),
    path("offers/<uuid:offer_id>/confirm/", offers.confirm, name="offer-confirm"),
    path("drafts/", offers.draft_list, name="drafts"),
    path("drafts/<uuid:draft_id>/", drafts.edit, name="draft"),
    path("drafts/<uuid:draft_id>/preview/", drafts.preview, name="draft-preview"),
    path("drafts/<uuid:draft_id>/send/", drafts.send, name="draft-send"),
    path("drafts/<uuid:draft_id>/discard/", drafts.discard, name="draft-discard"),
    path("running/", contracts.contract_list, name="contracts"),
    path("running/<uuid:contract_id>/", contracts.detail, name="contract"),
    path("running/<uuid:contract_id>/file/", contracts.file, name="contract-file"),
    path("billing/", billing.preview, name="billing"),
    path("billing/start/", billing.start, name="billing-start"),
    path("billing/<uuid:run_id>/", billing.run, name="run"),
    path("billing/<uuid:run_id>/progress/", billing.progress, name="run-progress"),
    path("account/", account.overview, name="account"),
    path("account/contracts/<uuid:contract_id>/", account.contract, name="account-contract"),
    path("account/contracts/<uuid:contract_id>/file/", account.contract_file, name="account-file"),
    path("received/", account.invoices, name="account-invoices"),
    path("received/<uuid:invoice_id>/", account.invoice, name="account-invoice"),
    path("received/files/<uuid:file_id>/", account.invoice_file, name="account-invoice-file"),
    path("terms/", terms.packs, name="terms"),
    path("terms/compare/", comparison.compare, name="compare"),
    path("terms/<str:key>/<str:version>/", terms.pack, name="pack"),
    path("terms/<str:source>/<str:version>/clause/<path:number>/", terms.clause, name="clause"),
    path("calculator/", calculator.calculator, name="calculator"),
]
