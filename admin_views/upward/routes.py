"""The routes of the upward recommendations (Art. 17)."""

from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from admin_views.upward.edit import decide, edit, new
from admin_views.upward.letter import send_letter_docx, send_letter_pdf
from admin_views.upward.list import RECOMMENDATION_LIST, export, index
from admin_views.upward.page import add_file, download_file, remove_file, show
from rules.access import Permission

_DECIDE = Permission.DECIDE_APPLICATIONS

upward = blueprint_of(
    "upward",
    "/admin/upward",
    (
        Route("/", "index", index, Permission.READ),
        Route("/export/xlsx/", "export", export, Permission.EXPORT),
        Route("/views/save/", "save_view", RECOMMENDATION_LIST.save_view, Permission.READ, POST),
        Route("/views/delete/", "drop_view", RECOMMENDATION_LIST.drop_view, Permission.READ, POST),
        Route("/details/", "show", show, Permission.READ),
        Route("/letter/docx/", "letter_docx", send_letter_docx, Permission.READ),
        Route("/letter/pdf/", "letter_pdf", send_letter_pdf, Permission.READ),
        Route("/new/", "new", new, _DECIDE, FORM),
        Route("/edit/", "edit", edit, _DECIDE, FORM),
        Route("/outcome/", "decide", decide, _DECIDE, FORM),
        Route("/files/add/", "add_file", add_file, _DECIDE, POST),
        Route("/files/remove/", "remove_file", remove_file, _DECIDE, POST),
        Route("/file/", "file", download_file, Permission.READ),
    ),
)
