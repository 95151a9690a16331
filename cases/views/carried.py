"""Carrying the answers of one page of a form through to the next, so that nothing is kept and nothing is lost."""

from django.forms import MultiWidget


def carried(typed, *form_classes):
    """The answers to the questions of these forms as they were sent: (name, value) pairs for hidden inputs."""
    names = [name for form_class in form_classes for field_name, field in form_class.base_fields.items() for name in _inputs(field_name, field)]
    return [(name, value) for name in names for value in typed.getlist(name)]


def _inputs(name, field):
    if isinstance(field.widget, MultiWidget):
        return [name + part for part in field.widget.widgets_names]
    return [name]
