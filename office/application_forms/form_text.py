"""The words of a form: each value as it stands there, and the form as a paper that a template fills in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from office.excel.cells import show
from office.papers.paper_text import PaperTable, PaperText, Paragraph, in_chinese
from rules.papers import PaperKind
from schema.application_form import MARK_LABEL, FormField, FormMark, form_fields, grouped

TITLES: Mapping[PaperKind, str] = {
    PaperKind.APPLICATION_FORM: "聊城市小型微型企业创业创新示范基地认定申请表",
    PaperKind.RENEWAL_FORM: "聊城市小型微型企业创业创新示范基地复核申请表",
}
HELP = (
    "填表说明：表中已由系统按记录预填，请核对；有变化的，直接改写后将本文件交回。灰底各项取自申报批次、称号记录和"
    "服务台账统计，表中改动不予采用，有出入的请核对名录和台账。"
)
STATEMENT = "本单位对所填内容和所附材料的真实性负责。"
SIGNED = "申报单位（盖章）：　　　　　　　　法定代表人（签字）：　　　　　　　　　　年　　月　　日"
SEALED = "（盖章）　　　　年　　月　　日"
WIDTHS = (17, 22, 17, 22)  # of the four columns, in proportion


@dataclass(frozen=True)
class FormFacts:
    """A form that is filled in: `values` by the key of the field, plain, None where nothing is known."""

    kind: PaperKind
    mark: FormMark
    values: Mapping[str, Any]
    dated: date

    @property
    def fields(self) -> tuple[FormField, ...]:
        """What this form asks."""
        return form_fields(self.kind)


def label_of(field: FormField) -> str:
    """Return the label as it stands in the form."""
    return field.column.heading


def shown_value(field: FormField, value: Any) -> str:
    """Return a value as it stands in the form; "" for what is not known."""
    if isinstance(value, int) and not isinstance(value, bool) and field.key == "assessed_year":
        return str(value)
    return show(field.column, value)


def form_paper(facts: FormFacts) -> PaperText:
    """Return the form as a paper: a table of labels and values, and each value by its name.

    A row of the table is a heading alone, a label with its value, or two of these side by side.
    """
    named = {field.word: shown_value(field, facts.values.get(field.key)) for field in facts.fields}
    return PaperText(
        kind=facts.kind,
        title=TITLES[facts.kind],
        paragraphs=(Paragraph(STATEMENT), Paragraph(SIGNED), Paragraph(HELP)),
        addressee=f"{MARK_LABEL}：{facts.mark}",
        note=SEALED,
        signature="",
        dated=facts.dated.isoformat(),
        dated_zh=in_chinese(facts.dated),
        table=PaperTable("", (), tuple(_rows(facts)), WIDTHS),
        fields={**named, MARK_LABEL: str(facts.mark)},
    )


def _rows(facts: FormFacts) -> Iterator[tuple[str, ...]]:
    for group, fields in grouped(facts.fields):
        yield (group,)
        for row in in_rows(fields):
            yield tuple(text for field in row for text in (label_of(field), _value(facts, field)))


def _value(facts: FormFacts, field: FormField) -> str:
    return shown_value(field, facts.values.get(field.key))


def in_rows(fields: Iterable[FormField]) -> list[tuple[FormField, ...]]:
    """Return fields as the form's rows: a wide one alone, two narrow ones side by side."""
    rows: list[tuple[FormField, ...]] = []
    waiting: FormField | None = None
    for field in fields:
        if field.is_wide:
            rows += [(waiting,)] if waiting else []
            rows.append((field,))
            waiting = None
        elif waiting:
            rows.append((waiting, field))
            waiting = None
        else:
            waiting = field
    return rows + ([(waiting,)] if waiting else [])
