from django.apps import AppConfig


class Referrals(AppConfig):
    name = "referrals"

    def ready(self):
        from cases import extensions
        from referrals import case_panel, danger

        extensions.add(extensions.PANELS, case_panel.PANEL)
        extensions.add(extensions.NEXT_ACTIONS, case_panel.next_actions)
        extensions.add(extensions.NEXT_ACTIONS, danger.next_actions)
        extensions.add(extensions.BANNERS, danger.banner)
        extensions.add(extensions.ON_REACHED, danger.after_contact)
        extensions.add(extensions.BEFORE_CLOSING, danger.reasons_before_closing)
