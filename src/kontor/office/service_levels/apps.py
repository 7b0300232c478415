from django.apps import AppConfig


class ServiceLevelsConfig(AppConfig):
    name = "kontor.office.service_levels"
    label = "service_levels"
