"""A large workbook is tried by a job: the upload is answered at once, and the page shows how far it is."""

import re
from io import BytesIO

import pytest

from documents.imports.import_trial import ImportTrial
from documents.jobs.job import Job, JobState
from services.jobs.kinds import KINDS
from services.jobs.worker import Worker
from tests.page_reader import form, text_of
from tests.sample_office import code, workbook

HEADING = ("企业名称", "统一社会信用代码", "所属基地", "从业人员（人）")
ROWS = (
    ("恒越轴承有限公司", code(7401), "清泉创业园", 9),
    ("启程科技有限公司", code(7402), "清泉创业园", 6),
    ("坏的有限公司", "123", "清泉创业园", 1),
)


@pytest.fixture
def city(sign_in, monkeypatch):
    """A clerk of the city, to whose server every workbook is a large one."""
    monkeypatch.setattr("services.imports.trial.trying.MOST_AT_ONCE", 0)
    return sign_in("city")


def send(city, stream, **more):
    data = {"kind": "tenant-companies", "file": (stream, "名录.xlsx"), "dry_run": "1", **more}
    answer = city.send("/admin/import/", data)
    assert answer.status_code == 303
    return answer.headers["Location"]


def waiting():
    return Job.latest_of("trial")


def test_the_upload_leads_to_the_progress_and_then_to_the_trial_and_its_import(city, office):
    address = send(city, workbook([HEADING, *ROWS]))
    page = city.get(address).text
    assert f'data-job="/admin/jobs/{waiting()["_id"]}/progress/"' in page
    assert "/admin/import/write" not in page, "nothing can be written before it is tried"
    assert Worker(KINDS).work_once()
    page = city.get(address).text
    assert 'name="cell.4.uscc"' in page
    assert "恒越轴承有限公司" in city.get(f"{address}?show=new").text
    assert office.db["tenant_companies"].count_documents({"uscc": code(7401)}) == 0
    answer = city.send("/admin/import/write", form(page, "/admin/import/write"))
    assert answer.status_code == 303
    assert office.db["tenant_companies"].count_documents({"uscc": {"$in": [code(7401), code(7402)]}}) == 2


def test_what_a_job_tries_is_what_a_request_tries(city, monkeypatch):
    def tried():
        found = list(ImportTrial._get_collection().find({"rows": {"$ne": []}}, {"rows": 1}))
        ImportTrial._get_collection().delete_many({})
        return [row for part in found for row in part["rows"]]

    send(city, workbook([HEADING, *ROWS]))
    assert Worker(KINDS).work_once()
    by_job = tried()
    monkeypatch.setattr("services.imports.trial.trying.MOST_AT_ONCE", 1 << 20)
    data = {"kind": "tenant-companies", "file": (workbook([HEADING, *ROWS]), "名录.xlsx"), "dry_run": "1"}
    assert city.send("/admin/import/", data).status_code == 200
    assert tried() == by_job


def test_the_same_import_cannot_be_written_while_it_is_being_tried(city, office):
    address = send(city, workbook([HEADING, *ROWS]))
    before = office.digest()
    data = {"kind": "tenant-companies", "upload": address.rpartition("/")[2]}
    assert city.send("/admin/import/write", data).status_code == 422
    assert office.digest() == before


def test_rows_of_a_large_workbook_that_are_corrected_are_tried_again_by_a_job(city, office, monkeypatch):
    address = send(city, workbook([HEADING, *ROWS]))
    assert Worker(KINDS).work_once()
    page = city.get(address).text
    typed = form(page, f"{address}/cells") | {"cell.4.uscc": code(7403)}
    monkeypatch.setattr("services.imports.trials.import_workbook", None)  # no request reads the workbook
    assert city.send(f"{address}/cells", typed).status_code == 303
    monkeypatch.undo()
    monkeypatch.setattr("services.imports.trial.trying.MOST_AT_ONCE", 0)
    assert waiting()["args"]["only"] == [4]
    shown = city.get(address).text
    assert "data-job=" in shown and "/admin/import/write" not in shown
    assert city.send(f"{address}/cells", typed).status_code == 404, "it is being tried"
    assert Worker(KINDS).work_once()
    assert "坏的有限公司" in city.get(f"{address}?show=new").text
    page = city.get(address).text
    city.send("/admin/import/write", form(page, "/admin/import/write"))
    assert (
        office.db["tenant_companies"].count_documents({"uscc": {"$in": [code(7401), code(7402), code(7403)]}})
        == 3
    )


def test_a_correction_whose_job_was_stopped_leaves_the_trial_as_it_was(city):
    address = send(city, workbook([HEADING, *ROWS]))
    assert Worker(KINDS).work_once()
    typed = form(city.get(address).text, f"{address}/cells") | {"cell.4.uscc": code(7403)}
    city.send(f"{address}/cells", typed)
    city.send(f"/admin/jobs/{waiting()['_id']}/cancel/", {})
    assert not Worker(KINDS).work_once()
    page = city.get(address).text
    assert 'name="cell.4.uscc"' in page
    assert "/admin/import/write" in page


def test_a_trial_that_was_stopped_says_so(city):
    address = send(city, workbook([HEADING, *ROWS]))
    city.send(f"/admin/jobs/{waiting()['_id']}/cancel/", {})
    assert not Worker(KINDS).work_once()
    page = city.get(address).text
    assert "试导已停止" in text_of(page)
    assert "data-job=" not in page


def test_a_file_that_is_no_workbook_says_so_on_the_page_of_its_trial(city):
    address = send(city, BytesIO(b"PK\x03\x04 no workbook"))
    assert Worker(KINDS).work_once()
    assert waiting()["state"] == JobState.FAILED
    assert 'role="alert"' in city.get(address).text


def test_columns_that_must_be_chosen_first_are_asked_for_then(city):
    address = send(city, workbook([("甲", "乙"), ("一", "二"), ("三", "四")]))
    assert Worker(KINDS).work_once()
    assert city.get(address).status_code == 303
    assert city.get(address).headers["Location"].endswith("/reading")


def test_another_clerk_sees_neither_progress_nor_trial(city, sign_in):
    address = send(city, workbook([HEADING, *ROWS]))
    assert sign_in("boss").get(address).status_code == 404
    job = sign_in("boss").get(f"/admin/jobs/{waiting()['_id']}/").text
    assert address not in job
    assert re.search(f'href="{address}"', city.get(f"/admin/jobs/{waiting()['_id']}/").text)
