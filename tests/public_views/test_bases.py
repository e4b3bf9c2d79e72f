"""The certified list and the certificates: who stands there, in which words, and what no search finds."""

import re
from datetime import UTC, date, datetime, time
from urllib.parse import quote

import pytest
from bson import ObjectId

from services.publication.public_bases import TitleState, title_state
from tests.page_reader import pills, text_of
from tests.public_views.published import LONG, PERSON, PHONE, TODAY, add_base, touch
from tests.sample_office import CHANG, GUAN, SHEN, cells, code

HEADINGS = ["序号", "基地名称", "运营主体", "所属县（市、区）", "基地类型", "基地地址", "公布日期", "公布文号",
            "有效期起", "有效期止", "证书编号", "状态"]  # fmt: skip


def names(html: str) -> list[str]:
    """Return the names in the list, those of the second one apart."""
    listed = html.partition('id="ended"')[0]
    return [text_of(one) for one in re.findall(r'<th scope="row">(?:<a[^>]*>)?(.*?)(?:</a>)?<small', listed)]


def ended(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*>(.*?)</a>', html.partition('id="ended"')[2])


def find(client, words: str, more: str = "") -> list[str]:
    answer = client.get(f"/bases/?search={quote(words)}{more}")
    assert answer.status_code == 200
    return names(answer.text)


def test_the_list_holds_the_certified_bases_in_the_offices_order(published, client):
    html = client.get("/bases/").text
    assert names(html) == ["东昌科技孵化器", "换证园", LONG, "清泉创业园", "草稿园", "到期园", "复核园"]
    assert ended(html) == ["撤销园", "取消园"]
    groups = re.findall(r'scope="rowgroup">(.*?)<', html)
    assert groups == ["东昌府区", "冠县", "莘县"]


def test_the_county_bar_counts_and_narrows(published, client):
    html = client.get("/bases/").text.replace("choices counties", "counties")
    bar = {pill.label.split()[0]: pill for pill in pills(html)}
    assert list(bar)[:5] == ["全市", "东昌府", "茌平", "临清", "冠县"]
    assert [bar[name].count for name in ("全市", "东昌府", "茌平", "冠县", "莘县")] == [6, 1, 0, 3, 2]
    # 到期园 stands there as 已到期; no title valid today is counted that is none.
    assert "另列有效期已满、尚未处理的1家，未计入以上家数。" in text_of(html)
    assert "未计入以上家数" not in client.get(f"/bases/?county={GUAN}").text
    html = client.get(bar["冠县"].url).text
    assert names(html) == ["换证园", LONG, "清泉创业园"]
    assert ended(html) == ["取消园"]
    assert names(client.get("/bases/?county=999999").text) == names(client.get("/bases/").text)


@pytest.mark.parametrize(
    ("first", "last", "status", "renewing", "state"),
    [
        (date(2024, 3, 1), date(2029, 2, 28), "certified", False, TitleState.VALID),
        (date(2021, 11, 24), TODAY, "certified", False, TitleState.VALID),  # the last day counts
        (date(2021, 11, 23), date(2026, 11, 22), "certified", False, TitleState.EXPIRED),
        (date(2021, 11, 23), date(2026, 11, 22), "certified", True, TitleState.RENEWAL),
        (date(2027, 1, 1), date(2031, 12, 31), "certified", False, TitleState.NOT_BEGUN),
        (None, None, "certified", False, TitleState.VALID),  # an old record without days
        (date(2024, 3, 1), date(2029, 2, 28), "revoked", True, TitleState.ENDED),
    ],
)
def test_how_a_title_stands(first, last, status, renewing, state):
    assert title_state(status, first, last, under_renewal=renewing, today=TODAY) is state


def test_the_list_says_how_each_title_stands(published, client):
    rows = {
        row[1]: row[-1] for row in cells(client.get("/bases/list.xlsx"))[3:] if row[0] is not None
    }  # fmt: skip
    assert rows["清泉创业园"] == rows["草稿园"] == "有效"  # a draft for renewal is nobody's business
    assert rows["到期园"] == "已到期"
    assert rows["复核园"] == "复核中"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("清泉", ["清泉创业园"]),
        ("创业园 清泉", ["清泉创业园"]),  # in any order
        ("鲁西北电商园", [LONG]),  # a former name
        ("产业园区运营管理", [LONG]),  # the operator
        ("(二期)", [LONG]),  # half width for full
        ("（二期）", [LONG]),
        ("LCSJ-2024-002", ["清泉创业园"]),
        ("lcsj-2024-002", ["清泉创业园"]),
        ("[2024]21号 东昌", ["东昌科技孵化器"]),  # the document's number, whatever its brackets
        ("莘县", ["草稿园", "到期园", "复核园"]),
        ("sx 复核", ["复核园"]),  # a county by its initials
        ("qqcyy", ["清泉创业园"]),  # the name by its initials
        ("清泉 莘县", []),
        (".*", []),
        ("!!!", []),
    ],
)
def test_a_search_finds_by_public_words(published, client, words, found):
    assert find(client, words) == found


@pytest.mark.parametrize(
    "words",
    [
        PHONE,
        PHONE[:7],
        "9876",
        PERSON,
        "翟法人",
        "myz",
        "secret-mail",
        "备注",
        "98765",
        code(5_000_002, GUAN),
    ],
)
def test_a_search_by_what_is_private_finds_nothing(published, client, office, words):
    assert office.db["bases"].count_documents({"status": "certified", "contact_phone": PHONE}) > 5
    assert find(client, words) == []


def test_a_search_keeps_the_county(published, client):
    assert find(client, "园", f"&county={SHEN}") == ["草稿园", "到期园", "复核园"]
    assert f'name="county" value="{SHEN}"' in client.get(f"/bases/?county={SHEN}").text


def test_the_workbook_is_the_list_as_narrowed(published, client):
    rows = cells(client.get(f"/bases/list.xlsx?county={CHANG}"))
    assert rows[0][0] == "小型微型企业创业创新示范基地名录"
    assert "东昌府区" in rows[1][0]
    assert rows[2] == HEADINGS
    assert [row[1] for row in rows[3:]] == ["东昌科技孵化器"]
    assert rows[3][4] == "孵化器"
    assert f"{rows[3][8]:%Y-%m-%d}" == "2024-03-01"


@pytest.mark.parametrize("page", ["2", "3", "0", "-1", "1" + "0" * 20, "x", "１", "%00", "", "1e9"])
def test_a_page_that_is_not_there_is_the_nearest_one(published, client, office, page):
    for number in range(100, 160):
        add_base(office.db, f"园{number}", GUAN, number)
    html = client.get(f"/bases/?page={page}").text
    past = page in ("2", "3", "1" + "0" * 20)
    assert len(names(html)) == (67 - 50 if past else 50)
    assert ("第 51–67 条，共 67 条" if past else "第 1–50 条，共 67 条") in text_of(html)


@pytest.mark.parametrize(
    "query",
    ["search=%00", "search=" + "园" * 10_000, "search=%ED%A0%80", "search=(((", "search=a%5C", "county=%00", "page=%F0",
     "search=" + "+".join("abcdefghijklmnop"), "lang=%00", "county=" + "9" * 9000, "search=%EF%BC%8A%5B%5D"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/bases/", "/bases/list.xlsx"])
def test_no_query_breaks_it(published, client, path, query):
    assert client.get(f"{path}?{query}").status_code == 200


# --- Certificates


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("LCSJ-2024-002", ["清泉创业园", "此证书有效。", "2024-03-01 至 2029-02-28", code(5_000_002, GUAN)]),
        ("lcsj-2024-002", ["清泉创业园", "此证书有效。"]),
        ("LCSJ-2024-001", [LONG, "此证书有效。", "曾用名 鲁西北电商园"]),
        ("LCSJ-2024-004", ["到期园", "已到期", "此证书有效期已满。"]),
        ("LCSJ-2024-005", ["复核园", "复核中"]),
        ("LCSJ-2024-007", ["取消园", "已取消", "此证书已失效"]),
        ("LCSJ-2024-008", ["撤销园", "已撤销", "此证书已失效"]),
        ("LCSJ-2026-009", ["换证园", "此证书有效。", "2021-03-01 至 2026-02-28", "LCSJ-2021-009"]),
        ("LCSJ-2021-009", ["换证园", "已换发", "此证书已由证书 LCSJ-2026-009 换发"]),
    ],
)
def test_a_certificate_says_whether_it_is_valid(published, client, number, said):
    answer = client.get(f"/bases/{number}")
    assert answer.status_code == 200
    for words in said:
        assert words in text_of(answer.text), words
    if "此证书有效。" not in said:
        assert "此证书有效。" not in text_of(answer.text)


def test_a_certificate_leads_to_its_papers(published, client):
    html = client.get("/bases/LCSJ-2024-002").text
    linked = re.findall(r'href="/notices/([0-9a-f]{24})"', html)
    assert linked == [str(published[name]) for name in ("open", "announced", "past")]


@pytest.mark.parametrize(
    "number",
    ["LCSJ-2099-001", "LCSJ-2024-010", "LCSJ-2024-012", "LCSJ-2024-", "%00", "x" * 5000, "%ED%A0%80", "$ne", "...",
     "<script>alert(1)<%2Fscript>", "list.xls", "[]", "LCSJ-2024-002%00"],
)  # fmt: skip
def test_an_unknown_number_is_a_page_that_helps(published, client, number):
    answer = client.get(f"/bases/{number}")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "没有查到此编号的证书" in answer.text
    assert 'role="search"' in answer.text
    assert "ETag" not in answer.headers


def test_a_status_that_the_office_does_not_publish_is_not_there(published, client, office):
    office.db["statuses"].update_one({"collection": "bases", "code": "revoked"}, {"$set": {"public": False}})
    assert ended(client.get("/bases/").text) == ["取消园"]
    assert client.get("/bases/LCSJ-2024-008").status_code == 404


def test_a_number_that_a_record_got_after_its_list_was_published_is_masked(published, client, office):
    name = "清泉创业园"
    office.db["bases"].update_one(
        {"name": name}, {"$set": {"address": "兴业路1号13812345678", "operator": "清泉公司0635-8299999"}}
    )
    touch(office.db)
    number = office.db["bases"].find_one({"name": name})["certificate_number"]
    for address in ("/bases/", f"/bases/{number}"):
        page = client.get(address).text
        assert "13812345678" not in page and "8299999" not in page
    assert "138****5678" in client.get(f"/bases/{number}").text
    assert "13812345678" not in str(cells(client.get("/bases/list.xlsx")))


# --- A decision against the title ----------------------------------------------------------------


def decided(db, base, kind, dated, **more):
    """Store a decision on a title, as one that an older program let stand beside a certified base."""
    row = {"base": base, "base_name": "园", "county": GUAN, "kind": kind, "state": "decided", "open": False}
    db["decisions"].insert_one(row | {"dated": datetime.combine(dated, time(), UTC)} | more)


@pytest.mark.parametrize(
    ("kind", "dated", "overturned", "valid"),
    [
        ("revocation", date(2026, 5, 6), False, False),
        ("cancellation", date(2024, 3, 1), False, False),
        ("revocation", date(2024, 2, 28), False, True),  # of a title before this one
        ("revocation", date(2026, 5, 6), True, True),
    ],
)
def test_no_certificate_is_valid_against_a_decision(db, published, client, kind, dated, overturned, valid):
    decided(db, published["second"], kind, dated, **({"reversed_by": ObjectId()} if overturned else {}))
    touch(db)
    page = client.get("/bases/LCSJ-2024-002").text
    assert ("此证书有效" in page) is valid
    assert ("已失效" in page) is not valid
