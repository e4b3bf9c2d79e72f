"""What is published: open notices first, each paper as it reads, nothing before its day."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from rules.errors import Refusal, Refused
from rules.publication import NoticeKind
from tests.page_reader import text_of
from tests.public_views.published import TODAY, add_paper, notice_text
from tests.sample_office import cells

NUMBER_AT_FOOT = re.compile(r"—\s*\d+\s*—")


def without_space(words: str) -> str:
    return re.sub(r"\s+", "", words)


def listed(html: str) -> list[str]:
    return re.findall(r'<li><a href="/notices/([0-9a-f]{24})', html)


def ids(published, *names: str) -> list[str]:
    return [str(published[name]) for name in names]


def test_open_notices_stand_first_with_the_days_left(published, client):
    html = client.get("/notices/").text
    assert listed(html) == ids(published, "open", "correction", "announced", "past")
    assert "还剩 3 天" in text_of(html)


@pytest.mark.parametrize(
    ("days", "said"), [(0, "还剩 3 天"), (1, "还剩 2 天"), (2, "今天截止"), (3, "公示期已于 2026-11-25 结束")]
)
def test_the_days_run_down_to_the_last_one(published, client, clock, days, said):
    clock.shift(timedelta(days=days))
    assert said in text_of(client.get(f"/notices/{published['open']}").text)


def test_a_notice_is_not_there_before_its_day_and_there_from_midnight_on(published, client, clock):
    path = f"/notices/{published['future']}"
    # 15:59:59 UTC is the last second of the office's day.
    clock.move_to(datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC))
    assert client.get(path).status_code == client.get(f"{path}/list.xlsx").status_code == 404
    assert client.get(f"{path}/paper.pdf").status_code == 404
    assert str(published["future"]) not in client.get("/notices/").text
    clock.move_to(datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC))
    assert client.get(path).status_code == client.get(f"{path}/list.xlsx").status_code == 200
    assert str(published["future"]) in client.get("/notices/").text


def test_a_future_paper_is_not_named_by_the_one_that_it_corrects(published, client, office):
    text = notice_text({"名录外": "冠县"}, TODAY, TODAY)
    add_paper(office.db, "correction", text, TODAY + timedelta(days=1), corrects=published["open"])
    assert "此文已更正" not in client.get(f"/notices/{published['open']}").text


def test_kind_and_year_narrow_the_list(published, client):
    assert listed(client.get("/notices/?kind=announcement").text) == ids(published, "announced")
    assert listed(client.get("/notices/?year=2024").text) == ids(published, "correction", "announced", "past")
    assert listed(client.get("/notices/?year=2026&kind=public-notice").text) == ids(published, "open")
    assert listed(client.get("/notices/?kind=correction&year=2026").text) == []
    for odd in (
        "kind=secret",
        "year=1",
        "year=99999",
        "year=%00",
        "year=0",
        "page=9",
        "year=-1",
        "page=" + "9" * 20,
    ):
        assert len(listed(client.get(f"/notices/?{odd}").text)) >= 3


def test_a_paper_reads_as_it_was_frozen(published, client):
    words = text_of(client.get(f"/notices/{published['announced']}").text)
    for said in ("关于公布2024年度聊城市小型微型企业创业创新示范基地", "聊工信发〔2024〕21号", "一、认定名单及有效期",
                 "有效期为5年，自2024年3月1日起至2029年2月28日止。", "2024年3月1日", "聊城市工业和信息化局",
                 "清泉创业园运营有限公司"):  # fmt: skip
        assert said in words, said
    notice = text_of(client.get(f"/notices/{published['open']}").text)
    assert "联系电话：0635-8248000" in notice
    assert "zxqy@example.gov.cn" in notice


def test_papers_that_belong_together_lead_to_each_other(published, client):
    def linked(name: str) -> set[str]:
        html = client.get(f"/notices/{published[name]}").text
        return set(re.findall(r'href="/notices/([0-9a-f]{24})"', html))

    assert linked("announced") == set(ids(published, "past", "correction"))
    assert linked("correction") == set(ids(published, "announced"))
    assert linked("past") == set(ids(published, "announced"))
    assert "此文已更正" in client.get(f"/notices/{published['announced']}").text


def test_the_list_of_a_paper_is_a_workbook(published, client):
    rows = cells(client.get(f"/notices/{published['open']}/list.xlsx"))
    assert rows[2] == ["序号", "基地名称", "运营主体", "所属县（市、区）", "类别", "证书编号"]
    assert rows[3][1:5] == ["清泉创业园", "清泉创业园运营有限公司", "冠县", "认定"]
    assert [row[4] for row in rows[3:]] == ["认定", "认定", "复核"]
    assert client.get(f"/notices/{published['correction']}/list.xlsx").status_code == 404


def test_a_paper_is_there_as_pdf_with_the_words_of_its_page(published, client):
    for name in ("open", "announced", "correction"):
        address = f"/notices/{published[name]}"
        html = client.get(address).text
        assert f'href="{address}/paper.pdf"' in html
        answer = client.get(f"{address}/paper.pdf")
        assert answer.status_code == 200
        assert answer.mimetype == "application/pdf"
        assert "filename*=UTF-8''%E5%85%B3%E4%BA%8E" in answer.headers["Content-Disposition"]
        words = without_space("".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages))
        title = re.search(r"<title>([^<]*)", html)
        assert title is not None
        for line in re.findall(r'<p class="level-\d">([^<]+)</p>', html):
            assert without_space(NUMBER_AT_FOOT.sub("", line)) in NUMBER_AT_FOOT.sub("", words), line


def test_a_reader_who_has_the_pdf_is_not_sent_it_again(published, client):
    address = f"/notices/{published['announced']}/paper.pdf"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_pdf_that_cannot_be_made_is_a_page_and_is_not_kept(published, client, monkeypatch):
    address = f"/notices/{published['announced']}/paper.pdf"
    with monkeypatch.context() as patched:
        patched.setattr("public_views.notices.render_pdf", _refuse)
        answer = client.get(address)
        assert answer.status_code == 503
        assert "请稍" in answer.text
    assert client.get(address).status_code == 200


def _refuse(text):
    raise Refused(Refusal("no fonts"))


@pytest.mark.parametrize(
    "paper",
    ["x", "0" * 24, "%00", "0" * 5000, "twelve bytes", "%F0%9F%98%80", "$where", "6b0490a7be37e5b0e67a4fb4"],
)
def test_an_unknown_paper_is_a_page_that_helps(published, client, paper):
    for path in (f"/notices/{paper}", f"/notices/{paper}/list.xlsx", f"/notices/{paper}/paper.pdf"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "没有找到此文件" in answer.text
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("text", [{}, {"kind": "of-later", "paragraphs": []}, {"title": 1}, None])
def test_a_paper_without_words_that_can_be_read_still_shows_its_list(published, client, office, text):
    office.db["notices"].update_one({"_id": published["open"]}, {"$set": {"text": text, "kind": "of-later"}})
    answer = client.get(f"/notices/{published['open']}")
    assert answer.status_code == 200
    assert "东昌科技孵化器" in answer.text


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_paper_is_shown(published, client, office, kind):
    made = add_paper(office.db, kind.value, notice_text({"清泉创业园": "冠县"}, TODAY, TODAY), TODAY)
    assert client.get(f"/notices/{made}").status_code == 200
    assert str(made) in client.get(f"/notices/?kind={kind.value}").text


def test_past_papers_are_paged(published, client, office):
    for number in range(60):
        day = date(2020, 1, 1) + timedelta(days=number)
        add_paper(office.db, "announcement", notice_text({f"园{number}": "冠县"}, day, day), day)
    first, second = client.get("/notices/").text, client.get("/notices/?page=2").text
    assert (len(listed(first)), len(listed(second))) == (51, 14)  # the open one stands on both
    assert set(listed(first)) & set(listed(second)) == set(ids(published, "open"))
    assert 'href="/notices/?page=2"' in first


def test_an_office_that_published_nothing_says_so(office, client, clock):
    assert "尚未发布文件" in client.get("/notices/").text
