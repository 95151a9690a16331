"""Reaching somebody without putting them in danger: safe-contact details, safe times, and each attempt."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from agencies.models import Agency
from cases.models.case import Case
from cases.models.people import Party
from cases.rules import spelling
from vault.fields import SealedText, Tokens


class Channel(models.TextChoices):
    PHONE = "phone", "Telephone call"
    TEXT = "text", "Text message"
    VOICEMAIL = "voicemail", "Voicemail"
    EMAIL = "email", "E-mail"
    LETTER = "letter", "Letter"
    VISIT = "visit", "Home visit"
    WORK = "work", "At work"
    THIRD_PERSON = "third_person", "Through another person"
    IN_PERSON = "in_person", "In person, by arrangement"
    # Not a way of ours to reach them: what an attempt holds where the victim/survivor made the contact.
    FROM_THEM = "from_them", "They called us, or came to us"


# The ways in which we can try; what forms offer.
OURS = [choice for choice in Channel.choices if choice[0] != Channel.FROM_THEM]


# Where the value of the channel is a place, it is as protected as the address itself.
PLACES = {Channel.VISIT, Channel.LETTER}


class Safe(models.TextChoices):
    """Unknown counts as unsafe (domain 8.1)."""

    YES = "yes", "Safe"
    NO = "no", "Not safe"
    UNKNOWN = "unknown", "Not known: treat as not safe"


class Times(models.TextChoices):
    """When a safe channel is safe. Where nobody has asked, no time is."""

    ANY = "any", "Any time"
    WINDOWS = "windows", "Only at these times"
    UNKNOWN = "unknown", "Not known"


class Style(models.TextChoices):
    """What a message or letter may look like. Nobody has asked: as if it had to be neutral (domain 8.1)."""

    NEUTRAL = "neutral", "Neutral: no name of ours, nothing of what it is about, a plain envelope"
    NAMED = "named", "It may say who it is from"
    UNKNOWN = "unknown", "Not known"


def _marks_of_contact(contact):
    return spelling.called(contact.value)


class SafeContact(models.Model):
    """One channel to one person, and whether and how it may be used, from `recorded_at` until `ended_at`.

    A change ends the row and a new one `replaces` it, so that what held at an earlier time can still be read. A mark that nobody has
    verified with the victim/survivor is what somebody else said.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="safe_contacts")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="safe_contacts")
    channel = models.CharField(max_length=12, choices=OURS)
    value = SealedText(max_length=300, blank=True, help_text="the number, e-mail address or place")
    tokens = Tokens(_marks_of_contact)
    is_safe = models.CharField(max_length=7, choices=Safe, default=Safe.UNKNOWN)
    times = models.CharField(max_length=7, choices=Times, default=Times.UNKNOWN)
    voicemail = models.CharField(max_length=7, choices=Safe, default=Safe.UNKNOWN)
    how = models.CharField(max_length=500, blank=True, help_text="who may answer, what to say, what never to say")
    code_word = SealedText(max_length=80, blank=True, help_text="the word that tells us it is them")
    duress_word = SealedText(max_length=80, blank=True, help_text="the word that tells us they are not safe to talk")
    may_take = SealedText(max_length=300, blank=True, help_text="who may take a message")
    must_not = SealedText(max_length=300, blank=True, help_text="who must never hear of it")
    style = models.CharField(max_length=7, choices=Style, default=Style.UNKNOWN, db_default=Style.UNKNOWN)
    recorded_at = models.DateTimeField(help_text="when this began to hold")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    verified_at = models.DateTimeField(null=True, blank=True, help_text="when it was last checked with the victim/survivor")
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verified_at=None, verified_by=None) | models.Q(verified_at__isnull=False, verified_by__isnull=False), name="verified_in_full"
            ),
        ]
        indexes = [
            models.Index(fields=["case"], condition=models.Q(ended_at=None), name="safe_contact_current"),
            GinIndex(fields=["tokens"], name="safe_contact_tokens"),
        ]


class AccessChange(models.Model):
    """What the alleged perpetrator can reach changed at an instant, which may be ahead: no check made before it counts after it (domain 8.1)."""

    class Kind(models.TextChoices):
        HOME = "home", "Whether the alleged perpetrator lives with the victim/survivor has changed"
        ADDRESS = "address", "The alleged perpetrator has a new address"
        ACCESS = "access", "The alleged perpetrator is nearer or further away"
        RELEASE = "release", "The alleged perpetrator is released from custody"
        ORDER = "order", "An order against the alleged perpetrator has ended"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="access_changes")
    kind = models.CharField(max_length=7, choices=Kind)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "at"], name="access_changes_once"),
            models.CheckConstraint(condition=models.Q(at__gte=models.F("recorded_at")), name="access_change_takes_nothing_back"),
        ]
        triggers = [pgtrigger.Protect(name="access_change_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]


class EarlierCheck(models.Model):
    """When a channel was checked with the victim/survivor before it was checked again: what an attempt of that time is judged by."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(SafeContact, on_delete=models.PROTECT, related_name="earlier_checks")
    verified_at = models.DateTimeField()
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["verified_at", "id"]


class SafeWindow(models.Model):
    """A time of the week, London time, in which a channel is safe that is safe only at such times."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="safe_windows")
    contact = models.ForeignKey(SafeContact, on_delete=models.PROTECT, related_name="windows")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="safe_window_weekday"),
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="safe_window_ends_after_start"),
        ]


class AttemptOutcome(models.TextChoices):
    REACHED = "reached", "Reached and spoke safely"
    NO_ANSWER = "no_answer", "No answer"
    SOMEONE_ELSE = "someone_else", "Someone else answered; ended the call"
    UNSAFE_TO_TALK = "unsafe_to_talk", "Answered but could not talk safely"
    VOICEMAIL_LEFT = "voicemail_left", "Left a voicemail that was agreed as safe"
    MESSAGE_SENT = "message_sent", "Sent a message in the agreed style"
    UNOBTAINABLE = "unobtainable", "Number or address does not work"


class AnsweredBy(models.TextChoices):
    """Who answered instead. An alleged perpetrator who answers has the channel: it is safe no longer."""

    PERPETRATOR = "perpetrator", "The alleged perpetrator, or it may have been"
    CHILD = "child", "A child"
    ADULT = "adult", "Another adult"
    UNKNOWN = "unknown", "Not known"


class ContactAttempt(models.Model):
    """One attempt to reach the victim/survivor. Only one that reached them, by a safe route, stops a clock."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attempts")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    contact = models.ForeignKey(SafeContact, on_delete=models.PROTECT, null=True, blank=True, related_name="attempts")
    channel = models.CharField(max_length=12, choices=Channel)
    outcome = models.CharField(max_length=20, choices=AttemptOutcome)
    answered_by = models.CharField(max_length=12, choices=AnsweredBy, blank=True)
    was_safe_route = models.BooleanField()
    override_reason = models.CharField(max_length=500, blank=True, help_text="why an unsafe channel or time was used all the same")
    talked_it_through = models.BooleanField(default=False)
    note = models.TextField(max_length=10_000, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["case", "-at"], name="attempt_case_at")]

    @property
    def reached(self):
        return self.outcome == AttemptOutcome.REACHED
