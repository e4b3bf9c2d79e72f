"""What a search shows first, how a name may be typed, and that its pages hang together."""

from datetime import UTC, datetime

import pytest
from bson import ObjectId

from documents.records.record import MOST_RANKED
from documents.records.tenant_company import TenantCompany
from rules.counties import SHIPPED
from schema.tenant_companies import TENANT_COMPANIES
from services.imports.import_rows import import_workbook
from services.records import records
from tests.page_reader import form, names
from tests.sample_office import GUAN, SHEN, code, workbook

NOW = datetime(2026, 3, 3, tzinfo=UTC)
LIST = "/admin/tenant-companies/"


@pytest.fixture
def city(sign_in):
    return sign_in("city")


@pytest.fixture
def company(office):
    """Return what makes a company of a name, in a base of 冠县 or another; the n-th has the n-th code."""
    made = iter(range(7000, 9000))

    def make(name, base=None, **values):
        given = {"name": name, "uscc": code(next(made)), "base": base or office.guan.base, **values}
        return records.create("tenant_companies", given, actor=office.actor("city"), now=NOW)

    return make


def found(browser, words, **more):
    query = "&".join(f"{key}={value}" for key, value in {"search": words, **more}.items())
    return names(browser.get(f"{LIST}?{query}").text)


def test_initials_that_begin_a_companys_own_name_come_before_all_others(office, city, company):
    """hy finds 恒越 first, not what holds hy in its middle, in a code, or in the name of its base."""
    base = records.create(
        "bases",
        {"name": "弘扬创业园", "operator": "甲公司", "uscc": code(6999), "county": GUAN, "status": "uncertified"},
        actor=office.actor("city"), now=NOW,
    )  # fmt: skip
    company("阿甲机械有限公司", base)
    company("八方红叶机械有限公司")
    company("聊城恒越机械有限公司")
    company("东方HY科技有限公司")
    company("HY电子有限公司")
    assert found(city, "hy") == [
        "HY电子有限公司", "东方HY科技有限公司", "聊城恒越机械有限公司", "八方红叶机械有限公司", "阿甲机械有限公司",
    ]  # fmt: skip


def test_what_is_named_so_comes_first_then_what_begins_so_then_what_holds_it(office, city, company):
    for name in ("安恒越电子有限公司", "恒越新材料有限公司", "山东恒越有限公司", "恒越"):
        company(name)
    assert found(city, "恒越") == ["恒越", "山东恒越有限公司", "恒越新材料有限公司", "安恒越电子有限公司"]
    assert found(city, "恒越", sort="name")[0] == "安恒越电子有限公司", "an order that was chosen stays"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("fengchuang", "聊城丰创科技有限公司"),
        ("fengc", "聊城丰创科技有限公司"),
        ("fengc科技", "聊城丰创科技有限公司"),
        ("丰chuang", "聊城丰创科技有限公司"),
        ("丰c科", "聊城丰创科技有限公司"),
        ("fckj", "聊城丰创科技有限公司"),
        ("chuangkeji", "聊城丰创科技有限公司"),
        ("xuwen", "单县食品有限公司"),
        ("xuw", "单县食品有限公司"),
        ("徐wen", "单县食品有限公司"),
        ("shanxian", "单县食品有限公司"),
        ("sxsp", "单县食品有限公司"),
        ("chaoyang", "朝阳农业有限公司"),
        ("changxing", "长兴曾记商贸有限公司"),
        ("zengji", "长兴曾记商贸有限公司"),
        ("cxzj", "长兴曾记商贸有限公司"),
        ("chongming", "朝阳农业有限公司"),
        ("zhongming", ""),
        ("huanming", "甲公司"),  # 郇 is read so, or xun
        ("xunming", "甲公司"),
        ("fengshuan科技", ""),
        ("丰chang", ""),
        ("xuwan", ""),
    ],
)
def test_a_name_is_found_by_its_pinyin_whole_or_begun_and_mixed_with_signs(
    words, name, office, city, company
):
    company("聊城丰创科技有限公司", legal_representative="王五")
    company("单县食品有限公司", legal_representative="徐文")
    company("朝阳农业有限公司", legal_representative="种明")
    company("长兴曾记商贸有限公司", legal_representative="乐天")
    company("甲公司", legal_representative="郇明")
    assert found(city, words) == ([name] if name else [])
    assert found(city, words, county=GUAN) == found(city, words)


def test_a_company_is_found_by_its_base_in_every_way_the_base_is(office, city, company):
    company("甲公司")
    base = office.db["bases"].find_one({"_id": office.guan.base})
    for words in (base["name"], base["name"][1:4], f"{base['name'][:2]} 甲"):
        assert "甲公司" in found(city, words), words
    renamed = {"name": "清泉创业园"}
    records.update(
        "bases", base["_id"], renamed, version=base["version"], actor=office.actor("city"), now=NOW
    )
    for words in ("清泉", "qingquan", "qq甲"[:2], "冠县 清泉 甲"):
        assert "甲公司" in found(city, words), words
    assert "甲公司" not in found(city, "qingshui")


def test_a_county_clerk_finds_the_same_order_in_its_county_alone(office, sign_in, company):
    company("聊城恒越机械有限公司", office.shen.base)
    company("安恒越电子有限公司", office.shen.base)
    company("恒越", office.guan.base)
    clerk = sign_in("shen")
    assert found(clerk, "恒越") == ["聊城恒越机械有限公司", "安恒越电子有限公司"]
    assert found(sign_in("city"), "恒越", county=SHEN) == ["聊城恒越机械有限公司", "安恒越电子有限公司"]


def test_pages_of_what_was_found_hold_each_record_once(office, city, company):
    for number in range(30):
        company(f"{'恒越' if number % 3 == 0 else '安恒越'}{number:02d}号公司")
    pages = [found(city, "恒越", size=7, page=page) for page in range(1, 6)]
    together = [name for page in pages for name in page]
    assert len(together) == len(set(together)) == 30
    assert all(name.startswith("恒越") for name in together[:10])
    assert not any(name.startswith("恒越") for name in together[10:])


def test_of_more_than_are_ranked_those_whose_name_begins_so_come_first_on_every_page_once(office, city):
    rows = []
    for number in range(MOST_RANKED + 60):
        name = f"恒越{number}" if number % 300 == 7 else f"安恒越{number:05d}"
        raw = {"name": name, "uscc": f"{number}", "county": SHIPPED[number % 2].code, "status": "housed",
               "version": 1}  # fmt: skip
        rows.append({"_id": ObjectId(), **raw, **TenantCompany.search_fields(raw)})
    office.db["tenant_companies"].insert_many(rows)
    first = ["恒越307", "恒越607", "恒越7", "恒越907"]
    for county in ("", SHIPPED[1].code):
        wanted = [name for name in first if not county or int(name[2:]) % 2]
        mine = [row["name"] for row in rows if not county or row["county"] == county]
        together = []
        for page in range(1, len(mine) // 200 + 2):
            together += found(city, "hengyue", size=200, page=page, **({"county": county} if county else {}))
        assert together[: len(wanted)] == wanted
        assert sorted(together) == sorted(mine)


@pytest.mark.parametrize("words", ["恒越", "hengyue", "hy", "有限公司", "冠县", "91371525"])
def test_what_was_stored_before_is_found_until_it_has_its_new_search_words(words, office, city, company):
    """As the program of before stored it: initials in threes, no reading, names of county and base among them."""
    record = company("恒越有限公司")
    old = {
        "search_text": "91371525ma0007000x\n恒越有限公司\nhyyxgs\n冠县\nguanxian\ngx",
        "search_tokens": ["913", "371", "715", "152", "525", "25m", "恒越", "越有", "有限", "限公", "公司", "司",
                          "hyy", "yyx", "yxg", "xgs", "gs", "s", "冠县", "县", "gua", "uan", "anx", "gx", "x"],
    }  # fmt: skip
    office.db["tenant_companies"].update_one({"_id": record}, {"$set": old})
    assert ("恒越有限公司" in found(city, words)) is (words != "hengyue")


@pytest.mark.parametrize("sign", ["\ue863", "䶮"])
def test_a_sign_that_old_systems_keep_in_private_use_is_stored_and_found_as_the_standard_one(
    sign, office, city, tmp_path
):
    given = form(city.get(f"{LIST}new/").text, "form[method=post]") | {
        "name": [f"刘{sign}公司"], "uscc": [code(7001)], "base": [str(office.guan.base)], "status": ["housed"],
    }  # fmt: skip
    city.send(f"{LIST}new/", given)
    path = tmp_path / "sent.xlsx"
    rows = [["企业名称", "统一社会信用代码", "所属基地"],
            [f"王{sign}公司", code(7002), office.db["bases"].find_one({"_id": office.guan.base})["name"]]]  # fmt: skip
    path.write_bytes(workbook(rows).read())
    report = import_workbook(path, TENANT_COMPANIES, actor=office.actor("city"), now=NOW)
    assert report.rejected == 0
    stored = [
        row["name"] for row in office.db["tenant_companies"].find({"uscc": {"$in": [code(7001), code(7002)]}})
    ]
    assert sorted(stored) == ["刘䶮公司", "王䶮公司"]
    assert sorted(found(city, sign)) == sorted(found(city, "yan公司")) == ["刘䶮公司", "王䶮公司"]
    assert "刘䶮公司" in city.get(f"/admin/search/?search=刘{sign}").text
