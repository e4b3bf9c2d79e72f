"""The form of a demonstration base."""

from forms.fields import cell
from forms.record import RecordForm, Section
from rules.words import N_
from schema.bases import BASES

TITLE_FIELDS = ("status", "announced_on", "document_number", "title_first_day", "title_last_day")


class BaseForm(RecordForm):
    """A base: what it is, who runs it, what it has, and the title it holds."""

    sheet = BASES
    sections = (
        Section(
            N_("The base"),
            (("name",), ("county", "base_type"), ("address",), ("operating_since", "floor_area")),
        ),
        Section(N_("Operator"), (("operator",), ("uscc", "legal_representative"))),
        Section(
            N_("Services"), (("service_staff", "online_system"),), N_("Counted for Art. 5(3) and Art. 7(1).")
        ),
        Section(
            N_("Title"),
            (("status", "document_number"), ("announced_on",), ("title_first_day", "title_last_day")),
            N_("Only for titles that were announced before this system was in use, and for corrections."),
        ),
        Section(N_("Contact"), (("contact_name", "contact_phone"), ("contact_email",), ("notes",))),
    )

    name = cell(BASES, "name")
    county = cell(BASES, "county")
    base_type = cell(BASES, "base_type", N_("One of the kinds of Art. 3."))
    address = cell(BASES, "address")
    operating_since = cell(
        BASES, "operating_since", N_("The day the operator began to run the base, Art. 5(1).")
    )
    floor_area = cell(BASES, "floor_area")
    operator = cell(BASES, "operator", N_("The legal person that runs the base."))
    uscc = cell(BASES, "uscc", N_("18 characters; spaces and full-width letters are put right."))
    legal_representative = cell(BASES, "legal_representative")
    service_staff = cell(BASES, "service_staff")
    online_system = cell(BASES, "online_system")
    status = cell(BASES, "status")
    document_number = cell(
        BASES, "document_number", N_("For example 聊工信发〔2021〕133号; any brackets will do.")
    )
    announced_on = cell(BASES, "announced_on")
    title_first_day = cell(BASES, "title_first_day", N_("Left blank: the day of the announcement."))
    title_last_day = cell(BASES, "title_last_day", N_("Left blank: five years, computed (Art. 16)."))
    contact_name = cell(BASES, "contact_name")
    contact_phone = cell(BASES, "contact_phone")
    contact_email = cell(BASES, "contact_email")
    notes = cell(BASES, "notes")
