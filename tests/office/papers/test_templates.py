"""Templates that the office supplies: what is taken, what is refused and why, and that nothing gets out."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from office.child_process import ChildLimits
from office.papers.default_templates import default_template
from office.papers.filling import fill_in
from office.papers.render import check_template, known_names, render_paper
from office.papers.samples import SAMPLED, sample_qr, sample_text
from office.papers.template_check import MOST_BYTES
from office.papers.template_problems import SENTENCES, TemplateProblem
from rules.errors import Refused
from rules.papers import PaperKind

KIND = PaperKind.ANNOUNCEMENT
RELS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def template(*lines: str) -> bytes:
    """Return a template with these paragraphs."""
    paper = Document()
    for line in lines:
        paper.add_paragraph(line)
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def changed(change: Callable[[dict[str, bytes]], Any], data: bytes | None = None) -> bytes:
    """Return a template whose parts were changed."""
    with zipfile.ZipFile(BytesIO(data or template("{{ title }}"))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def with_link(kind: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    def add(parts: dict[str, bytes]) -> None:
        link = f'<Relationship Id="rId99" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
        parts[RELS] = parts[RELS].replace(b"</Relationships>", link.encode() + b"</Relationships>")

    return changed(add)


def with_xml(xml: str) -> bytes:
    """Return a template with this XML at the start of its body."""

    def add(parts: dict[str, bytes]) -> None:
        parts["word/document.xml"] = parts["word/document.xml"].replace(
            b"<w:body>", b"<w:body>" + xml.encode()
        )

    return changed(add)


def fault(*lines: str) -> str:
    """Return the word of the problem with these paragraphs; tried in this process, for speed."""
    with pytest.raises(TemplateProblem) as caught:
        fill_in(sample_text(KIND), template(*lines), must_use=True)
    return caught.value.word


def refusal(data: bytes, kind: PaperKind = KIND, **more: Any) -> tuple[str, dict[str, Any]]:
    """Return the word of the problem for which a template is refused, and its parameters."""
    with pytest.raises(Refused) as caught:
        check_template(data, kind, **more)
    (reason,) = caught.value.refusals
    assert reason.field == "file"
    assert str(reason)  # the parameters fit the sentence
    return next(word for word, sentence in SENTENCES.items() if sentence == reason.message), dict(
        reason.params
    )


def words(data: bytes) -> list[str]:
    return [one.text for one in Document(BytesIO(data)).paragraphs]


# --- What is taken -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SAMPLED)
def test_the_default_template_uploaded_as_an_own_one_makes_the_same_paper(kind):
    data, text, qr = default_template(kind), sample_text(kind), sample_qr(kind)
    check_template(data, kind)
    own = render_paper(text, data, qr)
    assert words(own) == words(render_paper(text, None, qr))


def test_an_own_template_may_use_single_values_lists_and_conditions():
    data = template(
        "{{ 年度 }}年，{{ 总家数 }}家，{{ number }}",
        "{%p for row in table.rows %}", "{{ loop.index }}/{{ row[1] }}{% if not loop.last %}；{% endif %}",
        "{%p endfor %}",
        "{{ signature|length }}{{ '！' if note else '' }}{{ paragraphs[1:2]|length }}",
    )  # fmt: skip
    check_template(data, KIND)
    assert words(render_paper(sample_text(KIND), data)) == [
        "2026年，3家，聊工信发〔2026〕1号", "1/示例一号创业园；",
        "2/鲁西北农村电子商务与智能装备小微企业创业创新示范基地（二期）；", "3/示例三号孵化器（复核）", "10！1",
    ]  # fmt: skip


def test_a_link_to_a_page_or_an_address_of_mail_is_no_harm():
    check_template(with_link("hyperlink", "https://example.cn/a"), KIND)
    check_template(with_link("hyperlink", "mailto:a@example.cn"), KIND)


def test_values_are_text_and_never_templates_or_marks():
    text = replace(sample_text(KIND), title="{{ number }}<w:p>&</w:p>")
    assert words(render_paper(text, template("{{ title }}"))) == ["{{ number }}<w:p>&</w:p>"]


def test_the_names_that_are_known_are_told_with_an_example():
    names = dict(known_names(KIND))
    assert names["有效期止"] == "2031年11月30日、2031年12月31日"  # of the new, of the renewed
    assert {"title", "paragraphs", "table", "qr", "signature"} <= set(names)


# --- What is no plain .docx ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK", b"hello", b"%PDF-1.7", bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600),
        changed(lambda parts: parts.pop("[Content_Types].xml")),
        changed(lambda parts: parts.update(
            {"[Content_Types].xml": parts["[Content_Types].xml"].replace(b"document.main", b"template.main")}
        )),
    ],
)  # fmt: skip
def test_what_is_no_docx_is_refused(data):
    assert refusal(data) == ("not-a-docx", {})


def test_a_file_too_large_or_one_that_unpacks_to_too_much_is_refused():
    assert refusal(bytes(MOST_BYTES + 1))[0] == "too-large"
    bomb = changed(lambda parts: parts.update({"word/media/image1.png": bytes(40 << 20)}))
    assert len(bomb) < 200_000
    assert refusal(bomb)[0] == "too-large"
    many = changed(lambda parts: parts.update({f"word/media/{n}.png": b"" for n in range(1001)}))
    assert refusal(many)[0] == "too-large"


def test_macros_are_refused():
    assert refusal(changed(lambda parts: parts.update({"word/vbaProject.bin": b"x"})))[0] == "macros"
    live = changed(lambda parts: parts.update({
        "[Content_Types].xml": parts["[Content_Types].xml"].replace(
            b"openxmlformats-officedocument.wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"
        )
    }))  # fmt: skip
    assert refusal(live)[0] == "macros"


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("attachedTemplate", "http://192.0.2.1/a.dotm"), ("image", "https://example.cn/a.png"),
        ("image", "\\\\192.0.2.1\\share\\a.png"), ("hyperlink", "file:///etc/passwd"), ("mailMergeSource", "a.mdb"),
    ],
)  # fmt: skip
def test_what_points_outside_is_refused(kind, target):
    word, params = refusal(with_link(kind, target))
    assert (word, params["target"]) == ("outside", target)


@pytest.mark.parametrize("kind", ["oleObject", "package", "aFChunk", "control", "frame"])
def test_what_is_embedded_and_live_is_refused(kind):
    assert refusal(with_link(kind, "embeddings/a.bin", ""))[0] == "embedded"


@pytest.mark.parametrize(
    "xml",
    [
        '<w:p><w:r><w:instrText>INCLUDEPICTURE "http://192.0.2.1/a"</w:instrText></w:r></w:p>',
        '<w:p><w:r><w:instrText> DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\a</w:instrText></w:r></w:p>',
        '<w:p><w:fldSimple w:instr=" INCLUDETEXT c:\\a "/></w:p>',
    ],
)  # fmt: skip
def test_fields_that_fetch_or_run_are_refused(xml):
    assert refusal(with_xml(xml))[0] == "field"


def test_entities_that_grow_are_refused():
    def grow(parts: dict[str, bytes]) -> None:
        head, _, rest = parts["word/document.xml"].partition(b"?>")
        parts["word/document.xml"] = head + b'?><!DOCTYPE a [<!ENTITY b "' + b"c" * 99 + b'">]>' + rest

    assert refusal(changed(grow)) == ("damaged", {"part": "word/document.xml"})
    broken = changed(lambda parts: parts.update({"word/styles.xml": b"<w:styles>"}))
    assert refusal(broken) == ("damaged", {"part": "word/styles.xml"})


# --- What is wrong in its tags -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "near"),
    [
        (("好", "{{ title "), "{{ title"), (("{%p for one in contact %}", "{{ one }}"), ""),
        (("{% nonsense %}",), "nonsense"), (("{{ title | shout }}",), "shout"), (("{{ a b }}",), "a b"),
    ],
)  # fmt: skip
def test_a_fault_of_the_tags_is_named_with_the_place(lines, near):
    word, params = refusal(template(*lines))
    assert word in ("syntax", "code")
    assert near in params["near"]


def test_an_unknown_name_is_told_with_the_known_ones_even_where_the_sample_never_comes():
    for line in (
        "{{ titel }}",
        "{% if not title %}{{ titel }}{% endif %}",
        "{% for one in titel %}{% endfor %}",
    ):
        word, params = refusal(template("{{ title }}", line))
        assert (word, params["name"]) == ("unknown-name", "titel")
        assert "title" in params["known"].split("、")


def test_a_template_that_one_paper_filled_in_is_judged_anew_for_the_next():
    text, data = sample_text(KIND), template("{{ title }} {{ own_word }}")
    for word in ("甲", "乙"):
        filled = fill_in(replace(text, fields=text.fields | {"own_word": word}), data, must_use=True)
        assert Document(BytesIO(filled)).paragraphs[0].text == f"{text.title} {word}"
    with pytest.raises(TemplateProblem) as refused:
        fill_in(text, data)
    assert (refused.value.word, refused.value.params["name"]) == ("unknown-name", "own_word")


def test_a_value_that_the_paper_lacks_is_named():
    word, params = refusal(template("{{ table.captions }}"))
    assert (word, "captions" in params["fault"]) == ("missing-value", True)
    assert refusal(template("{{ table.rows[0][9] }}"))[0] == "missing-value"
    # There are three rows in the full sample; a list may have one.
    assert refusal(template("{{ table.rows[2][1] }}"))[0] == "missing-value"


def test_a_finished_paper_is_no_template():
    assert refusal(template("关于公布名单的通知", "特此通知。"))[0] == "no-names"


def test_tags_that_tear_the_text_apart_are_refused():
    assert refusal(template("{%p if title %}", "{{ title }}{%tr endif %}"))[0] in ("syntax", "not-a-paper")
    for line in ("{{r title }}", "{{p title }}", "{%p for one in contact %}{{ title }}{%p endfor %}"):
        assert refusal(template("{{ title }}", line))[0] in ("not-a-paper", "syntax")


@pytest.mark.parametrize(
    "line",
    [
        "{{ ''.__class__.__mro__ }}", "{{ ''['__class__'] }}", "{{ title|attr('__class__') }}", "{{ cycler.__init__ }}",
        "{{ self.__init__.__globals__ }}", "{{ self }}", "{{ lipsum() }}", "{{ range(10) }}", "{{ title.upper() }}",
        "{{ paragraphs.append(1) }}", "{{ qr.tpl.docx }}", "{{ title.upper }}", "{{ table.items }}",
        "{{ loop }}", "{{ namespace(a=1) }}", "{{ joiner() }}", "{{ title|safe }}", "{{ title|map('upper') }}",
        "{{ title|format(1) }}", "{{ 'a' * 1000000000 }}", "{{ 10 ** 10 ** 10 }}", "{{ '%s' % title }}",
        "{% import 'a' as b %}", "{% from 'a' import b %}", "{% include 'a' %}", "{% extends 'a' %}",
        "{% macro a() %}{% endmacro %}", "{% block a %}{% endblock %}", "{% call a() %}{% endcall %}",
        "{% filter upper %}{% endfilter %}", "{% set a %}b{% endset %}{{ a }}", "{% do title %}", "{% debug %}",
        "{{ __import__ }}", "{{ {'a': 1} }}", "{% for a in paragraphs recursive %}{{ loop(a) }}{% endfor %}",
    ],
)  # fmt: skip
def test_code_is_refused(line):
    assert fault("{{ title }}", line) in ("code", "syntax", "unknown-name", "missing-value")


@pytest.mark.parametrize("place", ["header", "footer", "title"])
def test_code_is_refused_wherever_it_stands(place):
    paper = Document()
    paper.add_paragraph("{{ title }}")
    if place == "title":
        paper.core_properties.title = "{{ ''.__class__ }}"
    else:
        getattr(paper.sections[0], place).paragraphs[0].text = "{{ ''.__class__ }}"
    stream = BytesIO()
    paper.save(stream)
    assert refusal(stream.getvalue())[0] == "code"


def test_code_is_refused_when_a_paper_is_made_as_well():
    with pytest.raises(Refused):
        render_paper(sample_text(KIND), template("{{ title.__class__ }}"))
    assert refusal(template("{{ ''.__class__.__mro__ }}")) == (
        "code",
        {"what": ".__mro__", "near": "{{ ''.__class__.__mro__ }}"},
    )


def test_loops_that_do_not_end_are_stopped():
    deep = "".join(f"{{% for a{n} in signature %}}" for n in range(12)) + "{{ title }}" + "{% endfor %}" * 12
    assert refusal(template(deep), limits=ChildLimits(seconds=2))[0] == "too-slow"
    grown = "{% for a in signature %}" * 8 + "{{ title ~ title ~ title }}" + "{% endfor %}" * 8
    assert refusal(template(grown), limits=ChildLimits(seconds=10, memory=300 << 20))[0] == "too-slow"
    nested = "{% for i in range(10**9) %}{% for j in range(10**9) %}{% endfor %}{% endfor %}"
    assert refusal(template("{{ title }}", nested))[0] == "code"
