"""The published papers: what lists and workbooks show of them. Frozen, they take part in no copy and no reference."""

from rules.publication import NoticeKind
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind

NOTICES = Collection(
    name="notices",
    slug="notices",
    title="公示公布一览表",
    label=N_("Published papers"),
    one=N_("Paper"),
    identity=("number",),
    county_key="",
    listed=False,
    default_order=(("dated", -1), ("_id", -1)),
    sort_name="title",
    name_keys=("title",),
    fields=(
        Field("title", N_("Title of the paper"), "文件标题", width=48, listed=1),
        Field("kind", N_("Kind"), "类别", Kind.CHOICE, choices=NoticeKind, width=12, listed=2, filter=1),
        Field("number", N_("Number of the paper"), "文号", Kind.CODE, width=24, sortable=True, listed=3),
        Field("dated", N_("Dated"), "成文日期", Kind.DATE, width=12, sortable=True, listed=4, filter=2),
        Field("round_name", N_("Round"), "申报批次", width=18, listed=5, stored=False),
        Field("state", N_("State"), "公示进度", width=16, listed=6, stored=False),
        Field("first_day", N_("First day"), "公示开始", Kind.DATE, width=12, sortable=True, filter=3),
        Field("last_day", N_("Last day"), "公示截止", Kind.DATE, width=12, sortable=True, filter=4),
        Field("base_count", N_("Bases on the list"), "基地数", Kind.INTEGER, width=10, stored=False),
        Field("base_names", N_("Names of the bases"), "基地名称", Kind.LONG_TEXT, width=60, stored=False),
    ),
)  # fmt: skip
