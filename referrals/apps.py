from django.apps import AppConfig


class Referrals(AppConfig):
    name = "referrals"
