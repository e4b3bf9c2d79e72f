"""The public list of certified bases as a workbook: only what anyone may know."""

from rules.words import N_
from schema.bases import BASES
from schema.collection import Listing
from schema.field import Field, Kind

CERTIFICATE_NUMBER = Field(
    "certificate_number", N_("Certificate number"), "证书编号", Kind.CODE, width=20, max_length=40
)
_SHARED = (
    "name", "operator", "county", "base_type", "address", "announced_on", "document_number", "title_first_day",
    "title_last_day",
)  # fmt: skip

PUBLIC_BASES = Listing(
    slug="public-bases",
    title="小型微型企业创业创新示范基地名录",
    fields=(*(BASES.field(key) for key in _SHARED), CERTIFICATE_NUMBER, BASES.field("status")),
)
