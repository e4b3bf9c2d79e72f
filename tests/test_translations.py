"""The Chinese catalogue holds every word that the code marks for the screen, and nothing else."""

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from office.excel.cell_numbers import unit_of
from rules.access import Role
from schema.bases import BASES
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.statuses import STATUSES
from schema.tenant_companies import TENANT_COMPANIES

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
ROOMS = (
    "admin_views", "public_views", "commands", "forms", "services", "office", "documents", "schema", "rules",
)  # fmt: skip
# As in the Makefile's `catalogue`.
KEYWORDS = {**DEFAULT_KEYWORDS, **parse_keywords(["lazy_gettext"])}

PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]{2,}")
# Half-width marks between Chinese signs are slips of the keyboard.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]")

COLUMNS = [
    column
    for sheet in (BASES, TENANT_COMPANIES, SERVICE_PARTNERS, LEDGER_ENTRIES, STATUSES)
    for column in sheet.exported
]
# Shorter on screen than in the workbook, where a heading stands without its page: 所属基地 is the link to a 示范基地.
SHORTER = {
    "所属基地": "示范基地",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN", abort_invalid=True)


@pytest.fixture(scope="module")
def marked() -> Catalog:
    """What the code marks for the screen, extracted afresh."""
    with (ROOT / "translations" / "mapping.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog()
    for name, line, message, _, context in extract_from_dir(ROOT, methods, options, keywords=KEYWORDS):
        found.add(message, locations=[(name, line)], context=context)
    return found


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def ids(message: Message) -> list[str]:
    """One message id, or that of the singular and that of the plural."""
    return [str(message.id)] if isinstance(message.id, str) else [str(one) for one in message.id]


def texts(message: Message) -> list[str]:
    found = message.string or ""
    return [found] if isinstance(found, str) else list(found)


def keys(catalogue: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in messages(catalogue)}


def test_the_extraction_finds_words_in_every_room_that_has_some(marked: Catalog) -> None:
    rooms = {Path(name).parts[0] for message in messages(marked) for name, _ in message.locations}
    assert rooms >= {"admin_views", "forms", "services", "office", "documents", "rules", "templates"}


def test_every_marked_word_has_its_chinese(catalogue: Catalog, marked: Catalog) -> None:
    assert keys(marked) - keys(catalogue) == set()
    assert [message.id for message in messages(catalogue) if not all(texts(message))] == []


def test_the_extraction_misses_no_word_that_a_call_marks(marked: Catalog) -> None:
    """It does not look into a call within the call of another mark."""
    known = {one.id if isinstance(one.id, str) else one.id[0] for one in marked if one.id}
    missed = [
        f"{path.relative_to(ROOT)}: {call.args[0].value}"
        for path in (*(file for room in ROOMS for file in (ROOT / room).rglob("*.py")), ROOT / "app.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("N_", "gettext")
        and call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value not in known
    ]  # fmt: skip
    assert missed == []


def test_no_chinese_is_only_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in messages(catalogue) if message.fuzzy] == []


def test_no_word_is_kept_that_the_code_no_longer_has(catalogue: Catalog, marked: Catalog) -> None:
    assert keys(catalogue) - keys(marked) == set()
    assert list(catalogue.obsolete) == []


def test_placeholders_are_the_same_in_both_languages(catalogue: Catalog) -> None:
    differing = [
        message.id
        for message in messages(catalogue)
        for text in texts(message)
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(ids(message)[-1]))
    ]
    assert differing == []


def test_a_percent_sign_is_doubled_beside_placeholders_and_nowhere_else(catalogue: Catalog) -> None:
    # Without parameters a template would still format the text, Python would not: no sign serves both.
    def is_wrong(text: str) -> bool:
        rest = PLACEHOLDER.sub("", text)
        return "%" in (rest if rest == text else rest.replace("%%", ""))

    found = (text for message in messages(catalogue) for text in (*ids(message), *texts(message)))
    assert [text for text in found if is_wrong(text)] == []


def test_no_translation_is_still_english(catalogue: Catalog) -> None:
    english = [
        message.id
        for message in messages(catalogue)
        for text in texts(message)
        if LETTERS.search(PLACEHOLDER.sub("", ids(message)[0])) and not CHINESE.search(text)
    ]
    assert english == []


def test_chinese_has_chinese_marks_and_no_blanks_at_its_ends(catalogue: Catalog) -> None:
    wrong = [text for message in messages(catalogue) for text in texts(message) if HALF_WIDTH.search(text)]
    assert wrong == []
    padded = [text for message in messages(catalogue) for text in texts(message) if text != text.strip()]
    assert padded == []


def test_a_sentence_stays_a_sentence_and_a_question_a_question(catalogue: Catalog) -> None:
    ends = {".": ("。",), "?": ("？",)}
    differing = [
        message.id
        for message in messages(catalogue)
        for text in texts(message)
        if ids(message)[0][-1] in ends and not text.endswith(ends[ids(message)[0][-1]])
    ]
    assert differing == []


def test_the_catalogue_compiles(catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    assert len(messages(read_mo(compiled))) == len(messages(catalogue))


def test_the_file_is_as_babel_writes_it_and_names_nobody(catalogue: Catalog) -> None:
    # Else the next `make catalogue` would change lines that nobody touched.
    written = io.BytesIO()
    write_po(written, catalogue, width=0, sort_output=True, no_location=True)
    assert written.getvalue().decode() == CATALOGUE.read_text(encoding="utf-8")
    assert "@" not in str(catalogue.mime_headers) + catalogue.header_comment


def test_only_our_own_templates_and_words_are_shown() -> None:
    # Flask-Admin brings templates and a catalogue of its own, whose Chinese is not ours to check.
    foreign = re.compile(r"""(extends|include|import|from)\s+['"]admin/|_gettext\(|admin\.babel""")
    for page in ROOT.glob("templates/**/*.html"):
        assert not foreign.search(page.read_text(encoding="utf-8")), page
    for module in (*ROOT.glob("admin_views/**/*.py"), *ROOT.glob("forms/**/*.py")):
        assert "flask_admin.babel" not in module.read_text(encoding="utf-8"), module


def test_every_role_has_its_word(catalogue: Catalog) -> None:
    assert [role.label for role in Role if not catalogue.get(role.label)] == []


def test_a_column_is_called_on_screen_as_in_the_workbook(catalogue: Catalog) -> None:
    unmarked = [(column.key, column.label) for column in COLUMNS if not catalogue.get(column.label)]
    assert unmarked == []
    differing = []
    for column in COLUMNS:
        heading = column.heading.removesuffix(f"（{unit_of(column)}）")
        shown = texts(catalogue[column.label])[0]
        if SHORTER.get(heading, heading).removeprefix("所属") != shown.removeprefix("所属"):
            differing.append((column.key, heading, shown))
    assert differing == []


def test_the_unit_on_screen_is_that_of_the_heading(catalogue: Catalog) -> None:
    measured = [column for column in COLUMNS if column.unit]
    assert [(column.key, column.unit) for column in measured if not catalogue.get(column.unit)] == []
    shown = [(column.key, unit_of(column), texts(catalogue[column.unit])) for column in measured]
    assert [row for row in shown if row[2] != [row[1]]] == []
