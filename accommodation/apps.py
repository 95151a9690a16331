from django.apps import AppConfig


class Accommodation(AppConfig):
    name = "accommodation"
