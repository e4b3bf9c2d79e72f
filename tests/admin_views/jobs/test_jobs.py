"""A job as a clerk meets it: asked for, under way, ended; its progress for the page that shows it."""

from dataclasses import replace

import pytest

from documents.jobs.job import Job
from rules.errors import Refused
from services.jobs.kinds import FIGURES, KINDS
from services.jobs.worker import Worker
from tests.page_reader import rows, text_of


@pytest.fixture
def asked(sign_in):
    boss = sign_in("boss")
    answer = boss.send("/admin/jobs/figures/count/", {})
    assert answer.status_code == 303
    return boss, answer.location


def test_figures_are_counted_anew_by_a_job_that_says_how_far_it_is(asked):
    boss, url = asked
    assert "等待" in text_of(boss.get(url).text)
    assert boss.get(f"{url}progress/").json["ended"] is False
    assert Worker(KINDS).work_once()
    progress = boss.get(f"{url}progress/").json
    assert (progress["ended"], progress["state"]) == (True, "done")
    assert progress["done"] == progress["total"] > 0
    page = boss.get(url).text
    assert "已完成" in text_of(page)
    assert "data-job=" not in page


def test_a_second_wish_leads_to_the_job_that_is_under_way(asked):
    boss, url = asked
    assert boss.send("/admin/jobs/figures/count/", {}).location == url


def test_a_job_is_stopped_before_it_began(asked):
    boss, url = asked
    assert boss.send(f"{url}cancel/", {}).status_code == 303
    assert "已取消" in text_of(boss.get(url).text)
    assert not Worker(KINDS).work_once()
    boss.send(f"{url}cancel/", {})
    assert "已经结束" in text_of(boss.get(url).text)


def test_what_went_wrong_stands_on_the_page_as_a_sentence(asked):
    boss, url = asked

    def refuse(run):
        raise Refused("Choose two companies.")

    assert Worker([replace(FIGURES, run=refuse)]).work_once()
    page = text_of(boss.get(url).text)
    assert "未完成" in page
    assert "请选择两家企业。" in page


def test_a_job_of_another_versions_kind_waits_for_that_version(asked):
    boss, url = asked
    assert not Worker([]).work_once()
    assert "等待" in text_of(boss.get(url).text)


def test_the_list_shows_the_latest_first_with_their_states(asked):
    boss, _ = asked
    Worker(KINDS).work_once()
    boss.send("/admin/jobs/figures/count/", {})
    states = [row[1] for row in rows(boss.get("/admin/jobs/").text)]
    assert states == ["等待", "已完成"]
    assert Job._get_collection().count_documents({}) == 2


@pytest.mark.parametrize("word", ["nothing", "0" * 24])
def test_a_job_that_is_not_there_is_not_found(word, sign_in):
    assert sign_in("boss").get(f"/admin/jobs/{word}/").status_code == 404
