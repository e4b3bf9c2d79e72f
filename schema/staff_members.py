"""The staff of the bases: who runs one or serves its tenants, full-time or not, with what qualification (Art. 11)."""

from rules.assessment.counting import STAFF_LEFT
from rules.choices import Employment, StaffDuty
from rules.words import N_
from schema.collection import Collection, Hooks, Index, NeededStatus, Raw, Section, Stored
from schema.field import CodeOf, Field, Kind, Search
from schema.questions.phrases import Phrase
from schema.record_rules import RecordRule, StaySentences, order, stay

ON_STAFF, LEFT = "on_staff", STAFF_LEFT


RULES: tuple[RecordRule, ...] = (
    order("days-in-order", "started_on", "left_on", N_("A person cannot leave before starting work.")),
    *stay(
        "started_on", "left_on", there=ON_STAFF, gone=LEFT,
        said=StaySentences(
            no_day=N_("The person has left, on no known day: they are then counted on no day."),
            still_there=N_("The person is on the staff, although the day of leaving has come."),
            not_yet_left=N_("The person has left, although the day of it is still to come."),
            not_yet_there=N_("The person is on the staff, although the first day of work is still to come."),
        ),
    ),
)  # fmt: skip


def _default_status(raw: Stored) -> str:
    return LEFT if raw.get("left_on") else ON_STAFF


def _referred_as(raw: Stored) -> str:
    """Return name and base: people of one name work in several."""
    name, base = str(raw.get("name", "")), raw.get("base_name")
    return f"{name}（{base}）" if base else name


def _complete(values: Stored, before: Stored) -> Raw:
    """Let a row that brings the day of leaving end the employment, unless it says otherwise."""
    leaves = "left_on" in values and "status" not in values
    if leaves and before.get("status") == ON_STAFF and not before.get("left_on"):
        return {**values, "status": LEFT}
    return dict(values)


STAFF_MEMBERS = Collection(
    name="staff_members",
    slug="staff-members",
    title="服务人员",
    label=N_("Base staff"),
    one=N_("Member of staff"),
    called=("人员", "员工", "工作人员", "服务人员"),
    phrases=(
        Phrase(("入职", "到岗", "上岗", "新入职"), day="started_on", field="status", values=(ON_STAFF,)),
        Phrase(("在职",), field="status", values=(ON_STAFF,)),
        Phrase(("离职", "离岗", "辞职"), day="left_on", field="status", values=(LEFT,)),
    ),
    icon="staff",
    import_hint=N_("Needs the bases."),
    import_steps=(N_("Import the base staff"), N_("Each person names the base.")),
    found_columns=("name", "position", "base", "county", "status"),
    identity=("base", "name"),
    referred=N_("%(count)d members of staff refer to %(label)s."),
    absent=N_("Choose a person from the list: this one does not exist in your scope."),
    statuses=(
        NeededStatus(ON_STAFF, "在岗", "green", 10),
        NeededStatus(LEFT, "已离岗", "grey", 20, final=True),
    ),
    default_status=ON_STAFF,
    rules=RULES,
    reference_keys=("base_name",),
    hooks=Hooks(default_status=_default_status, complete=_complete, referred_as=_referred_as),
    indexes=(
        Index("base_name", ("base", "name"), N_("%(value)s is already on the list of this base."), "name"),
        Index("base", ("base", "sort_key")),
    ),
    sections=(
        Section("person", N_("The person")),
        Section(
            "employment", N_("Employment"),
            N_("Full-time staff who have started and not left are counted; without a first day they have started."),
        ),
        Section("notes", N_("Notes")),
    ),
    fields=(
        Field("name", N_("Person's name"), "姓名", width=12, required=True, sortable=True,
              aliases=("人员姓名", "员工姓名", "名字"), max_length=50, section="person", half=True, listed=1,
              search=Search.PERSON, personal=True),
        Field("phone", N_("Phone"), "联系电话", Kind.CODE, width=15, code=CodeOf.PHONE,
              aliases=("电话", "手机", "联系方式"), max_length=40, section="person", half=True, search=Search.TEXT,
              personal=True),
        Field("base", N_("Base"), "所属基地", Kind.REFERENCE, refers_to="bases", scopes=True, name_key="base_name",
              width=30, required=True, aliases=("所在基地", "基地名称", "基地"), section="employment",
              help=N_("Type part of the name or its pinyin initials."), listed=3, filter=1, search=Search.NAME),
        Field("county", N_("County"), "所属县（市、区）", Kind.COUNTY, width=20, imported=False, listed=4,
              search=Search.COUNTY, reported_at="base"),
        Field("duty", N_("Duty"), "人员类别", Kind.CHOICE, choices=StaffDuty, width=12, aliases=("类别", "岗位类别"),
              section="employment", half=True, indexed=True, listed=5, filter=3),
        Field("position", N_("Position"), "职务", width=18, aliases=("岗位职务", "岗位", "职位"), max_length=100,
              section="employment", half=True, listed=6, search=Search.TEXT),
        Field("employment", N_("Full-time or part-time"), "是否专职", Kind.CHOICE, choices=Employment, width=10,
              required=True, aliases=("专职", "专职或兼职", "专兼职", "用工形式"), section="employment", half=True,
              indexed=True, listed=7, filter=4),
        Field("qualification", N_("Qualification"), "资质证书", width=34,
              aliases=("资质", "资格证书", "资质或职称", "职称", "相关资质", "证书"), max_length=300, section="person",
              listed=8, search=Search.TEXT, help=N_("Certificates and professional titles.")),
        Field("started_on", N_("First day of work"), "入职日期", Kind.DATE, width=12, sortable=True, indexed=True,
              aliases=("入职时间", "到岗日期", "到岗时间"), section="employment", half=True, form_order=1, listed=9,
              filter=5),
        Field("left_on", N_("Left on"), "离职日期", Kind.DATE, width=12, aliases=("离职时间", "离岗日期", "离岗时间"),
              section="employment", half=True, form_order=1, filter=6,
              indexed=True, help=N_("Blank while the person still works there.")),
        Field("status", N_("Status"), "状态", Kind.STATUS, width=10, sortable=True, indexed=True, section="employment",
              form_order=2, listed=2, filter=2),
        Field("notes", N_("Notes"), "备注", Kind.LONG_TEXT, width=24, max_length=2000, section="notes"),
    ),
)  # fmt: skip
