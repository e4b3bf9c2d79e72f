"""No write without the version that was seen: every route that takes a form, and every service that writes.

What is here without a version says why it needs none. A new form that changes what is stored reads the version that
its page showed (`typed_version`, `picked`), and hands it to a service that compares it in its transaction.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest

import services

NEW = "writes something new"
OWN = "the user's own, and the same whatever stood there"
SAME = "the same whatever stood there"
NOTHING = "writes nothing that is shown to be changed"
PARTS = "adds or takes one thing by its own id"
TRIED = "the versions are those that the trial, or the page of its result, has kept"

# By endpoint; "*" stands for every list or collection.
FORMS_WITHOUT: dict[str, str] = {
    "*.save_view": OWN,
    "*.drop_view": OWN,
    "*.columns_view": OWN,
    "*.create_view": NEW,
    "*.personal_view": NOTHING,
    "*.ajax_update": "refused, whatever is sent",
    "*.add_file": PARTS,
    "*.remove_file": PARTS,
    "*.add_file_view": PARTS,
    "*.remove_file_view": PARTS,
    "account.habits": OWN,
    "account.language": OWN,
    "account.login": OWN,
    "account.logout": OWN,
    "account.password": "the user as read is compared",
    "account.rail": OWN,
    "account.theme": OWN,
    "account.tour": OWN,
    "api.create": NEW,
    "api.upload": PARTS,
    "api_tokens.new": NEW,
    "api_tokens.revoke": SAME,
    "applications.form_compare": "the form that was compared holds both versions",
    "applications.form_read": NOTHING,
    "applications.new_view": NEW,
    "applications.several": NEW,
    "applications.recommend": "the draft holds the version of each application",
    "batches.finish": "the undoing that was cut short holds what was chosen",
    "batches.undo": "`seen` is the last entry of the trail that the page had seen",
    "calendar_feed.drop": OWN,
    "calendar_feed.reset": OWN,
    "change_filings.add_licence": PARTS,
    "change_filings.new": NEW,
    "expert_link.score": "the mark of what its page had read is compared",
    "hooks.new": NEW,
    "own_charts.new": NEW,
    "imports.grid_check": "the version of the draft stands in what its script sends",
    "imports.grid_draft": "the version of the draft stands in what its script sends",
    "imports.grid_write": "the version of the draft stands in what its script sends",
    "imports.drop": "a trial is dropped as it stands: nothing but it is forgotten",
    "imports.answer": TRIED,
    "imports.correct": TRIED,
    "imports.missing": TRIED,
    "imports.choose": "the heading as the page has shown it; what is remembered of it is the last that was chosen",
    "imports.forget_matches": SAME,
    "imports.read": "no page has shown what it changes: a file without a trial",
    "imports.settle": TRIED,
    "imports.write": TRIED,
    "configuration.index": NOTHING,
    "configuration.take": "the fingerprint of the configuration that was looked at is compared",
    "exposing.begin": NEW,
    "exposing.choose": NEW,
    "doubts.again": SAME,
    "doubts.check": "reads the records anew",
    "doubts.dismiss": SAME,
    "jobs.cancel": SAME,
    "jobs.count_figures": "counted anew from the records",
    "comments.add": NEW,
    "messages.new": NEW,
    "messages.send_test": NOTHING,
    "notifications.choices": OWN,
    "notifications.follow": OWN,
    "notifications.mark": OWN,
    "notifications.open": OWN,
    "notifications.read_all": OWN,
    "notifications.unfollow": OWN,
    "own_collections.new": NEW,
    "own_conditions.new": NEW,
    "own_fields.new": NEW,
    "own_sessions.end": OWN,
    "own_sessions.end_others": OWN,
    "publication.add_evidence": PARTS,
    "publication.choose": NOTHING,
    "publication.draft_announcement": NOTHING,
    "publication.draft_correction": NOTHING,
    "publication.new_objection": NEW,
    "publication.publish_correction": NEW,
    "publication.remove_evidence": PARTS,
    "recycle_bin.bring_back": "a place in the recycle bin is never changed",
    "revocation.new": NEW,
    "rounds.new": NEW,
    "rounds.scores": "each row holds the mark of what its page had read",
    "rule_sets.new": NEW,
    "settings.new_county": NEW,
    "succession.begin": NEW,
    "upward.new": NEW,
    "users.disable": SAME,
    "users.edit": "its form has a field for it",
    "users.enable": SAME,
    "users.end_sessions": SAME,
    "users.new": NEW,
    "users.reset_password": SAME,
    "users.revoke_token": SAME,
    "users.unlock": SAME,
}

SERVICES_WITHOUT: dict[str, str] = {
    "applications.application_form.form_of": NOTHING,
    "applications.score_grid.save_grid": "each row holds the mark of what its page had read",
    "applications.returned_form.compare": NOTHING,
    "applications.returned_form.take_form": "the form that was compared holds both versions",
    "applications.submission.begin": NEW,
    "applications.submission.begin_together": NEW,
    "assessment.kept_figures.rebuild_figures": "counted anew from the records",
    "assessment.kept_figures.rebuild_figures_of": "counted anew from the records",
    "records.counters.rebuild_counters": "counted anew from the records",
    "assessment.rule_sets.create_draft": NEW,
    "assessment.succession.begin_succession": NEW,
    "batches.batches.batches_of": NOTHING,
    "batches.batches.read_batch": NOTHING,
    "batches.preview.preview_undo": NOTHING,
    "batches.undo.ask_to_finish": "the undoing that was cut short holds what was chosen",
    "batches.undo.ask_to_undo": "`Choice.seen` is the last entry of the trail that was seen",
    "definitions.configuration.take_configuration": "`seen` is the fingerprint of what was looked at",
    "definitions.own_collections.add_own_collection": NEW,
    "definitions.conditions.add_condition": NEW,
    "definitions.exposing.expose": NEW,
    "definitions.exposing.keep_collection": NEW,
    "definitions.exposing.keep_file": NEW,
    "definitions.collection_deletion.ask_to_finish_deletion": "the batch that was cut short names its collection",
    "definitions.own_fields.add_own_field": NEW,
    "definitions.own_fields.restore_own_field": "a place in the recycle bin is never changed",
    "definitions.kind_changes.ask_to_finish_kind": "the batch that was cut short names its field",
    "definitions.kind_changes.ask_to_take_kind_back": "refused unless the batch's field is in force as it left it",
    "demo.demo.load_demo": NEW,
    "demo.cases.write_cases": NEW,
    "demo.late_acts.write_late_acts": NEW,
    "demo.reports.write_filings": NEW,
    "demo.reports.write_reports": NEW,
    "demo.round.let_begin": NEW,
    "demo.round.write_rounds": NEW,
    "demo.upward.write_upward": NEW,
    "demo.visits.visits_collection": NEW,
    "demo.visits.write_views": NEW,
    "desk.api_tokens.make_token": NEW,
    "desk.api_tokens.revoke_own_token": SAME,
    "desk.api_tokens.revoke_token": SAME,
    "desk.calendar_feed.make_key": OWN,
    "desk.calendar_feed.drop_key": OWN,
    "desk.noted.note_denial": NEW,
    "desk.noted.note_export": NEW,
    "desk.noted.note_file_read": NEW,
    "desk.noted.note_personal_shown": NEW,
    "desk.noted.note_refused_password": NEW,
    "desk.noted.note_view": NEW,
    "desk.noted.note_walk": NEW,
    "desk.own_sessions.own_sessions": NOTHING,
    "desk.own_sessions.end_own_session": OWN,
    "desk.own_sessions.end_other_sessions": OWN,
    "desk.sign_in.confirm_password": OWN,
    "desk.sign_in.sign_out": OWN,
    "desk.users.create_user": NEW,
    "desk.users.disable_user": SAME,
    "desk.users.enable_user": SAME,
    "desk.users.end_sessions": SAME,
    "desk.users.reset_password": SAME,
    "desk.users.unlock_user": SAME,
    "desk.users.change_password": "the user as read is compared",
    "imports.export_rows.export_workbook": NOTHING,
    "imports.import_job.ask_to_finish_import": TRIED,
    "imports.import_job.ask_to_import": TRIED,
    "imports.import_job.ask_to_settle": TRIED,
    "imports.import_rows.import_workbook": "`against` holds the versions",
    "imports.package_job.ask_for_package": NOTHING,
    "imports.trials.answer_rows": TRIED,
    "imports.trials.correct_rows": TRIED,
    "imports.trials.take_corrections": TRIED,
    "imports.trials.try_rows_again": TRIED,
    "imports.trial.trying.correct_or_ask": TRIED,
    "imports.trials.keep_trial": NEW,
    "imports.trials.keep_unread": NEW,
    "imports.column_matches.remember_match": "what was chosen last for a heading holds",
    "imports.column_matches.forget_match": SAME,
    "imports.column_matches.forget_all_matches": SAME,
    "imports.trial.readings.choose_columns": "the heading as the page has shown it",
    "imports.trial.readings.choose_sheet": NEW,
    "imports.trial.readings.forget_columns": SAME,
    "imports.trial.readings.try_sheet_too": NEW,
    "imports.trial.trying.try_or_ask": NEW,
    "imports.uploads.copy_upload": NEW,
    "imports.missing_rows.delete_ticked": TRIED,
    "imports.missing_rows.note_export": NOTHING,
    "imports.trials.tick_missing": TRIED,
    "imports.uploads.keep_upload": NEW,
    "hooks.hooks.make_hook": NEW,
    "overview.own_charts.make_chart": NEW,
    "jobs.queue.ask": NEW,
    "jobs.queue.ask_once": NEW,
    "jobs.queue.cancel": SAME,
    "comments.comments.add_comment": NEW,
    "messages.channels.make_channel": NEW,
    "notifications.inbox.mark": OWN,
    "publication.correction.correct": NEW,
    "publication.notice.decide_together": "each draft holds the version of its application",
    "publication.objections.record_objection": NEW,
    "records.bulk_job.ask_for_many": "`seen` is the last entry of the trail that the list had seen",
    "records.bulk_trial.foresee_many": "it tries what a job would do, and undoes it",
    "records.bulk_job.ask_to_finish_many": "the job that was cut short holds what was seen",
    "records.denormalised_copies.finish_copies": "copies of what is stored",
    "records.denormalised_copies.follow_with_copies": "copies of what is stored",
    "records.doubts.dismiss": SAME,
    "records.doubts.doubt_again": SAME,
    "records.merge.undo_merge": "a place in the recycle bin is never changed",
    "records.records.create": NEW,
    "records.recycle_bin.bring_back": "a place in the recycle bin is never changed",
    "records.records.restore": "a place in the recycle bin is never changed",
    "reports.change_filings.file_change": NEW,
    "revocation.cases.begin_case": NEW,
    "shared.files.add_file": PARTS,
    "shared.files.write_with_file": "what is written with it has its own",
    "shared.files.remove_file": PARTS,
    "shared.files.restore_file": PARTS,
    "shared.files.sent_to_field": "bytes that nothing names until a record of its own version does",
    "records.files_in_fields.add_to_field": PARTS,
    "records.files_in_fields.remove_from_field": PARTS,
    "records.files_in_fields.restore_to_field": PARTS,
    "shared.files.files_used": NOTHING,
    "shared.files.quota_warnings": NOTHING,
    "shared.files.forget_removed_files": "what is too old to be brought back",
    "shared.unit_of_work.in_one_transaction": "the unit of work itself",
    "timeline.versions.earlier_version": NOTHING,
    "upward.recommendations.recommend_upwards": NEW,
}


def writers() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public functions of `services` that act for someone at a moment; upkeep is done by no form."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if module.name.startswith("services.maintenance"):
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(found) and found.__module__ == module.name and not name.startswith("_"):
                asked = set(inspect.signature(found).parameters)
                if "now" in asked and asked & {"actor", "signed_in"}:
                    yield f"{module.name.removeprefix('services.')}.{name}", found


@pytest.mark.parametrize(
    ("name", "service"), list(writers()), ids=lambda found: found if isinstance(found, str) else ""
)
def test_every_service_that_changes_what_is_stored_asks_for_the_version_that_was_seen(name, service):
    asked = inspect.signature(service).parameters
    version = asked.get("version") or asked.get("versions")
    if name in SERVICES_WITHOUT:
        assert version is None, "it has a version now: take it out of the table"
        return
    assert version is not None, "ask for the version that the page showed, or say in the table why not"
    assert "None" not in str(version.annotation), "no version is no choice"


def names_in(view: Callable[..., Any], depth: int = 5) -> set[str]:
    """Return the names that a view uses, and those of the views' functions that it calls."""
    names: set[str] = set()
    waiting, known = [(inspect.unwrap(view), depth)], set()
    while waiting:
        function, left = waiting.pop()
        if not isinstance(function, FunctionType) or function in known or not left:
            continue
        known.add(function)
        words = set(_words(function.__code__))
        names |= words
        owner = _owner(function)
        for word in words:
            for place in (function.__globals__, owner):
                found = inspect.unwrap(place[word]) if callable(place.get(word)) else None
                if getattr(found, "__module__", "").startswith("admin_views"):
                    waiting.append((found, left - 1))
    return names


def _words(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _words(constant)


def _owner(function: FunctionType) -> dict[str, Any]:
    """Return the methods that stand beside a method."""
    name = function.__qualname__.rpartition(".")[0].partition(".")[0]
    owner = function.__globals__.get(name)
    return dict(inspect.getmembers(owner)) if inspect.isclass(owner) else {}


SEEN = {"typed_version", "picked", "Versions", "versions_sent", "typed_versions"}


def test_every_route_that_takes_a_form_reads_the_version_that_its_page_showed(app):
    without = {
        rule.endpoint if rule.endpoint in FORMS_WITHOUT else f"*.{rule.endpoint.rpartition('.')[2]}"
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not names_in(app.view_functions[rule.endpoint]) & SEEN
    }
    assert without == set(FORMS_WITHOUT), (
        "read the version in the view, or say in the table why it needs none"
    )
