"""What is asked for equality monitoring, and what may be answered (domain 9.1 E1; Equality Act 2010, s4 and s149).

That somebody was not asked, and that they would rather not say, are answers of their own: neither is a no, and neither may be counted as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

NOT_ASKED, PREFER_NOT, SELF = "not_asked", "prefer_not", "self"
_ENDS = {PREFER_NOT: "Prefers not to say", NOT_ASKED: "Not asked"}
_YES_NO = {"yes": "Yes", "no": "No"}
# Whose answers are kept: nobody asks these of an alleged perpetrator here.
ROLES = frozenset({"victim", "child", "adult"})
LONGEST_WORDS = 120


@dataclass(frozen=True)
class Question:
    """One question, and the answers that a return counts."""

    label: str
    answers: Mapping[str, str]
    hint: str = ""

    @property
    def choices(self):
        """The answers as they are offered, the two that are none last."""
        return [*self.answers.items(), *_ENDS.items()]

    @property
    def takes_words(self):
        """May they say it in words of their own?"""
        return SELF in self.answers


QUESTIONS = {
    "gender": Question("How do they describe their gender?", {"woman": "Woman", "man": "Man", "non_binary": "Non-binary", SELF: "In their own words"}),
    "same_gender": Question("Is that the sex that was registered at birth?", _YES_NO),
    "ethnicity": Question(
        "Ethnic group",
        {
            "white_british": "White: English, Welsh, Scottish, Northern Irish or British",
            "white_irish": "White: Irish",
            "white_traveller": "White: Gypsy or Irish Traveller",
            "white_roma": "White: Roma",
            "white_other": "White: any other",
            "mixed_caribbean": "Mixed: White and Black Caribbean",
            "mixed_african": "Mixed: White and Black African",
            "mixed_asian": "Mixed: White and Asian",
            "mixed_other": "Mixed: any other",
            "asian_indian": "Asian or Asian British: Indian",
            "asian_pakistani": "Asian or Asian British: Pakistani",
            "asian_bangladeshi": "Asian or Asian British: Bangladeshi",
            "asian_chinese": "Asian or Asian British: Chinese",
            "asian_other": "Asian or Asian British: any other",
            "black_african": "Black or Black British: African",
            "black_caribbean": "Black or Black British: Caribbean",
            "black_other": "Black or Black British: any other",
            "arab": "Arab",
            SELF: "In their own words",
        },
        "The groups of the 2021 Census.",
    ),
    "disability": Question(
        "Does a condition or illness of 12 months or more make day-to-day things harder?", {"a_lot": "Yes, a lot", "a_little": "Yes, a little", "no": "No"},
    ),
    "orientation": Question(
        "Sexual orientation", {"straight": "Straight or heterosexual", "gay": "Gay or lesbian", "bisexual": "Bisexual", SELF: "In their own words"},
    ),
    "religion": Question(
        "Religion or belief",
        {
            "none": "None", "christian": "Christian", "buddhist": "Buddhist", "hindu": "Hindu", "jewish": "Jewish", "muslim": "Muslim", "sikh": "Sikh",
            SELF: "In their own words",
        },
    ),
    "language": Question("Main language", {"english": "English", "bsl": "British Sign Language", SELF: "Another language"}),
    "marital": Question(
        "Marital status",
        {
            "single": "Never married or in a civil partnership", "married": "Married", "civil": "In a civil partnership", "separated": "Separated",
            "divorced": "Divorced, or dissolved", "widowed": "Widowed, or a surviving partner",
        },
    ),
    "pregnancy": Question("Pregnancy", {"pregnant": "Pregnant", "baby": "Had a baby in the last 26 weeks", "no": "Neither"}),
    "nrpf": Question("Are they without recourse to public funds?", _YES_NO, "Because of their immigration status. It decides what help there is, never whether there is any."),
}


def reasons_unfit(answers: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    """Why what was answered cannot be kept, by question; empty when it can. What is left out counts as not asked."""
    reasons = {code: "Choose an answer." for code, answer in answers.items() if code not in QUESTIONS or answer not in dict(QUESTIONS[code].choices)}
    for code, question in QUESTIONS.items():
        said = words.get(code, "").strip()
        if question.takes_words and answers.get(code) == SELF and not said:
            reasons[code] = "Write down what they said."
        elif len(said) > LONGEST_WORDS:
            reasons[code] = f"Write it in {LONGEST_WORDS} characters or fewer."
    if not reasons and all(answers.get(code, NOT_ASKED) == NOT_ASKED for code in QUESTIONS):
        reasons["gender"] = "Nothing is answered yet. Answer at least one question, or go back."
    return reasons


def reasons_not_asked_of(role: str) -> list[str]:
    """Why these are not asked of somebody."""
    return [] if role in ROLES else ["These questions are for the victim/survivor and their family."]
