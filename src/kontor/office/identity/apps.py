from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "kontor.office.identity"
    label = "identity"
