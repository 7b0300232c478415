from django.urls import path

from kontor.office.documents import views

app_name = "documents"

# /documents/
urlpatterns = [
    path("", views.documents, name="documents"),
    path("publish/", views.publish, name="publish"),
    path("agree/", views.agree, name="agree"),
    path("<uuid:document_id>/", views.document, name="document"),
]
