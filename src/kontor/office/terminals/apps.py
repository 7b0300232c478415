from django.apps import AppConfig


class TerminalsConfig(AppConfig):
    name = "kontor.office.terminals"
    label = "terminals"
