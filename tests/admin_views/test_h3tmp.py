import pytest, time_machine
from tests import round_driver as driver
from tests.admin_views import test_permissions as tp
from tests.admin_views.routes_of_applications import APPLICATIONS
from tests.admin_views.routes import ANYONE
from tests.office_with_round import with_round

@pytest.fixture
def office(office):
    with time_machine.travel(driver.moment(driver.ANNOUNCED), tick=True):
        yield with_round(office)

@pytest.mark.parametrize("role", sorted(ANYONE))
def test_it(role, office, sign_in, app, monkeypatch):
    monkeypatch.setattr(tp, "GROUPS", {"applications": APPLICATIONS})
    tp.test_a_role_meets_what_the_table_says(role, "applications", office, sign_in, app)

def test_token(office, sign_in, monkeypatch):
    monkeypatch.setattr(tp, "GROUPS", {"applications": APPLICATIONS})
    tp.test_a_form_without_its_token_is_refused_without_a_trace("applications", office, sign_in)

def test_complete(app, office):
    mine={r.endpoint for r in app.url_map.iter_rules() if r.endpoint.startswith(("applications.","rounds."))}
    assert mine == set(APPLICATIONS)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in mine:
            called={"GET" if c.data is None else "POST" for c in APPLICATIONS[rule.endpoint].calls(office)}
            assert called == rule.methods - {"HEAD","OPTIONS"}, rule.endpoint
