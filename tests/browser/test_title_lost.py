"""Titles lost and restored, in Chromium: a revocation, a cancellation that the system proposes, an overturning.

Each goes from the new case to what the public reads; what is wrong on the way is said in one sentence, and what was
typed stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest

from documents.indexes import build_indexes
from documents.server.embedded import open_database
from rules.access import SYSTEM
from rules.applications import Stage
from services.desk.users import create_user
from services.records import records
from tests import round_driver as driver
from tests.browser.conftest import Open
from tests.browser.desk import PASSWORD, Desk, Server, in_chinese
from tests.browser.workbooks import code

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
SHEN, GUAN = "371522", "371525"
FRAUDULENT, FORGOTTEN = "莘县光岳科技孵化器", "冠县旧铺双创园"
TENANT, PARTNER = "聊城光岳轴承有限公司", "莘县光岳会计师事务所"
# 冠县 lost sight of its renewal: five years from 2021-02-10 ended on 2026-02-09.
BEGUN = datetime(2026, 4, 13, 1, tzinfo=UTC)
DECIDED = datetime(2026, 4, 20, 1, tzinfo=UTC)
OVERTURNED = datetime(2026, 6, 1, 1, tzinfo=UTC)
CANCELLING, REVOKING, RESTORING = (f"聊工信发〔2026〕{number}号" for number in (31, 32, 45))
FACTS = "经核查，申报的台账中42家次服务并未发生。"


def fill_office() -> None:
    """Make clerks and two certified bases, one announced in a round of March, one past its term."""
    with open_database():
        build_indexes()
        for name, role in (("city", "city"), ("reader", "reader")):
            create_user(name, role=role, password=PASSWORD, actor=SYSTEM, now=driver.moment(driver.OPENED))
        base = driver.make_base(SHEN, FRAUDULENT)
        driver.drive(base, driver.make_round(), to=Stage.ANNOUNCED)
        driver.make_base(
            GUAN,
            FORGOTTEN,
            status="certified",
            announced_on=date(2021, 2, 10),
            document_number="聊工信发〔2021〕9号",
        )
        cooperation = {"base": base, "first_day": date(2024, 1, 1)}
        _make("tenant_companies", name=TENANT, uscc=code(810), base=base, moved_in=date(2024, 1, 5))
        _make(
            "service_partners",
            name=PARTNER,
            uscc=code(811),
            functions=["professional"],
            cooperations=[cooperation],
        )


def _make(collection: str, **values: Any) -> None:
    records.create(collection, values, actor=SYSTEM, now=driver.moment(driver.ANNOUNCED))


@dataclass
class Office:
    """The office with a clerk of the city, and somebody of the public."""

    server: Server
    city: Desk
    visitor: Desk

    def move_to(self, moment: datetime) -> None:
        """Let the days pass; the clerk signs in anew."""
        self.server.start_at(moment)
        self.city.sign_in("city")


@pytest.fixture
def office(tmp_path: Path, open_desk: Open) -> Iterator[Office]:
    """Serve the office on the day on which both cases begin."""
    server = Server(tmp_path / "data")
    server.run("from tests.browser.test_title_lost import fill_office; fill_office()")
    try:
        server.start_at(BEGUN)
        yield Office(server, open_desk(server).sign_in("city"), open_desk(server))
    finally:
        server.stop()


def test_a_revocation_a_cancellation_and_an_overturning_reach_the_public_page(
    office: Office, tmp_path: Path
) -> None:
    certificate = certificate_of(office, FRAUDULENT)
    revoking = begin_revocation_with_mistakes_first(office)
    too_early_to_decide(office, revoking)
    prepare(office, revoking, mistakes_first=True)
    cancelling = begin_what_the_system_proposes(office)
    prepare(office, cancelling)
    no_decision_while_the_base_may_speak(office, cancelling)
    valid(office, certificate)

    office.move_to(DECIDED)
    hear_the_base(office, revoking)
    decide(office, cancelling, CANCELLING, FORGOTTEN)
    a_number_is_used_once(office, revoking, CANCELLING)
    decide(office, revoking, REVOKING, FRAUDULENT, named=PARTNER)
    papers_of(office, revoking, REVOKING, tmp_path)
    nobody_revokes_twice(office)
    lost(office, certificate)

    office.move_to(OVERTURNED)
    overturn(office, revoking)
    valid(office, certificate)


def certificate_of(office: Office, base: str) -> str:
    visitor = office.visitor
    visitor.go("/bases/")
    visitor.click(f"tbody th a:has-text('{base}')")
    return visitor.page.url.rpartition("/")[2]


def valid(office: Office, certificate: str) -> None:
    """The public sees the title, with its term; nothing of the cases about it."""
    visitor = office.visitor
    visitor.go(f"/bases/{certificate}")
    assert in_chinese("This certificate is valid.") in visitor.main()
    assert "2026-03-23" in visitor.main() and "2031-03-22" in visitor.main()
    visitor.go("/bases/")
    assert visitor.page.locator("section[aria-labelledby=ended]", has_text=FRAUDULENT).count() == 0
    visitor.go("/notices/")
    assert FACTS not in visitor.page.content()


# --- Preparing ---------------------------------------------------------------------------------------


def begin_revocation_with_mistakes_first(office: Office) -> str:
    desk = office.city
    desk.go("/admin/revocation/")
    desk.click("a[href$='/admin/revocation/new/']")
    desk.choose("base", FRAUDULENT[:4], FRAUDULENT)
    desk.page.check("#kind-revocation", force=True)
    desk.save()
    assert in_chinese("Choose at least one ground.") in desk.problems()
    assert FRAUDULENT in desk.page.inner_text(".ts-control")
    desk.page.check("#ground-fraud")
    desk.save()
    ground = in_chinese("Fraud, or breach of laws and regulations")
    assert in_chinese("Enter the facts for “%(ground)s”.", ground=ground) in desk.problems()
    assert desk.page.is_checked("#ground-fraud")
    desk.page.fill("#facts-fraud", FACTS)
    desk.page.check("[name=findings-fraud][value=falsified]")
    desk.page.check("#ground-other")
    desk.page.fill("#facts-other", "入驻企业多次投诉，满意度低于60%。")
    desk.page.check("[name=findings-other][value=complaints]")
    desk.save()
    assert FRAUDULENT in desk.page.inner_text("h1")
    assert desk.page.input_value("#facts-fraud") == FACTS
    return desk.record_id()


def too_early_to_decide(office: Office, case: str) -> None:
    desk = office.city
    desk.go(f"/admin/revocation/case/?id={case}")
    desk.fill(number=REVOKING, dated="2026-04-13")
    desk.click("form[action*='/case/preview/'] .case-save button")
    wrong = desk.problems()
    assert in_chinese("Add at least one file as evidence.") in wrong
    assert in_chinese("Serve the prior notice on the base first.") in wrong
    assert desk.page.input_value("#number") == REVOKING


def prepare(office: Office, case: str, mistakes_first: bool = False) -> None:
    desk = office.city
    desk.go(f"/admin/revocation/case/?id={case}")
    if mistakes_first:
        desk.put("#file-evidence", ("举报信.pdf", b"MZ is no PDF"))
        desk.click("form[action*='/case/grounds/'] .case-save button")
        said = in_chinese("The content of “%(name)s” is not what its ending says.", name="举报信.pdf")
        assert said in desk.page.inner_text("#grounds")
    desk.put("#file-evidence", ("核查报告.pdf", PDF), ("台账比对.pdf", PDF))
    desk.click("form[action*='/case/grounds/'] .case-save button")
    assert desk.page.locator("#evidence .files li").count() == 2
    desk.fill(served_on="2026-04-13", statement_by="2026-04-14", served_how="直接送达")
    if mistakes_first:
        desk.click("form[action*='/case/hearing/'] .case-save button")
        assert in_chinese("The base has at least %(days)d days for its statement.", days=3) in desk.problems()
        assert desk.page.input_value("#served_how") == "直接送达"
    desk.fill(statement_by="2026-04-17")
    desk.put("#file-notice", ("事先告知书.pdf", PDF))
    desk.click("form[action*='/case/hearing/'] .case-save button")
    assert "2026-04-17" in desk.page.inner_text("main .record-head, .record-head")


def begin_what_the_system_proposes(office: Office) -> str:
    desk = office.city
    desk.go("/admin/revocation/")
    row = desk.page.locator("#proposals tbody tr")
    assert row.count() == 1 and FORGOTTEN in row.inner_text() and "2026-02-09" in row.inner_text()
    desk.click("#proposals td.act a")
    assert desk.page.is_checked("#kind-cancellation") and desk.page.is_checked("#ground-no-renewal")
    assert "2026年2月9日" in desk.page.input_value("#facts-no-renewal")
    desk.save()
    case = desk.record_id()
    desk.go("/admin/revocation/")
    assert desk.page.locator("#proposals").count() == 0
    assert desk.page.locator("#under-way tbody tr").count() == 2
    return case


def no_decision_while_the_base_may_speak(office: Office, case: str) -> None:
    desk = office.city
    desk.go(f"/admin/revocation/case/?id={case}")
    desk.fill(number=CANCELLING, dated="2026-04-13")
    desk.click("form[action*='/case/preview/'] .case-save button")
    said = "The base may make its statement until %(day)s: record it, or decide after that."
    assert in_chinese(said, day="2026-04-17") in desk.problems()
    assert desk.page.input_value("#number") == CANCELLING


# --- Deciding ------------------------------------------------------------------------------------------


def hear_the_base(office: Office, case: str) -> None:
    desk = office.city
    desk.go(f"/admin/revocation/case/?id={case}")
    desk.fill(statement_on="2026-04-16", statement="基地称系填报疏忽，请求从轻处理。")
    desk.page.select_option("#statement_outcome", "not-accepted")
    desk.fill(statement_answer="所述与核查结果不符。")
    desk.put("#file-statement", ("陈述意见.pdf", PDF))
    desk.click("form[action*='/case/hearing/'] .case-save button")
    assert desk.page.locator("#statement.case-files .files li").count() == 1


def preview(desk: Desk, case: str, number: str, dated: str) -> None:
    desk.go(f"/admin/revocation/case/?id={case}")
    desk.fill(number=number, dated=dated)
    desk.click("form[action*='/case/preview/'] .case-save button")


def a_number_is_used_once(office: Office, case: str, number: str) -> None:
    desk = office.city
    preview(desk, case, number, "2026-04-20")
    used = "The document number %(number)s is already used, by a paper of %(date)s."
    assert in_chinese(used, number=number, date="2026-04-20") in desk.problems()
    assert desk.page.input_value("#number") == number
    desk.fill(number=REVOKING, dated="2026-04-21")
    desk.click("form[action*='/case/preview/'] .case-save button")
    assert in_chinese("The decision cannot be dated in the future.") in desk.problems()


def decide(office: Office, case: str, number: str, base: str, named: str = "") -> None:
    desk, visitor = office.city, office.visitor
    preview(desk, case, number, "2026-04-20")
    paper, public = desk.page.locator(".sign-papers article.official").all_inner_texts()
    assert all(number in text and base in text for text in (paper, public))
    touched = desk.page.inner_text(".touched >> nth=0")
    assert named in touched
    visitor.go("/notices/")
    assert number not in visitor.main()  # a preview decides nothing
    desk.click("form[action*='/case/sign/'] button")
    assert number in desk.page.inner_text("#decision")
    visitor.go("/notices/")
    visitor.click(f"ul.papers li:has-text('{number}') a")
    shown = "".join(visitor.page.inner_text("article.paper").split())
    assert all("".join(line.split()) in shown for line in public.splitlines() if "文件" not in line)


def papers_of(office: Office, case: str, number: str, folder: Path) -> None:
    desk = office.city
    desk.go(f"/admin/revocation/case/?id={case}")
    for what in ("decision", "public"):
        path = folder / f"{what}.docx"
        desk.download(f".case-downloads a[href*='what={what}']").save_as(path)
        written = "".join(one.text or "" for one in docx.Document(str(path)).element.body.iter())
        assert FRAUDULENT in written and number in written
    assert (
        desk.page.locator("form").filter(has=desk.page.locator("[name=version]")).count() == 0
    )  # nothing is edited


def nobody_revokes_twice(office: Office) -> None:
    desk = office.city
    desk.go("/admin/revocation/new/")
    desk.choose("base", FRAUDULENT[:4], FRAUDULENT)
    desk.page.check("#ground-unfit")
    desk.page.fill("#facts-unfit", "已不符合条件。")
    desk.save()
    assert in_chinese("The base's title is revoked already.") in desk.problems()
    assert desk.page.input_value("#facts-unfit") == "已不符合条件。"


def lost(office: Office, certificate: str) -> None:
    """The public sees that both titles ended; both bases stay on record."""
    visitor, desk = office.visitor, office.city
    visitor.go(f"/bases/{certificate}")
    assert "已撤销" in visitor.main() and REVOKING in visitor.main()
    assert in_chinese("This certificate is valid.") not in visitor.main()
    visitor.go("/bases/")
    ended = visitor.page.inner_text("section[aria-labelledby=ended]")
    assert FRAUDULENT in ended and FORGOTTEN in ended
    assert FRAUDULENT not in visitor.page.inner_text("section.sheet >> nth=0")
    for base in (FRAUDULENT, FORGOTTEN):
        desk.go(f"/admin/bases/?search={base}")
        assert desk.names() == [base]
    desk.go("/admin/revocation/")
    assert desk.page.locator("#closed tbody tr").count() == 2


# --- Overturning ---------------------------------------------------------------------------------------


def overturn(office: Office, case: str) -> None:
    desk, visitor = office.city, office.visitor
    desk.go(f"/admin/revocation/case/?id={case}")
    desk.click("main a[href*='kind=reversal'], .head-actions a[href*='kind=reversal']")
    assert desk.page.is_checked("#kind-reversal") and desk.page.is_checked("#ground-overturned")
    desk.page.fill("#facts-overturned", "行政复议决定撤销原决定。")
    desk.save()
    restoring = desk.record_id()
    preview(desk, restoring, RESTORING, "2026-04-19")
    wrong = desk.problems()
    assert in_chinese("Add at least one file as evidence.") in wrong
    before = "The decision cannot be dated before the one it overturns, of %(day)s."
    assert in_chinese(before, day="2026-04-20") in wrong
    desk.go(f"/admin/revocation/case/?id={restoring}")
    assert desk.page.locator("#hearing").count() == 0  # it burdens nobody
    desk.page.check("[name=findings-overturned][value=annulled]")
    desk.page.select_option("#basis", "review")
    desk.fill(basis_body="聊城市人民政府", basis_number="聊政复决字〔2026〕3号", basis_dated="2026-05-29")
    desk.put("#file-evidence", ("行政复议决定书.pdf", PDF))
    desk.click("form[action*='/case/grounds/'] .case-save button")
    preview(desk, restoring, RESTORING, "2026-06-01")
    desk.click("form[action*='/case/sign/'] button")
    assert RESTORING in desk.page.inner_text("#decision")
    desk.go(f"/admin/revocation/case/?id={case}")
    assert RESTORING in desk.main() and REVOKING in desk.main()  # nothing is erased
    visitor.go("/notices/")
    shown = visitor.main()
    assert all(number in shown for number in (CANCELLING, REVOKING, RESTORING))
    visitor.go("/bases/")
    assert FRAUDULENT in visitor.page.inner_text("section.sheet >> nth=0")
