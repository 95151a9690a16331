from django.apps import AppConfig


class Referrals(AppConfig):
    name = "referrals"

    def ready(self):
        from cases import extensions, notices
        from referrals import case_panel, danger, joining
        from referrals.onward import due as out_due
        from referrals.onward import notices as out_notices
        from referrals.onward import reading as out
        from referrals.pathways import reading as pathways
        from referrals.safeguarding import due, proposing, reading
        from referrals.safeguarding.notices import WORDS

        extensions.add(extensions.PANELS, pathways.PANEL)
        extensions.add(extensions.PANELS, case_panel.PANEL)
        extensions.add(extensions.NEXT_ACTIONS, case_panel.next_actions)
        extensions.add(extensions.NEXT_ACTIONS, danger.next_actions)
        extensions.add(extensions.BANNERS, danger.banner)
        extensions.add(extensions.ON_REACHED, danger.after_contact)
        extensions.add(extensions.BEFORE_CLOSING, danger.reasons_before_closing)
        extensions.add(extensions.ON_SIGNED, proposing.after_signing)
        extensions.add(extensions.ON_CHILD_RISK, proposing.after_child_risk)
        extensions.add(extensions.ON_PEOPLE, proposing.after_people)
        extensions.add(extensions.NEXT_ACTIONS, reading.next_actions)
        extensions.add(extensions.CHILD_PANELS, extensions.Panel("onward", "referrals/onward/panel.html", reading.panel))
        extensions.add(extensions.BEFORE_FINISHING, reading.reasons_cannot_finish)
        extensions.add(extensions.BEFORE_CLOSING, reading.reasons_cannot_close)
        extensions.add(extensions.CHILD_PLACES, reading.schools)
        extensions.add(extensions.DUE, due.DUE)
        extensions.add(extensions.WORK, proposing.WORK)
        extensions.KEPT_ON["onward"] = "onward"
        extensions.READ_FIRST[joining.COMPARE] = ("Read the further disclosure", "further_notes")
        notices.WORDS.update(WORDS)
        notices.PLACES.update(dict.fromkeys(WORDS, "children"))
        extensions.add(extensions.BANNERS, out.banner)
        extensions.add(extensions.PANELS, out.PANEL)
        extensions.add(extensions.NEXT_ACTIONS, out.next_actions)
        extensions.add(extensions.BEFORE_CLOSING, out.reasons_cannot_close)
        extensions.add(extensions.DUE, out_due.DUE)
        extensions.add(extensions.WORK, out_due.WORK)
        extensions.KEPT_ON["referral"] = "referral_out"
        notices.WORDS.update(out_notices.WORDS)
        notices.PLACES.update(out_notices.PLACES)
        notices.NEEDS.update(out_notices.NEEDS)
