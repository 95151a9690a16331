"""The case file's paths, a list for each room of views."""

from cases.urls.assessment import urlpatterns as assessment
from cases.urls.attachments import urlpatterns as attachments
from cases.urls.case_file import urlpatterns as case_file
from cases.urls.children import urlpatterns as children
from cases.urls.merging import urlpatterns as merging
from cases.urls.orders import urlpatterns as orders
from cases.urls.safety import urlpatterns as safety
from cases.urls.sharing import urlpatterns as sharing
from cases.urls.work import urlpatterns as work

urlpatterns = [*work, *case_file, *merging, *assessment, *children, *orders, *safety, *sharing, *attachments]
