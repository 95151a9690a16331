"""The gate: no right, no change; no Change, no commit; every act and every refusal in the log; the same form only once."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from agencies import gate
from agencies.gate import VERBS, AlreadyDone, Change, Refused, agency_action
from agencies.models import Policy
from audit.models import Event
from cases.gate import case_action
from cases.models import Case


@pytest.fixture
def actions():
    """Two actions of the tests' own, taken out of the table of verbs afterwards."""
    before = dict(VERBS)

    @agency_action("test.set", "set_policies")
    def set_it(act, key="a", problem=None, nothing=False):
        """Set something."""
        Policy.objects.create(key=key, value="1", effective_from=act.at, reason="r", set_by_id=act.actor.user_id, set_at=act.at)
        if problem:
            raise problem
        return None if nothing else Change(subject=f"policy:{key}", after={"value": "1"}, result="done", led_to="/somewhere/")

    @case_action("test.touch", "close_case")
    def touch(act, case, problem=None):
        """Touch a case."""
        Case.objects.filter(pk=case.pk).update(pathway="touched")
        if problem:
            raise problem
        return Change(subject="case", case=case, before={"pathway": case.pathway}, after={"pathway": "touched"})

    yield set_it, touch
    VERBS.clear()
    VERBS.update(before)


def events(verb):
    return list(Event.objects.filter(verb=verb).order_by("id").values_list("outcome", flat=True))


def test_an_act_is_done_and_logged_together(people, actions):
    set_it, _ = actions
    assert set_it(people.actor("agency_lead")) == "done"
    event = Event.objects.get(verb="test.set")
    assert (event.outcome, event.actor, event.role, event.agency) == ("done", f"user:{people.agency_lead.pk}", "agency_lead", people.agency("northvale_housing").pk)
    assert (event.subject, event.after, event.channel) == ("policy:a", {"value": "1"}, "web")
    assert Policy.objects.count() == 1


def test_without_the_right_nothing_happens_and_the_attempt_is_kept(people, actions):
    set_it, _ = actions
    for persona in ("housing_officer", "superuser", "outsider", "commissioner"):
        with pytest.raises(PermissionDenied):
            set_it(people.actor(persona))
    assert Policy.objects.count() == 0
    assert events("test.set") == ["denied"] * 4


def test_a_refusal_rolls_back_and_is_kept(people, actions):
    set_it, _ = actions
    with pytest.raises(Refused):
        set_it(people.actor("agency_lead"), problem=Refused("No.", code="because"))
    assert Policy.objects.count() == 0
    assert Event.objects.get(verb="test.set").reason == "because"


def test_no_change_no_commit(people, actions):
    set_it, _ = actions
    with pytest.raises(TypeError, match="returned no Change"):
        set_it(people.actor("agency_lead"), nothing=True)
    assert Policy.objects.count() == 0


def test_the_same_form_twice_is_done_once_and_leads_to_the_same_place(people, actions):
    set_it, _ = actions
    once, lead = uuid4(), people.actor("agency_lead")
    set_it(lead, once=once)
    with pytest.raises(AlreadyDone) as again:
        set_it(lead, once=once)
    assert again.value.led_to == "/somewhere/"
    assert Policy.objects.count() == 1


def test_somebody_elses_form_leads_nowhere(people, actions):
    set_it, _ = actions
    once = uuid4()
    set_it(people.actor("agency_lead"), once=once)
    with pytest.raises(AlreadyDone) as again:
        set_it(people.actor("administrator"), once=once)
    assert again.value.led_to == ""


def test_a_refused_form_may_be_sent_again(people, actions):
    set_it, _ = actions
    once, lead = uuid4(), people.actor("agency_lead")
    with pytest.raises(Refused):
        set_it(lead, once=once, problem=Refused("No."))
    assert set_it(lead, once=once) == "done"


def test_on_a_case_the_right_is_checked_under_the_lock(people, actions, a_case, share):
    _, touch = actions
    case = a_case()
    touch(people.actor("housing_officer"), case)
    case.refresh_from_db()
    assert (case.pathway, case.revision) == ("touched", 1)
    share(case, "harbour_idva", "partner")
    with pytest.raises(PermissionDenied):  # sees the case, may not close it
        touch(people.actor("idva"), case)
    for persona in ("outsider", "superuser", "commissioner", "refuge_worker"):  # does not see it: the same as none
        with pytest.raises(Http404):
            touch(people.actor(persona), case.reference)
    with pytest.raises(Http404):
        touch(people.actor("housing_officer"), "NONE-SUCH")
    assert events("test.touch") == ["done", *["denied"] * 6]


def test_a_form_older_than_somebody_elses_change_is_refused(people, actions, a_case):
    _, touch = actions
    case = a_case()
    touch(people.actor("housing_officer"), case, revision=case.revision)
    with pytest.raises(Refused, match="Somebody else changed this case"):
        touch(people.actor("other_housing_officer"), case, revision=case.revision)


def test_an_act_is_known_to_be_inside_the_gate_only_while_it_runs(people, actions):
    set_it, _ = actions
    assert not gate.inside()
    set_it(people.actor("agency_lead"))
    assert not gate.inside()


def test_a_verb_has_one_place_and_a_known_capability():
    with pytest.raises(ValueError, match="is already the verb of"):
        gate.register_verb("case.open", "log_disclosure", "", "somewhere.else")
    with pytest.raises(ValueError, match="unknown capability"):
        gate.register_verb("test.unknown", "fly", "", "here")
