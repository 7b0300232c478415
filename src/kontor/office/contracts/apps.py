from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "kontor.office.contracts"
    label = "contracts"
