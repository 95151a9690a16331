"""Names, numbers and postcodes as they are looked up: without what two people type differently. Of a mark, only its keyed token is stored (vault/tokens.py)."""

import re
import unicodedata
from datetime import date

import jellyfish

# Letters that are typed without their stroke, and apostrophes that Unicode counts as letters.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ʻ": "", "ʼ": "", "ʽ": "", "ʹ": "", "ˈ": ""})
# What parts one word of a name from the next. An apostrophe does not: O'Neill and ONeill are one word.
_BETWEEN = re.compile(r"[\s,./\\_\-‐-―]+")

# The kinds of marks.
NEAR, SOUND, TRIGRAM, NAME, BORN, CALLED, POSTCODE = "near", "sound", "trigram", "name", "born", "called", "postcode"
_SHORT = 4  # of a word with fewer letters, one letter less is another word


def folded(name: str) -> str:
    """A name without what two people type differently: case, accents, apostrophes, hyphens, full stops, spaces."""
    if name.isascii():  # most names, and many of them at a time
        return "".join(filter(str.isalnum, name.casefold()))
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).translate(_PLAIN)
    # By combining class, not by category: the vowels of some scripts are marks too, and belong to the name.
    return "".join(letter for letter in letters if not unicodedata.combining(letter) and unicodedata.category(letter)[0] not in "PZCS")


def words(*names: str) -> list[str]:
    """The folded words of names, each once, in the order in which they are written."""
    found = (folded(word) for name in names for word in _BETWEEN.split(name))
    return list(dict.fromkeys(word for word in found if word))


def sounds(word: str) -> set[str]:
    """How a folded word sounds, two ways; nothing for scripts that these ways do not know, and nothing for initials, which sound like too much."""
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return set()
    return {f"m{jellyfish.metaphone(word)}", f"n{jellyfish.nysiis(word)}"} - {"m", "n"}


def near(word: str) -> set[str]:
    """A folded word and the word without each of its letters. Two words with one letter wrong, missing, too many or in its neighbour's place share one of these."""
    return {word} | ({word[:place] + word[place + 1 :] for place in range(len(word))} if len(word) >= _SHORT else set())


def trigrams(word: str) -> list[str]:
    """The runs of three letters of a folded word, in order; its beginning counts twice and its end once, so that beginnings weigh more."""
    padded = f"  {word} "
    return [padded[start : start + 3] for start in range(len(padded) - 2)]


def likeness(parts: set[str], others: set[str]) -> float:
    """How alike two words are by their trigrams, from 0 to 1: those that they share among all that they have."""
    return len(parts & others) / len(parts | others)


def name_marks(*names: str) -> set[tuple[str, str]]:
    """The marks of every word of somebody's names."""
    marks = set()
    for word in words(*names):
        marks |= alike(word) | {(TRIGRAM, part) for part in trigrams(word)}
    return marks


def alike(word: str) -> set[tuple[str, str]]:
    """The marks that a folded word shares with one that is a letter away from it, or sounds the same."""
    return {(NEAR, one) for one in near(word)} | {(SOUND, sound) for sound in sounds(word)}


def whole_name(given_name: str, family_name: str) -> set[tuple[str, str]]:
    """The mark of a name as one, however it is divided; none for nobody."""
    name = folded(given_name + family_name)
    return {(NAME, name)} if name else set()


def birth(day: date | None) -> set[tuple[str, str]]:
    """The mark of a date of birth."""
    return {(BORN, day.isoformat())} if day else set()


def called(value: str) -> set[tuple[str, str]]:
    """The mark of a telephone number (by its last nine digits, whatever stands before them) or of an e-mail address; none for a place in words."""
    plain = value.strip().casefold()
    if "@" in plain:
        return {(CALLED, plain)}
    digits = re.sub(r"[\s().\-‐-―/+]", "", plain)
    return {(CALLED, digits[-9:])} if digits.isascii() and digits.isdigit() and len(digits) >= 9 else set()


def incident_code(number: str) -> str:
    """A police incident number as it is compared and counted: one incident is one number, with or without spaces, hyphens, slashes, dots and capitals.

    Nothing where no figure is in it: "not known" is no number, and would make one incident of many.
    """
    code = folded(number)
    return code if any(mark.isdigit() for mark in code) else ""


def postal(postcode: str) -> set[tuple[str, str]]:
    """The mark of a postcode."""
    plain = re.sub(r"\s", "", postcode).upper()
    return {(POSTCODE, plain)} if plain else set()
