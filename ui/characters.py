"""Owns which characters an answer may hold: any script and any punctuation, but nothing that cannot be printed."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

MESSAGE = "Some characters that cannot be printed were taken out. Check what is left and save it again"


def _is_unprintable(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r"


def has_unprintable(text: str) -> bool:
    """Whether the text holds control characters other than a tab or the end of a line, or half characters."""
    return any(map(_is_unprintable, text))


def without_unprintable(text: str) -> str:
    """The text as it is shown again after a refusal: nobody can delete what they cannot see."""
    return "".join(character for character in text if not _is_unprintable(character))


class Printable(ProhibitNullCharactersValidator):
    """Refuses NUL and every other control character. It takes the place of Django's check for NUL alone."""

    def __init__(self) -> None:
        super().__init__(message=MESSAGE, code="unprintable")

    def __call__(self, value) -> None:
        if has_unprintable(str(value)):
            raise ValidationError(self.message, code=self.code)
