"""An administrator adds a list of words to the partners in Chromium; the clerk beside fills it in, and finds by it."""

from collections.abc import Callable

import pytest

from tests.browser.desk import Desk
from tests.browser.workbooks import code

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SitDown = Callable[..., Desk]
FIELDS = "/admin/settings/fields/"
PARTNER = "聊城识途服务有限公司"


def test_a_field_is_added_filled_in_filtered_by_hidden_and_deleted(sit_down: SitDown) -> None:
    boss, clerk = sit_down("boss"), sit_down("city")
    boss.go("/admin/settings/")
    boss.press("自定义字段")
    boss.page.locator("section:has(h2:has-text('服务机构')) a:has-text('新增字段')").click()
    boss.press("单选")
    boss.fill(label="服务评级")
    for number, word in enumerate(("甲级", "乙级")):
        boss.page.click("[data-add-row]")
        boss.page.fill(f"[name=words-{number}-label]", word)
    boss.page.check("#filtered")
    boss.save()
    assert "已增加字段“服务评级”" in boss.main()

    clerk.go("/admin/service-partners/new/")
    clerk.fill(name=PARTNER, uscc=code(990, "371500"))
    clerk.page.get_by_label("专业服务").check()
    clerk.page.select_option("[name^=own_]", label="乙级")
    clerk.save()
    assert "服务评级\n乙级" in clerk.main()
    clerk.go("/admin/service-partners/")
    assert "服务评级" in clerk.main()
    key = "own_fuwupingji"
    clerk.go(f"/admin/service-partners/?{key}=w2")
    assert clerk.names() == [PARTNER]

    # a word in use stays
    boss.press("服务评级")
    boss.page.locator("[data-remove-row]").nth(1).click()
    boss.save()
    assert "有 1 条记录使用“乙级”一词" in boss.problems()
    boss.page.set_viewport_size({"width": 390, "height": 844})
    assert boss.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    boss.page.set_viewport_size({"width": 1366, "height": 768})

    boss.go(FIELDS)
    boss.press("隐藏")
    boss.press("隐藏")
    clerk.go("/admin/service-partners/")
    assert "服务评级" not in clerk.main()
    # nothing stays for the tests that share this office
    clerk.go("/admin/service-partners/?search=识途服务")
    clerk.press(PARTNER)
    clerk.press("删除")
    clerk.press("移入回收站")
    boss.press("删除")
    boss.press("删除")
    assert "服务评级" not in boss.main()


def test_rows_of_a_small_table_are_added_moved_put_right_and_removed(sit_down: SitDown) -> None:
    boss, clerk = sit_down("boss"), sit_down("city")
    boss.go(f"{FIELDS}service-partners/new/?kind=rows")
    boss.fill(label="主要产品")
    for number, (label, kind) in enumerate((("产品", "text"), ("产量", "decimal"))):
        boss.page.click("[data-add-row]")
        boss.page.fill(f"[name=parts-{number}-label]", label)
        boss.page.select_option(f"[name=parts-{number}-kind]", kind)
    boss.page.set_viewport_size({"width": 390, "height": 844})
    assert boss.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    boss.page.set_viewport_size({"width": 1366, "height": 768})
    boss.save()
    assert "已增加字段“主要产品”" in boss.main()

    key, partner = "own_zhuyaochanpin", "聊城数表服务有限公司"
    clerk.go("/admin/service-partners/new/")
    clerk.fill(name=partner, uscc=code(991, "371500"))
    clerk.page.get_by_label("专业服务").check()
    rows = clerk.page.locator(f"[data-repeat={key}]")
    for number, (product, amount) in enumerate((("轴承", "12"), ("齿轮", "很多"), ("蜗轮", "3"))):
        rows.locator("[data-add-row]").click()
        clerk.page.fill(f"[name={key}-{number}-p1]", product)
        clerk.page.fill(f"[name={key}-{number}-p2]", amount)
    rows.locator("[data-move-row=up]").nth(2).click()
    clerk.save()
    assert "主要产品 3 · 产量" in clerk.problems()
    products = [clerk.page.input_value(f"[name={key}-{number}-p1]") for number in range(3)]
    assert products == ["轴承", "蜗轮", "齿轮"]
    rows.locator("[data-remove-row]").nth(0).click()
    clerk.page.fill(f"[name={key}-2-p2]", "8.5")
    clerk.save()
    shown = clerk.page.locator("table.of-field tbody tr").all_inner_texts()
    assert [line.split() for line in shown] == [["蜗轮", "3"], ["齿轮", "8.5"]]
    # nothing stays for the tests that share this office
    clerk.press("删除")
    clerk.press("移入回收站")
    boss.go(FIELDS)
    boss.press("删除")
    boss.press("删除")
    assert "主要产品" not in boss.main()
