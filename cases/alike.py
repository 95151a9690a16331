"""Who is likely to be whom, written down as the people on cases come and change: by everything that writes who somebody is, inside its gate.

Only victims/survivors and alleged perpetrators are compared. What is written is true whenever it is read, so that no marker waits for a night's work;
`manage.py compare_people` makes it anew after a restore or a load of old data (docs/adr/0026).
"""

from django.db.models import BigIntegerField, Func, TextField, Value

from agencies.gate import inside
from cases.access import COMPARED, everybody_compared, names_of, people_like
from cases.models import Alike, Person
from cases.rules import spelling
from vault.tokens import any_to_find

__all__ = ["COMPARED", "remember", "remember_all"]
_BATCH = 5000


def remember(person):
    """Write down whom this person is likely to be, in the place of what was written before."""
    assert inside(), "people of other cases are compared inside a gate"
    Alike.objects.filter(person=person).delete()
    Alike.objects.filter(other=person).delete()
    _take_turns(person)
    others = people_like(person)
    Alike.objects.bulk_create([Alike(person_id=one, other_id=other) for pk in sorted(others) for one, other in ((person.pk, pk), (pk, person.pk))])


def remember_all():
    """Compare everybody anew; how many records are likely to be of somebody who is on record already."""
    assert inside(), "people of other cases are compared inside a gate"
    Alike.objects.all().delete()
    found = sorted(everybody_compared())
    Alike.objects.bulk_create([Alike(person_id=one, other_id=other) for one, other in found], batch_size=_BATCH)
    return len({one for one, _ in found})


def _take_turns(person):
    """Two people of one name who come at the same moment would not see one another: whoever comes second waits until the first is there."""
    for token in sorted(any_to_find({mark for name in names_of(person) for mark in spelling.whole_name(*name)})):
        list(Person.objects.filter(pk=person.pk).values_list(Func(Value(token, BigIntegerField()), function="pg_advisory_xact_lock", output_field=TextField())))
