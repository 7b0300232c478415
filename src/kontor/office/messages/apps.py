from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "kontor.office.messages"
    label = "messages"
