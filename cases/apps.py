from django.apps import AppConfig


class Cases(AppConfig):
    name = "cases"

    def ready(self):
        """A door that a role may not pass answers, of a case, as the case file does: 404 unseen, 403 seen but not allowed."""
        from agencies import doors
        from cases.access import refusal

        doors.case_refusal[:] = [refusal]
