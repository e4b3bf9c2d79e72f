"""The routes of the assessment: all bases, one base and its figures, Art. 6, the ledgers, rule sets and trials."""

from admin_views.assessment import checklist as checklist_form
from admin_views.assessment import counted as counted_records
from admin_views.assessment import in_force, overview, page
from admin_views.assessment import ledger_quality as quality
from admin_views.assessment import registration as registration_form
from admin_views.assessment import rule_sets as sets
from admin_views.assessment import succession as successor
from admin_views.assessment import what_if as trial
from admin_views.shared.routing import FORM, Route, blueprint_of
from rules.access import Permission

_READ, _EXPORT = Permission.READ, Permission.EXPORT
_DRAFT, _OFFICE = Permission.DRAFT_RULES, Permission.MANAGE_OFFICE

assessment = blueprint_of(
    "assessment",
    "/admin/assessment",
    (
        Route("/", "index", overview.index, _READ),
        Route("/export/xlsx/", "export", overview.export, _EXPORT),
    ),
)
base_assessment = blueprint_of(
    "base_assessment",
    "/admin/assessment/base",
    (
        Route("/", "base", page.show, _READ),
        Route("/export/xlsx/", "export", page.export, _EXPORT),
    ),
)
counted = blueprint_of(
    "counted",
    "/admin/assessment/counted",
    (
        Route("/", "index", counted_records.index, _READ),
        Route("/export/xlsx/", "export", counted_records.export, _EXPORT),
    ),
)
checklist = blueprint_of(
    "checklist",
    "/admin/assessment/checklist",
    (Route("/", "edit", checklist_form.edit, Permission.WRITE, FORM),),
)
registration = blueprint_of(
    "registration",
    "/admin/assessment/registration",
    (Route("/", "edit", registration_form.edit, Permission.REVIEW_APPLICATIONS, FORM),),
)
ledger_quality = blueprint_of(
    "ledger_quality",
    "/admin/ledger-quality",
    (
        Route("/", "index", quality.index, _READ),
        Route("/export/", "export", quality.export, _EXPORT),
    ),
)
rule_sets = blueprint_of(
    "rule_sets",
    "/admin/rule-sets",
    (
        Route("/", "index", sets.index, _READ),
        Route("/new/", "new", sets.new, _DRAFT, FORM),
        Route("/<code>/", "show", sets.show, _READ),
        Route("/<code>/edit/", "edit", sets.edit, _DRAFT, FORM),
        Route("/<code>/delete/", "delete", sets.delete, _DRAFT, FORM),
        Route("/<code>/put-in-force/", "begin", in_force.put_in_force, _OFFICE, FORM),
        Route("/<code>/last-day/", "last_day", sets.move_last_day, _OFFICE, FORM),
    ),
)
what_if = blueprint_of(
    "what_if",
    "/admin/what-if",
    (
        Route("/", "index", trial.index, _DRAFT),
        Route("/export/", "export", trial.export, _DRAFT),
    ),
)
succession = blueprint_of(
    "succession",
    "/admin/succession",
    (
        Route("/", "begin", successor.begin, _DRAFT, FORM),
        Route("/<code>/text/", "text", successor.text, _DRAFT, FORM),
        Route("/<code>/heading/", "heading", successor.heading, _DRAFT, FORM),
        Route("/<code>/figures/", "figures", successor.figures, _DRAFT, FORM),
        Route("/<code>/articles/", "articles", successor.articles, _DRAFT, FORM),
        Route("/<code>/what-if/", "what_if", successor.what_if, _DRAFT),
        Route("/<code>/what-if/export/", "export", successor.export, _DRAFT),
    ),
)
