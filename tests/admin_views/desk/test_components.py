"""The page of components draws every macro that pages share, in either theme, for administrators."""

import re
from pathlib import Path

import pytest

from tests.sample_office import Browser

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "templates"
PAGE = "/admin/settings/components/"
# Whose macros pages share; those that other macros of the same file draw need no example of their own.
SHARED = (
    *sorted(path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / "shared").glob("*.html")),
    "assessment/components.html", "overview/chart.html", "reports/components.html", "revocation/components.html",
)  # fmt: skip
WHOLE_PAGES = {"shared/confirm.html", "shared/error.html", "shared/layout.html", "shared/unsaved.html"}


def test_every_shared_macro_is_drawn() -> None:
    # One that another shared file draws is drawn along with it.
    drawn = "".join((TEMPLATES / name).read_text("utf-8") for name in ("components/page.html", *SHARED))
    missing = []
    for name in SHARED:
        text = (TEMPLATES / name).read_text("utf-8")
        macros = set(re.findall(r"{%-? macro (\w+)\(", text)) if name not in WHOLE_PAGES else set()
        inner = {one for one in macros if len(re.findall(rf"(?<!macro )\b{one}\(", text))}
        missing += [f"{name}: {one}" for one in sorted(macros - inner) if f".{one}(" not in drawn]
        if not macros and name not in WHOLE_PAGES and f"'{name}'" not in drawn:
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn_in_the_theme_that_is_asked_for_with_each_name_once(office, sign_in, theme: str) -> None:
    boss: Browser = sign_in("boss")
    page = boss.get(f"{PAGE}?theme={theme}").text
    assert re.search(r'<html lang="zh-CN" class="([^"]+)"', page)[1].split()[0] == theme  # type: ignore[index]
    names = re.findall(r'\sid="([^"]+)"', re.sub(r"<template>.*?</template>", "", page, flags=re.DOTALL))
    assert len(names) == len(set(names)) > 40
    for words in ("鲁西北农村电子商务", "请写明退回原因", "还差 3 家", "尚无服务台账"):
        assert words in page


def test_settings_lead_administrators_there(office, sign_in) -> None:
    assert PAGE in sign_in("boss").get("/admin/settings/").text
    assert PAGE not in sign_in("city").get("/admin/settings/").text
