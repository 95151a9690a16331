"""The paths of the worklist, the search and the notices."""

from django.urls import path

from cases.views import notices, repeats, search, team, work

urlpatterns = [
    path("work/", work.my_work, name="work"),
    path("work/due/", work.everything_due, name="work_due"),
    path("work/team/", team.overview, name="team"),
    path("work/team/<slug:whom>/", team.worker, name="team_worker"),
    path("work/team/<slug:whom>/hand-over/", team.hand, name="team_hand_over"),
    path("find/", search.find_case, name="find"),
    path("repeats/", repeats.repeat_list, name="repeats"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
]
