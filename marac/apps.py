from django.apps import AppConfig


class Marac(AppConfig):
    name = "marac"

    def ready(self):
        from cases import extensions, notices
        from marac import actions, consequences, steps  # noqa: F401 - actions enter their verbs into the table
        from referrals.pathways import facts

        extensions.add(extensions.PANELS, extensions.Panel("marac", "marac/panel.html", consequences.panel))
        extensions.add(extensions.NEXT_ACTIONS, consequences.next_actions)
        extensions.add(extensions.ON_SIGNED, consequences.after_signing)
        extensions.add(extensions.DUE, consequences.DUE)
        facts.add("marac_referred", facts.Fact("Send the MARAC referral", consequences.when_referred))
        notices.WORDS.update(steps.NOTICES)
        notices.PLACES.update(dict.fromkeys(steps.RECEIVED, "marac_received"))
        notices.OF_A_LISTING.update(steps.RECEIVED)
        extensions.add(extensions.BEFORE_CLOSING, consequences.reasons_cannot_close)
        extensions.add(extensions.ON_CLOSED, steps.end_all_sight)
