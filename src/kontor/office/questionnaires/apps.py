from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "kontor.office.questionnaires"
    label = "questionnaires"
