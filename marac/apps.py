from django.apps import AppConfig


class Marac(AppConfig):
    name = "marac"
