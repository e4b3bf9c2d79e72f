"""The manual: a chapter for every page, in both languages; what it leads to and shows is there."""

import re
from pathlib import Path

import pytest
from flask import Flask

from admin_views.help.markdown import Reader, headings_in, links_in, pictures_in
from admin_views.help.pages import MANUAL, source
from admin_views.shared.help.chapters import BY_WORD, CHAPTERS, chapter_of

PICTURES = Path(__file__).resolve().parents[3] / "static" / "manual"
LANGUAGES = ("zh", "en")
# No pages of a task: what programs and browsers fetch, what anyone sees before sign-in.
NO_PAGES = {"static", "styles", "home", "sent_forms", "api", "healthz", "readyz", "public", "expert_link"}
READER = Reader(lambda word: f"/admin/help/{word}/", lambda name: f"/static/manual/{name}")


def test_every_page_names_a_chapter_that_is_there(app: Flask):
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.partition(".")[0] not in NO_PAGES
    } - {"admin.static"}
    without = sorted(endpoint for endpoint in pages if chapter_of(endpoint) is None)
    assert not without
    opened = {chapter_of(endpoint) for endpoint in pages}
    assert opened <= set(CHAPTERS)
    assert {chapter.word for chapter in CHAPTERS} - {chapter.word for chapter in opened} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapters_and_sources_are_the_same(language: str):
    assert {path.stem for path in (MANUAL / language).glob("*.md")} == set(BY_WORD)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.word)
def test_both_languages_tell_the_same(chapter, app: Flask):
    texts = {language: source(chapter.word, language) for language in LANGUAGES}
    assert len({len(headings_in(text)) for text in texts.values()}) == 1
    assert len({tuple(pictures_in(text)) for text in texts.values()}) == 1
    assert len({tuple(links_in(text)) for text in texts.values()}) == 1
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    for address in links_in(texts["zh"]):
        assert address in paths if address.startswith("/") else address in BY_WORD
    for picture in pictures_in(texts["zh"]):
        assert (PICTURES / picture).is_file()
    assert re.search("[\u4e00-\u9fff]", texts["zh"])


def test_the_pictures_are_small_and_all_are_shown():
    shown = {name for chapter in CHAPTERS for name in pictures_in(source(chapter.word, "zh"))}
    files = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert set(files) == shown
    assert sum(files.values()) < 3_000_000


def test_marks_become_html_and_everything_else_is_text():
    html = READER.html(
        "# Title\n\n## One & two\n1. first `Ctrl+K`\n2. **second**\n   goes on\n\n- a\n\n"
        "| A | B |\n|---|---|\n| <b> | [c](ledger) |"
        "\n\n> mind\n\n![words](today.webp)"
    )
    assert "Title" not in html
    assert (
        "<h2>One &amp; two</h2><ol><li>first <kbd>Ctrl+K</kbd></li><li><b>second</b> goes on</li></ol>"
        in html
    )
    assert '<td>&lt;b&gt;</td><td><a href="/admin/help/ledger/">c</a></td>' in html
    assert '<p class="aside">mind</p>' in html
    assert '<img src="/static/manual/today.webp" alt="words"' in html
