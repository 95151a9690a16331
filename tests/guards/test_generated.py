"""Documentation that cannot lie: the generated pages are those that the code would write now."""

from io import StringIO

from django.core.management import call_command


def test_the_generated_pages_are_up_to_date():
    said = StringIO()
    call_command("generate_docs", "--check", stdout=said, stderr=said)
    assert "up to date" in said.getvalue()
