"""The papers of a round as one package: what bases handed in, by base; letters and published papers; tables of both.

What is in it is what the actor may read: the applications and letters of their scope, the files that each shows them,
and the papers that are published.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import IO, Any

import structlog
from bson import ObjectId
from gridfs.errors import NoFile

from documents.applications.application import COLLECTION as APPLICATIONS
from documents.applications.application import Application
from documents.applications.letter import Letter
from documents.publication.notice import Notice
from documents.records.attachment import StoredAttachment, open_bytes
from documents.server.connection import reachable
from office.excel.tables_writer import Table, stream_tables
from office.papers.expert_papers import ReviewPaper, review_docx, review_opinion, score_sheet
from office.papers.paper_text import PaperText
from office.papers.pdf import render_pdf, render_reviews
from office.papers.render import render_paper
from office.tables.lists_of_bases import list_of_bases
from rules.access import Actor, Permission
from rules.applications import ApplicationKind, Stage
from rules.errors import Refused
from rules.innovations import SLOTS as INNOVATIONS
from rules.materials import DECISION, EXPERT_ON_SITE, FORM, ON_SITE, SCORE_SHEETS, Material
from services.applications.expert_papers import review_facts
from services.applications.rounds import ApplicationRound
from services.applications.score_grid import read_grid
from services.applications.score_workbook import score_table
from services.publication.paper_templates import template_for
from services.shared.files import files_of

_log = structlog.get_logger()
_PIECE = 1 << 18  # bytes
_SET_AT_ONCE = 10  # papers that are set as PDF in one piece of work
_NO_PDF = "下列文件未能生成 PDF（服务器缺少中文字体，或正忙），请使用同名的 Word 文件，或稍后重新下载。"
_MATERIALS, _PAPERS, _EXPERTS = "申报材料", "文书", "专家评审"
_PLACES: Mapping[str, str] = {
    **{material.value: f"{material.number:02d}-{material.zh}" for material in Material},
    FORM: "00-申报表", ON_SITE: "11-现场审核", EXPERT_ON_SITE: "12-专家现场核查", SCORE_SHEETS: "13-评分表",
    DECISION: "14-初步结果", **dict.fromkeys(INNOVATIONS, "15-创新举措"),
}  # fmt: skip
_HEADS = (
    ("序号", 6.0), ("基地名称", 42.0), ("运营主体", 38.0), ("所属县（市、区）", 22.0), ("申报类型", 10.0),
    ("所处环节", 16.0), ("推荐函", 24.0), ("附件数", 8.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackagePart:
    """One file of the package: where it stands in it, folders parted by /, and its bytes once they are asked for."""

    path: str
    pieces: Iterable[bytes]


def round_package(
    round_: ApplicationRound, *, county_names: Mapping[str, str], actor: Actor, today: date
) -> Iterator[PackagePart]:
    """Yield the files of a round's package, the table of its applications first; each is made when it is reached.

    `county_names` are the counties' names by code. Raises NotAllowed, Unavailable, at any part.
    """
    actor.demand(Permission.EXPORT)
    with reachable():
        found = Application.objects.visible_to(actor).in_round(round_.id).filters()
        applications = [
            dict(raw) for raw in Application.collection().find(found).sort([("county", 1), ("sort_key", 1)])
        ]
        files = {raw["_id"]: files_of(APPLICATIONS, raw["_id"], actor) for raw in applications}
    yield PackagePart("申报情况.xlsx", stream_tables([_table(round_, applications, files, county_names)]))
    pdfs = _Pdfs(today)
    yield from _papers(round_, actor, today, pdfs)
    if actor.may(Permission.DECIDE_APPLICATIONS):
        yield from _scores(round_, county_names, actor, pdfs)
    yield from pdfs.left()
    for number, raw in enumerate(applications, 1):
        county = county_names.get(raw["county"], raw["county"])
        folder = f"{_MATERIALS}/{_plain(county)}/{number:03d}-{_plain(raw['base_name'])}"
        yield from _files_of(files[raw["_id"]], folder)


class _Pdfs:
    """Papers as PDF, as far as this machine can make them; what it could not make is named in the package."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._left: list[str] = []

    def reviews(self, texts: Mapping[str, ReviewPaper]) -> Iterator[PackagePart]:
        """Yield papers of a review by their paths, some of them in one piece of work."""
        paths = list(texts)
        for begin in range(0, len(paths), _SET_AT_ONCE):
            some = paths[begin : begin + _SET_AT_ONCE]
            made = self._made(some, partial(render_reviews, [texts[path] for path in some], self._today))
            yield from (PackagePart(path, [data]) for path, data in zip(some, made, strict=False))

    def paper(self, path: str, text: PaperText) -> Iterator[PackagePart]:
        """Yield an official paper."""
        yield from (PackagePart(path, [data]) for data in self._made([path], lambda: [render_pdf(text)]))

    def _made(self, paths: list[str], make: Callable[[], list[bytes]]) -> list[bytes]:
        try:
            return make()
        except Refused as problem:
            reason = "、".join(str(refusal.message) for refusal in problem.refusals)
            _log.warning("papers of a package could not be made as PDF", papers=len(paths), reason=reason)
            self._left += paths
            return []

    def left(self) -> Iterator[PackagePart]:
        """Yield a list of what is not there, and why; nothing where all is."""
        if self._left:
            lines = "".join(f"{path}\r\n" for path in self._left)
            yield PackagePart("未生成的PDF.txt", [f"\ufeff{_NO_PDF}\r\n\r\n{lines}".encode()])


def _scores(
    round_: ApplicationRound, county_names: Mapping[str, str], actor: Actor, pdfs: _Pdfs
) -> Iterator[PackagePart]:
    """Yield the experts' scores as a table, and score sheet and opinion of each base: the city's alone."""
    assert round_.id is not None
    bases = read_grid(round_.id, actor=actor)
    if not any(base.application.get("experts") for base in bases):
        return
    yield PackagePart(
        "专家评分表.xlsx", stream_tables([score_table(round_.name, bases, round_.sheet, county_names)])
    )
    texts: dict[str, ReviewPaper] = {}
    for number, base in enumerate(bases, 1):
        facts = review_facts(base.application, round_, county_names)
        if facts is not None:
            name = f"{_EXPERTS}/{number:03d}-{_plain(base.application['base_name'])}"
            texts |= {f"{name}-评分表": score_sheet(facts), f"{name}-评审意见": review_opinion(facts)}
    for path, text in texts.items():
        yield PackagePart(f"{path}.docx", _as_word_file(text))
    yield from pdfs.reviews({f"{path}.pdf": text for path, text in texts.items()})


def _as_word_file(text: ReviewPaper) -> Iterator[bytes]:
    yield review_docx(text)


def _table(
    round_: ApplicationRound, applications: Iterable[Mapping[str, Any]],
    files: Mapping[ObjectId, list[StoredAttachment]], county_names: Mapping[str, str],
) -> Table:  # fmt: skip
    kinds = {kind.value: kind.zh for kind in ApplicationKind}
    stages = {stage.value: stage.zh for stage in Stage}
    rows = [
        (
            number, raw["base_name"], raw.get("operator", ""), county_names.get(raw["county"], raw["county"]),
            kinds.get(raw["kind"], raw["kind"]), stages.get(raw["stage"], raw["stage"]),
            (raw.get("letter") or {}).get("number", ""), len(files[raw["_id"]]),
        )
        for number, raw in enumerate(applications, 1)
    ]  # fmt: skip
    return Table("申报情况", f"{round_.name}申报情况", _HEADS, rows, frozen=2)


def _papers(round_: ApplicationRound, actor: Actor, today: date, pdfs: _Pdfs) -> Iterator[PackagePart]:
    """Yield the letters and the published papers of a round."""
    with reachable():
        letters = Letter.objects.visible_to(actor).where_raw({"round": round_.id})
        kept = list(letters.order_by("dated", "id").as_pymongo())
        papers = Notice.objects.where_raw({"round": round_.id})
        papers = papers if actor.county is None else papers.public_on(today)
        published = list(papers.order_by("dated", "id").as_pymongo())
    for raw in kept:
        name = f"{_PAPERS}/推荐函 {_plain(raw['number'])}"
        letter = PaperText.from_stored(raw["text"])
        yield PackagePart(f"{name}.docx", _rendered(letter))
        yield from pdfs.paper(f"{name}.pdf", letter)
    for raw in published:
        text = PaperText.from_stored(raw["text"])
        name = f"{_PAPERS}/{_plain(text.title)}"
        yield PackagePart(f"{name}.docx", _rendered(text))
        yield from pdfs.paper(f"{name}.pdf", text)
        if text.table is not None:
            yield PackagePart(f"{name}-名单.xlsx", stream_tables([list_of_bases(text)]))


def _rendered(text: PaperText) -> Iterator[bytes]:
    """Make a paper, from the office's own template unless that cannot be filled any more."""
    try:
        yield render_paper(text, template_for(text.kind))
    except Refused:
        yield render_paper(text)


def _files_of(entries: Iterable[StoredAttachment], folder: str) -> Iterator[PackagePart]:
    for entry in entries:
        place = _PLACES.get(entry.get("slot", ""), "其他")
        yield PackagePart(f"{folder}/{place}/{_plain(entry['name'])}", _bytes_of(entry))


def _bytes_of(entry: StoredAttachment) -> Iterator[bytes]:
    try:
        with reachable():
            stream: IO[bytes] = open_bytes(entry["stored"])
            yield from iter(partial(stream.read, _PIECE), b"")
    except NoFile:
        _log.warning("the bytes of a file are not there", file=str(entry["_id"]))


def _plain(name: str) -> str:
    """Return a name that a folder or a file of any system may have."""
    plain = "".join("_" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in name).strip(" .")
    return plain[:120] or "_"
