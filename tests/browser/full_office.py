"""What the full office holds: a clerk of each role, and the five workbooks imported."""

from datetime import UTC, datetime
from pathlib import Path

from documents.indexes import build_indexes
from documents.server.embedded import open_database
from rules.access import SYSTEM
from schema.registry import REGISTRY
from services.desk.users import create_user
from services.imports.import_rows import import_workbook
from tests.browser.desk import PASSWORD
from tests.browser.workbooks import invented

# login name: role and county
CLERKS = {
    "boss": ("admin", None),
    "city": ("city", None),
    "guan": ("county", "371525"),
    "reader": ("reader", None),
}


def fill_office(folder: str) -> None:
    """Make the clerks, write the workbooks to a folder and import them; in a process of its own."""
    with open_database():
        build_indexes()
        now = datetime.now(UTC)
        for name, (role, county) in CLERKS.items():
            create_user(name, role=role, county=county, password=PASSWORD, actor=SYSTEM, now=now)
        for slug, path in invented(Path(folder)).items():
            declaration = REGISTRY.by_slug(slug)
            assert declaration is not None, slug
            report = import_workbook(path, declaration, actor=SYSTEM, now=now)
            assert not report.rejected, [row for row in report.rows if row.reasons][:3]
