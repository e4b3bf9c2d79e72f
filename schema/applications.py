"""The applications (Art. 9 to 12): what lists and workbooks show of them; steps alone write them."""

from rules.applications import ApplicationKind, Stage
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind

APPLICATIONS = Collection(
    name="applications",
    slug="applications",
    title="申报复核一览表",
    label=N_("Applications and renewals"),
    one=N_("Application"),
    called=("申报", "申请", "申报材料", "申报复核"),
    unit_line="单位：天、分",
    identity=("base", "round"),
    listed=False,
    # What is under way first, the longest waiting on top.
    default_order=(("open", -1), ("since", 1), ("_id", 1)),
    sort_name="base_name",
    name_keys=("base_name", "round_name"),
    referred=N_("%(count)d applications refer to %(label)s."),
    fields=(
        # One that is at an end stays as it was decided.
        Field("base", N_("Base"), kind=Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              copied_while=(("open", True),), exported=False, imported=False),
        Field("base_name", N_("Base"), "基地名称", width=36, sortable=True, listed=1, stored=False),
        Field("operator", N_("Operator"), "运营主体", width=32),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, listed=2),
        Field("kind", N_("Applied for"), "申报类型", Kind.CHOICE, choices=ApplicationKind, width=10,
              listed=3, filter=3),
        Field("stage", N_("Stage"), "当前环节", Kind.CHOICE, choices=Stage, width=14, listed=4, filter=2),
        Field("waiting", N_("At this stage for"), "已等待（天）", Kind.INTEGER, unit=N_("days"), width=12, listed=5,
              stored=False),
        Field("since", N_("At this stage since"), "进入本环节时间", Kind.MOMENT, width=18, sortable=True),
        Field("round_name", N_("Round"), "申报批次", width=22, listed=6),
        Field("submitted_on", N_("Handed in"), "提交日期", Kind.DATE, width=12, listed=7, stored=False),
        Field("meets", N_("Meets every indicator"), "指标全部达标", Kind.YES_NO, width=12, listed=8, stored=False),
        Field("letter_number", N_("Letter of recommendation"), "推荐文号", Kind.CODE, width=22, stored=False),
        Field("average", N_("Average score"), "专家评审均分（分）", Kind.DECIMAL, unit=N_("points"), width=14, listed=9,
              stored=False),
        Field("certificate_number", N_("Certificate number"), "证书编号", Kind.CODE, width=18),
    ),
)  # fmt: skip
