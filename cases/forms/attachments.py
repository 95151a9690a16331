"""Forms for files: adding one, deciding who may open it, withdrawing it."""

from django import forms
from django.conf import settings

from cases.forms.case_file import OnceForm, audience_field
from cases.reading.apart import read_apart
from cases.rules.file_types import TAKEN, reasons_name_lies, reasons_too_large
from ui.fields import ChoiceField
from vault.uploads import MEGABYTE

KEEP = "own"


def most_bytes():
    """How large a file may be."""
    return settings.FILE_MOST_MEGABYTES * MEGABYTE


class AddFileForm(OnceForm):
    """A file and what it is. The file is asked for last: what stands before it is kept whatever comes of it."""

    asks_about_place = True

    def __init__(self, *args, readers, is_replacing=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.found = None
        fields = self.fields
        fields["title"] = forms.CharField(label="What is it?", max_length=200, help_text="A few words, without names: “Letter from the school, 3 March”.")
        if is_replacing:
            fields["why"] = forms.CharField(label="Why does it take the place of the other?", max_length=300)
        fields["audience"] = audience_field(readers)
        fields["shows_place"] = forms.BooleanField(
            label="It shows where somebody is who has to stay protected", required=False,
            help_text="Only those who may see protected addresses can open it. Waymark reads documents for this, but not pictures or scans.",
        )
        fields["file"] = forms.FileField(
            label="The file", help_text=f"{TAKEN}. No larger than {settings.FILE_MOST_MEGABYTES} MB.", allow_empty_file=True,
            error_messages={"required": "Choose a file", "invalid": "Choose a file", "max_length": "The name of the file is too long. Give it a shorter one"},
        )

    def clean_file(self):
        """What the file is, by its content: the name proves nothing."""
        file = self.cleaned_data["file"]
        if reasons := reasons_too_large(file.size, most_bytes()):
            raise forms.ValidationError(reasons)
        found = read_apart(file.chunks())
        reasons = [found.reason] if found.reason else reasons_name_lies(file.name, found.kind)
        if reasons:
            raise forms.ValidationError(reasons)
        self.found = found
        return file

    def clean(self):
        facts = super().clean()
        if self.errors and facts.get("file"):
            self.add_error("file", "Choose the file again. Nothing is wrong with it, but a browser does not keep it while something else is put right")
        return facts


class ShareFileForm(OnceForm):
    """`waits`: it was meant for partners, so that leaving it with one's own agency (or `of`, for which one decides) is a decision too."""

    def __init__(self, *args, readers, is_protected, waits=False, of="my agency", **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("protected", "Partners who may see protected addresses")] if is_protected else [
            ("all", "All the case’s partners"), ("protected", "Partners who may see protected addresses"),
        ]
        self.fields["waited"] = forms.BooleanField(required=False, initial="yes" if waits else "", widget=forms.HiddenInput)
        if waits or self.data.get("waited"):
            # Sent twice, or after a colleague: it waits no longer, and the answer was one of the choices all the same.
            choices = [*choices, (KEEP, f"Nobody else: it stays with {of}")]
        named = f"Will be opened by: {', '.join(readers)}"
        self.fields["for_whom"] = ChoiceField(
            label="Who may open it?", choices=choices, hints={"all": f"{named}.", "protected": f"{named}, and there by those alone whose role may see such an address."},
        )


class WithdrawFileForm(OnceForm):
    for_own_agency = True

    reason = forms.CharField(
        label="Why is it withdrawn?", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Your agency reads this. Others learn that a file was withdrawn, and no more.",
    )
