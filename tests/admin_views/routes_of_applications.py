"""What is sent to rounds, applications and letters: with a round of 莘县 in the office (tests/office_with_round.py)."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from office.application_forms.form_workbook import form_workbook
from rules.applications import Stage
from services.applications.application_form import form_of
from tests import round_driver as driver
from tests.admin_views.routes import CITY, SIGNED_IN, WRITERS, Call, Route, fixed, views_of
from tests.office_with_round import version
from tests.sample_office import PDF, SHEN, Office

HOME, ROUNDS = "/admin/applications", "/admin/rounds"
_ROUND = {
    "year": "2026", "name": "另一批次", "apply_from": "2026-03-02", "apply_until": "2026-12-31",
    "rule_set": "city-2021", "assessed_year": "2025", "least_experts": "3", "drop_from": "5", "pass_score": "",
    "dimensions-0-label": "运营", "dimensions-0-weight": "100", "dimensions-0-key": "",
}  # fmt: skip
# The round of the office keeps its score sheet: experts have scored under it.
_LINES = (
    ("operation", "基地运营情况", "25"), ("ability", "服务能力", "30"), ("effect", "服务绩效", "30"),
    ("novelty", "特色与示范性", "15"),
)  # fmt: skip
_KEPT = {
    f"dimensions-{place}-{part}": value
    for place, line in enumerate(_LINES)
    for part, value in zip(("key", "label", "weight"), line, strict=True)
} | {"dimensions-3-of_innovations": "y"}
_SCORES = {f"score_{key}": "80" for key in ("operation", "ability", "effect", "novelty")}


def _round(
    path: str, data: dict[str, Any] | None = None, *, ask: bool = True
) -> Callable[[Office], list[Call]]:
    def calls(office: Office) -> list[Call]:
        url = f"{ROUNDS}/{office.shen.round.id}/{path}"
        return ([Call(url)] if ask else []) + ([Call(url, data)] if data else [])

    return calls


def _at(path: str, stage: Stage, data: dict[str, Any] | None = None, *, ask: bool = True) -> Any:
    """Return the calls at one application of 莘县: the page, and what is sent to it."""

    def calls(office: Office) -> list[Call]:
        one = office.shen.round.at[stage]
        url = f"{HOME}/{path}/?id={one}"
        return ([Call(url)] if ask else []) + ([Call(url, data | {"version": version(one)})] if data else [])

    return calls


def _several(office: Office) -> list[Call]:
    """Begin an application of a base of 莘县 that has none; to another county it is absent."""
    data = {"round": str(office.shen.round.id), "bases": str(office.shen.spare)}
    return [Call(f"{HOME}/new/several/"), Call(f"{HOME}/new/several/", data, effect=False)]


def _paper(name: str) -> Callable[[Office], list[Call]]:
    return lambda office: [Call(f"{HOME}/experts/{name}?id={office.shen.round.at[Stage.SCORED]}")]


def _grid(office: Office) -> list[Call]:
    """Ask for the grid; nobody has been given a base yet, so that there is no row to be saved."""
    url = f"{ROUNDS}/{office.shen.round.id}/scores/"
    return [Call(url), Call(url, {"action": "save"}, effect=False)]


def _experts(office: Office) -> list[Call]:
    chosen = str(office.shen.round.at[Stage.RECOMMENDED])
    data = {"version": "1", "experts": "李教授，聊城大学", "applications": chosen}
    return [Call(f"{ROUNDS}/{office.shen.round.id}/experts/", data)]


def _materials(office: Office) -> list[Call]:
    one = office.shen.round.at[Stage.DRAFT]
    url = f"{HOME}/materials/?id={one}"
    file = [(BytesIO(PDF), "证明.pdf")]
    return [
        Call(url, {"version": version(one), "cases": "案例"}),
        Call(url, {"version": version(one), "file-report": file}),
        Call(url, {"version": version(one), "innovation_1_title": "智慧园区平台"}),
    ]


def _form(path: str) -> Callable[[Office], list[Call]]:
    return lambda office: [Call(f"{HOME}/{path}?id={office.shen.round.at[Stage.DRAFT]}&format=xlsx")]


def _form_back(office: Office) -> list[Call]:
    one = office.shen.round.at[Stage.DRAFT]
    today = driver.ANNOUNCED
    facts = form_of(driver.stored(one), actor=driver.CITY, now=driver.moment(today), today=today)
    file = (BytesIO(form_workbook(facts)), "申请表.xlsx")
    return [Call(f"{HOME}/form/read/?id={one}", {"form": file})]


def _form_compared(office: Office) -> list[Call]:
    # An upload is for the one who sent it, whoever asks.
    url = f"{HOME}/form/compare/?id={office.shen.round.at[Stage.DRAFT]}&upload={office.shen.upload}"
    return [Call(url), Call(url, {"take": "address"}, effect=False)]


def _lists(office: Office) -> list[Call]:
    queries = (
        "",
        f"county={SHEN}",
        "search=燕塔",
        f"round={office.shen.round.id}&stage=reviewed&columns=operator",
        "page=2",
    )
    return [Call(f"{HOME}/?{query}") for query in queries]


def _new(office: Office) -> list[Call]:
    data = {"base": str(office.shen.spare), "round": str(office.shen.round.id)}
    return [Call(f"{HOME}/new/?base={office.shen.spare}"), Call(f"{HOME}/new/", data)]


def _files(office: Office) -> list[Call]:
    found = office.db["attachments"].find_one({"record_id": office.shen.round.at[Stage.REVIEWED]})
    assert found is not None
    return [Call(f"{HOME}/file/?file={found['_id']}")]


def _recommend(office: Office) -> list[Call]:
    one = office.shen.round.at[Stage.REVIEWED]
    data = {
        "id": str(one), f"version-{one}": version(one), "round": str(office.shen.round.id), "county": SHEN,
        "number": "莘工信字〔2026〕77号", "dated": "2026-03-06",
    }  # fmt: skip
    return [
        Call(f"{HOME}/recommend/?id={one}"),
        Call(f"{HOME}/recommend/", data | {"action": "choose"}, effect=False),
        Call(f"{HOME}/recommend/", data | {"action": "preview"}, effect=False),
        Call(f"{HOME}/recommend/", data | {"action": "issue"}),
    ]


def _letter(path: str) -> Callable[[Office], list[Call]]:
    def calls(office: Office) -> list[Call]:
        letter = driver.stored(office.shen.round.at[Stage.RECOMMENDED])["letter"]["id"]
        return [Call(f"{HOME}/letters/{letter}/{path}")]

    return calls


APPLICATIONS: dict[str, Route] = {
    "rounds.index": Route(SIGNED_IN, fixed(Call(f"{ROUNDS}/"))),
    "rounds.show": Route(SIGNED_IN, _round("")),
    "rounds.package": Route(SIGNED_IN, _round("package.zip")),
    "rounds.new": Route(CITY, fixed(Call(f"{ROUNDS}/new/"), Call(f"{ROUNDS}/new/", _ROUND))),
    "rounds.edit": Route(CITY, _round("edit/", _ROUND | _KEPT | {"version": "1"})),
    "rounds.close": Route(CITY, _round("close/", {"version": "1"})),
    "rounds.scores": Route(CITY, _grid),
    "rounds.scores_export": Route(CITY, _round("scores/xlsx/")),
    "rounds.experts": Route(CITY, _experts),
    "applications.index_view": Route(SIGNED_IN, _lists),
    "applications.export": Route(SIGNED_IN, fixed(Call(f"{HOME}/export/xlsx/?county={SHEN}"))),
    **views_of("applications", HOME),
    "applications.details_view": Route(
        SIGNED_IN, lambda office: [Call(f"{HOME}/details/?id={one}") for one in office.shen.round.at.values()],
        hidden=True,
    ),
    "applications.several": Route(WRITERS, _several, answers=(200, 303, 404)),
    "applications.new_view": Route(WRITERS, _new, hidden=True),
    "applications.lookup": Route(WRITERS, fixed(Call(f"{HOME}/new/lookup/?q=燕塔"), Call(f"{HOME}/new/lookup/"))),
    "applications.file": Route(SIGNED_IN, _files, hidden=True),
    "applications.materials": Route(WRITERS, _materials, hidden=True),
    "applications.form_file": Route(SIGNED_IN, _form("form/"), hidden=True),
    "applications.material_list": Route(
        SIGNED_IN,
        lambda office: [
            Call(f"{HOME}/materials/list/?id={office.shen.round.at[Stage.DRAFT]}&material=partners&format={ending}")
            for ending in ("xlsx", "docx")
        ],
        hidden=True,
    ),
    "applications.form_read": Route(WRITERS, _form_back, hidden=True),
    "applications.form_compare": Route(WRITERS, _form_compared, hidden=True, answers=(404,)),
    "applications.review": Route(
        WRITERS, _at("review", Stage.SUBMITTED, {"people": "王明", "action": "keep"}, ask=False), hidden=True
    ),
    "applications.give_back": Route(
        WRITERS, _at("return", Stage.SUBMITTED, {"audit": "缺页", "due": "2026-12-31"}), hidden=True
    ),
    "applications.score_sheet": Route(CITY, _paper("score-sheet.docx")),
    "applications.score_sheet_pdf": Route(CITY, _paper("score-sheet.pdf")),
    "applications.review_opinion": Route(CITY, _paper("opinion.docx")),
    "applications.review_opinion_pdf": Route(CITY, _paper("opinion.pdf")),
    "applications.withdraw": Route(WRITERS, _at("withdraw", Stage.SUBMITTED, {"reason": "不报了"}), hidden=True),
    "applications.experts": Route(
        CITY, _at("experts", Stage.RECOMMENDED, {"people": "赵教授", "action": "keep"}, ask=False)
    ),
    "applications.expert": Route(CITY, _at("expert", Stage.RECOMMENDED, {"name": "赵教授", **_SCORES})),
    "applications.recommend": Route(WRITERS, _recommend, hidden=True),
    "applications.letters": Route(SIGNED_IN, fixed(Call(f"{HOME}/letters/"))),
    "applications.letter": Route(SIGNED_IN, _letter(""), hidden=True),
    "applications.letter_docx": Route(SIGNED_IN, _letter("docx/"), hidden=True),
    "applications.letter_pdf": Route(SIGNED_IN, _letter("pdf/"), hidden=True),
    "applications.letter_xlsx": Route(SIGNED_IN, _letter("xlsx/"), hidden=True),
}  # fmt: skip
