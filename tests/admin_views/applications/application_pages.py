"""An application's pages in a browser: their addresses, what their forms send, which steps they offer."""

import re
from datetime import date
from io import BytesIO

from tests.page_reader import form
from tests.sample_office import PDF

DAY = date(2026, 3, 4)  # on which the tests begin
HOME = "/admin/applications/"
RECOMMEND = HOME + "recommend/"


def at(application, path="details"):
    return f"{HOME}{path}/?id={application}"


def page_of(browser, application):
    answer = browser.get(at(application))
    assert answer.status_code == 200
    return answer.text


def sent(page, **changes):
    """Return what the page's form would send without its buttons, with changes."""
    data = {name: value for name, value in form(page).items() if not name.startswith("file-")}
    return data | changes


def buttons(page):
    """Return the steps that the page offers: values of buttons, and the pages of steps that it links to."""
    of_forms = set(re.findall(r'name="action" value="(\w+)"(?! tabindex)', page)) - {"keep"}
    linked = set(re.findall(r'href="/admin/applications/(return|withdraw|recommend|expert)/', page))
    return of_forms | linked


def files_of(office, application, slot):
    attachments = office.db["attachments"].find({"record_id": application, "slot": slot})
    return [attachment["name"] for attachment in attachments]


def uploads(*slots, content=PDF, ending="pdf"):
    """Return files to be sent, one for each place."""
    return {f"file-{slot}": [(BytesIO(content), f"{slot}.{ending}")] for slot in slots}
