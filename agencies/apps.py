from django.apps import AppConfig


class Agencies(AppConfig):
    name = "agencies"
