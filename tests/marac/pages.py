"""What the tests of the pages share: every address of a listed case, what must never reach the desk, the words of a document."""

import pypdfium2
from django.urls import reverse

from marac.models import Meeting

CANARY = "Nine Acre Cottages"
AT_THE_DESK = ["marac_listing", "marac_decide", "marac_repeat", "marac_list", "marac_unlist"]


def urls_of(case):
    referral, meeting = case.marac_referrals.get(), Meeting.objects.get()
    on_case = ["marac_referral", "marac_referral_send", "marac_referral_withdraw", *AT_THE_DESK]
    on_meeting = ["marac_meeting", "marac_meeting_pdf", "marac_meeting_edit", "marac_meeting_move", "marac_meeting_cancel", "marac_meeting_held"]
    return [
        reverse("marac_referral_new", args=[case.reference]),
        reverse("marac_received", args=[case.reference]),
        *(reverse("marac_referral_page", args=[case.reference, referral.pk, page]) for page in ("criteria", "voice", "sharing", "unknowns")),
        *(reverse(name, args=[case.reference, referral.pk]) for name in on_case),
        *(reverse(name, args=[meeting.pk]) for name in on_meeting),
    ]


def text_of(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def page_of(draft, page):
    return reverse("marac_referral_page", args=[draft.case.reference, draft.pk, page])
