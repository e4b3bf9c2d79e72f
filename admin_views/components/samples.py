"""The examples: names, figures and sentences as the office has them, the longest ones and none at all.

They are data, as records are: Chinese in either language.
"""

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)

from admin_views.applications.view_models import StepMark
from admin_views.components.view_models import SendPart, Slot, Slots
from admin_views.overview.view_models import Chart, Picture
from admin_views.reports.view_models import BaseReportRow
from admin_views.revocation.view_models import GroundBox, ImpactLine
from admin_views.shared.view_models import (
    Action,
    CommentItem,
    CommentsBox,
    ConfirmPage,
    CountyPill,
    Empty,
    Fact,
    FieldChange,
    FileItem,
    Filter,
    HistoryEntry,
    Item,
    Link,
    ListColumn,
    ListLayout,
    Option,
    Pager,
    Referrers,
    RelatedTable,
    Row,
    badge,
    render_rows,
    toned,
)
from admin_views.shared.view_models.records import Meter, PersonalNumbers, PersonalRow
from forms.plain_form import PlainForm
from office.charts import charts
from office.charts.grid import Cell, Grid
from office.papers.paper_text import PaperTable, PaperText, Paragraph
from rules.papers import PaperKind

HERE = "#examples"
LONG = "鲁西北农村电子商务与智能装备小微企业创业创新示范基地（二期）"
_LONG_COMPANY = "聊城市鲁西北现代农业机械装备制造与跨境电子商务综合服务有限责任公司"
_TEXT = (
    "基地建筑面积一万二千平方米，入驻小微企业八十六家，从业人员一千二百余人，"
    "设有创业辅导、融资对接、检验检测等公共服务平台。"
)
_FACTS = "2026年9月实地核查，入驻小微企业11家，低于规定。"

TONES = (
    toned("逾期 12 天", "due"),
    toned("剩余 6 天", "near"),
    toned("达标", "met"),
    toned("0", "dim"),
)
BUTTONS = (
    Action("导出", HERE, icon="download"),
    Action("导入", HERE, icon="upload"),
    Action("新建示范基地", HERE, "primary", "plus"),
    Action("删除", HERE, "danger", "bin"),
)
METERS = (Meter(52, 50, 100, "达标"), Meter(27, 30, 60, "还差 3 家"), Meter(0, 30, 60, "还差 30 家"))
FACTS = (
    Fact("入驻小微企业", "52", "家", meter=METERS[0], url=HERE),
    Fact("毕业企业", "27", "家", meter=METERS[1]),
    Fact("有效期止", "2026-12-08", note="剩余 12 天", tone="near"),
    Fact("年度总结", "未报送", note="逾期 32 天", tone="due"),
    Fact("运营主体", _LONG_COMPANY),
    Fact("满意度", "—", note="尚无评价"),
)
COUNTIES = (
    CountyPill("全市", HERE, 1430, "全市", active=True),
    CountyPill("东昌府", HERE, 312, "东昌府区"),
    CountyPill("茌平", HERE, 96, "茌平区"),
    CountyPill("临清", HERE, 128, "临清市"),
    CountyPill("冠县", HERE, 0, "冠县"),
)
FILTERS = (
    Filter(
        "status", "状态", options=(Option("a", "在园"), Option("b", "已迁出")), chip="在园", clear_url=HERE
    ),
    Filter("industry", "行业", options=(Option("r", "零售业"), Option("m", "制造业", selected=True))),
    Filter("moved_in", "入驻日期", kind="days", first="2026-01-01", last="2026-12-31"),
    Filter("people", "从业人员", kind="amount"),
)
_COLUMNS = (
    ListColumn("name", "企业名称"),
    ListColumn("code", "统一社会信用代码", align="code"),
    ListColumn("status", "状态", align="state"),
    ListColumn("moved_in", "入驻日期", align="day"),
    ListColumn("revenue", "营业收入", "万元", align="num"),
)
_ROWS = (
    Row(
        "1",
        HERE,
        ("聊城博诚食品科技股份有限公司", "91371502MA3C1QBT2W", badge("在园", "green"), "2024-03-11", "12.5"),
    ),
    Row("2", HERE, (_LONG_COMPANY, "91371525MA3N7YHK0P", badge("已迁出", "grey"), "2019-06-01", "18.2")),
    Row("3", HERE, ("冠县轴承配件经营部", None, badge("待走访", "amber"), None, None)),
)
TABLE = RelatedTable("入驻企业", 3, _COLUMNS, render_rows(_COLUMNS, _ROWS, selectable=False))
NO_ROWS = RelatedTable("服务台账", 0, _COLUMNS, (), empty="尚无服务台账。")
PAGER = Pager(
    51, 100, 1430, 2, 29, HERE, HERE, HERE, HERE, (Option("50", "50", selected=True), Option("100", "100"))
)
EMPTY = Empty(
    "没有符合条件的入驻企业",
    "可去掉部分筛选条件，或导入企业名单。",
    (Action("去掉全部筛选", HERE), Action("从 Excel 导入", HERE, "primary", "upload")),
)
LAYOUTS = (
    ListLayout("表格", HERE, "sheet", present=True),
    ListLayout("看板", HERE, "columns", present=False),
    ListLayout("日历", HERE, "calendar", present=False),
)


class _ContactForm(PlainForm):
    name = StringField("姓名")
    phone = StringField("联系电话")


class _Rows(FieldList):
    @property
    def blank(self) -> Any:
        return _ContactForm(prefix=f"{self.name}-__row__-")


class ExampleForm(PlainForm):
    """A field of each kind."""

    name = StringField("基地名称", render_kw={"required": True, "maxlength": "80"})
    county = SelectField("县（市、区）", choices=lambda: [("371502", "东昌府区"), ("371525", "冠县")])
    area = StringField(
        "建筑面积", render_kw={"data-unit": "平方米"}, description="按房产证明或租赁合同填写。"
    )
    since = StringField("开始运营时间", render_kw={"data-date": "1"})
    level = RadioField("级别", choices=lambda: [("city", "市级"), ("province", "省级"), ("nation", "国家级")])
    functions = SelectMultipleField(
        "服务功能",
        choices=lambda: [("i", "信息服务"), ("t", "技术支持"), ("f", "投融资服务"), ("p", "人员培训")],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    colour = RadioField(
        "颜色",
        choices=lambda: [("green", "绿"), ("amber", "黄"), ("red", "红")],
        render_kw={"data-swatches": "1"},
    )
    online = BooleanField("已建线上信息系统")
    about = TextAreaField("基地简介", render_kw={"data-count": "1", "maxlength": "300"})
    password = PasswordField("密码", render_kw={"autocomplete": "new-password"})
    proof = FileField("证明材料")
    contacts = _Rows(FormField(_ContactForm), "联系人")


def example_form() -> ExampleForm:
    """Return the form: filled, with what is wrong beside two of its fields."""
    form = ExampleForm(
        data={
            "name": LONG,
            "county": "371525",
            "area": "12000",
            "since": "2018-05-20",
            "level": "city",
            "functions": ["i", "f"],
            "colour": "amber",
            "online": True,
            "about": _TEXT,
            "contacts": [{"name": "张敏", "phone": "0635-0000000"}],
        }
    )
    form.area.errors = ["建筑面积应为数字，例如 12000。"]
    form.since.errors = ["该日期不存在：2026-02-30。"]
    return form


HISTORY = (
    HistoryEntry(
        "2026-11-27 09:12",
        "张敏",
        "修改",
        (
            FieldChange("联系人", "叶红", "单燕"),
            FieldChange("联系电话", "", "19400000000"),
            FieldChange("备注", "已核", ""),
        ),
        subject=LONG,
        subject_url=HERE,
        county="冠县",
    ),
    HistoryEntry(
        "2026-11-26 16:40",
        "系统",
        "登记",
        subject="高新区博智电商产业园",
        subject_url=HERE,
        county="高新技术产业开发区",
    ),
)
COMMENTS = CommentsBox(
    (
        CommentItem(
            "1", "张敏", "2026-11-27 09:30", "请补正第三项材料，附房产证明。", changed=True, edit_url=HERE
        ),
        CommentItem("2", "单燕", "2026-11-27 10:05", _TEXT),
    ),
    "bases",
    "0" * 24,
    HERE,
    HERE,
    500,
)
PAPER = PaperText(
    kind=PaperKind.PUBLIC_NOTICE,
    title="关于2026年度聊城市小型微型企业创业创新示范基地名单的公示",
    paragraphs=(
        Paragraph("按照有关规定，经自愿申报、县（市、区）初审、专家评审，现将拟认定名单予以公示。"),
        Paragraph("一、公示时间", 1),
        Paragraph("2026年11月27日至12月3日。"),
    ),
    signature="聊城市工业和信息化局",
    dated="2026-11-27",
    dated_zh="2026年11月27日",
    number="示范工信字〔2026〕4号",
    header="聊城市工业和信息化局",
    addressee="各县（市、区）工业和信息化局：",
    table=PaperTable(
        "拟认定名单",
        ("序号", "县（市、区）", "基地名称"),
        (("1", "冠县", LONG), ("2", "临清市", "临清航银大学科技园")),
        (1, 2, 6),
    ),
    annex=True,
    attachment_line="附件：拟认定名单",
    contact=("联系电话：0635-0000000",),
)
PERSONAL = PersonalNumbers(
    (
        PersonalRow(
            "a",
            "联系电话",
            "正文第 3 段",
            "联系人张敏，电话",
            "19400000000",
            "，可现场提交",
            (
                ("mask", "遮盖", True, "194****0000"),
                ("remove", "删去", False, ""),
                ("keep", "保留", False, ""),
            ),
        ),
        PersonalRow(
            "b",
            "身份证号",
            "附件第 2 行",
            "法定代表人证件",
            "370000190001010000",
            "",
            (
                ("mask", "遮盖", False, "3700**********0000"),
                ("remove", "删去", False, ""),
                ("keep", "保留", True, ""),
            ),
            problem="保留的须写明理由。",
        ),
    ),
    ("19400000000", "370000190001010000"),
    200,
)
_GRID = Grid(
    ("东昌府", "茌平", "临清", "冠县"),
    ("服务企业数",),
    ((Cell(312, HERE),), (Cell(96, HERE),), (Cell(128, HERE),), (Cell(0),)),
)
_NONE = Grid((), (), ())


def example_charts(draw: Any) -> tuple[Chart, Chart]:
    """Return a chart as `draw` draws it, and one with nothing to draw."""
    bars = Picture(
        "chart-example",
        "各县（市、区）服务企业数",
        "县（市、区）",
        _GRID,
        (charts.bars(_GRID, ("c1",)),),
        "服务台账 · 2026年度",
        (("c1", "已核验"),),
    )
    nothing = Picture("chart-nothing", "新增入驻企业", "年度", _NONE, (charts.heat(_NONE),))
    return draw((bars,))[0], draw((nothing,))[0]


STEPS = (
    StepMark("登记", "done", "2026-10-08", "张敏"),
    StepMark("事先告知", "now", "2026-11-20"),
    StepMark("作出决定", "off"),
    StepMark("不予处理", "stopped", "2026-11-26"),
)
IMPACT = (
    ImpactLine(
        "入驻企业",
        "86",
        HERE,
        (Link(_LONG_COMPANY, HERE), Link("冠县轴承配件经营部", HERE)),
        "另有 84 家",
        "不再计入统计",
    ),
    ImpactLine("称号", "1", what="自决定之日起终止", ends=True),
    ImpactLine("在办申报", "0"),
)
FILES = (
    FileItem("2025年度工作总结（盖章扫描件）.pdf", HERE, "2.4 MB", "2026-01-09", "单燕", remove_url=HERE),
    FileItem(f"{LONG}入驻企业花名册及从业人员名单汇总表.xlsx", HERE, "318 kB", "2026-01-09", "单燕"),
)
SLOTS = Slots(
    Slot(
        "place-filled",
        "place-file",
        "实地核查记录",
        ".pdf,.docx",
        "PDF、图片、Word，每个不超过 20 MB。",
        FILES,
    ),
    Slot("place-empty", "place-none", "送达回证", ".pdf", "PDF，不超过 20 MB。", problem="请上传送达回证。"),
)


class _GroundForm(PlainForm):
    kept = TextAreaField("事实和证据")
    missing = TextAreaField("事实和证据")


def example_grounds() -> tuple[GroundBox, ...]:
    """Return grounds: one chosen, one chosen without what it needs, one not chosen."""
    form = _GroundForm(data={"kept": _FACTS})
    form.missing.errors = ["请写明事实和证据。"]
    return (
        GroundBox("few", "入驻小微企业数量不足", "第四条", form.kept, chosen=True),
        GroundBox("false", "提供虚假材料", "第十八条", form.missing, chosen=True),
    )


SEND = SendPart("年度总结（可多选）", ".pdf,.docx")
ANNUAL = (
    BaseReportRow(
        "临清航银大学科技园",
        HERE,
        "临清市",
        badge("已报送", "green"),
        "2026-01-08",
        "96.2%",
        HERE,
        "已检查",
        "单燕",
        "0635-0000000",
        toned("", "dim"),
    ),
    BaseReportRow(
        LONG,
        HERE,
        "冠县",
        badge("未报送", "red"),
        "",
        "—",
        HERE,
        "未检查",
        "张敏",
        "0635-0000000",
        toned("逾期 32 天", "due"),
    ),
)
LINKS = (Link("全部 1,430 条", HERE, "1,430"), Link("未计入统计", HERE, "12"))
QUESTION = ConfirmPage(
    title="撤销命名",
    question=f"撤销 {LONG} 的命名？",
    action=HERE,
    button="撤销",
    cancel_url=HERE,
    consequences=("称号自决定之日起终止。", "入驻企业不再计入统计。"),
    facts=(Item("公布日期", "2023-12-08"), Item("证书编号", "LCSJ-2023-004")),
    touches=(Referrers("申报复核", 1, (Link("2026年度复核", HERE),)),),
)
