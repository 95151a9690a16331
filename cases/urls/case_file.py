"""The paths of the case page and what is done on it. No address says what it is about."""

from django.urls import path

from cases.views import case_file, chronology, closing, contact, contact_others, equality, people

_CASE = "cases/<str:reference>/"

urlpatterns = [
    path(_CASE, case_file.case_page, name="case"),
    path(f"{_CASE}chronology/", chronology.case_chronology, name="case_chronology"),
    path(f"{_CASE}chronology/file/", chronology.chronology_file, name="chronology_file"),
    path(f"{_CASE}chronology/add/", case_file.note_add, name="note_add"),
    path(f"{_CASE}chronology/<int:entry_id>/", case_file.entry, name="entry"),
    path(f"{_CASE}chronology/<int:entry_id>/share/", chronology.entry_share, name="entry_share"),
    path(f"{_CASE}chronology/<int:entry_id>/correct/", case_file.entry_correct, name="entry_correct"),
    path(f"{_CASE}actions/<int:task_id>/", case_file.task_finish, name="task_finish"),
    path(f"{_CASE}details/", case_file.case_stalking, name="case_stalking"),
    path(f"{_CASE}priority/", case_file.case_priority, name="case_priority"),
    path(f"{_CASE}contact/", contact.case_contact, name="case_contact"),
    path(f"{_CASE}contact/<int:attempt_id>/", contact.case_contact_saved, name="case_contact_saved"),
    path(f"{_CASE}channels/add/", people.safe_contact_add, name="safe_contact_add"),
    path(f"{_CASE}channels/<int:contact_id>/", people.safe_contact_change, name="safe_contact_change"),
    path(f"{_CASE}channels/<int:contact_id>/checked/", people.safe_contact_verify, name="safe_contact_verify"),
    path(f"{_CASE}talking/", people.case_talking, name="case_talking"),
    path(f"{_CASE}channels/<int:contact_id>/end/", people.safe_contact_end, name="safe_contact_end"),
    path(f"{_CASE}channels/<int:contact_id>/number/", contact.contact_number, name="contact_number"),
    path(f"{_CASE}people/add/", people.person_add, name="person_add"),
    path(f"{_CASE}people/<int:party_id>/", people.person_change, name="person_change"),
    path(f"{_CASE}people/<int:party_id>/address/", people.address_change, name="address_change"),
    path(f"{_CASE}people/<int:party_id>/addresses/", people.address, name="address"),
    path(f"{_CASE}people/<int:party_id>/contact/", contact_others.contact_with, name="contact_with"),
    path(f"{_CASE}people/<int:party_id>/contact/add/", contact_others.contact_with_add, name="contact_with_add"),
    path(f"{_CASE}people/<int:party_id>/contact/record/", contact_others.contact_with_record, name="contact_with_record"),
    path(f"{_CASE}people/<int:party_id>/monitoring/", equality.equality, name="equality"),
    path(f"{_CASE}consent/", people.case_consent, name="case_consent"),
    path(f"{_CASE}clocks/<int:clock_id>/reason/", closing.clock_reason, name="clock_reason"),
    path(f"{_CASE}clocks/<int:clock_id>/stop/", closing.clock_stop, name="clock_stop"),
    path(f"{_CASE}close/", closing.case_close, name="case_close"),
    path(f"{_CASE}closings/<int:closing_id>/", closing.closing, name="closing"),
    path(f"{_CASE}reopen/", closing.case_reopen, name="case_reopen"),
]
