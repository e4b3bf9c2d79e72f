"""The change filings (Art. 15): what lists and workbooks show of them."""

from rules.change_filings import FilingState
from rules.words import N_
from schema.collection import Collection
from schema.field import Field, Kind

CHANGE_FILINGS = Collection(
    name="change_filings",
    slug="change-filings",
    title="变更备案一览表",
    label=N_("Change filings"),
    one=N_("Change filing"),
    called=("变更备案", "备案", "变更"),
    asked_day="filed_on",
    identity=("base", "completed_on"),
    listed=False,
    default_order=(("filed_on", -1), ("_id", -1)),
    sort_name="base_name",
    name_keys=("base_name",),
    referred=N_("%(count)d change filings refer to %(label)s."),
    fields=(
        Field("base", N_("Base"), kind=Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              copied_while=(("state", FilingState.FILED.value),), exported=False, imported=False),
        Field("base_name", N_("Base"), "基地名称", width=36, stored=False, listed=1),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, listed=2),
        Field("items", N_("What changed"), "变更事项", width=22, stored=False, listed=3),
        Field("old", N_("Before the change"), "变更前", Kind.LONG_TEXT, width=36, stored=False),
        Field("new", N_("After the change"), "变更后", Kind.LONG_TEXT, width=36, stored=False, listed=4),
        Field("completed_on", N_("Completed on"), "变更完成日期", Kind.DATE, width=13, listed=5),
        Field("filed_on", N_("Filed on"), "备案日期", Kind.DATE, width=12, sortable=True, listed=6, filter=3),
        Field("due", N_("Due by"), "备案截止日期", Kind.DATE, width=13, listed=7),
        Field("late", N_("Late or not"), "是否逾期", width=10, stored=False, listed=8),
        Field("state", N_("State"), "办理状态", Kind.CHOICE, choices=FilingState, width=10, listed=9,
              filter=1),
        Field("remark", N_("Remark"), "备注", Kind.LONG_TEXT, width=28),
        Field("reason", N_("Reason"), "不予备案理由", Kind.LONG_TEXT, width=28),
    ),
)  # fmt: skip
