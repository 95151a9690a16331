"""Whether a text names a place that is protected: a postcode or a street and number written into it would pass the protection by (domain 8.3)."""

import re

_POSTCODE_PARTS = re.compile(r"[\s.\-]+")
_WORDS = re.compile(r"[\w’']+")
# What an address line may hold besides the name of a place: a number alone would be found in every text.
_SHORTEST = 4
# Words of which no place is made by themselves.
_UNITS = frozenset(["a", "apartment", "b", "block", "c", "floor", "flat", "no", "number", "room", "studio", "unit"])
_COMMON = _UNITS | frozenset({
    "abode", "accommodation", "address", "agreed", "and", "anonymous", "as", "at", "bed", "before", "breakfast", "care", "confidential", "council", "current", "family",
    "fixed", "for", "friend", "friend's", "friends", "he", "her", "hers", "his", "home", "hostel", "hotel", "house", "i", "in", "is", "known", "lives", "mother",
    "mother's", "mum", "mum's", "n", "na", "new", "none", "not", "now", "of", "office", "on", "out", "own", "parent", "parents", "parents'", "place", "postcode",
    "protected", "refuge", "relative", "restricted", "safe", "same", "see", "she", "shelter", "sister", "sister's", "staying", "temporary", "the", "their", "them",
    "they", "to", "unknown", "with", "withheld", "woman's", "women's", "yes",
    # An area may be said (domain 8.3).
    "derby", "derbyshire", "chesterfield", "bolsover", "sheffield", "nottingham", "nottinghamshire", "yorkshire", "england",
})


def names_a_place(text: str, places: list[tuple[str, str]]) -> bool:
    """Does the text name one of these places, given as (lines, postcode)? Spelling of spaces, capitals and stops does not matter."""
    packed = _POSTCODE_PARTS.sub("", text).upper()
    words = f" {' '.join(_words(text))} "
    for lines, postcode in places:
        code = code_of(postcode)
        if code and code in packed:
            return True
        street = street_of(lines)
        if len(street) >= _SHORTEST and f" {street} " in words:
            return True
    return False


def without_places(text: str, places: list[tuple[str, str]], mark: str) -> str:
    """The text with each of these places left out. Where one cannot be cut out cleanly, nothing of the text is left."""
    if not names_a_place(text, places):
        return text
    for lines, postcode in places:
        if code := code_of(postcode):
            text = re.sub(r"[\s.\-]*".join(map(re.escape, code)), mark, text, flags=re.IGNORECASE)
        words = street_of(lines).split()
        if len(" ".join(words)) >= _SHORTEST:
            # With the number before it, and the flat before that.
            named = r"[^\w’']+".join(re.escape(word).replace("'", "['’]") for word in words)
            text = re.sub(rf"(?:\bflat\W+\w+\W+)?(?:\b\d+\w?\W+)?(?<![\w’']){named}(?![\w’'])", mark, text, flags=re.IGNORECASE)
    return mark if names_a_place(text, places) else text


def code_of(postcode: str) -> str:
    """A postcode without its spaces; "-" and "n/a" are none, and the first half alone would be found everywhere."""
    code = _POSTCODE_PARTS.sub("", postcode).upper()
    return code if len(code) > 4 and any(one.isdigit() for one in code) else ""


def street_of(lines: str) -> str:
    """The first line that is a street or a house by name, without its number: "Flat 2, 17 Nightjar Close" -> "nightjar close".

    What people write where they may not write an address ("Refuge", "not known", "with her mother") names nothing, nor does a town alone.
    """
    parts = parts_of(lines)
    for is_named in (lambda words: len(words) > 1, lambda words: True):
        for part in parts:
            words = [word for word in part if not any(character.isdigit() for character in word)]
            has_number = len(words) < len(part)  # 14 New Street is a place; "new place" is none
            if words and is_named(words) and (has_number or len(words) > 1 or len(parts) == 1) and not (_UNITS if has_number else _COMMON).issuperset(words):
                return " ".join(words)
    return ""


def parts_of(lines: str) -> list[list[str]]:
    """The words of each part of an address, in order."""
    return [words for part in re.split(r"[\n,]", lines) if (words := _words(part))]


def _words(text):
    return [word.replace("’", "'") for word in _WORDS.findall(text.casefold())]
