"""The office's own templates: tried, kept, given back; what fails never takes the place of what works."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from docx import Document

from documents.publication.paper_template import PaperTemplate
from office.papers.default_templates import default_template
from rules.access import Actor, Role
from rules.errors import Missing, NotAllowed, Problem, Refused, Stale
from rules.papers import PaperKind
from services.desk.trail import verify
from services.publication.paper_templates import (
    drop_template,
    put_template,
    template_changes,
    template_for,
    template_of_version,
)

BOSS = Actor("b1", "管理员", Role.ADMIN)
KIND = PaperKind.PUBLIC_NOTICE


def template(words: str = "{{ title }}") -> bytes:
    paper = Document()
    paper.add_paragraph(words)
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


GOOD, OTHER, BAD = template(), template("{{ title }}：{{ number }}"), template("{{ ''.__class__ }}")


@pytest.fixture
def put(office):
    PaperTemplate.ensure_indexes()

    def done(data=GOOD, version=0, kind=KIND, actor=BOSS, name="公示.docx"):
        return put_template(kind, name, data, version=version, actor=actor, now=office.now)

    return done


def test_a_template_is_in_use_until_another_one_is_and_all_are_kept(put, office):
    assert template_for(KIND) is None
    put()
    put(OTHER, 1, name="公示 新.docx")
    assert template_for(KIND) == OTHER
    assert template_for(PaperKind.CORRECTION) is None
    latest, first = template_changes()[KIND]
    assert (latest.version, latest.own, latest.name, latest.size, latest.who) == (
        2,
        True,
        "公示 新.docx",
        len(OTHER),
        "管理员",
    )
    assert template_of_version(KIND, first.version)[1] == GOOD


def test_the_default_can_be_gone_back_to_and_the_own_one_taken_again(put, office):
    put()
    drop_template(KIND, version=1, actor=BOSS, now=office.now)
    assert template_for(KIND) is None
    assert [one.own for one in template_changes()[KIND]] == [False, True]
    with pytest.raises(Missing):
        template_of_version(KIND, 2)
    with pytest.raises(Missing):
        drop_template(KIND, version=2, actor=BOSS, now=office.now)
    put(GOOD, 2)
    assert template_for(KIND) == GOOD


def test_a_template_that_fails_never_takes_the_place_of_one_that_works(put, office):
    put()
    for data in (BAD, b"", template("没有标签"), template("{{ titel }}")):
        with pytest.raises(Refused):
            put(data, 1)
    assert template_for(KIND) == GOOD
    assert office.db["paper_templates"].count_documents({}) == 1
    with pytest.raises(Refused, match="already"):
        put(GOOD, 1)


def test_a_second_saver_is_told(put, office):
    put()
    for act in (lambda: put(OTHER, 0), lambda: drop_template(KIND, version=0, actor=BOSS, now=office.now)):
        with pytest.raises(Stale):
            act()
    assert template_for(KIND) == GOOD


def test_of_two_uploads_at_once_one_is_taken(put):
    def tried(data):
        try:
            put(data)
        except Problem as problem:
            return type(problem)
        return None

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(tried, (GOOD, OTHER)))
    assert sorted(outcomes, key=str) == sorted([None, Stale], key=str)
    assert len(template_changes()[KIND]) == 1


def test_what_was_done_stands_in_the_trail_without_the_file(put, office):
    put()
    drop_template(KIND, version=1, actor=BOSS, now=office.now)
    entries = list(office.db["audit_entries"].find({"collection": "paper_templates"}).sort("_id", 1))
    assert [[row["field"] for row in one["changes"]] for one in entries] == [["name", "size", "sha256"]] * 2
    assert {one["label"] for one in entries} == {"公示"}
    assert verify() is None


def test_a_name_is_cleaned_and_an_upload_of_the_default_is_as_good_as_any(put):
    kept = put(default_template(KIND), name='C:\\模板\\a<b>"公示".docx')
    assert kept.name == "ab公示.docx"


def test_only_an_administrator_changes_templates(put, office):
    for actor in (office.city, office.guan, office.reader):
        with pytest.raises(NotAllowed):
            put(actor=actor)
        with pytest.raises(NotAllowed):
            drop_template(KIND, version=0, actor=actor, now=office.now)
    assert template_changes() == {}


def test_a_kind_of_a_later_edition_is_passed_over(put, office):
    office.db["paper_templates"].insert_one({"kind": "unheard-of", "version": 1})
    assert template_changes() == {}
