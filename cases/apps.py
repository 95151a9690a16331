from django.apps import AppConfig


class Cases(AppConfig):
    name = "cases"

    def ready(self):
        """A door that a role may not pass answers, of a case, as the case file does: 404 unseen, 403 seen but not allowed, kept in the log."""
        from agencies import doors
        from cases.access import refuse_look

        doors.case_refusal[:] = [refuse_look]
