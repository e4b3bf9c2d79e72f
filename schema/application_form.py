"""The application form and the renewal form (Art. 10, 16): what they ask, for paper, workbook and what comes back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from rules.applications import ApplicationKind
from rules.choices import ServiceFunction
from rules.papers import PaperKind
from rules.rule_sets.measure_lines import CONDITIONS, FUNCTION_LINES, MeasureLine
from rules.rule_sets.measures import Figure
from rules.words import N_
from schema.bases import BASES
from schema.field import Field, Kind, heading_key

MOST_CHARACTERISTICS = 3000  # characters


class Source(StrEnum):
    """Where a value of the form comes from, which decides whether it may come back."""

    RECORD = "record"  # the base's record: it may come back
    APPLICATION = "application"  # the application's own text: it may come back
    FIXED = "fixed"  # the round, the kind, the county: what the application itself is
    TITLE = "title"  # announcements and decisions alone change it
    FIGURE = "figure"  # counted from the records
    OPINION = "opinion"  # the offices write it, after the form has come


@dataclass(frozen=True, eq=False)
class FormField:
    """One field of the form. `column` says how its value is read and shown, and its key; `group` is its heading.

    Of a figure of Art. 7 `function` is set. Only the renewal form asks what is `renewal_only`.
    """

    column: Field
    source: Source
    group: str
    function: ServiceFunction | None = None
    renewal_only: bool = False

    @property
    def key(self) -> str:
        """Its key: in content controls, in the workbook's hidden column, in what is sent."""
        return self.column.key

    @property
    def word(self) -> str:
        """The name by which a template names its value: the heading without its unit and its signs."""
        return re.sub(r"（[^（）]*）|\W", "", self.column.heading)

    @property
    def comes_back(self) -> bool:
        """Whether a value that was changed in the form may be taken."""
        return self.source in (Source.RECORD, Source.APPLICATION)

    @property
    def is_wide(self) -> bool:
        """Whether it takes the form's whole width."""
        return self.key in _WIDE or self.source in (Source.APPLICATION, Source.OPINION)


MAIN, OPERATOR, FACILITIES, TITLE, FIGURES, FUNCTIONS, NOVELTY, OPINIONS = (
    "基地基本情况", "运营主体情况", "场地、人员与联系方式", "现有称号", "入驻企业与服务情况", "服务功能", "特色与创新",
    "审核意见",
)  # fmt: skip
_GROUPS = (MAIN, OPERATOR, FACILITIES, TITLE, FIGURES, FUNCTIONS, NOVELTY, OPINIONS)
_RECORD = {
    MAIN: ("name", "base_type", "operating_since", "address"),
    OPERATOR: ("operator", "uscc", "legal_representative", "registered_place"),
    FACILITIES: (
        "floor_area", "service_staff", "online_system", "contact_name", "contact_phone", "contact_email",
    ),
}  # fmt: skip
_TITLE_KEYS = (
    "announced_on", "document_number", "title_first_day", "title_last_day", "certificate_number",
)  # fmt: skip
_WIDE = frozenset({"name", "address", "operator"})
FIGURE = "figure_"  # before the key of an assessment's figure, this makes the field's


def _plain(key: str, label: str, heading: str, kind: Kind = Kind.TEXT, **more: Any) -> Field:
    return Field(key, label, heading, kind, **{"half": True, **more})


def _figure(line: MeasureLine) -> FormField:
    heading = (
        line.zh or f"{line.function.zh if line.function else ''}·{line.figure.zh if line.figure else ''}"
    )
    column = _plain(FIGURE + line.name, line.label, heading, Kind.INTEGER, unit=line.unit)
    return FormField(column, Source.FIGURE, FUNCTIONS if line.function else FIGURES, line.function)


def _figures() -> tuple[FormField, ...]:
    share = _plain(
        FIGURE + "low_fee_percent", N_("Free or low-fee service"), "公益低收费服务占比（%）", Kind.DECIMAL, unit="%"
    )  # fmt: skip
    times = _plain(
        FIGURE + "company_times", N_("Company-times served"), "年服务企业总家次", Kind.INTEGER, unit=N_("company-times")
    )  # fmt: skip
    counted = [
        _figure(line) for line in CONDITIONS if line.key in ("tenants", "people", "partners")
    ]  # years and staff stand among the record's
    met = next(line for line in CONDITIONS if line.key == "functions_required")
    of_functions = [_figure(line) for line in FUNCTION_LINES if line.figure is not Figure.ONLINE]
    return (
        *counted,
        FormField(times, Source.FIGURE, FIGURES),
        FormField(share, Source.FIGURE, FIGURES),
        _figure(met),
        *of_functions,
    )


def _of_record(group: str) -> tuple[FormField, ...]:
    return tuple(FormField(BASES.field(key), Source.RECORD, group) for key in _RECORD[group])


FORM_FIELDS: tuple[FormField, ...] = (
    FormField(_plain("round", N_("Round"), "申报批次"), Source.FIXED, MAIN),
    FormField(_plain("kind", N_("Applied for"), "申报类型", Kind.CHOICE, choices=ApplicationKind), Source.FIXED, MAIN),
    *_of_record(MAIN)[:1],
    FormField(BASES.field("county"), Source.FIXED, MAIN),
    *_of_record(MAIN)[1:],
    *_of_record(OPERATOR),
    *_of_record(FACILITIES),
    *(
        FormField(BASES.field(key), Source.TITLE, TITLE, renewal_only=True) for key in _TITLE_KEYS
    ),
    FormField(
        _plain("assessed_year", N_("Assessed year"), "评价年度", Kind.INTEGER), Source.FIXED, FIGURES
    ),
    *_figures(),
    FormField(
        Field("characteristics", N_("Characteristics and innovations"), "特色与创新情况", Kind.LONG_TEXT,
              max_length=MOST_CHARACTERISTICS),
        Source.APPLICATION, NOVELTY,
    ),
    FormField(
        Field("county_opinion", N_("Opinion of the county"), "县级主管部门意见"), Source.OPINION, OPINIONS
    ),
    FormField(Field("city_opinion", N_("Opinion of the city"), "市级主管部门意见"), Source.OPINION, OPINIONS),
)  # fmt: skip


def form_kind(kind: ApplicationKind) -> PaperKind:
    """Return which form is filled in for what is applied for."""
    return PaperKind.RENEWAL_FORM if kind is ApplicationKind.RENEWAL else PaperKind.APPLICATION_FORM


def form_fields(kind: PaperKind) -> tuple[FormField, ...]:
    """Return the fields of one of the two forms, in their order."""
    renewal = kind is PaperKind.RENEWAL_FORM
    return tuple(field for field in FORM_FIELDS if renewal or not field.renewal_only)


def grouped(fields: Iterable[FormField]) -> list[tuple[str, list[FormField]]]:
    """Return the fields under their headings, in the form's order; headings without any are left out."""
    by_group: dict[str, list[FormField]] = {}
    for field in fields:
        by_group.setdefault(field.group, []).append(field)
    return [(group, by_group[group]) for group in _GROUPS if group in by_group]


def spellings(fields: Iterable[FormField]) -> Mapping[str, str]:
    """Return the key of the field that each label means; labels as `heading_key` compares them."""
    by_label = {}
    for field in fields:
        for word in (field.word, *field.column.spellings):
            by_label[heading_key(word)] = field.key
    return by_label


_MARK = re.compile(r"([0-9a-f]{24})-(\d{1,9})-(\d{1,9})-(\d{9,11})")
MARK_LABEL = "表格编号"  # stands before the mark on paper, and names it in a template


@dataclass(frozen=True)
class FormMark:
    """Which application a form was made from, at which version of it and of its base's record, and when."""

    application: str
    version: int
    base_version: int
    made_at: datetime  # UTC, whole seconds

    def __str__(self) -> str:
        return f"{self.application}-{self.version}-{self.base_version}-{int(self.made_at.timestamp())}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the first mark that a text holds; None where it holds none."""
        found = _MARK.search(text)
        if found is None:
            return None
        made_at = datetime.fromtimestamp(int(found[4]), UTC)
        return cls(found[1], int(found[2]), int(found[3]), made_at)
