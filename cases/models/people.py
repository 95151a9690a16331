"""People on a case: who they are, what part they have in it, where they live, what they agreed to."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.rules import spelling
from cases.rules.people import called
from vault.fields import ReadOff, SealedDate, SealedText, Tokens


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Another description"
    UNKNOWN = "unknown", "Not known"


def _marks_of_person(person):
    names = (person.given_name, person.family_name)
    return spelling.name_marks(*names, person.also_known_as) | spelling.whole_name(*names) | spelling.birth(person.date_of_birth)


def _year_of_birth(person):
    return person.date_of_birth.year if person.date_of_birth else None


def _marks_of_address(address):
    return spelling.postal(address.postcode)


class Person(models.Model):
    """A human being, once. The same person may be victim in one case and alleged perpetrator in another: the parts are on Party.

    Names and the date of birth are sealed; `tokens` finds them again, and the year of birth stays in clear for the returns (docs/adr/0021).
    """

    # What says who they are; whoever saves one of these saves READ_OFF with it.
    IDENTIFYING = ("given_name", "family_name", "also_known_as", "date_of_birth")
    READ_OFF = ("tokens", "birth_year")

    given_name = SealedText(max_length=120, blank=True)
    family_name = SealedText(max_length=120, blank=True)
    also_known_as = SealedText(max_length=200, blank=True)
    date_of_birth = SealedDate(null=True, blank=True)
    birth_year = ReadOff(_year_of_birth)
    tokens = Tokens(_marks_of_person)
    approximate_age = models.PositiveSmallIntegerField(null=True, blank=True, help_text="where the date of birth is not known, at `recorded_at`")
    sex = models.CharField(max_length=10, choices=Sex, default=Sex.UNKNOWN)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [GinIndex(fields=["tokens"], name="person_tokens")]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return called(self.given_name, self.family_name)


class Role(models.TextChoices):
    VICTIM = "victim", "Victim/survivor"
    PERPETRATOR = "perpetrator", "Alleged perpetrator"
    CHILD = "child", "Child"
    ADULT = "adult", "Other adult at risk"


class Relationship(models.TextChoices):
    """How a party stands to the victim/survivor. Personal connection as in the 2021 Act, s2 (SEED-025)."""

    PARTNER = "partner", "Partner"
    EX_PARTNER = "ex_partner", "Former partner"
    SPOUSE = "spouse", "Husband, wife or civil partner"
    PARENT = "parent", "Parent"
    CHILD = "child", "Son or daughter"
    SIBLING = "sibling", "Brother or sister"
    RELATIVE = "relative", "Other relative"
    SHARED_PARENTAL = "shared_parental", "Shares parental responsibility"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Not known"


class Interpreter(models.TextChoices):
    """What somebody needs to be talked with: a professional, never family, friends or children (domain 8.1)."""

    NONE = "none", "Nobody and nothing"
    SPOKEN = "spoken", "An interpreter of that language"
    BSL = "bsl", "A British Sign Language interpreter"
    RELAY = "relay", "A relay service, by text or video"
    UNKNOWN = "unknown", "Not asked"


class WorkerGender(models.TextChoices):
    WOMAN = "woman", "A woman"
    MAN = "man", "A man"
    ANY = "any", "It does not matter"
    UNKNOWN = "unknown", "Not asked"


class Party(models.Model):
    """A person's part in one case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="parts")
    parted_from = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="the record that it shared with other cases before")
    role = models.CharField(max_length=12, choices=Role)
    relationship = models.CharField(max_length=20, choices=Relationship, default=Relationship.UNKNOWN, help_text="to the victim/survivor")
    lives_with_victim = models.BooleanField(null=True, blank=True)
    moved_out_said_at = models.DateTimeField(null=True, blank=True, help_text="when it was last recorded that they no longer live in the same home")
    is_unborn = models.BooleanField(default=False)
    expected_on = models.DateField(null=True, blank=True)
    # How they want to be talked with, whichever way they are reached.
    speaks = SealedText(max_length=80, blank=True, help_text="the language, where it is not English")
    interpreter = models.CharField(max_length=7, choices=Interpreter, default=Interpreter.UNKNOWN, db_default=Interpreter.UNKNOWN)
    interpreter_note = SealedText(max_length=300, blank=True, help_text="which interpreter, and who must never interpret")
    worker_gender = models.CharField(max_length=7, choices=WorkerGender, default=WorkerGender.UNKNOWN, db_default=WorkerGender.UNKNOWN)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "parties"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(role="victim"), name="one_victim_a_case"),
            # The same person cannot be both victim and alleged perpetrator of one case, nor stand in it twice.
            models.UniqueConstraint(fields=["case", "person"], name="one_part_a_case"),
        ]
        triggers = [
            # A part goes over to another record by what two people decided, and goes back the same way (cases/models/merging.py). Alone it goes to a record
            # of its own that nobody else has (cases/one_record.py).
            pgtrigger.Trigger(
                name="part_moves_with_a_merge",
                operation=pgtrigger.UpdateOf("person_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.AnyChange("person"),
                func="""
                    IF NEW.parted_from_id = OLD.person_id AND NOT EXISTS (SELECT 1 FROM cases_party p WHERE p.person_id = NEW.person_id)
                       AND NOT EXISTS (SELECT 1 FROM cases_personmerge m WHERE NEW.person_id IN (m.kept_id, m.absorbed_id))
                    THEN RETURN NEW; END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM cases_personmerge m WHERE m.decision = 'approved' AND m.decided_by_id <> m.proposed_by_id AND NEW.id = ANY(m.moved)
                          AND (m.undone_at IS NULL AND m.absorbed_id = OLD.person_id AND m.kept_id = NEW.person_id
                            OR m.undone_at IS NOT NULL AND m.kept_id = OLD.person_id AND m.absorbed_id = NEW.person_id)
                    ) THEN RAISE EXCEPTION 'two people have not decided that this part is another record''s'; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} on {self.case_id}"

    @property
    def name(self):
        """What somebody is called who works on the case."""
        return called(self.person.given_name, self.person.family_name, self.is_unborn)


class Visibility(models.TextChoices):
    NORMAL = "normal", "Normal"
    RESTRICTED = "restricted", "Restricted"
    CONFIDENTIAL = "confidential", "Confidential (refuge or fled address)"


class Address(models.Model):
    """Where a party lives or lived. Anything but `normal` is shown only to those who hold `see_protected_address` (domain 8.3)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="addresses")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="addresses")
    lines = SealedText(max_length=300, blank=True)
    postcode = SealedText(max_length=10, blank=True)
    tokens = Tokens(_marks_of_address)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.NORMAL)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["-from_at", "-id"]
        indexes = [GinIndex(fields=["tokens"], name="address_tokens")]


class ConsentState(models.TextChoices):
    GIVEN = "given", "Given"
    REFUSED = "refused", "Refused"
    NOT_ASKED_UNSAFE = "not_asked_unsafe", "Not asked: it was not safe to ask"
    NOT_ASKED = "not_asked", "Not asked yet"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Consent(models.Model):
    """What the victim/survivor said about sharing: a new row at each change, the latest holds (SEED-114)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="consents")
    state = models.CharField(max_length=20, choices=ConsentState)
    scope = models.CharField(max_length=300, blank=True, help_text="what for and with whom, in the person's words")
    reason = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-recorded_at", "-id"]
