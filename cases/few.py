"""Looking for what is rare among very much: the few keys first, and with them the rest."""

FEW = 2000


def few_or_all(found, key="pk"):
    """The keys of these rows where they are few, else the question itself, to stand behind `in`.

    How rare a token is the database cannot tell beforehand: asked for all at once, it looks through everything that a person may see.
    """
    keys = list(found.order_by().values_list(key, flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else found.order_by().values(key)
