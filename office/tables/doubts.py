"""The columns of the sheet of doubtful records."""

from rules.doubts.doubt import Doubt
from rules.words import N_
from schema.collection import Listing
from schema.field import Field, Kind

DOUBTS = Listing(
    slug="doubts",
    title="数据体检",
    fields=(
        Field("label", N_("Record"), "记录", width=44),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=16),
        Field("kind", N_("What is doubtful"), "存疑事项", Kind.CHOICE, choices=Doubt, width=26),
        Field("reasons", N_("What they have in common"), "相同之处", Kind.LONG_TEXT, width=30),
        Field("settled", N_("Settled"), "处理情况", Kind.LONG_TEXT, width=26),
    ),
)
