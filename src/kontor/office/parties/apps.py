from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "kontor.office.parties"
    label = "parties"
