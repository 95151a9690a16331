"""The case file's tables, one file for each aggregate."""

from cases.models.alike import Alike
from cases.models.assessment import Answer, Assessment
from cases.models.attachment import Attachment
from cases.models.case import Case
from cases.models.children import ChildDecision, ChildDetails, ChildNote, ChildrenAsked, ChildRisk
from cases.models.chronology import Entry
from cases.models.clock import Clock, ClockNotice, Notification
from cases.models.closing import Closing, EarlierCase
from cases.models.contact import AccessChange, ContactAttempt, EarlierCheck, SafeContact, SafeWindow
from cases.models.equality import Equality
from cases.models.flag import FlagRemoval, FlagReview, SafetyFlag
from cases.models.merging import MergeUndo, PersonMerge
from cases.models.orders import Order, OrderAlert, OrderBreach, OrderProtects, OrderWording
from cases.models.people import Address, Consent, Party, Person
from cases.models.plan import SafetyPlan
from cases.models.risk import RiskEvent
from cases.models.schemes import DvdsRequest, DvdsStep, Marker
from cases.models.sharing import Exclusion, Grant, SharingDecision
from cases.models.task import Task
from cases.models.wording import Wording

__all__ = [
    "AccessChange", "Address", "Alike", "Answer", "Assessment", "Attachment", "Case", "ChildDecision", "ChildDetails", "ChildNote", "ChildRisk", "ChildrenAsked", "Clock",
    "ClockNotice", "Closing", "Consent", "ContactAttempt", "DvdsRequest", "DvdsStep", "EarlierCase", "EarlierCheck", "Entry", "Equality", "Exclusion",
    "FlagRemoval", "FlagReview", "Grant", "Marker", "MergeUndo", "Notification", "Order", "OrderAlert", "OrderBreach", "OrderProtects", "OrderWording",
    "Party", "Person", "PersonMerge", "RiskEvent", "SafeContact", "SafeWindow", "SafetyFlag", "SafetyPlan", "SharingDecision", "Task", "Wording",
]
