"""Every word of a paper is searched for personal numbers, and each becomes what was decided of it."""

from dataclasses import replace

import pytest

from office.papers.paper_text import Paragraph
from office.papers.samples import SAMPLED, sample_text
from office.papers.screening import findings_in, treated_paper
from rules.papers import FORMS, PaperKind
from rules.personal_numbers import values_in
from rules.release import Treated, Treatment

OWN = values_in("0635-0000000", "office@example.cn")
PHONE = "13906351234"


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("kind", [kind for kind in SAMPLED if kind not in FORMS])  # a form is not published
def test_a_paper_of_the_office_raises_no_question(kind, sparse):
    assert findings_in(sample_text(kind, sparse=sparse), OWN) == ()


def planted():
    paper = sample_text(PaperKind.PUBLIC_NOTICE)
    assert paper.table is not None
    rows = (("1", f"甲园{PHONE}", "乙公司", "冠县"), *paper.table.rows[1:])
    return replace(
        paper, title=f"关于{PHONE}", addressee=f"{PHONE}：", header=f"局{PHONE}", number=f"{PHONE}号",
        paragraphs=(*paper.paragraphs, Paragraph(f"两处{PHONE}和{PHONE}。", 1)), signature=f"局{PHONE}",
        table=replace(paper.table, rows=rows, caption=f"名单{PHONE}", headings=(f"序{PHONE}", "甲", "乙", "丙")),
        contact=(*paper.contact, f"手机：{PHONE}"), attachment_line=f"附件：{PHONE}", note=f"（{PHONE}）",
        fields={**paper.fields, "手机": PHONE, "备用": "13906351235"},
    )  # fmt: skip


def test_every_place_is_found_once_and_a_value_for_templates_only_where_no_place_shows_it():
    found = findings_in(planted(), OWN)
    assert len({finding.key for finding in found}) == len(found) == 14
    assert [finding.place[1].get("name") for finding in found][-1] == "备用"
    assert found == findings_in(planted(), OWN)


def test_masks_reach_every_word_and_the_values_for_templates():
    paper = planted()
    found = findings_in(paper, OWN)
    masked = treated_paper(paper, found, {finding.key: Treated(Treatment.MASK) for finding in found}, OWN)
    assert "1390635" not in str(masked.stored())
    assert masked.fields["手机"] == "139****1234"
    assert "0635-0000000" in "".join(masked.contact)
    assert findings_in(masked, OWN) == ()


def test_two_numbers_of_one_line_may_be_treated_differently():
    paper = replace(
        sample_text(PaperKind.CORRECTION), paragraphs=(Paragraph("甲13906351234、乙13906351235。"),)
    )
    first, second = findings_in(paper)
    treated = treated_paper(
        paper,
        (first, second),
        {first.key: Treated(Treatment.REMOVE), second.key: Treated(Treatment.KEEP, "可")},
    )
    assert treated.paragraphs == (Paragraph("甲、乙13906351235。"),)
