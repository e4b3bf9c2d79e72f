"""The tables of an assessment as they go to Excel: all bases of a year, or one base in full."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from office.excel.tables_writer import Table
from rules.assessment.checklist import CheckState, Condition
from rules.assessment.indicators import Assessment, Indicator
from rules.assessment.shares import floored
from rules.choices import ServiceFunction
from rules.rule_sets.articles import article_zh
from rules.rule_sets.measures import FIGURES, Figure, Level, Measures
from rules.rule_sets.provisions import condition_key

Assessed = tuple[Mapping[str, Any], Assessment]
MET, NOT_MET, BLANK = "达标", "未达标", "未填写"

# By the key of an indicator: its heading and unit.
INDICATORS: Mapping[str, tuple[str, str]] = {
    "operated_one_year": ("运营年限", "年"),
    "tenants": ("入驻小型微型企业", "家"),
    "people": ("从业人员", "人"),
    "staff": ("专职服务人员", "人"),
    "partners": ("服务机构", "家"),
    "low_fee_share": ("免费或低收费服务占比", "%"),
    "functions": ("达标服务功能", "项"),
}
# The field of a base's record whose blank is not a zero.
RECORD_FIELDS: Mapping[str, str] = {"operated_one_year": "operating_since", "staff": "service_staff"}


def actual_of(indicator: Indicator, base: Mapping[str, Any]) -> float | int | None:
    """Return what an indicator shows: None where the record is blank or there is no service at all."""
    key = RECORD_FIELDS.get(indicator.key)
    if (key and base.get(key) is None and not indicator.actual) or indicator.actual is None:
        return None
    return floored(indicator.actual) if indicator.key == "low_fee_share" else int(indicator.actual)


def _word(met: bool) -> str:
    return MET if met else NOT_MET


def overview_table(
    assessed: Iterable[Assessed], measures: Measures, year: int, day: date, *,
    counties: Mapping[str, str], statuses: Mapping[str, str], note: str = "",
) -> Table:  # fmt: skip
    """Return one row a base: verdict, each indicator with whether it is met, each figure of Art. 7."""
    heads = [
        ("基地名称", 36.0),
        ("所属县（市、区）", 18.0),
        ("状态", 10.0),
        ("结论", 10.0),
        ("未达标指标", 30.0),
    ]
    for label, unit in INDICATORS.values():
        heads += [(f"{label}（{unit}）", 12.0), (f"{label}是否达标", 11.0)]
    for function, figures in FIGURES.items():
        heads += [(f"{function.zh}：{figure.zh}", 11.0) for figure in figures]
        heads.append((f"{function.zh}是否达标", 11.0))
    return Table(
        name=f"{year}年达标评估",
        title=f"小型微型企业创业创新示范基地达标评估（{year}年）",
        note="    ".join(
            part for part in (note, f"标准：{measures.title}", f"统计至 {day:%Y-%m-%d}") if part
        ),
        heads=tuple(heads),
        rows=[_overview_row(base, assessment, counties, statuses) for base, assessment in assessed],
    )


def _overview_row(
    base: Mapping[str, Any], assessment: Assessment, counties: Mapping[str, str], statuses: Mapping[str, str]
) -> list[Any]:
    failed = [INDICATORS[item.key][0] for item in assessment.indicators if not item.met]
    county, status = base.get("county", ""), base.get("status", "")
    row: list[Any] = [
        base["name"], counties.get(county, county), statuses.get(status, status),
        _word(assessment.meets), "、".join(failed),
    ]  # fmt: skip
    for item in assessment.indicators:
        row += [actual_of(item, base), _word(item.met)]
    for result in assessment.functions:
        row += [_figure(figure, actual, base) for figure, _, actual, _ in result.figures]
        row.append(_word(result.met))
    return row


def _figure(figure: Figure, actual: int, base: Mapping[str, Any]) -> Any:
    if figure is not Figure.ONLINE:
        return actual
    return BLANK if base.get("online_system") is None else ("有" if actual else "无")


def base_tables(
    base: Mapping[str, Any], assessment: Assessment, year: int, *, levels: Mapping[Level, Assessment | None],
    years: Mapping[int, Assessment], checks: Sequence[tuple[Condition, CheckState, str, str]],
) -> list[Table]:  # fmt: skip
    """Return the sheets of one base: indicators, functions, Art. 6, years, levels.

    `checks` are condition, state, remark and the names of the evidence files.
    """
    name = f"{base['name']}（{year}年）"
    note = f"标准：{assessment.measures.title}    统计至 {assessment.facts.as_of:%Y-%m-%d}"
    enough = _word(assessment.indicator("functions").met)
    needed = ("达标功能", None, assessment.measures.functions_required, assessment.functions_met, enough)
    verdict = ("结论", None, None, None, None, _word(assessment.meets))
    indicators = [_indicator_row(item, base) for item in assessment.indicators]
    functions = list(_function_rows(assessment, base))
    check_rows = [
        (
            article_zh(assessment.measures.articles.get(condition_key(condition), "")),
            condition.zh,
            state.zh,
            remark,
            files,
        )
        for condition, state, remark, files in checks
    ]
    return [
        Table("基本条件", f"{name}基本条件", _INDICATOR_HEADS, indicators, note, total=verdict),
        Table("服务功能", f"{name}服务功能", _FUNCTION_HEADS, functions, note, total=needed),
        Table("运营条件", f"{name}运营条件", _CHECK_HEADS, check_rows,
        article_zh(assessment.measures.articles.get("conditions", ""))),
        _years_table(name, years),
        _levels_table(name, base, levels),
    ]  # fmt: skip


_CHECK_HEADS = (("条款", 16.0), ("条件", 40.0), ("核实情况", 12.0), ("备注", 50.0), ("证明材料", 50.0))
_INDICATOR_HEADS = (
    ("条款", 16.0),
    ("指标", 24.0),
    ("单位", 8.0),
    ("要求", 10.0),
    ("实际", 10.0),
    ("结论", 12.0),
)
_FUNCTION_HEADS = (("服务功能", 16.0), ("指标", 26.0), ("要求", 10.0), ("实际", 10.0), ("结论", 12.0))


def _indicator_row(item: Indicator, base: Mapping[str, Any]) -> tuple[Any, ...]:
    label, unit = INDICATORS[item.key]
    actual = actual_of(item, base)
    blank = BLANK if item.key in RECORD_FIELDS else "无服务"
    required = int(item.required)
    return (
        article_zh(item.article),
        label,
        unit,
        required,
        blank if actual is None else actual,
        _word(item.met),
    )


def _function_rows(assessment: Assessment, base: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    for result in assessment.functions:
        for figure, required, actual, met in result.figures:
            asked: Any = ("有" if required else None) if figure is Figure.ONLINE else required
            yield (result.function.zh, figure.zh, asked, _figure(figure, actual, base), _word(met))


def _years_table(name: str, years: Mapping[int, Assessment]) -> Table:
    rows: list[list[Any]] = []
    for key, (label, unit) in INDICATORS.items():
        if key not in RECORD_FIELDS:
            rows.append(
                [label, unit, *(_year_value(assessment.indicator(key)) for assessment in years.values())]
            )
    for label, figure in (("服务家次", "company_times"), ("免费或低收费家次", "low_fee_company_times")):
        rows.append([label, "家次", *(getattr(assessment.facts, figure) for assessment in years.values())])
    for function, figures in FIGURES.items():
        rows += [_figure_years(function, figure, years) for figure in figures if figure is not Figure.ONLINE]
    heads = (("指标", 34.0), ("单位", 8.0), *((f"{year}年", 10.0) for year in years))
    return Table("历年", f"{name}历年情况", heads, rows, "人数和企业规模按现有登记计")


def _year_value(item: Indicator) -> Any:
    if item.actual is None:
        return None
    return floored(item.actual) if item.key == "low_fee_share" else int(item.actual)


def _figure_years(function: ServiceFunction, figure: Figure, years: Mapping[int, Assessment]) -> list[Any]:
    figures = (assessment.facts.figure(function, figure) for assessment in years.values())
    return [f"{function.zh}：{figure.zh}", "", *figures]


def _levels_table(name: str, base: Mapping[str, Any], levels: Mapping[Level, Assessment | None]) -> Table:
    heads: list[tuple[str, float]] = [("指标", 24.0), ("实际", 10.0)]
    for level, assessment in levels.items():
        title = "尚未录入" if assessment is None else assessment.measures.title
        doubt = "，数字可能已失效，请核对" if assessment and assessment.measures.superseded else ""
        heads += [(f"{level.zh}要求（{title}{doubt}）", 18.0), (f"{level.zh}结论", 12.0)]
    known = next((assessment for assessment in levels.values() if assessment), None)
    rows: list[list[Any]] = []
    for item in known.indicators if known else ():
        # How many functions are met depends on the level: there is no one figure for all.
        actual = None if item.key == "functions" else actual_of(item, base)
        row: list[Any] = [INDICATORS[item.key][0], actual]
        for assessment in levels.values():
            row += [None, None] if assessment is None else _level_cells(assessment.indicator(item.key))
        rows.append(row)
    verdicts = [
        cell for assessment in levels.values() for cell in (None, assessment and _word(assessment.meets))
    ]
    return Table("三级对照", f"{name}三级对照", tuple(heads), rows, total=["结论", None, *verdicts])


def _level_cells(item: Indicator) -> list[Any]:
    done = f"{_word(item.met)}（{int(item.actual or 0)} 项）" if item.key == "functions" else _word(item.met)
    return [int(item.required), done]
