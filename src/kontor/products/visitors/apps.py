from django.apps import AppConfig


class VisitorsConfig(AppConfig):
    name = "kontor.products.visitors"
    label = "visitors"
