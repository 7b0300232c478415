from django.urls import path

from kontor.office.documents.views import legal

app_name = "documents"

# /documents/
urlpatterns = [
    path("", legal.documents, name="documents"),
    path("publish/", legal.publish, name="publish"),
    path("agree/", legal.agree, name="agree"),
    path("<uuid:document_id>/", legal.document, name="document"),
]
