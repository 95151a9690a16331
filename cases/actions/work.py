"""What a person does with their own worklist: notices are read."""

from agencies.gate import Change, agency_action
from cases.models import Notification


@agency_action("notice.read", "search_cases")
def read_notices(act, *, notice=None):
    """Mark one of one's own notices as read, or all of them."""
    mine = Notification.objects.filter(user=act.actor.user_id, read_at=None)
    if notice is not None:
        mine = mine.filter(pk=notice)
    read = mine.update(read_at=act.at)
    return Change(subject=f"notice:{notice}" if notice else "notices", after={"read": read}, result=read)
