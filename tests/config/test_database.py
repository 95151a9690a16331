"""The test's own ground: the application's role, its limits, and that an emptied database goes back to its seed."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_tests_run_as_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('is_superuser')")
        assert cursor.fetchone() == (settings.DATABASE_APP_ROLE, "off")
