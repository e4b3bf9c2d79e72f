"""What may be done, by its words: 新建台账 冠县…, 导入 企业, 公示.

Each leads to a form or a page, which asks before it writes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for

from admin_views.desk.suggestions.lookups import LookUps
from admin_views.desk.suggestions.suggested import Suggestion, begins, meets
from admin_views.desk.suggestions.tables import SuggestedTable
from admin_views.shared.guard import current_actor
from admin_views.shared.translation import gettext
from documents.records.search import fold
from rules.access import Act, Permission
from rules.choices import plain
from rules.words import N_
from schema.collection import Collection
from schema.registry import REGISTRY

_MOST, _MOST_PLACES = 5, 3
_NEW, _IMPORT = ("新建", "新增", "添加", "录入", "登记", "new"), ("导入", "上传", "import")

BEGINNINGS = (*_NEW, *_IMPORT)


@dataclass(frozen=True)
class _Step:
    """A step of a procedure: its label, what else it is called, the page where it begins, who may begin it."""

    label: str
    words: tuple[str, ...]
    endpoint: str
    permission: Permission
    names_base: bool = False  # whether the page takes the base that it is for


_STEPS = (
    _Step(N_("Begin an application"), ("申报", "申请认定"), "applications.new_view", Permission.WRITE, True),
    _Step(N_("Open a public notice"), ("公示", "开始公示"), "publication.choose", Permission.DECIDE_APPLICATIONS),
    _Step(N_("Announce"), ("公布", "发布公布"), "publication.index", Permission.DECIDE_APPLICATIONS),
    _Step(
        N_("Begin a case about a title"), ("撤销", "取消称号"), "revocation.new", Permission.DECIDE_APPLICATIONS, True
    ),
    _Step(N_("Enter a change filing"), ("变更备案", "备案"), "change_filings.new", Permission.WRITE, True),
    _Step(N_("Recommend upwards"), ("择优推荐", "推荐"), "upward.new", Permission.DECIDE_APPLICATIONS),
)  # fmt: skip


def places_in(words: str, asked: Sequence[SuggestedTable]) -> Iterator[tuple[SuggestedTable, str]]:
    """Yield what must be looked up for `found_acts`: the words behind an act, which may name a base."""
    table = _table_of_bases(asked)
    if table is None:
        return
    if rest := _after(words, _NEW):
        for offered in asked:
            yield table, _after(rest, names_of(offered.declaration)) or ""
    for step in _STEPS:
        if step.names_base:
            yield table, _after(words, step.words) or ""


def found_acts(words: str, asked: Sequence[SuggestedTable], looked_up: LookUps) -> tuple[Suggestion, ...]:
    """Return the acts that the words name, each for the base that the further words name, where they name one."""
    found = [*_new_records(words, asked, looked_up), *_imports(words), *_steps(words, asked, looked_up)]
    return tuple(dict.fromkeys(found))[:_MOST]


def first_acts(asked: Sequence[SuggestedTable]) -> tuple[Suggestion, ...]:
    """Return what may be entered anew, for somebody who has typed nothing yet."""
    return tuple(_new(table) for table in asked if table.may(Act.CREATE))[:_MOST]


def names_of(declaration: Collection) -> tuple[str, ...]:
    """Return the words by which a collection's records are called."""
    known = (declaration.title, declaration.label, declaration.one, *declaration.called)
    return tuple(dict.fromkeys((*known, gettext(declaration.label), gettext(declaration.one))))


def _new(table: SuggestedTable, key: str = "", base: Suggestion | None = None) -> Suggestion:
    address = url_for(f"{table.declaration.name}.create_view")
    label = gettext(N_("New: %(what)s"), what=gettext(table.declaration.one))
    if base is None:
        return Suggestion(label, address, "plus")
    return Suggestion(f"{label} · {base.label}", f"{address}?{key}={base.url}", "plus", base.hint)


def _new_records(words: str, asked: Sequence[SuggestedTable], looked_up: LookUps) -> Iterator[Suggestion]:
    offered = [table for table in asked if table.may(Act.CREATE)]
    rest = _after(words, _NEW)
    if not rest:
        yield from (_new(table) for table in offered if rest == "" or meets(words, _new(table).label))
        return
    named = {table.declaration.name: _after(rest, names_of(table.declaration)) for table in offered}
    least = min((len(further) for further in named.values() if further is not None), default=0)
    for table in offered:
        further = named[table.declaration.name]
        if further is None and meets(words, _new(table).label):
            yield _new(table)
        elif further is not None and len(further) == least:  # 服务 is the ledger, 服务机构 the partners
            key = next((one.key for one in table.declaration.references if one.refers_to == "bases"), "")
            bases = _bases(further, asked, looked_up) if key else []
            yield from [_new(table, key, base) for base in bases] or [_new(table)]


def _imports(words: str) -> Iterator[Suggestion]:
    actor = current_actor()
    if not actor.may(Permission.IMPORT):
        return
    rest = _after(words, _IMPORT)
    for declaration in REGISTRY.importable_for(actor):
        label = f"{gettext(N_('Import'))} · {gettext(declaration.label)}"
        named = rest is not None and (rest == "" or any(begins(rest, name) for name in names_of(declaration)))
        if named or meets(words, label):
            yield Suggestion(label, url_for("imports.index", kind=declaration.slug), "upload")


def _steps(words: str, asked: Sequence[SuggestedTable], looked_up: LookUps) -> Iterator[Suggestion]:
    actor = current_actor()
    for step in _STEPS:
        if not actor.may(step.permission):
            continue
        label, rest = gettext(step.label), _after(words, step.words)
        if rest is None and not meets(words, label) and not any(meets(words, word) for word in step.words):
            continue
        address, bases = url_for(step.endpoint), []
        if rest and step.names_base:
            bases = [
                Suggestion(f"{label} · {base.label}", f"{address}?base={base.url}", "plus", base.hint)
                for base in _bases(rest, asked, looked_up)
            ]
        yield from bases or [Suggestion(label, address, "plus")]


def _bases(words: str, asked: Sequence[SuggestedTable], looked_up: LookUps) -> list[Suggestion]:
    """Return the first bases in scope that the words name; the address of each is its id."""
    table = _table_of_bases(asked)
    if table is None:
        return []
    rows = looked_up.rows(table, words)[:_MOST_PLACES]
    return [Suggestion(str(table.label_of(row)), str(row["_id"]), table.icon) for row in rows]


def _table_of_bases(asked: Sequence[SuggestedTable]) -> SuggestedTable | None:
    return next((one for one in asked if one.declaration.name == "bases"), None)


def _after(words: str | None, beginnings: Sequence[str]) -> str | None:
    """Return what follows one of these beginnings, the longest that fits; None where none does."""
    text = fold(words or "").strip()
    for beginning in sorted(beginnings, key=len, reverse=True):
        if beginning and text.startswith(plain(beginning)):
            return text[len(plain(beginning)) :].strip()
    return None
