"""Owns the letters inside printed documents: bundled fonts, so that a document is the same on every machine.

Each font file has a family name of its own: the printer tells fonts apart by name and weight only, and two files under one
name would scramble the text that a screen reader or a search reads back.
"""

import re

WEIGHTS = (400, 700)
# family name in the style sheet: (file, the characters it is there for; nothing where it is always there)
FONTS = {
    "Print Latin": ("atkinson-hyperlegible-next-latin", ""),
    "Print Latin Extended": ("atkinson-hyperlegible-next-latin-ext", ""),
    "Print Vietnamese": ("noto-sans-vietnamese", "\u01a0-\u01b0\u0300-\u0329\u1ea0-\u1ef9"),
    "Print Greek": ("noto-sans-greek", "\u0370-\u03ff"),
    "Print Greek Extended": ("noto-sans-greek-ext", "\u1f00-\u1fff"),
    "Print Cyrillic": ("noto-sans-cyrillic", "\u0400-\u045f\u0490-\u0491\u04b0-\u04b1\u2116"),
    "Print Cyrillic Extended": ("noto-sans-cyrillic-ext", "\u0460-\u052f\u2de0-\u2dff\ua640-\ua69f"),
    "Print Hebrew": ("noto-sans-hebrew-hebrew", "\u0590-\u05ff\ufb1d-\ufb4f"),
    "Print Arabic": ("noto-sans-arabic-arabic", "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc"),
    "Print Devanagari": ("noto-sans-devanagari", "\u0900-\u097f"),
    "Print Bengali": ("noto-sans-bengali-bengali", "\u0980-\u09ff"),
    "Print Gurmukhi": ("noto-sans-gurmukhi-gurmukhi", "\u0a00-\u0a7f"),
    "Print Gujarati": ("noto-sans-gujarati-gujarati", "\u0a80-\u0aff"),
    "Print Tamil": ("noto-sans-tamil-tamil", "\u0b80-\u0bff"),
    "Print Ethiopic": ("noto-sans-ethiopic-ethiopic", "\u1200-\u139f\u2d80-\u2ddf"),
}
_NEEDED_BY = {family: re.compile(f"[{characters}]") for family, (_, characters) in FONTS.items() if characters}


def families_for(text: str) -> tuple[str, ...]:
    """The families that a document needs for its letters; loading all of them each time would take seconds."""
    rare = [] if text.isascii() else [family for family, wanted in _NEEDED_BY.items() if wanted.search(text)]
    return ("Print Latin", "Print Latin Extended", *rare)


def font_faces(families: tuple[str, ...]) -> str:
    """The style rules that load these families."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};src:url("fonts/{FONTS[family][0]}-{weight}-normal.woff2")}}'
        for family in families
        for weight in WEIGHTS
    )


def font_stack() -> str:
    """The order in which a letter is looked for; the machine's own fonts come last, for scripts that we do not bundle."""
    return ", ".join(f'"{family}"' for family in FONTS) + ", sans-serif"
