from django.apps import AppConfig


class Referrals(AppConfig):
    name = "referrals"

    def ready(self):
        from cases import extensions
        from referrals import case_panel

        extensions.add(extensions.PANELS, case_panel.PANEL)
        extensions.add(extensions.NEXT_ACTIONS, case_panel.next_actions)
