from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "kontor.office.books"
    label = "books"
