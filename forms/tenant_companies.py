"""The form of a tenant company."""

from forms.fields import cell, field_for
from forms.record import RecordForm, Section
from rules.choices import CompanySize
from rules.words import N_
from schema.field import Column, Kind
from schema.tenant_companies import TENANT_COMPANIES

_OVERRIDE = Column(
    "size_override", N_("Size, if not as computed"), "企业规模（人工）", Kind.CHOICE, terms=CompanySize
)
_REASON = Column("size_reason", N_("Reason"), "人工认定原因", Kind.LONG_TEXT, most=500)


class TenantCompanyForm(RecordForm):
    """A company housed in a base."""

    sheet = TENANT_COMPANIES
    sections = (
        Section(N_("The company"), (("name",), ("uscc", "legal_representative"), ("phone",))),
        Section(N_("Tenancy"), (("base",), ("moved_in", "moved_out"), ("status",))),
        Section(
            N_("Size"),
            (("industry",), ("people",), ("revenue", "assets"), ("size_override",), ("size_reason",)),
            N_("The size is computed from industry and figures when you save (工信部联企业〔2011〕300号)."),
        ),
        Section(N_("Notes"), (("notes",),)),
    )

    name = cell(TENANT_COMPANIES, "name")
    uscc = cell(TENANT_COMPANIES, "uscc", N_("18 characters; spaces and full-width letters are put right."))
    legal_representative = cell(TENANT_COMPANIES, "legal_representative")
    phone = cell(TENANT_COMPANIES, "phone")
    base = cell(TENANT_COMPANIES, "base", N_("Type part of the name or its pinyin initials."), lookup="bases")
    moved_in = cell(TENANT_COMPANIES, "moved_in")
    moved_out = cell(TENANT_COMPANIES, "moved_out", N_("Blank while the company is still there."))
    status = cell(TENANT_COMPANIES, "status")
    industry = cell(TENANT_COMPANIES, "industry")
    people = cell(TENANT_COMPANIES, "people")
    revenue = cell(TENANT_COMPANIES, "revenue")
    assets = cell(TENANT_COMPANIES, "assets")
    size_override = field_for(_OVERRIDE)
    size_reason = field_for(_REASON)
    notes = cell(TENANT_COMPANIES, "notes")
