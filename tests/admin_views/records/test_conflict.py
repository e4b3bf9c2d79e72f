"""Two clerks save one record: the second is shown both versions, chooses field by field, and nothing is lost."""

import re
from io import BytesIO

import pytest

from tests.page_reader import form, problems, text_of
from tests.sample_office import PDF


@pytest.fixture
def two(sign_in):
    """Give two browsers: the city's, and the administrator's, who saves first."""
    return sign_in("city"), sign_in("boss")


def path_of(office):
    return f"/admin/tenant-companies/edit/?id={office.guan.company}"


def stored(office):
    return office.one("tenant_companies", office.guan.company)


def lines(page):
    """Return the asked fields: name → (when opened, theirs, mine)."""
    found = {}
    for row in re.findall(r"<tr><th scope=\"row\" id=\"v.*?</tr>", page, re.DOTALL):
        name = re.search(r'name="choose-([^"]+)"', row).group(1)
        found[name] = tuple(text_of(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL))
    return found


def resolve(page, **choices):
    """Return what the conflict page sends once these choices are made."""
    sent = form(page, re.search(r'<form action="([^"]*edit[^"]*)"', page).group(1).replace("&amp;", "&"))
    return sent | {f"choose-{name}": [choice] for name, choice in choices.items()}


def test_the_second_saver_sees_both_versions_and_nothing_is_written(office, two):
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    assert theirs.send(path_of(office), read | {"people": ["31"], "notes": ["她写的"]}).status_code == 303
    before = office.digest()
    answer = mine.send(path_of(office), read | {"people": ["32"], "phone": ["13806350199"]})
    assert answer.status_code == 409
    assert lines(answer.text) == {"people": ("30", "31", "32")}
    assert "管理员甲" in answer.text
    assert "她写的" in answer.text, "what she alone changed is shown as kept"
    assert office.digest() == before


@pytest.mark.parametrize(("choice", "people"), [("mine", 32), ("theirs", 31)])
def test_each_field_is_resolved_and_nobodys_work_is_lost(choice, people, office, two):
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    theirs.send(path_of(office), read | {"people": ["31"], "notes": ["她写的"]})
    page = mine.send(path_of(office), read | {"people": ["32"], "phone": ["13806350199"]}).text
    assert mine.send(path_of(office), resolve(page, people=choice)).status_code == 303
    after = stored(office)
    assert (after["people"], after["notes"], after["phone"]) == (people, "她写的", "13806350199")
    assert after["version"] == 3


def test_fields_are_chosen_one_by_one(office, two):
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    theirs.send(path_of(office), read | {"people": ["31"], "revenue": ["501"], "status": ["to_check"]})
    page = mine.send(
        path_of(office), read | {"people": ["32"], "revenue": ["502"], "status": ["moved_out"]}
    ).text
    asked = lines(page)
    assert set(asked) == {"people", "revenue", "status"}
    assert asked["status"] == ("在驻", "待核实", "已迁出"), "words, not codes"
    assert (
        mine.send(
            path_of(office), resolve(page, people="theirs", revenue="mine", status="theirs")
        ).status_code
        == 303
    )
    after = stored(office)
    assert (after["people"], after["revenue"], after["status"]) == (31, 502, "to_check")


def test_a_third_saver_in_between_is_asked_about_too(office, two, sign_in):
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    theirs.send(path_of(office), read | {"people": ["31"], "notes": ["第二人"]})
    page = mine.send(path_of(office), read | {"people": ["32"]}).text
    third = sign_in("guan")
    now = form(third.get(path_of(office)).text)
    assert third.send(path_of(office), now | {"people": ["33"], "phone": ["13806350133"]}).status_code == 303
    again = mine.send(path_of(office), resolve(page, people="mine"))
    assert again.status_code == 409
    assert lines(again.text)["people"] == ("31", "33", "32")
    assert "冠县甲" in again.text
    assert mine.send(path_of(office), resolve(again.text, people="mine")).status_code == 303
    after = stored(office)
    assert (after["people"], after["notes"], after["phone"]) == (32, "第二人", "13806350133")


def test_what_was_left_to_the_other_stays_left_when_a_third_saves(office, two, sign_in):
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    theirs.send(path_of(office), read | {"people": ["31"]})
    page = mine.send(path_of(office), read | {"people": ["32"], "notes": ["我写的"]}).text
    third = sign_in("guan")
    third.send(path_of(office), form(third.get(path_of(office)).text) | {"phone": ["13806350133"]})
    again = mine.send(path_of(office), resolve(page, people="theirs"))
    if again.status_code == 409:
        again = mine.send(path_of(office), resolve(again.text))
    assert again.status_code == 303
    after = stored(office)
    assert (after["people"], after["notes"], after["phone"]) == (31, "我写的", "13806350133")


def test_two_who_typed_the_same_are_not_asked(office, two):
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    theirs.send(path_of(office), read | {"people": ["31"], "notes": ["她写的"]})
    page = mine.send(path_of(office), read | {"people": ["31"], "phone": ["13806350199"]}).text
    assert lines(page) == {}
    assert mine.send(path_of(office), resolve(page)).status_code == 303
    after = stored(office)
    assert (after["people"], after["notes"], after["phone"]) == (31, "她写的", "13806350199")


def test_a_file_added_meanwhile_does_not_hide_what_was_saved(office, two):
    """Only saves move the version: an upload after the other's save must not stand for it."""
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    theirs.send(path_of(office), read | {"people": ["31"], "notes": ["她写的"]})
    theirs.send(
        f"/admin/tenant-companies/files/add/?id={office.guan.company}", {"file": (BytesIO(PDF), "证明.pdf")}
    )
    answer = mine.send(path_of(office), read | {"people": ["32"]})
    assert answer.status_code == 409
    assert lines(answer.text) == {"people": ("30", "31", "32")}
    mine.send(path_of(office), resolve(answer.text, people="mine"))
    assert stored(office)["notes"] == "她写的"


def test_a_record_deleted_and_restored_meanwhile_keeps_what_was_saved(office, two):
    mine, theirs = two
    path = f"/admin/tenant-companies/edit/?id={office.guan.left_company}"
    read = form(mine.get(path).text)
    theirs.send(path, read | {"notes": ["她写的"]})
    theirs.send("/admin/tenant-companies/delete/", {"id": str(office.guan.left_company), "version": "2"})
    gone = office.db["recycled"].find_one({"record_id": office.guan.left_company})
    assert mine.send(path, read | {"phone": ["13806350199"]}).status_code == 404
    theirs.send(f"/admin/recycle-bin/restore?recycled={gone['_id']}")
    answer = mine.send(path, read | {"phone": ["13806350199"]})
    assert answer.status_code == 409
    assert mine.send(path, resolve(answer.text)).status_code == 303
    after = office.one("tenant_companies", office.guan.left_company)
    assert (after["notes"], after["phone"]) == ("她写的", "13806350199")


def test_the_version_read_survives_a_correction(office, two):
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    theirs.send(path_of(office), read | {"notes": ["她写的"]})
    wrong = mine.send(path_of(office), read | {"people": ["多"], "notes": ["我写的"]})
    assert wrong.status_code == 422
    assert "people" in problems(wrong.text)
    shown = form(wrong.text)
    assert shown["version"] == read["version"]
    assert mine.send(path_of(office), shown | {"people": ["32"]}).status_code == 409
    assert stored(office)["notes"] == "她写的"


def test_references_and_rows_are_compared_too(office, two):
    mine, theirs = two
    path = f"/admin/service-partners/edit/?id={office.shared}"
    read = form(mine.get(path).text)
    theirs.send(path, read | {"cooperations-0-last_day": ["2027-01-01"]})
    answer = mine.send(path, read | {"cooperations-0-last_day": ["2028-01-01"], "contact_name": ["我"]})
    assert set(lines(answer.text)) == {"cooperations"}
    assert mine.send(path, resolve(answer.text, cooperations="theirs")).status_code == 303
    after = office.one("service_partners", office.shared)
    assert f"{after['cooperations'][0]['last_day']:%Y}" == "2027"
    assert after["contact_name"] == "我"

    path = f"/admin/ledger-entries/edit/?id={office.guan.entry}"
    read, counted = form(mine.get(path).text), {"company_times": ["2"]}
    theirs.send(path, read | {"partner": [str(office.shared)], "companies": ["甲公司", "乙公司"]} | counted)
    answer = mine.send(path, read | {"partner": [""], "companies": ["丙公司"]} | counted)
    asked = lines(answer.text)
    assert asked["partner"][:2] == ("清泉律师事务所", "鲁西会计师事务所")
    assert asked["companies"][1:] == ("甲公司、乙公司", "丙公司")
    assert mine.send(path, resolve(answer.text, partner="theirs", companies="mine")).status_code == 303
    after = office.one("ledger_entries", office.guan.entry)
    assert after["partner"] == office.shared
    assert [one["name"] for one in after["companies"]] == ["丙公司"]


@pytest.mark.parametrize(
    "kind", ["bases", "tenant-companies", "service-partners", "staff-members", "ledger-entries", "statuses"]
)
def test_every_kind_of_record_is_guarded(kind, office, two):
    mine, theirs = two
    one = {
        "bases": office.guan.base, "tenant-companies": office.guan.company, "service-partners": office.guan.partner,
        "staff-members": office.guan.member, "ledger-entries": office.guan.entry, "statuses": office.own_status,
    }[kind]  # fmt: skip
    field = {"statuses": "label"}.get(kind, "notes")
    path = f"/admin/{kind}/edit/?id={one}"
    read = form(mine.get(path).text)
    assert theirs.send(path, read | {field: ["她的"]}).status_code == 303
    answer = mine.send(path, read | {field: ["我的"]})
    assert answer.status_code == 409
    assert lines(answer.text)[field][1:] == ("她的", "我的")
    assert office.one(kind.replace("-", "_"), one)[field] == "她的"
    assert mine.send(path, resolve(answer.text, **{field: "mine"})).status_code == 303
    assert office.one(kind.replace("-", "_"), one)[field] == "我的"


def test_a_deletion_read_before_anothers_save_is_refused(office, two):
    mine, theirs = two
    path = "/admin/tenant-companies/delete/"
    question = form(mine.get(f"{path}?id={office.guan.left_company}").text, path)
    edit = f"/admin/tenant-companies/edit/?id={office.guan.left_company}"
    theirs.send(edit, form(theirs.get(edit).text) | {"notes": ["她写的"]})
    assert mine.send(path, question).status_code == 409
    assert office.one("tenant_companies", office.guan.left_company)["notes"] == "她写的"


def test_the_trail_tells_both_saves(office, two):
    mine, theirs = two
    read = form(mine.get(path_of(office)).text)
    theirs.send(path_of(office), read | {"people": ["31"]})
    page = mine.send(path_of(office), read | {"people": ["32"]}).text
    mine.send(path_of(office), resolve(page, people="mine"))
    page = mine.get(f"/admin/tenant-companies/details/?id={office.guan.company}").text
    history = text_of(page.split('id="history"')[1])
    assert history.index("市局甲") < history.index("管理员甲") < history.index("冠县甲")
