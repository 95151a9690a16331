"""MARAC's tables, one file for each aggregate: the meeting, the referral, the listing."""

from marac.models.listing import Listing
from marac.models.meeting import Meeting, MeetingState
from marac.models.referral import Referral, ReferralState, Step

__all__ = ["Listing", "Meeting", "MeetingState", "Referral", "ReferralState", "Step"]
