"""The routes of titles lost and restored (Art. 16, 18)."""

from admin_views.revocation import all_cases, prior_notice
from admin_views.revocation.decide import download_paper, download_pdf, preview, sign
from admin_views.revocation.edit import drop, save_grounds_form, save_hearing_form
from admin_views.revocation.list import export, index
from admin_views.revocation.new import new
from admin_views.revocation.page import download_file, show_case
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

_DECIDE = Permission.DECIDE_APPLICATIONS

revocation = blueprint_of(
    "revocation",
    "/admin/revocation",
    (
        Route("/", "index", index, Permission.READ),
        Route("/export/xlsx/", "export", export, Permission.EXPORT),
        Route("/all/", "all_cases", all_cases.index, Permission.READ),
        Route("/all/export/xlsx/", "all_cases_export", all_cases.export, Permission.EXPORT),
        Route("/views/save/", "save_view", all_cases.CASE_LIST.save_view, Permission.READ, POST),
        Route("/views/delete/", "drop_view", all_cases.CASE_LIST.drop_view, Permission.READ, POST),
        Route("/new/", "new", new, _DECIDE, FORM),
        Route("/case/", "case", show_case, Permission.READ),
        Route("/file/", "file", download_file, Permission.READ),
        Route("/case/grounds/", "grounds", save_grounds_form, _DECIDE, POST),
        Route("/case/notice/preview/", "notice_preview", prior_notice.preview, _DECIDE, POST),
        Route("/case/notice/issue/", "notice_issue", prior_notice.issue, _DECIDE, POST),
        Route("/case/hearing/", "hearing", save_hearing_form, _DECIDE, POST),
        Route("/case/drop/", "drop", drop, _DECIDE, FORM),
        Route("/case/preview/", "preview", preview, _DECIDE, POST),
        Route("/case/sign/", "sign", sign, _DECIDE, POST),
        Route("/case/paper/", "paper", download_paper, Permission.READ),
        Route("/case/paper.pdf", "paper_pdf", download_pdf, Permission.READ),
    ),
)
