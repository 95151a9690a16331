"""The case file's tables, one file for each aggregate."""

from cases.models.alike import Alike
from cases.models.assessment import Answer, Assessment
from cases.models.case import Case
from cases.models.chronology import Entry
from cases.models.clock import Clock, ClockNotice, Notification
from cases.models.contact import ContactAttempt, EarlierCheck, SafeContact, SafeWindow
from cases.models.flag import FlagRemoval, FlagReview, SafetyFlag
from cases.models.merging import MergeUndo, PersonMerge
from cases.models.orders import Order, OrderAlert, OrderBreach, OrderProtects, OrderWording
from cases.models.people import Address, Consent, Party, Person
from cases.models.plan import SafetyPlan
from cases.models.schemes import DvdsRequest, DvdsStep, Marker
from cases.models.sharing import Exclusion, Grant, SharingDecision
from cases.models.task import Task

__all__ = [
    "Address", "Alike", "Answer", "Assessment", "Case", "Clock", "ClockNotice", "Consent", "ContactAttempt", "DvdsRequest", "DvdsStep", "EarlierCheck", "Entry",
    "Exclusion", "FlagRemoval", "FlagReview", "Grant", "Marker", "MergeUndo", "Notification", "Order", "OrderAlert", "OrderBreach", "OrderProtects", "OrderWording",
    "Party", "Person", "PersonMerge", "SafeContact", "SafeWindow", "SafetyFlag", "SafetyPlan", "SharingDecision", "Task",
]
