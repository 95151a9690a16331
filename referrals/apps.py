from django.apps import AppConfig


class Referrals(AppConfig):
    name = "referrals"

    def ready(self):
        from cases import extensions, notices
        from referrals import case_panel, danger, joining, promises
        from referrals.asking import promised as asking
        from referrals.calls import promised
        from referrals.homeless import reading as homeless
        from referrals.landlord import facts as landlord_facts
        from referrals.landlord import panel as landlord
        from referrals.landlord import passing_on
        from referrals.onward import due as out_due
        from referrals.onward import notices as out_notices
        from referrals.onward import reading as out
        from referrals.pathways import facts
        from referrals.pathways import reading as pathways
        from referrals.safeguarding import due, proposing, reading
        from referrals.safeguarding.notices import WORDS

        for code, (missing, query) in homeless.FACTS.items():
            facts.add(code, facts.Fact(missing, query))
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
        extensions.add(extensions.PANELS, landlord.PANEL)
        extensions.add(extensions.NEXT_ACTIONS, landlord.next_actions)
        extensions.add(extensions.BEFORE_CLOSING, landlord.reasons_cannot_close)
        extensions.add(extensions.DUE, landlord.CHECKS)
        extensions.add(extensions.DUE, landlord.LOOKS)
        extensions.add(extensions.WORK, passing_on.WORK)
        extensions.KEPT_ON["security"] = "security_order"
        for code, fact in landlord_facts.PATHWAY.items():
            facts.add(code, fact)
        extensions.KEPT_ON["onward"] = "onward"
        extensions.KEPT_ON["housing"] = "housing"
        extensions.READ_FIRST[joining.COMPARE] = ("Read the further disclosure", "further_notes")
        notices.WORDS.update(WORDS)
        notices.PLACES.update(dict.fromkeys(WORDS, "children"))
        promises.add_kind("callback", promised.CALLBACK)
        promises.add_kind("asked", asking.ASKED)
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
