from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "kontor.office.desk"
    label = "desk"
