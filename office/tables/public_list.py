"""The public list of certified bases as a workbook: only what anyone may know."""

from rules.words import N_
from schema.bases import BASES
from schema.field import Column, Kind, Sheet

CERTIFICATE_NUMBER = Column(
    "certificate_number", N_("Certificate number"), "证书编号", Kind.CODE, width=20, most=40
)
_SHARED = (
    "name", "operator", "county", "base_type", "address", "announced_on", "document_number", "title_first_day",
    "title_last_day",
)  # fmt: skip

PUBLIC_BASES = Sheet(
    kind="public-bases",
    collection="bases",
    title="小型微型企业创业创新示范基地名录",
    unit_line="",
    identity=("name",),
    columns=(*(BASES.column(key) for key in _SHARED), CERTIFICATE_NUMBER, BASES.column("status")),
)
