from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "kontor.office.privacy"
    label = "privacy"
