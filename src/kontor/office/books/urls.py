from django.urls import path

from kontor.office.books.views import (
    credit_notes,
    invoices,
    matching,
    payments,
    prices,
    processors,
    sellers,
    statements,
)

app_name = "books"

# /books/
urlpatterns = [
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<uuid:invoice_id>/", invoices.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/cancel/", invoices.cancel, name="invoice-cancel"),
    path("invoices/<uuid:invoice_id>/credit/", credit_notes.credit, name="invoice-credit"),
    path("invoices/<uuid:invoice_id>/set-off/", credit_notes.settle, name="invoice-set-off"),
    path("invoices/<uuid:invoice_id>/ubl/", invoices.ubl, name="invoice-ubl"),
    path("invoices/<uuid:invoice_id>/send/", invoices.send, name="invoice-send"),
    path("files/<uuid:file_id>/", invoices.file, name="file"),
    path("waiting/", matching.waiting, name="waiting"),
    path("entries/<uuid:entry_id>/", matching.entry, name="entry"),
    path("entries/<uuid:entry_id>/book/", matching.book, name="book"),
    path("payments/", payments.payments, name="payments"),
    path("payments/new/", payments.new_payment, name="payment-new"),
    path("payments/<uuid:payment_id>/", payments.payment, name="payment"),
    path("payments/<uuid:payment_id>/take-back/", payments.take_back, name="payment-take-back"),
    path("paid/<slug:method>/", processors.notice, name="notice"),
    path("fake/", processors.fake, name="fake-processor"),
    path("statements/", statements.statements, name="statements"),
    path("statements/new/", statements.read_in, name="statement-new"),
    path("statements/<uuid:statement_id>/", statements.statement, name="statement"),
    path("prices/", prices.price_lists, name="price-lists"),
    path("prices/new/", prices.new_price_list, name="price-list-new"),
    path("prices/<uuid:list_id>/", prices.price_list, name="price-list"),
    path("prices/<uuid:list_id>/edition/", prices.new_edition, name="price-list-edition"),
    path("sellers/", sellers.sellers, name="sellers"),
    path("sellers/new/", sellers.new_seller, name="seller-new"),
    path("sellers/<uuid:seller_id>/", sellers.seller, name="seller"),
]
