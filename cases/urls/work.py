"""The paths of the worklist, the search and the notices."""

from django.urls import path

from cases.views import notices, repeats, search, work

urlpatterns = [
    path("work/", work.my_work, name="work"),
    path("find/", search.find_case, name="find"),
    path("repeats/", repeats.repeat_list, name="repeats"),
    path("notices/", notices.notices, name="notices"),
]
