from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "kontor.office.flows"
    label = "flows"
