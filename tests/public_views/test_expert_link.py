"""An expert's private link: the bases given, their materials and scores, and nothing else, for nobody else."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from documents.applications.round import Round
from documents.desk.audit_entry import AuditEntry
from documents.records.attachment import Attachment
from public_views import expert_link
from rules.applications import Stage
from rules.materials import SCORE_SHEETS
from services.applications.round_experts import Named, give_experts, make_link, revoke_link
from services.applications.rounds import read_round, save_round
from services.shared.files import add_file
from tests import round_driver as driver
from tests.page_reader import form, text_of
from tests.sample_office import PDF

SHEET = ("operation", "ability", "effect", "novelty")
UNTIL = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def nothing_counted():
    expert_link.asked.clear()
    expert_link.tried.clear()


@pytest.fixture
def travel():
    import time_machine

    with time_machine.travel(driver.moment(driver.SCORED), tick=False) as traveller:
        yield traveller.move_to


@pytest.fixture
def round_id(office):
    return driver.make_round()


@pytest.fixture
def given(office, round_id, travel):
    """The base that is given to an expert, and one that is not."""
    made = [
        driver.drive(base, round_id, to=Stage.RECOMMENDED) for base in (office.guan.spare, office.shen.spare)
    ]
    version = read_round(round_id).version
    at = {"version": version, "actor": driver.CITY, "now": driver.moment(driver.SCORED)}
    give_experts(round_id, [Named("赵教授", "聊城大学")], made[:1], **at)
    return made


def key_of(round_id):
    return Round.read(round_id)["experts"][0]["key"]


def link(round_id, **more):
    at = {"version": read_round(round_id).version, "actor": driver.CITY, "now": driver.moment(driver.SCORED)}
    return make_link(round_id, key_of(round_id), until=more.get("until", UNTIL), **at)


def test_an_expert_reads_the_bases_given_and_scores_them_and_the_trail_says_who(client, given, round_id):
    secret = link(round_id)
    home = f"/expert-review/{secret}/"
    page = client.get(home)
    assert (
        driver.stored(given[0])["base_name"] in page.text
        and driver.stored(given[1])["base_name"] not in page.text
    )
    assert (
        page.headers["X-Robots-Tag"] == "noindex, nofollow"
        and page.headers["Referrer-Policy"] == "no-referrer"
    )
    assert "no-store" in page.headers["Cache-Control"] and "/admin/" not in re.sub(
        r"/admin/static\S*", "", page.text
    )
    url = f"{home}{given[0]}/"
    page = client.get(url).text
    file_url = re.search(rf'href="({re.escape(home)}file/[0-9a-f]{{24}})"', page)
    assert file_url and client.get(file_url[1]).data == PDF
    data = form(page, "form") | {f"score_{key}": ["81"] for key in SHEET} | {"opinion": ["特色明显。"]}
    answer = client.post(url, data=data)
    assert answer.status_code == 303
    raw = driver.stored(given[0])
    assert [(one["name"], one["total"], one["organization"]) for one in raw["experts"]] == [
        ("赵教授", 81, "聊城大学")
    ]
    entry = AuditEntry._get_collection().find_one({"action": "scored-by-link"})
    assert entry["actor_id"].startswith("expert:") and "赵教授" not in entry["actor_name"]
    assert "赵教授" in entry["changes"][0]["new"]
    assert secret not in str(entry)
    assert "81" in text_of(client.get(home).text)


def test_what_is_wrong_is_said_beside_its_field_and_kept_and_without_a_token_nothing_is_taken(
    client, given, round_id
):
    url = f"/expert-review/{link(round_id)}/{given[0]}/"
    data = form(client.get(url).text, "form") | {f"score_{key}": ["81"] for key in SHEET} | {"opinion": [""]}
    answer = client.post(url, data=data | {"score_effect": ["181"]})
    assert answer.status_code == 422 and 'value="181"' in answer.text
    assert client.post(url, data=data).status_code == 422, "an opinion is asked for"
    data["opinion"] = ["好。"]
    assert client.post(url, data=data | {"csrf_token": ["x"]}).status_code == 400
    assert "experts" not in driver.stored(given[0]) or driver.stored(given[0])["experts"] == []


def test_scores_that_changed_behind_a_slip_are_asked_about_before_they_are_replaced(client, given, round_id):
    url = f"/expert-review/{link(round_id)}/{given[0]}/"
    page = client.get(url).text
    scored = {f"score_{key}": ["81"] for key in SHEET} | {"opinion": ["好。"]}
    assert client.post(url, data=form(page, "form") | scored).status_code == 303
    other = {f"score_{key}": ["60"] for key in SHEET} | {"opinion": ["旧。"]}
    answer = client.post(url, data=form(page, "form") | other | {"score_effect": ["6o"]})
    assert answer.status_code == 422
    answer = client.post(url, data=form(answer.text, "form") | {"score_effect": ["60"]})
    assert answer.status_code == 409 and driver.stored(given[0])["experts"][0]["total"] == 81
    assert client.post(url, data=form(answer.text, "form")).status_code == 303
    assert driver.stored(given[0])["experts"][0]["total"] == 60


def test_neither_a_base_nor_a_file_that_was_not_given_is_there(client, given, round_id, travel):
    home = f"/expert-review/{link(round_id)}/"
    of_other = Attachment._get_collection().find_one({"record_id": given[1]})["_id"]
    kept = add_file(
        "applications", given[0], "评分表.pdf", BytesIO(PDF), slot=SCORE_SHEETS, actor=driver.CITY,
        now=driver.moment(driver.SCORED),
    )  # fmt: skip
    for path in (f"{given[1]}/", f"file/{of_other}", f"file/{kept}", "x/", f"file/{'0' * 24}"):
        answer = client.get(home + path)
        assert answer.status_code == 404 and "此链接无效" in answer.text


@pytest.mark.parametrize("how", ["over", "revoked", "closed", "renewed", "unknown"])
def test_a_link_that_is_no_more_and_one_that_never_was_are_the_same_page(
    client, given, round_id, travel, how
):
    secret = link(round_id)
    at = {"actor": driver.CITY, "now": driver.moment(driver.SCORED)}
    assert client.get(f"/expert-review/{secret}/").status_code == 200
    if how == "over":
        travel(driver.moment(date(2026, 3, 21)))
    elif how == "revoked":
        revoke_link(round_id, key_of(round_id), version=read_round(round_id).version, **at)
    elif how == "closed":
        stored = read_round(round_id)
        save_round(replace(stored, closed=True), round_id=round_id, version=stored.version, **at)
        assert Round.read(round_id)["experts"], "who changes the round keeps its experts"
    elif how == "renewed":
        link(round_id)
    else:
        secret = "A" * 43
    answer = client.get(f"/expert-review/{secret}/")
    never = client.get(f"/expert-review/{'B' * 43}/")
    assert answer.status_code == 404 and answer.text == never.text
    assert client.post(f"/expert-review/{secret}/{given[0]}/").status_code in (400, 404)


def test_only_the_digest_of_a_link_is_stored_and_who_tries_many_is_stopped(client, given, round_id):
    secret = link(round_id)
    assert secret not in str(Round.read(round_id)) and secret not in str(
        list(AuditEntry._get_collection().find())
    )
    codes = [client.get(f"/expert-review/{number:043d}/").status_code for number in range(13)]
    assert codes == [404] * 10 + [429] * 3


def test_a_base_that_is_concluded_is_no_longer_there(client, given, round_id):
    secret = link(round_id)
    driver._score(given[0], driver.CITY, 80)
    assert "均已完成评审" in client.get(f"/expert-review/{secret}/").text
    assert client.get(f"/expert-review/{secret}/{given[0]}/").status_code == 404
