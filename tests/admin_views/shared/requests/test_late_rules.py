"""What builds addresses is compiled when the first one is built, and builds what Werkzeug's own would."""

from werkzeug.routing import Map, Rule

from admin_views.shared.requests.late_rules import LateRule
from app import create_app

ID = "2026"  # which fits every kind of part


def test_an_application_is_made_without_compiling_what_builds_its_addresses(monkeypatch):
    compiled, own = [], Rule._compile_builder

    def noted(rule, append_unknown=True):
        compiled.append(rule.rule)
        return own(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", noted)
    app = create_app({"SECRET_KEY": "only-for-tests-" + "x" * 32})
    assert set(compiled) == {"/static/<path:filename>"}  # which Flask adds before it can be told
    compiled.clear()
    with app.test_request_context():
        for number in range(3):
            assert app.url_for("bases.index_view", page=number).endswith(f"/admin/bases/?page={number}")
    assert set(compiled) == {"/admin/bases/"}
    assert len(compiled) <= 2, "once with and once without what the rule does not know"


def test_each_address_is_what_werkzeug_would_build(app):
    rules = list(app.url_map.iter_rules())
    late = Map([one.empty() for one in rules], converters=app.url_map.converters)
    own = Map([Rule(one.rule, **one.get_empty_kwargs()) for one in rules], converters=app.url_map.converters)
    assert {type(one) for one in late.iter_rules()} == {LateRule, Rule}
    built = []
    for one in rules:
        values = dict.fromkeys(one.arguments, ID)
        for more in ({}, {"q": "冠 县", "page": 2}):
            both = [
                of.bind("office.example").build(one.endpoint, values | more, force_external=True)
                for of in (late, own)
            ]
            assert both[0] == both[1]
            built.append(both[0])
    assert len(built) > 900
