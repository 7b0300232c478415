from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kontor.office.documents"
    label = "documents"
