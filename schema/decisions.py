"""The cases about titles (Art. 16, 18): what lists and workbooks show of them."""

from rules.decisions import DecisionState
from rules.grounds import DecisionKind
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind
from schema.questions.phrases import Phrase

DECISIONS = Collection(
    name="decisions",
    slug="decisions",
    title="称号撤销取消一览表",
    label=N_("Revocation and cancellation"),
    one=N_("Case"),
    called=("案件", "案卷"),
    phrases=(
        Phrase(("撤销", "撤销命名"), field="kind", values=(DecisionKind.REVOCATION.value,)),
        Phrase(("取消", "取消称号"), field="kind", values=(DecisionKind.CANCELLATION.value,)),
    ),
    asked_day="dated",
    identity=("base", "number"),
    listed=False,
    default_order=(("open", -1), ("updated_at", -1), ("_id", -1)),
    sort_name="base_name",
    name_keys=("base_name",),
    referred=N_("%(count)d cases about the title refer to %(label)s."),
    fields=(
        Field("base", N_("Base"), kind=Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              copied_while=(("open", True),), exported=False, imported=False),
        Field("base_name", N_("Base"), "基地名称", width=36, stored=False, listed=1),
        Field("operator", N_("Operator"), "运营主体", width=32),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=18, listed=2),
        Field("kind", N_("What is decided"), "处理类型", Kind.CHOICE, choices=DecisionKind, width=12,
              listed=3, filter=1),
        Field("grounds", N_("Grounds"), "理由", Kind.LONG_TEXT, width=36, stored=False),
        Field("state", N_("State"), "状态", Kind.CHOICE, choices=DecisionState, width=12,
              listed=4, filter=2),
        Field("created_at", N_("Case begun"), "立案日期", Kind.DATE, width=12, stored=False, listed=5),
        Field("served_on", N_("Prior notice served on"), "事先告知日期", Kind.DATE, width=14),
        Field("statement_by", N_("Statement until"), "陈述申辩截止", Kind.DATE, width=14),
        Field("statement_on", N_("Statement made on"), "陈述申辩日期", Kind.DATE, width=14),
        Field("number", N_("Decision number"), "决定文号", Kind.CODE, width=24, listed=6),
        Field("dated", N_("Date of the decision"), "决定日期", Kind.DATE, width=12,
              listed=7, filter=3),
        Field("overturned", N_("Overturned by"), "推翻该决定的文号", Kind.CODE, width=24, stored=False),
        Field("closed_reason", N_("Why it was dropped"), "不予处理原因", Kind.LONG_TEXT, width=36),
    ),
)  # fmt: skip
