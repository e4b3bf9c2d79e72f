"""The addresses of applications with their letters, and of rounds; who may call each."""

from admin_views.applications import (
    application_form,
    edit,
    expert_review,
    letters,
    list,
    new,
    page,
    score_grid,
    shared,
)
from admin_views.applications import rounds as round_pages
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

_READ, _WRITE, _EXPORT = Permission.READ, Permission.WRITE, Permission.EXPORT
_REVIEW, _DECIDE = Permission.REVIEW_APPLICATIONS, Permission.DECIDE_APPLICATIONS

applications = blueprint_of(
    "applications",
    "/admin/applications",
    (
        Route("/", "index_view", list.index, _READ),
        Route("/export/xlsx/", "export", list.export, _EXPORT),
        Route("/views/save/", "save_view", list.APPLICATION_LIST.save_view, _READ, POST),
        Route("/views/delete/", "drop_view", list.APPLICATION_LIST.drop_view, _READ, POST),
        Route("/new/", "new_view", new.begin_application, _WRITE, FORM),
        Route("/new/several/", "several", new.begin_several, _WRITE, FORM),
        Route("/new/lookup/", "lookup", new.look_up, _WRITE),
        Route("/details/", "details_view", page.show, _READ),
        Route("/file/", "file", shared.send_file, _READ),
        Route("/materials/", "materials", edit.save_materials, _WRITE, POST),
        Route("/form/", "form_file", application_form.send_form, _EXPORT),
        Route("/form/read/", "form_read", application_form.read_back, _WRITE, POST),
        Route("/form/compare/", "form_compare", application_form.compare_form, _WRITE, FORM),
        Route("/materials/list/", "material_list", application_form.send_list, _EXPORT),
        Route("/withdraw/", "withdraw", edit.withdraw, _WRITE, FORM),
        Route("/review/", "review", edit.review, _REVIEW, POST),
        Route("/return/", "give_back", edit.return_for_correction, _REVIEW, FORM),
        Route("/recommend/", "recommend", letters.draw_up, _REVIEW, FORM),
        Route("/letters/", "letters", letters.index, _READ),
        Route("/letters/<text>/", "letter", letters.show, _READ),
        Route("/letters/<text>/docx/", "letter_docx", letters.send_letter_docx, _EXPORT),
        Route("/letters/<text>/pdf/", "letter_pdf", letters.send_letter_pdf, _EXPORT),
        Route("/letters/<text>/xlsx/", "letter_xlsx", letters.send_xlsx, _EXPORT),
        Route("/experts/", "experts", expert_review.save, _DECIDE, POST),
        Route("/experts/score-sheet.docx", "score_sheet", expert_review.send_score_sheet, _DECIDE),
        Route("/experts/score-sheet.pdf", "score_sheet_pdf", expert_review.send_score_sheet_pdf, _DECIDE),
        Route("/experts/opinion.docx", "review_opinion", expert_review.send_opinion, _DECIDE),
        Route("/experts/opinion.pdf", "review_opinion_pdf", expert_review.send_opinion_pdf, _DECIDE),
        Route("/expert/", "expert", expert_review.edit_expert, _DECIDE, FORM),
    ),
)

rounds = blueprint_of(
    "rounds",
    "/admin/rounds",
    (
        Route("/", "index", round_pages.index, _READ),
        Route("/<text>/", "show", round_pages.show, _READ),
        Route("/<text>/package.zip", "package", round_pages.package, Permission.EXPORT),
        Route("/new/", "new", round_pages.new, _DECIDE, FORM),
        Route("/<text>/edit/", "edit", round_pages.edit, _DECIDE, FORM),
        Route("/<text>/close/", "close", round_pages.close, _DECIDE, FORM),
        Route("/<text>/scores/", "scores", score_grid.scores, _DECIDE, FORM),
        Route("/<text>/scores/xlsx/", "scores_export", score_grid.export, _DECIDE),
        Route("/<text>/experts/", "experts", score_grid.experts, _DECIDE, POST),
    ),
)
