"""A whole round in Chromium, from the call to the announcement: six bases of three counties, as clerks do it.

莘县 启明 is returned and handed in again; 莘县 鲁西 has its renewal; 冠县 清泉 goes straight on and 冠县 老厂 fails at
the county; 阳谷 景阳 is objected to; 阳谷 运河 lacks indicators and is announced with a written reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from bson import ObjectId

from documents.indexes import build_indexes
from documents.server.embedded import open_database
from rules.access import SYSTEM
from rules.materials import Material
from services.desk.users import create_user
from services.records import records
from tests.browser.conftest import Open
from tests.browser.desk import PASSWORD, Desk, Server, in_chinese
from tests.browser.workbooks import code
from tests.round_driver import lenient_set, verify

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
SHEN, GUAN, YANG = "371522", "371525", "371521"
CLERKS = {"boss": ("admin", None), "city": ("city", None), "shen": ("county", SHEN), "guan": ("county", GUAN),
          "yang": ("county", YANG)}  # fmt: skip
QIMING, LUXI, QINGQUAN = "莘县启明创业园", "莘县鲁西孵化器", "冠县清泉众创空间"
LAOCHANG, JINGYANG, YUNHE = "冠县老厂创业基地", "阳谷景阳双创园", "阳谷运河孵化器"
COUNTY_OF = {QIMING: SHEN, LUXI: SHEN, QINGQUAN: GUAN, LAOCHANG: GUAN, JINGYANG: YANG, YUNHE: YANG}
CLERK_OF = {SHEN: "shen", GUAN: "guan", YANG: "yang"}
COMPLETE = (QIMING, LUXI, QINGQUAN)  # they meet every indicator
# Mondays: the county's work, the city's, and the one after the public notice.
APPLYING = datetime(2026, 3, 2, 1, tzinfo=UTC)
DECIDING = datetime(2026, 3, 16, 1, tzinfo=UTC)
ANNOUNCING = datetime(2026, 3, 23, 1, tzinfo=UTC)
LETTERS = {
    SHEN: "莘工信字〔2026〕3号",
    GUAN: "冠工信字〔2026〕5号",
    YANG: "阳工信字〔2026〕8号",
}
NUMBER = "聊工信发〔2026〕21号"
GOES_ON = "产业特色突出，整改后可以达到条件。"  # of a base that misses a condition
CASES = "为入驻企业办理融资对接，解决贷款300万元。"


# --- The office before the round ----------------------------------------------------------------------


def fill_office() -> None:
    """Make clerks, and six bases of which three meet every indicator; run in the office's own data.

    The rule set lets one that does not be announced with a reason; what the counties verify is verified.
    """
    with open_database():
        build_indexes()
        lenient_set()
        for name, (role, county) in CLERKS.items():
            create_user(name, role=role, county=county, password=PASSWORD, actor=SYSTEM, now=APPLYING)
        for number, (name, county) in enumerate(COUNTY_OF.items()):
            base = _make_base(number, name, county)
            if name in COMPLETE:
                _make_complete(base, number)
            verify(base, actor=SYSTEM, day=date(2026, 3, 2))


def _make(collection: str, **values: Any) -> ObjectId:
    return records.create(collection, values, actor=SYSTEM, now=APPLYING)


def _make_base(number: int, name: str, county: str) -> ObjectId:
    title = {
        "status": "certified",
        "announced_on": date(2021, 12, 20),
        "document_number": "聊工信发〔2021〕140号",
    }
    return _make(
        "bases", name=name, operator=f"{name}运营管理有限公司", uscc=code(700 + number, county), county=county,
        base_type="incubator", legal_representative="翟敏", address=f"{name}路{number + 1}号", floor_area=12_000,
        operating_since=date(2018, 5, 1), service_staff=8, online_system=True, contact_name="解娜",
        contact_phone=f"1390635{number:04d}", **(title if name == LUXI else {}),
    )  # fmt: skip


def _make_complete(base: ObjectId, number: int) -> None:
    for one in range(25):
        _make(
            "tenant_companies", base=base, name=f"聊城创新第{number}{one:02d}有限公司", people=18, revenue=500.0,
            uscc=code(8000 + 100 * number + one), industry="manufacturing", moved_in=date(2023, 3, 1), assets=300.0,
        )  # fmt: skip
    for one in range(4):
        _make(
            "service_partners", name=f"济南第{number}{one}会计师事务所", uscc=code(9000 + 10 * number + one),
            functions=["professional"], cooperations=[{"base": base, "first_day": date(2024, 1, 1)}],
        )  # fmt: skip
    served = (("information", "service-event", 4), ("start-up", "advice", 1), ("consulting", "advice", 1),
              ("training", "training", 1))  # fmt: skip
    for function, activity, times in served:
        for month in range(1, times + 1):
            _make(
                "ledger_entries", base=base, served_on=date(2025, month, 10), function=function, activity=activity,
                mode="offline", place="基地会议室", request="企业服务", service_record="已完成。", company_times=40,
                person_times=320, fee_kind="free", status="verified",
            )  # fmt: skip


@dataclass
class Office:
    """The office, its clerks at their desks, and the ids by which pages are opened."""

    server: Server
    open_desk: Open
    desks: dict[str, Desk] = field(default_factory=dict)
    signed_in: set[str] = field(default_factory=set)
    round: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    notice: str = ""
    objection: str = ""
    announcement: str = ""

    def desk(self, name: str) -> Desk:
        """Return the desk at which a clerk has signed in."""
        if name not in self.desks:
            self.desks[name] = self.open_desk(self.server)
        if name not in self.signed_in:
            self.desks[name].sign_in(name)
            self.signed_in.add(name)
        return self.desks[name]

    def visitor(self) -> Desk:
        """Return the browser of somebody who has never signed in."""
        if "" not in self.desks:
            self.desks[""] = self.open_desk(self.server)
        return self.desks[""]

    def of(self, base: str) -> Desk:
        """Return the desk of the clerk whose county a base is in."""
        return self.desk(CLERK_OF[COUNTY_OF[base]])

    def open(self, base: str, desk: Desk | None = None) -> Desk:
        """Open a base's application at its county's desk, or another."""
        desk = desk or self.of(base)
        desk.go(f"/admin/applications/details/?id={self.ids[base]}")
        return desk

    def move_to(self, moment: datetime) -> None:
        """Let the days pass: the server starts again, and everybody signs in anew."""
        self.server.start_at(moment)
        self.signed_in.clear()


@pytest.fixture
def office(tmp_path: Path, open_desk: Open) -> Iterator[Office]:
    """Serve an office on the round's first day."""
    server = Server(tmp_path / "data")
    server.run("from tests.browser.test_round import fill_office; fill_office()")
    try:
        yield Office(server.start_at(APPLYING), open_desk)
    finally:
        server.stop()


def test_a_round_from_the_call_to_the_announcement(office: Office, tmp_path: Path) -> None:
    make_the_round(office)
    for base in COUNTY_OF:
        begin(office, base)
    hand_in_with_mistakes_first(office, QIMING)
    for base in (LUXI, QINGQUAN, LAOCHANG, JINGYANG, YUNHE):
        hand_in(office.open(base))
    return_item_by_item(office, QIMING)
    correct_and_hand_in_again(office, QIMING)
    pass_with_mistakes_first(office, QIMING)
    for base in (LUXI, QINGQUAN, JINGYANG, YUNHE):
        check_on_site(office.open(base))
        if base not in COMPLETE:
            office.of(base).fill(failing_reason=GOES_ON)
        office.of(base).click("#review [name=action][value=pass]")
    fail_with_mistakes_first(office, LAOCHANG)
    recommend(office, (QIMING, LUXI), tmp_path)
    recommend(office, (QINGQUAN,), tmp_path)
    use_a_number_twice(office, YANG, LETTERS[SHEN])
    recommend(office, (JINGYANG, YUNHE), tmp_path)

    office.move_to(DECIDING)
    conclude_with_mistakes_first(office, QIMING)
    for base in (LUXI, QINGQUAN, JINGYANG):
        score(office, base, 85)
        conclude(office.open(base, office.desk("city")))
    score(office, YUNHE, 55)
    conclude(office.open(YUNHE, office.desk("city")))
    select_all_with_mistakes_first(office)
    nothing_is_public(office)
    open_the_notice_with_mistakes_first(office)
    object_to(office, JINGYANG)
    announce_too_early(office)

    office.move_to(ANNOUNCING)
    announce_with_mistakes_first(office, tmp_path)
    the_public_reads_what_was_announced(office, tmp_path)
    decide_the_objection_and_announce_the_last(office, JINGYANG)


# --- The call ----------------------------------------------------------------------------------------


def make_the_round(office: Office) -> None:
    desk = office.desk("boss")
    desk.go("/admin/rounds/new/")
    desk.fill(
        year="2026", name="2026年度市级示范基地申报", call_title="关于开展2026年度示范基地申报工作的通知"
    )
    desk.fill(call_number="聊工信发[2026]8号", call_dated="2026-02-26", apply_from="2026-03-02")
    desk.fill(apply_until="2026-02-20", recommend_until="2026-03-13", pass_score="60")
    desk.save()
    assert in_chinese("The last day to apply is before the first one.") in desk.problems()
    assert desk.page.input_value("#call_number") == "聊工信发[2026]8号"
    desk.fill(apply_until="2026-03-31")
    desk.save()
    office.round = desk.page.url.rstrip("/").rpartition("/")[2]
    assert ObjectId.is_valid(office.round) and "2026年度市级示范基地申报" in desk.main()


def begin(office: Office, base: str) -> None:
    desk = office.of(base)
    desk.go("/admin/applications/new/")
    desk.choose("base", base[:4], base)
    desk.save()
    office.ids[base] = desk.record_id()
    assert desk.page.locator("h1").inner_text().startswith(base)
    renewal = base == LUXI
    assert in_chinese("Renewal review" if renewal else "Certification") in desk.page.inner_text("p.kind")


# --- The county ----------------------------------------------------------------------------------------


def fill_materials(desk: Desk) -> None:
    for one in Material:
        # The words of a file of cases are counted: beside what is typed stands a photo.
        ending, data = ("png", PNG) if one is Material.CASES else ("pdf", PDF)
        desk.put(f"#up-{one.value}", (f"{one.zh}.{ending}", data))
    desk.put(
        f"#up-{Material.TENANTS.value}", ("入驻企业名单.pdf", PDF), ("营业执照.png", PNG), ("汇总.pdf", PDF)
    )
    desk.fill(cases=CASES)
    desk.page.check("#sealed")


def hand_in(desk: Desk) -> None:
    fill_materials(desk)
    desk.click("#materials [name=action][value=submit]")
    # What was handed in is frozen.
    assert desk.page.locator("#materials input[type=file]").count() == 0, desk.problems()
    # Where there are tenants, the list that the system makes of them stands beside what was sent.
    kept = desk.page.inner_text("#place-tenants .files")
    assert all(name in kept for name in ("入驻企业名单.pdf", "营业执照.png", "汇总.pdf"))
    assert desk.page.locator("#review form").count() == 1


def hand_in_with_mistakes_first(office: Office, base: str) -> None:
    desk = office.open(base)
    desk.put("#up-report", ("申请报告.pdf", PDF), ("附图.pdf", b"MZ is no PDF"))
    long = "服务" * 1501
    desk.fill(cases=long)
    assert "over" in (desk.page.get_attribute("#signs", "class") or "")
    desk.click("#materials [name=action][value=submit]")
    assert (
        in_chinese("The content of “%(name)s” is not what its ending says.", name="附图.pdf")
        in desk.problems()
    )
    assert desk.page.input_value("#cases") == long
    assert desk.page.locator("#place-report .files li").count() == 1  # the right one of the two was kept
    desk.click("#materials [name=action][value=submit]")
    wrong = desk.problems()
    long_by_2 = "The service cases have %(count)d characters; at most %(most)d are allowed (%(article)s)."
    assert in_chinese(long_by_2, count=3002, most=3000, article="第十一条第（八）项") in wrong
    desk.fill(cases=CASES)
    desk.click("#materials [name=action][value=submit]")
    wrong = desk.problems()
    assert in_chinese("Confirm that the statement of truth bears the applicant's seal.") in wrong
    missing = in_chinese("Material %(number)d is missing: %(name)s.", number=4, name=Material.AUDIT.zh)
    assert missing in wrong and Material.REPORT.zh not in wrong and desk.page.input_value("#cases") == CASES
    hand_in(desk)


def return_item_by_item(office: Office, base: str) -> None:
    desk = office.open(base)
    desk.click("a[href*='/applications/return/']")
    desk.fill(due="2026-03-01", opinion="请尽快补正。")
    desk.save()
    wrong = desk.problems()
    assert in_chinese("Say of at least one item what is to be corrected.") in wrong
    assert in_chinese("The day by which it is to be corrected is past.") in wrong
    assert desk.page.input_value("#opinion") == "请尽快补正。"
    desk.fill(due="2026-03-10", audit="审计报告缺第3页。", tenants="营业执照未加盖公章。")
    desk.save()
    assert desk.page.locator("#materials li.returned").count() == 2
    assert "2026-03-10" in desk.page.inner_text(".next-line")


def correct_and_hand_in_again(office: Office, base: str) -> None:
    desk = office.open(base)
    assert "审计报告缺第3页。" in desk.page.inner_text("#place-audit")
    assert desk.page.locator("#place-report .to-correct").count() == 0
    desk.page.locator("#place-audit button[name=remove]").click()
    desk.confirm()
    assert desk.page.locator("#place-audit .files").count() == 0
    desk.put("#up-audit", ("审计报告（补正）.pdf", PDF))
    desk.put("#up-tenants", ("营业执照（盖章）.pdf", PDF))
    desk.click("#materials [name=action][value=submit]")
    assert "审计报告（补正）.pdf" in desk.page.inner_text("#place-audit")
    way = desk.page.inner_text("#way")
    assert "营业执照未加盖公章。" in way and way.count(in_chinese("Submit")) == 2


def check_on_site(desk: Desk) -> None:
    desk.fill(checked_on="2026-03-02", people="王明、李强", findings="场地、台账与申报材料一致。")
    desk.fill(opinion="材料齐全，现场核实无误，同意推荐。")
    desk.put("#up-on-site", ("现场.png", PNG), ("会议室.png", PNG))


def pass_with_mistakes_first(office: Office, base: str) -> None:
    desk = office.open(base)
    desk.fill(checked_on="2026-02-27", people="王明、李强")
    desk.put("#up-on-site", ("说明.pdf", PDF))
    desk.click("#review [name=action][value=pass]")
    assert in_chinese("A photo is a .jpg or .png file.") in desk.problems()
    assert desk.page.input_value("#people") == "王明、李强"
    desk.click("#review [name=action][value=pass]")
    wrong = desk.problems()
    assert in_chinese("Add at least one photo of the on-site check.") in wrong
    assert in_chinese("Enter what was found on site.") in wrong
    check_on_site(desk)
    desk.click("#review [name=action][value=pass]")
    assert desk.page.locator("#review form").count() == 0
    assert desk.page.locator("#review .files li").count() == 2


def fail_with_mistakes_first(office: Office, base: str) -> None:
    desk = office.open(base)
    check_on_site(desk)
    desk.fill(opinion="")
    desk.page.click("#review [name=action][value=fail]")
    desk.confirm()
    assert desk.page.locator("#opinion[aria-invalid=true], .field.bad #opinion").count() == 1
    assert desk.page.input_value("#findings") == "场地、台账与申报材料一致。"
    desk.fill(opinion="厂房已停用，不具备服务条件。")
    desk.page.click("#review [name=action][value=fail]")
    desk.confirm()
    assert desk.page.locator(".steps-bar .stopped").count() == 1
    assert "厂房已停用，不具备服务条件。" in desk.page.inner_text("#way")


def recommend(office: Office, bases: tuple[str, ...], folder: Path) -> None:
    county = COUNTY_OF[bases[0]]
    desk, number = office.of(bases[0]), LETTERS[county]
    desk.go("/admin/applications/?stage=reviewed")
    for base in bases:
        desk.page.locator("tbody tr", has_text=base).locator("input[type=checkbox]").check()
    desk.click("button[form=bulk][value=choose]")
    for base in bases:
        if base not in COMPLETE:  # the reason of the review stands there already
            assert desk.page.input_value(f"#failing_reason-{office.ids[base]}") == GOES_ON
    desk.fill(number=number, dated="2026-03-02")
    desk.save()
    paper = desk.page.inner_text("article.official")
    assert number in paper and all(base in paper for base in bases)
    desk.click("[name=action][value=issue]")
    assert desk.page.inner_text("article.official") == paper
    letter, table = folder / f"{county}.docx", folder / f"{county}.xlsx"
    desk.download("main a[href$='/docx/']").save_as(letter)
    desk.download("main a[href$='/xlsx/']").save_as(table)
    written = "".join(one.text or "" for one in docx.Document(str(letter)).element.body.iter())
    assert number in written and all(base in written for base in bases)
    cells = [
        str(cell) for row in openpyxl.load_workbook(table).active.values for cell in row if cell is not None
    ]
    assert all(any(base in cell for cell in cells) for base in bases) and any(
        "推荐汇总表" in cell for cell in cells
    )


def use_a_number_twice(office: Office, county: str, number: str) -> None:
    desk = office.desk(CLERK_OF[county])
    desk.go("/admin/applications/recommend/")
    assert desk.page.locator(".candidates input[name=id]:checked").count() == 2
    desk.fill(number=number)
    desk.save()
    used = in_chinese(
        "The document number %(number)s is already used, by a paper of %(date)s.",
        number=number,
        date="2026-03-02",
    )
    assert used in desk.problems() and desk.page.input_value("#number") == number


# --- The city ----------------------------------------------------------------------------------------


EXPERTS = (
    ("赵教授", "聊城大学", 2),
    ("钱研究员", "聊城市社科院", 0),
    ("孙工程师", "聊城市中小企业服务中心", -2),
)


def add_expert(desk: Desk, expert: tuple[str, str, int], points: int) -> None:
    name, organization, more = expert
    desk.click("#experts a[href*='/expert/']")
    desk.fill(name=name, organization=organization, opinion="服务扎实，特色明显。")
    for box in desk.page.locator("[data-scores] input").all():
        box.fill(str(points + more))
    assert desk.page.inner_text("[data-total]") == f"{points + more:.2f}"
    desk.save()
    assert name in desk.page.inner_text("#experts")


def score(office: Office, base: str, points: int) -> None:
    desk = office.open(base, office.desk("city"))
    for expert in EXPERTS:
        add_expert(desk, expert, points)
    assert f"{points:.2f}" in desk.page.inner_text("#experts .average")


def conclude(desk: Desk) -> None:
    desk.fill(opinion="专家组一致同意。")
    desk.put("#up-score-sheets", ("评分表.pdf", PDF))
    desk.click("#experts [name=action][value=conclude]")
    assert desk.page.locator("#experts form").count() == 0
    assert desk.page.locator(".next-line a[href*='/publication/']").count() == 1


def conclude_with_mistakes_first(office: Office, base: str) -> None:
    desk = office.open(base, office.desk("city"))
    desk.click("#experts a[href*='/expert/']")
    desk.fill(name="赵教授")
    desk.page.locator("[data-scores] input").first.fill("101")
    desk.save()
    assert desk.page.locator("[data-scores] input").first.input_value() == "101"
    assert in_chinese("A score lies between 0 and 100.") in desk.main()
    desk.click("[data-leave]")
    for expert in EXPERTS[:2]:
        add_expert(desk, expert, 88)
    desk.fill(opinion="专家组一致同意。")
    desk.click("#experts [name=action][value=conclude]")
    assert desk.page.input_value("#opinion") == "专家组一致同意。"
    wrong = in_chinese(
        "At least %(least)d experts are needed; %(count)d have given their scores.", least=3, count=2
    )
    assert wrong in desk.problems()
    add_expert(desk, EXPERTS[2], 88)
    conclude(desk)


def select_all_with_mistakes_first(office: Office) -> None:
    desk = office.desk("city")
    desk.go(f"/admin/publication/?round={office.round}")
    assert desk.page.locator(".card-board", has_text=YUNHE).count() == 1
    desk.click("a[href*='/publication/results/?round=']")
    yunhe = office.ids[YUNHE]
    desk.click(f"#a{yunhe} [name=verb][value=select]")  # it asks before it acts
    assert desk.page.locator("form .choices-list li").count() == 1
    desk.save()  # below the line, and it lacks indicators
    said = "The average %(score)s is below the line of %(line)d: give the reason in writing."
    assert in_chinese(said, score="55", line=60) in desk.problems()
    assert desk.page.locator(f"#e-failing_reason-{yunhe}").count() == 1
    desk.page.fill(f"#reason-{yunhe}", "局长办公会研究同意。")
    desk.page.fill(f"#failing_reason-{yunhe}", GOES_ON)
    desk.save()
    others = (QIMING, LUXI, QINGQUAN, JINGYANG)  # together
    for base in others:
        desk.page.check(f"#a{office.ids[base]} input[name=applications][type=checkbox]")
    desk.click(".result-together [value=select]")
    assert desk.page.locator("form .choices-list li").count() == len(others)
    desk.page.fill(f"#failing_reason-{office.ids[JINGYANG]}", GOES_ON)
    desk.save()
    assert desk.page.locator("article.result [value=select]").count() == 0
    desk.click(f"#a{yunhe} [name=verb][value=decline]")
    desk.save()  # no reason given
    assert in_chinese("Give the reason.") in desk.problems()


def nothing_is_public(office: Office) -> None:
    visitor = office.visitor()
    for path in ("/notices/", "/bases/", "/bases/?search=创业园"):
        visitor.go(path)
        shown = visitor.main()
        assert not any(base in shown for base in COUNTY_OF if base != LUXI), path
    visitor.go("/bases/")
    assert LUXI in visitor.main()  # it holds the title of 2021


def plain(text: str) -> str:
    """Return what is read, without how it is set."""
    return re.sub(r"\s+", "", text)


def open_the_notice_with_mistakes_first(office: Office) -> None:
    desk = office.desk("city")
    desk.go(f"/admin/publication/notices/new/?round={office.round}")
    assert desk.page.locator("input[name=applications]:checked").count() == 5
    desk.fill(first_day="2026-03-13", telephone="0635-8288000", email="jidi@example.cn")
    desk.fill(address="聊城市东昌府区昌润路1号", postcode="252000")
    desk.save()
    early = in_chinese(
        "The notice begins today or later. One that was published elsewhere before is recorded as that, below."
    )
    assert early in desk.problems() and desk.page.input_value("#telephone") == "0635-8288000"
    desk.fill(first_day="2026-03-16")
    desk.save()
    assert "2026-03-16 – 2026-03-20" in desk.main()
    shown = plain(desk.page.inner_text(".preview-paper"))
    assert all(base in shown for base in (QIMING, LUXI, QINGQUAN, JINGYANG, YUNHE)) and LAOCHANG not in shown
    visitor = office.visitor()
    visitor.go("/notices/")
    assert visitor.page.locator("ul.papers a").count() == 0  # a preview publishes nothing
    desk.click("#publish button")
    office.notice = desk.record_id()
    visitor.go("/notices/")
    visitor.click(f"ul.papers a[href='/notices/{office.notice}']")
    assert plain(visitor.page.inner_text("article.paper")) == shown
    assert "1390635" not in visitor.page.content()
    visitor.go("/bases/")
    assert not any(base in visitor.main() for base in COUNTY_OF if base != LUXI)


def object_to(office: Office, base: str) -> None:
    desk = office.desk("city")
    desk.go(f"/admin/publication/notices/?id={office.notice}")
    desk.click("#objections a[href*='/objections/new/']")
    desk.page.select_option("#application", label=base)
    desk.fill(received_on="2026-03-16", objector="周某某")
    desk.fill(objected="反映入驻企业数量与申报材料不一致。")
    desk.page.select_option("#received", "letter")
    desk.page.select_option("#objector_kind", "person")
    desk.save()
    assert in_chinese("Please fill in this field.") in desk.problems()
    assert desk.page.input_value("#objected") == "反映入驻企业数量与申报材料不一致。"
    desk.fill(objector_contact="13906350001")
    desk.put("[name=evidence]", ("来信.pdf", PDF), ("照片.png", PNG))
    desk.save()
    assert desk.page.locator("#files .files li").count() == 2
    office.objection = desk.record_id()
    visitor = office.visitor()
    visitor.go(f"/notices/{office.notice}")
    assert "周某某" not in visitor.page.content() and "13906350001" not in visitor.page.content()


def announce_too_early(office: Office) -> None:
    desk = office.desk("city")
    desk.go(f"/admin/publication/notices/?id={office.notice}")
    assert desk.page.locator("a[href*='/notices/announce/']").count() == 0
    desk.go(f"/admin/publication/notices/announce/?id={office.notice}")
    desk.fill(number=NUMBER)
    desk.save()
    early = in_chinese("The public notice runs until %(day)s: announce after it.", day="2026-03-20")
    assert early in desk.problems() and desk.page.input_value("#number") == NUMBER


# --- The announcement ----------------------------------------------------------------------------------


def announce_with_mistakes_first(office: Office, folder: Path) -> None:
    desk = office.desk("city")
    desk.go(f"/admin/publication/notices/?id={office.notice}")
    desk.click("a[href*='/notices/announce/']")
    held = desk.page.locator(f"#c-{office.ids[JINGYANG]}")
    assert held.is_disabled() and not held.is_checked()
    why = in_chinese("An objection to %(name)s is still being handled.", name=JINGYANG)
    assert why in desk.page.inner_text(f"#w-{office.ids[JINGYANG]}")
    desk.fill(number=LETTERS[SHEN])
    desk.save()
    used = in_chinese(
        "The document number %(number)s is already used, by a paper of %(date)s.",
        number=LETTERS[SHEN], date="2026-03-02",
    )  # fmt: skip
    assert used in desk.problems() and desk.page.input_value("#number") == LETTERS[SHEN]
    box = f"#reason-{office.ids[YUNHE]}"
    assert desk.page.input_value(box) == GOES_ON  # as it was selected with
    desk.page.fill(box, "")
    desk.save()
    assert YUNHE in desk.page.inner_text(f"#e-reason-{office.ids[YUNHE]}")
    fill_announcement(office, desk)
    other = office.desk("boss")  # who does the same at the same time
    other.go(f"/admin/publication/notices/announce/?id={office.notice}")
    fill_announcement(office, other)
    shown = plain(desk.page.inner_text(".preview-paper"))
    assert all(base in shown for base in (QIMING, LUXI, QINGQUAN, YUNHE)) and JINGYANG not in shown
    assert "2026-03-23 – 2031-03-22" in desk.page.inner_text("main")
    visitor = office.visitor()
    visitor.go("/bases/")
    assert QIMING not in visitor.main()
    desk.click("#publish button")
    announcement = desk.record_id()
    assert announcement != office.notice and desk.page.locator(".listed li").count() == 4
    numbers = desk.page.locator(".listed .became .code").all_inner_texts()
    assert sorted(numbers) == [f"LCSJ-2026-00{number}" for number in (1, 2, 3, 4)]
    desk.download("main a[href*='/certificate.docx']").save_as(folder / "certificate.docx")
    desk.download("main a[href*='/paper.docx']").save_as(folder / "announcement.docx")
    assert any(NUMBER in one.text for one in docx.Document(str(folder / "announcement.docx")).paragraphs)
    visitor.go(f"/notices/{announcement}")
    assert all(base in visitor.main() for base in (QIMING, LUXI, QINGQUAN, YUNHE))
    other.click("#publish button")  # too late: led to what exists
    assert other.record_id() == announcement
    office.announcement = announcement


def fill_announcement(office: Office, desk: Desk) -> None:
    desk.fill(number=NUMBER)
    desk.page.fill(f"#reason-{office.ids[YUNHE]}", "创业辅导成效突出，经局长办公会研究同意。")
    desk.save()


def the_public_reads_what_was_announced(office: Office, folder: Path) -> None:
    visitor = office.visitor()
    visitor.go("/bases/")
    # A renewed title shows the term that still runs; it has no certificate of this office.
    assert set(visitor.page.locator("tbody th[scope=row] a").all_inner_texts()) == {QIMING, QINGQUAN, YUNHE}
    assert LUXI in visitor.main() and "2026-12-19" in visitor.main()
    visitor.download("main a[href*='list.xlsx']").save_as(folder / "public.xlsx")
    cells = [cell for row in openpyxl.load_workbook(folder / "public.xlsx").active.values for cell in row]
    assert QIMING in cells and JINGYANG not in cells
    visitor.go("/bases/")
    visitor.click(f"tbody th a:has-text('{QIMING}')")
    assert re.search(r"/bases/LCSJ-2026-00\d$", visitor.page.url)
    shown = visitor.main()
    assert QIMING in shown and NUMBER in shown and "2026-03-23" in shown and "2031-03-22" in shown
    assert "1390635" not in shown
    county = office.desk("guan")
    county.go(f"/admin/publication/notices/?id={office.announcement}")
    assert county.page.locator("a[href*='/objections/'], a[href*='/announce/']").count() == 0
    office.open(QINGQUAN)
    assert "LCSJ-2026-00" in county.main() and county.page.locator(".steps-bar .done").count() == 7


def decide_the_objection_and_announce_the_last(office: Office, base: str) -> None:
    desk, visitor = office.desk("city"), office.visitor()
    desk.go(f"/admin/publication/objections/?id={office.objection}")
    desk.fill(handling="经现场复核，入驻企业数量与申报材料一致。")
    desk.save()
    assert in_chinese("Please fill in this field.") in desk.problems()
    assert desk.page.input_value("#handling") == "经现场复核，入驻企业数量与申报材料一致。"
    desk.page.check("[name=outcome][value=rejected]")
    desk.save()
    assert desk.page.locator("form [data-save]").count() == 0
    desk.go(f"/admin/publication/notices/announce/?id={office.notice}")
    assert desk.page.locator("input[name=applications]:not(:disabled)").count() == 1
    desk.fill(number="聊工信发〔2026〕22号")
    desk.page.fill(f"#reason-{office.ids[base]}", "园区特色明显，经局长办公会研究同意。")
    desk.save()
    desk.click("#publish button")
    assert "LCSJ-2026-005" in desk.page.inner_text("#listed")
    visitor.go("/bases/LCSJ-2026-005")
    assert base in visitor.main() and in_chinese("This certificate is valid.") in visitor.main()
