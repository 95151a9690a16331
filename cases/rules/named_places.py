"""Whether a text names a place that is protected: a postcode or a street and number written into it would pass the protection by (domain 8.3)."""

import re

_POSTCODE_PARTS = re.compile(r"[\s.\-]+")
_WORDS = re.compile(r"[\w’']+")
# What an address line may hold besides the name of a place: a number alone would be found in every text.
_SHORTEST = 4


def names_a_place(text: str, places: list[tuple[str, str]]) -> bool:
    """Does the text name one of these places, given as (lines, postcode)? Spelling of spaces, capitals and stops does not matter."""
    packed = _POSTCODE_PARTS.sub("", text).upper()
    words = f" {' '.join(_words(text))} "
    for lines, postcode in places:
        if postcode and _POSTCODE_PARTS.sub("", postcode).upper() in packed:
            return True
        street = _street(lines)
        if len(street) >= _SHORTEST and f" {street} " in words:
            return True
    return False


def without_places(text: str, places: list[tuple[str, str]], mark: str) -> str:
    """The text with each of these places left out. Where one cannot be cut out cleanly, nothing of the text is left."""
    if not names_a_place(text, places):
        return text
    for lines, postcode in places:
        packed = _POSTCODE_PARTS.sub("", postcode)
        if packed:
            text = re.sub(r"[\s.\-]*".join(map(re.escape, packed)), mark, text, flags=re.IGNORECASE)
        words = _street(lines).split()
        if len(" ".join(words)) >= _SHORTEST:
            # With the number before it, and the flat before that.
            named = r"[^\w’']+".join(re.escape(word).replace("'", "['’]") for word in words)
            text = re.sub(rf"(?:\bflat\W+\w+\W+)?(?:\b\d+\w?\W+)?(?<![\w’']){named}(?![\w’'])", mark, text, flags=re.IGNORECASE)
    return mark if names_a_place(text, places) else text


def _street(lines):
    """The first line that is a street or a house by name, without its number: "Flat 2, 17 Nightjar Close" -> "nightjar close"."""
    named = [[word for word in _words(part) if not any(character.isdigit() for character in word)] for part in re.split(r"[\n,]", lines)]
    return " ".join(next((words for words in named if len(words) > 1), named[0]))


def _words(text):
    return [word.replace("’", "'") for word in _WORDS.findall(text.casefold())]
