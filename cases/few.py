"""Looking for what is rare among very much: the few keys first, and with them the rest."""

from functools import cache

from django.db.models import BooleanField, F, Func, IntegerField, Q

from cases.compiled import Rows
from cases.models import Person

FEW = 2000
_ONE_MORE = FEW + 1


def few_or_all(found, key="pk"):
    """The keys of these rows where they are few, else the question itself, to stand behind `in`.

    How rare a token is the database cannot tell beforehand: asked for all at once, it looks through everything that a person may see.
    """
    keys = list(found.order_by().values_list(key, flat=True)[:_ONE_MORE])
    return keys if len(keys) <= FEW else found.order_by().values(key)


def people_with(each, whole):
    """People who have one of the tokens of each list, or one of the `whole` list, which stands for all of them: as `few_or_all` gives them."""
    keys = [key for (key,) in _people_with(len(each))(None, None, whole=listed(whole), **{_name(place): listed(tokens) for place, tokens in enumerate(each)})]
    return keys if len(keys) <= FEW else _named([listed(tokens) for tokens in each], listed(whole)).values("pk")


@cache
def _people_with(words):
    """The question for so many words, its SQL made once."""
    names = [_name(place) for place in range(words)]
    return Rows(lambda actor, case, at, whole, **each: _named([each[name] for name in names], whole).values_list("pk")[:_ONE_MORE], "whole", *names)


def _name(place):
    return f"word_{place}"


def _named(each, whole):
    every = Q(*(HasOneOf("tokens", tokens) for tokens in each)) if each else Q(pk__in=[])
    return Person.objects.filter(every | Q(HasOneOf("tokens", whole))).order_by()


def listed(keys):
    """Keys as one value, which a question that was made once can take."""
    return ",".join(map(str, keys))


class _WithKeys(Func):
    """A column asked with listed keys."""

    def __init__(self, name, keys):
        super().__init__(F(name))
        self.keys = keys

    def as_sql(self, compiler, connection, **extra):
        column, _ = compiler.compile(self.source_expressions[0])
        return self.template.format(column=column), [self.keys]


class HowMany(_WithKeys):
    """How many of some tokens somebody has: what the database can say of likeness, to fetch the best first."""

    template = "(SELECT count(*) FROM unnest(string_to_array(%s, ',')::bigint[]) AS wanted WHERE wanted = ANY({column}))"
    output_field = IntegerField()


class HasOneOf(_WithKeys):
    """Has this one of the tokens that are listed?"""

    template = "{column} && string_to_array(%s, ',')::bigint[]"
    output_field = BooleanField()


class Among(_WithKeys):
    """Is this one of those whose keys are listed?"""

    template = "{column} = ANY(string_to_array(%s, ',')::bigint[])"
    output_field = BooleanField()
