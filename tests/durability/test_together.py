"""Several processes and many clerks at once: one wins, the others are told, and nothing is lost in between."""

import json
from collections import Counter

import pytest
from bson import ObjectId

from tests.durability.clerks import Clerk, base_form, company_form
from tests.durability.running import at_once, until
from tests.durability.workbooks import companies


@pytest.fixture
def desks(house, clerk) -> tuple[Clerk, Clerk]:
    """Give the clerk at two web servers on one data folder."""
    return clerk, clerk.at(house.serve().port)


def test_two_web_servers_and_an_import_share_one_database_and_lose_no_update(
    house, desks, base, numbers, tmp_path
):
    form = company_form(next(numbers), base, people=1)
    made = desks[0].post("/admin/tenant-companies/new/", form).made
    name = base_form(next(numbers))
    assert desks[1].post("/admin/bases/new/", name).status == 303
    book = companies(tmp_path / "companies.xlsx", name["name"], numbers, 600)
    importing = house.begin("import", "tenant-companies", str(book), "--json")

    # Both read a version and save it; exactly one may win, each time.
    version = 1
    for turn in range(100):
        edit = f"/admin/tenant-companies/edit/?id={made}"
        typed = [form | {"people": 1000 + 2 * turn + desk, "version": version} for desk in (0, 1)]
        answers = at_once(2, lambda desk, edit=edit, typed=typed: desks[desk].post(edit, typed[desk]))
        statuses = sorted(answer.status for answer in answers)
        assert statuses == [303, 409], (turn, statuses)
        with house.database() as db:
            stored = db["tenant_companies"].find_one({"uscc": form["uscc"]})
        winner = [answer.status for answer in answers].index(303)
        assert (stored["version"], stored["people"]) == (version + 1, typed[winner]["people"])
        version += 1

    said, trouble = importing.communicate(timeout=120)
    assert importing.returncode == 0, trouble
    assert json.loads(said)["created"] == 600


def test_of_sixteen_who_enter_one_code_one_does(house, desks, base, numbers):
    for _ in range(3):
        form = company_form(next(numbers), base)
        answers = at_once(
            16,
            lambda n, form=form: desks[n % 2].post(
                "/admin/tenant-companies/new/", form | {"name": f"甲{n}公司{form['uscc'][-4:]}"}
            ),
        )
        assert Counter(answer.status for answer in answers) == {303: 1, 422: 15}
        for answer in answers:
            assert answer.status == 303 or f"{form['uscc']} 已" in answer.text
        with house.database() as db:
            assert db["tenant_companies"].count_documents({"uscc": form["uscc"]}) == 1


def test_a_base_that_is_deleted_and_joined_at_once_is_one_or_the_other(house, desks, numbers):
    outcomes = Counter()
    for turn in range(30):
        base = desks[0].post("/admin/bases/new/", base_form(next(numbers))).made
        form = company_form(next(numbers), base)
        delete, join = (turn % 2, 1 - turn % 2)

        def act(n, base=base, form=form, delete=delete, join=join):
            if n == 0:
                return desks[delete].post(f"/admin/bases/delete/?id={base}", {"version": 1}).status
            return desks[join].post("/admin/tenant-companies/new/", form).status

        outcomes[tuple(at_once(2, act))] += 1
    assert set(outcomes) <= {(303, 422), (409, 303)}, outcomes


def test_a_base_that_is_renamed_while_companies_join_ends_with_one_name_everywhere(
    house, desks, base, numbers
):
    form = base_form(next(numbers))
    renamed = []

    def rename():
        for version in range(1, 13):
            typed = form | {"name": f"更名{version}创业园", "version": version}
            answer = desks[0].post(f"/admin/bases/edit/?id={base}", typed)
            renamed.append(answer.status)

    def join(n):
        forms = (company_form(next(numbers), base) for _ in range(15))
        return [desks[n % 2].post("/admin/tenant-companies/new/", form).status for form in forms]

    given = at_once(4, lambda n: rename() if n == 0 else join(n))
    assert renamed == [303] * 12
    assert given[1:] == [[303] * 15] * 3
    with house.database() as db:
        ours = {"base": ObjectId(base)}
        assert db["tenant_companies"].distinct("base_name", ours) == ["更名12创业园"]
        assert db["tenant_companies"].count_documents(ours) == 45


def test_two_who_rename_one_base_back_and_forth_leave_its_many_copies_right(house, desks, numbers, tmp_path):
    form = base_form(next(numbers))
    base = desks[0].post("/admin/bases/new/", form).made
    book = companies(tmp_path / "companies.xlsx", form["name"], numbers, 450)
    done = house.command("import", "tenant-companies", str(book))
    assert done.returncode == 0, done.stderr

    def rename(desk):
        won = 0
        for version in range(1, 13):
            # There and back again: copies that one lets follow are right already for the other.
            typed = form | {"name": (form["name"], "更名园")[version % 2], "version": version}
            until(lambda typed=typed: house_version(house, base) >= typed["version"], 60)
            won += desks[desk].post(f"/admin/bases/edit/?id={base}", typed).status == 303
        return won

    won = at_once(2, rename)
    assert sum(won) == 12, won


def house_version(house, base):
    with house.database() as db:
        return db["bases"].find_one({"_id": ObjectId(base)})["version"]
