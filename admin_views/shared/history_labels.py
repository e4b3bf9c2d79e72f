"""The words of the audit trail: what each act and each stored key is called on screen."""

from collections.abc import Mapping

from office.tables.annual_reports import FIGURES
from rules.annual_reports import Point
from rules.applications import Verb
from rules.assessment.checklist import Condition
from rules.counties import LABELS as COUNTY_LABELS
from rules.grounds import Ground
from rules.materials import Material
from rules.rule_sets.measures import REASON_TO_BEGIN
from rules.words import N_
from schema.definitions.conditions import LABELS as OWN_CONDITION_LABELS
from schema.definitions.own_collections import LABELS as OWN_COLLECTION_LABELS
from schema.definitions.own_fields import LABELS as OWN_FIELD_LABELS
from schema.settings import SETTINGS
from services.reports.change_filings import LABELS

ACTIONS = {
    "created": N_("Created"), "changed": N_("Changed"), "deleted": N_("Deleted"), "restored": N_("Restored"),
    "file-added": N_("File added"), "file-removed": N_("File removed"), "file-restored": N_("File restored"),
    "file-forgotten": N_("File removed for good"),
    "file-generated": N_("List made from the records"), "imported": N_("Imported"),
    "updated": N_("Changed"), "disabled": N_("Disabled"), "enabled": N_("Enabled"),
    "sessions-ended": N_("Signed out everywhere"), "password-reset": N_("Password reset"),
    "password-changed": N_("Password changed"), "signed-in": N_("Signed in"), "signed-out": N_("Signed out"),
    "session-ended": N_("Ended a session of one's own"),
    "other-sessions-ended": N_("Ended every other session of one's own"), "unlocked": N_("Unlocked"),
    "locked-out": N_("Locked out"), "restored-backup": N_("Backup restored"),
    "maintenance-begun": N_("Maintenance begun"), "maintenance-ended": N_("Maintenance ended"),
    "put-in-force": N_("Put in force"), "checklist-kept": N_("Filled in the checklist of operating conditions"),
    "registration-confirmed": N_("Checked the place of registration"),
    "application-begun": N_("Application begun"), **{f"application-{verb.value}": verb.label for verb in Verb},
    "experts-given": N_("Gave experts their bases"), "expert-removed": N_("Took an expert off the list"),
    "expert-link-made": N_("Made an expert's private link"),
    "expert-link-revoked": N_("Took an expert's private link back"), "scored-by-link": N_("Scored by a private link"),
    "recommended": N_("Letter of recommendation issued"), "notice-opened": N_("Public notice opened"),
    "announced": N_("Announcement published"), "corrected": N_("Correction published"),
    "objection-received": N_("Objection received"), "objection-decided": N_("Objection decided"),
    "published": N_("Published"), "case-begun": N_("Case opened"), "case-dropped": N_("Case dropped"),
    "prior-notice-issued": N_("Prior notice issued"),
    "decided-revocation": N_("Revocation decided"), "decided-cancellation": N_("Cancellation decided"),
    "decided-reversal": N_("Title restored by a decision"), "summary-kept": N_("Kept the yearly summary"),
    "summary-carried": N_("Began the summary with last year's words"),
    "inspection-kept": N_("Kept the inspection"), "county-report-kept": N_("Kept the county's report"),
    "change-filed": N_("Took down a change filing"), "change-accepted": N_("Accepted the change filing"),
    "change-refused": N_("Did not accept the change filing"), "recommended-upwards": N_("Put forward"),
    "upward-outcome": N_("Recorded the outcome"), "calendar-link-made": N_("Made a link to the calendar"),
    "web-hook-stopped": N_("Switched the web hook off: it failed too often"),
    "web-hook-secret": N_("Made a new secret for the web hook"),
    "api-token-made": N_("Made a token for a program"), "api-token-revoked": N_("Revoked a program's token"),
    "title-of-operator-decided": N_("Decided on the title under a new operator"),
    "title-entered": N_("Entered the earlier title"), "title-corrected": N_("Corrected the earlier title"),
    "register-closed": N_("Closed the register of earlier titles"),
    "register-reopened": N_("Opened the register of earlier titles again"),
    "version-restored": N_("Set back to the version of"),
    "many-asked": N_("Asked for an act on many records"), "many-done": N_("Did an act on many records"),
    "kind-asked": N_("Asked for another kind of a field"), "kind-changed": N_("Changed what a field holds"),
    "undo-asked": N_("Asked for a batch to be undone"), "undone": N_("Undid a batch"),
    "numbered": N_("Numbered the records"),
    "job-asked": N_("Asked for a job"), "job-cancelled": N_("Stopped a job"),
    "calendar-link-dropped": N_("Took the link to the calendar away"),
    "sign-in-failed": N_("Sign-in failed"), "password-refused": N_("Wrong present password"),
    "session-expired": N_("Session ran out"), "denied": N_("Refused a page"), "exported": N_("Exported"),
    "file-read": N_("File read"), "personal-shown": N_("Saw personal data"),
    "view-saved": N_("View saved"), "view-deleted": N_("View deleted"),
    "merged": N_("Merged with another record"), "merge-undone": N_("Merging undone"),
    "relinked": N_("Refers to the merged record since"), "relinked-back": N_("Refers to its own record again"),
    "doubt-dismissed": N_("Said that a doubt is none"), "doubt-again": N_("Took that back"),
    "match-kept": N_("Chose which columns of a workbook are taken"),
    "match-forgotten": N_("Forgot which columns of a workbook are taken"),
    "comment-added": N_("Commented"), "comment-changed": N_("Changed a comment"),
    "comment-deleted": N_("Deleted a comment"),
    "messages-stopped": N_("Switched the channel of messages off: it failed too often"),
    "states-taken": N_("Sealed the records as they stood"),
}  # fmt: skip
# Stored keys that no column of a sheet shows.
OTHER_LABELS = {
    REASON_TO_BEGIN: N_("Why it is begun under rules that have ended"),
    "tries": N_("How often"), "code": N_("Answer"), "filter": N_("Filter"), "rows": N_("Rows"), "pages": N_("Pages"),
    "role": N_("Role"), "display_name": N_("Name on screen"), "county": N_("County"), "disabled": N_("Disabled"),
    "checklist.year": N_("Year"), **{f"checklist.{one.value}": one.label for one in Condition},
}  # fmt: skip
# The same, by collection, where a key alone would not say enough.
LABELS_OF: Mapping[str, Mapping[str, str]] = {
    "applications": {
        "stage": N_("Stage"), "kind": N_("Applied for"), "opinion": N_("Opinion"), "cases": N_("Text of the cases"),
        "characteristics": N_("Characteristics and innovations"), "innovations": N_("Innovations"),
        "sealed": N_("Sealed statement"),
        "on_site.checked_on": N_("Day of the on-site check"),
        "on_site.people": N_("Present at the check"), "on_site.findings": N_("What was found"), "experts": N_("Expert"),
        "expert_link": N_("Private link"),
        "average": N_("Average score"), **{f"return.{one.value}": one.label for one in Material},
        "return.other": N_("Anything else"),
        "failing_reason": N_("Why it goes on although a condition is not met"),
    },
    "web_hooks": {
        "name": N_("Name"), "url": N_("Its address"), "of": N_("Collection"), "events": N_("Tells of"),
        "status": N_("Status"), "enabled": N_("Switched on"),
    },
    "own_charts": {
        "name": N_("Name"), "group": N_("Group by"), "measure": N_("What the chart shows"), "shared": N_("Shared"),
        "on_today": N_("Shown on Today"), "on_overview": N_("Shown on the city overview"),
    },
    "notices": {"elsewhere": N_("Published elsewhere")},
    "objections": {
        "late": N_("Objected late"), "received": N_("How it was received"), "outcome": N_("Outcome"),
        "handling": N_("How it was handled"),
    },
    "decisions": {
        "kind": N_("What is decided"), "state": N_("State"), "served_on": N_("Prior notice served on"),
        "findings": N_("Which of these was found"), "basis": N_("On what the restoration stands"),
        "basis_body": N_("Who decided on the review, or which court"), "basis_number": N_("Number of that paper"),
        "basis_dated": N_("Date of that paper"), "statement_outcome": N_("What became of the statement"),
        "statement_answer": N_("Why it was accepted or not"), "prior_number": N_("Number of the prior notice"),
        "prior_dated": N_("Date of the prior notice"), "prior_until": N_("Statement until, as the prior notice says"),
        "served_how": N_("How it was served"), "statement_by": N_("Statement until"),
        "statement_on": N_("Statement made on"), "statement": N_("Statement"), "document_number": N_("Document number"),
        "dated": N_("Dated"), "reason": N_("Reason"), **{f"ground.{one.value}": one.label for one in Ground},
    },
    "annual_reports": {
        "received_on": N_("Received on"), "summary": N_("Summary"), "carried_from": N_("Words carried forward from"),
        "checked_on": N_("Inspected on"),
        **{f"figures.{column.key}": column.label for column in FIGURES},
        **{f"inspection.{one.value}": one.label for one in Point},
    },
    "county_reports": {"submitted_on": N_("Submitted on"), "report_text": N_("Text of the report")},
    "change_filings": {
        **LABELS, "operator_change": N_("What became of the operator"), "title_kept": N_("Decision on the title"),
        "title_reason": N_("Reason of the decision on the title"),
        "completed_on": N_("Completed on"), "filed_on": N_("Filed on"), "remark": N_("Remark"),
        "state": N_("State"), "reason": N_("Reason"),
    },
    "upward_recommendations": {
        "level": N_("Level"), "year": N_("Year"), "number": N_("Number of the letter"), "dated": N_("Dated"),
        "remark": N_("Remark"), "outcome": N_("Outcome"), "outcome_on": N_("Date of the outcome"),
        "outcome_number": N_("Number of the outcome"),
    },
    "title_register": {"reason": N_("Reason")},
    "office_settings": {setting.key: setting.label for setting in SETTINGS},
    "counties": COUNTY_LABELS, "own_fields": OWN_FIELD_LABELS,
    "own_conditions": OWN_CONDITION_LABELS,
    "own_collections": OWN_COLLECTION_LABELS,
    "rounds": {
        "year": N_("Year"), "name": N_("Name of the round"), "call_title": N_("Title of the call"),
        "call_number": N_("Number of the call"), "call_dated": N_("Date of the call"),
        "apply_from": N_("Applications from"), "apply_until": N_("Applications until"),
        "recommend_until": N_("Counties recommend until"), "rule_set": N_("Rule set"),
        "assessed_year": N_("Assessed year"), "dimensions": N_("Dimensions"), "least_experts": N_("Experts at least"),
        "drop_from": N_("Highest and lowest dropped from"), "pass_score": N_("Pass line"), "closed": N_("Closed"),
    },
}  # fmt: skip
# What an act was done to where it has no name of its own.
SUBJECTS: Mapping[str, str] = {
    "office_settings": N_("Office settings"), "title_register": N_("Register of earlier titles"),
}  # fmt: skip
# Where the page of something stands that is no record: its endpoint and the name of its argument.
PAGES: Mapping[str, tuple[str, str]] = {
    "applications": ("applications.details_view", "id"), "rounds": ("rounds.show", "text"),
    "letters": ("applications.letter", "text"), "notices": ("publication.notice", "id"),
    "decisions": ("revocation.case", "id"), "change_filings": ("change_filings.show", "id"),
    "upward_recommendations": ("upward.show", "id"),
}  # fmt: skip
