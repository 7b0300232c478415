from django.urls import path

from kontor.office.documents.views import document, exchange, exchange_outside, legal, letters, public_file, store

app_name = "documents"

# /documents/
urlpatterns = [
    path("", legal.documents, name="documents"),
    path("publish/", legal.publish, name="publish"),
    path("agree/", legal.agree, name="agree"),
    path("files/", store.files, name="files"),
    path("files/new/", store.file_new, name="file-new"),
    path("files/bin/", store.binned, name="bin"),
    path("files/at/<str:kind>/<uuid:record>/", store.at_record, name="at-record"),
    path("files/<uuid:document_id>/", document.file, name="file"),
    path("files/<uuid:document_id>/add/", document.add, name="add"),
    path("files/<uuid:document_id>/settle/", document.settle, name="settle"),
    path("files/<uuid:document_id>/<int:number>/restore/", document.restore, name="restore"),
    path("files/<uuid:document_id>/<int:number>/download/", document.download, name="download"),
    path("files/<uuid:document_id>/<int:number>/preview/", document.preview, name="preview"),
    path("files/<uuid:document_id>/<slug:what>/", document.press, name="press"),
    path("shared/", exchange.exchanges, name="exchanges"),
    path("shared/new/", exchange.exchange_new, name="exchange-new"),
    path("shared/<uuid:exchange_id>/", exchange.exchange, name="exchange"),
    path("shared/<uuid:exchange_id>/put-in/", exchange.put_in, name="exchange-put-in"),
    path("shared/<uuid:exchange_id>/<uuid:item_id>/take/", exchange.take_from, name="exchange-take-from"),
    path("shared/<uuid:exchange_id>/<slug:what>/", exchange.exchange_press, name="exchange-press"),
    path("exchange/<str:secret>/", exchange_outside.door, name="exchange-door"),
    path("exchange/<str:secret>/add/", exchange_outside.bring, name="exchange-bring"),
    path("exchange/<str:secret>/<uuid:item_id>/", exchange_outside.fetch, name="exchange-fetch"),
    path("open/<uuid:tenant_id>/<uuid:document_id>/", public_file.public_file, name="public"),
    path("letters/", letters.templates, name="templates"),
    path("letters/new/", letters.template_new, name="template-new"),
    path("letters/<uuid:template_id>/", letters.template, name="template"),
    path("letters/<uuid:template_id>/preview/", letters.preview, name="template-preview"),
    path("letters/<uuid:template_id>/write/", letters.write, name="template-write"),
    path("letters/<uuid:template_id>/drop/", letters.drop, name="template-drop"),
    path("<uuid:document_id>/", legal.document, name="document"),
]
