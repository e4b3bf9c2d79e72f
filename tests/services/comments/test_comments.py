"""Comments: in the record's scope, by their writer, mentioning only who may read, kept with the record."""

from datetime import UTC, datetime

import pytest
from bson import ObjectId

from documents.comments import comment as stored
from documents.comments.comment import Comment
from documents.desk.audit_entry import read_head
from documents.notifications.trail_follower import NOTIFICATIONS, TrailFollower
from rules.errors import Missing, NotAllowed, Refused, Stale
from rules.requests.comments import LONGEST_COMMENT, mentioned_in, plain_comment
from services.comments import comments
from services.comments.comments import (
    add_comment,
    change_comment,
    comments_of,
    delete_comment,
    people_of,
    read_comment,
)
from services.desk.trail import history_and_comments
from services.notifications.deriving import tell_users
from services.records import records
from services.records.merge import merge, undo_merge
from services.records.recycle_bin import bring_back
from tests.sample_office import code


@pytest.fixture
def office(_whole, db):
    """The sample office, everything in it told."""
    TrailFollower.collection().update_one({"_id": NOTIFICATIONS}, {"$set": {"position": read_head()[0]}})
    return _whole


def now() -> datetime:
    return datetime.now(UTC)


def say(office, name: str, text: str, record: ObjectId | None = None, collection: str = "bases") -> ObjectId:
    record = record or office.guan.base
    return add_comment(collection, record, text, actor=office.actor(name), now=now())


def said(office, name: str, record: ObjectId | None = None) -> list[str]:
    return [one["text"] for one in comments_of(record or office.guan.base, office.actor(name))]


def shown(office, name: str) -> str:
    return office.actor(name).name


def told(office, name: str) -> list[str]:
    rows = office.db["notifications"].find({"user": office.users[name]}).sort("_id", 1)
    return [row["kind"] for row in rows]


def test_a_comment_is_read_by_who_reads_the_record_and_the_trail_tells_of_it(office):
    version = office.one("bases", office.guan.base)["version"]
    comment = say(office, "guan", "  请核实\r\n面积。 ")
    for name in ("guan", "city", "reader"):
        assert said(office, name) == ["请核实\n面积。"]
    with pytest.raises(Missing):
        read_comment(comment, office.actor("shen"))
    entry = office.db["audit_entries"].find_one({"action": "comment-added"})
    assert (entry["record_id"], entry["note"], entry["counties"], entry["changes"]) == (
        office.guan.base, "请核实\n面积。", ["371525"], []
    )  # fmt: skip
    assert office.one("bases", office.guan.base)["version"] == version


def test_only_its_writer_changes_it_and_at_the_version_that_was_read(office):
    comment = say(office, "guan", "一")
    for name, error in (("city", NotAllowed), ("shen", Missing), ("reader", NotAllowed)):
        with pytest.raises(error):
            change_comment(comment, "二", version=1, actor=office.actor(name), now=now())
    with pytest.raises(Stale):
        change_comment(comment, "二", version=7, actor=office.actor("guan"), now=now())
    change_comment(comment, "二", version=1, actor=office.actor("guan"), now=now())
    assert said(office, "guan") == ["二"]
    with pytest.raises(NotAllowed):
        delete_comment(comment, version=2, actor=office.actor("city"), now=now())
    with pytest.raises(Stale):
        delete_comment(comment, version=1, actor=office.actor("guan"), now=now())
    delete_comment(comment, version=2, actor=office.actor("guan"), now=now())
    assert said(office, "guan") == []
    entries = office.db["audit_entries"].find({"action": {"$regex": "^comment"}}).sort("_id", 1)
    assert [(row["action"], row["note"]) for row in entries] == [
        ("comment-added", "一"),
        ("comment-changed", "二"),
        ("comment-deleted", "二"),
    ]


@pytest.mark.parametrize(
    ("collection", "name"),
    [("bases", "shen"), ("users", "boss"), ("nothing", "boss"), ("objections", "boss")],
)
def test_what_is_out_of_scope_or_no_record_is_not_commented_on(office, collection, name):
    before = office.digest()
    with pytest.raises(Missing):
        say(office, name, "一", collection=collection)
    assert office.digest() == before


@pytest.mark.parametrize("text", ["", " \n\u200b ", "字" * (LONGEST_COMMENT + 1)])
def test_nothing_and_too_much_is_refused(office, text):
    with pytest.raises(Refused):
        say(office, "guan", text)


def test_no_record_has_more_than_so_many(office, monkeypatch):
    monkeypatch.setattr(comments, "MOST_COMMENTS", 1)
    say(office, "guan", "一")
    with pytest.raises(Refused):
        say(office, "guan", "二")


def test_what_another_county_said_of_a_shared_partner_does_not_count_towards_the_most(office, monkeypatch):
    monkeypatch.setattr(comments, "MOST_COMMENTS", 1)
    say(office, "guan", "冠县的", office.shared, "service_partners")
    say(office, "shen", "莘县的", office.shared, "service_partners")
    for name in ("shen", "city"):
        with pytest.raises(Refused):
            say(office, name, "二", office.shared, "service_partners")


def test_of_more_than_so_many_the_latest_are_read(office, monkeypatch):
    monkeypatch.setattr(stored, "MOST_COMMENTS", 2)
    for text in ("一", "二", "三"):
        say(office, "guan", text)
    assert said(office, "guan") == ["二", "三"]
    _, shown_there = history_and_comments("bases", office.guan.base, office.actor("guan"), most=1)
    assert [one["text"] for one in shown_there] == ["二", "三"]


def test_who_is_mentioned_is_told_once_and_who_may_not_read_it_is_not(office):
    comment = say(office, "guan", f"请看 @{shown(office, 'city')} ＠{shown(office, 'shen')}")
    tell_users()
    assert (told(office, "city"), told(office, "shen")) == (["mention"], [])
    assert list(office.db["comments"].find_one()["mentions"]) == [str(office.users["city"])]
    text = f"@{shown(office, 'city')} @{shown(office, 'reader')}"
    change_comment(comment, text, version=1, actor=office.actor("guan"), now=now())
    tell_users()
    assert (told(office, "city"), told(office, "reader")) == (["mention"], ["mention"])
    names = {one.name for one in people_of("bases", office.guan.base, office.actor("guan"))}
    assert shown(office, "city") in names
    assert not {shown(office, "shen"), shown(office, "guan")} & names


def test_who_said_something_before_is_told_of_the_answer(office):
    say(office, "guan", "一")
    say(office, "city", "二")
    tell_users()
    assert (told(office, "guan"), told(office, "city"), told(office, "boss")) == (["comment"], [], [])


def test_of_a_partner_that_counties_share_each_reads_its_own_comments_and_the_citys(office):
    for name, text in (("guan", "冠县的"), ("shen", "莘县的"), ("city", "市局的")):
        say(office, name, text, office.shared, "service_partners")
    assert said(office, "guan", office.shared) == ["冠县的", "市局的"]
    assert said(office, "shen", office.shared) == ["莘县的", "市局的"]
    assert said(office, "city", office.shared) == ["冠县的", "莘县的", "市局的"]
    tell_users()
    assert told(office, "shen") == ["comment"]


def test_comments_come_back_with_their_record_from_the_recycle_bin(office):
    comment = say(office, "guan", "一", office.guan.spare)
    version = office.one("bases", office.guan.spare)["version"]
    records.delete("bases", office.guan.spare, version=version, actor=office.actor("city"), now=now())
    with pytest.raises(Missing):
        read_comment(comment, office.actor("guan"))
    place = office.db["recycled"].find_one({"record_id": office.guan.spare})["_id"]
    bring_back(place, actor=office.actor("city"), now=now())
    assert said(office, "guan", office.guan.spare) == ["一"]


def test_comments_of_one_record_become_anothers(office):
    comment = say(office, "guan", "一")
    with office.db.client.start_session() as session:
        Comment.move([comment, ObjectId()], office.guan.base, office.guan.spare, session)
        assert Comment.ids_of(office.guan.spare, session) == [comment]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@王", {}),
        ("@王明请看", {"1": "王明"}),
        ("@王明明，@王明", {"2": "王明明", "1": "王明"}),
        ("a@li b", {"3": "li"}),
        ("＠LI", {"3": "LI"}),
        ("王明", {}),
    ],
)
def test_the_longest_name_after_an_at_is_meant(text: str, found: dict[str, str]):
    assert mentioned_in(text, {"王明": "1", "王明明": "2", "Li": "3", "": "4"}) == found


def test_what_cannot_be_seen_is_left_out():
    assert plain_comment("一\x00\u202e二\t三\r四\ud800") == "一二\t三\n四"


def test_a_merge_takes_the_comments_along_and_its_undoing_brings_them_back(office):
    guan, actor = office.guan, office.actor("guan")
    other = records.create(
        "tenant_companies",
        {"name": "重名公司", "uscc": code(7000801), "base": guan.base},
        actor=actor,
        now=now(),
    )
    say(office, "guan", "两家是一家", other, "tenant_companies")
    versions = {one: office.one("tenant_companies", one)["version"] for one in (guan.company, other)}
    merge(guan.company, other, [], versions=versions, actor=actor, now=now())
    assert said(office, "guan", guan.company) == ["两家是一家"]
    place = office.db["recycled"].find_one({"record_id": other})["_id"]
    undo_merge(place, actor=actor, now=now())
    assert (said(office, "guan", guan.company), said(office, "guan", other)) == ([], ["两家是一家"])
