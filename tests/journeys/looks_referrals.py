"""How the pages of referrals are met in the middle of the work: the line, the landlord, the homeless application, services. See looks.py."""

from tests.journeys.looks import Look, asks, of_fresh

LINE = {
    "line": Look("call_handler"),
    "line_new": asks("call_handler"),
    "line_call": Look("call_handler", lambda scene: [[one.pk] for one in (scene.waiting_call, scene.overdue, scene.unsafe, scene.kept, scene.talked, scene.quiet)]),
    "line_quiet": asks("call_handler", lambda scene: [scene.quiet.pk]),
    "line_number": Look("call_handler", lambda scene: [[scene.waiting_call.pk], [scene.overdue.pk]]),
    "line_attempt": asks("call_handler", lambda scene: [scene.overdue.pk]),
    "line_end": asks("call_handler", lambda scene: [scene.waiting_call.pk]),
    "asked": Look("call_handler"),
    "asked_one": Look("call_handler", lambda scene: [[scene.wrote.pk], [scene.asked_quiet.pk]]),
    "asked_number": Look("call_handler", lambda scene: [scene.wrote.pk]),
    "asked_attempt": asks("call_handler", lambda scene: [scene.wrote.pk]),
    "asked_end": asks("call_handler", lambda scene: [scene.wrote.pk]),
    "line_figures": Look("helpline_lead"),
    "line_hours": asks("helpline_lead"),
}

def landlords(name):
    """[reference, number] of something that the landlord did on the case that was opened three hours ago."""
    return lambda scene: [scene.fresh.reference, getattr(scene, name).pk]


LANDLORD = {
    "security": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "security_add": asks("housing_officer", of_fresh("case")),
    "security_order": Look("housing_officer", lambda scene: [landlords(name)(scene) for name in ("measures", "fitted")]),
    "security_visit": asks("housing_officer", landlords("measures")),
    "security_text": Look("housing_officer", lambda scene: [landlords(name)(scene) for name in ("measures", "fitted")]),
    "security_fitted": asks("housing_officer", landlords("measures")),
    "security_checked": asks("housing_officer", landlords("fitted")),
    "security_cancel": asks("housing_officer", landlords("measures")),
    "security_spend": Look("housing_manager"),
    "repairs": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "repair_add": asks("housing_officer", of_fresh("case")),
    "tenancy": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "tenancy_add": asks("housing_officer", of_fresh("case")),
    "tenancy_step": asks("housing_officer", lambda scene: [landlords(name)(scene) for name in ("tenancy_action", "possession")]),
    "tenancy_other": Look("housing_officer", lambda scene: [[scene.fresh.reference], [scene.missed.reference]]),
    "tenancy_other_add": asks("housing_officer", of_fresh("case")),
}


def housing(*more):
    return lambda scene: [scene.homeless.reference, *more]


HOUSING = {
    "housing": Look("housing_officer", lambda scene: [[scene.homeless.reference], [scene.fresh.reference]]),
    "housing_decide": asks("housing_officer", lambda scene: [housing(topic)(scene) for topic in ("eligible", "interim", "main")]),
    "housing_review": asks("housing_officer", housing()),
    "housing_step": asks("housing_officer", housing()),
    "housing_agree": asks("housing_officer", housing()),
    "housing_copy": Look("housing_officer", lambda scene: [[scene.homeless.reference], [scene.fresh.reference]]),
    "housing_step_end": asks("housing_officer", lambda scene: housing(scene.housing_step.pk)(scene)),
    "housing_end_duty": asks("housing_officer", lambda scene: housing(scene.homeless.clocks.get(kind="relief").pk)(scene)),
}
REFERRALS = {"line": LINE, "landlord": LANDLORD, "housing": HOUSING}
