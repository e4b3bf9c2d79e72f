"""The addresses of the publication desk, and what each of them needs."""

from admin_views.publication import announce, board, correct, list, objections, open_notice, page, results
from admin_views.shared.routing import FORM, POST, Route, blueprint_of
from rules.access import Permission

READ, EXPORT, DECIDE = Permission.READ, Permission.EXPORT, Permission.DECIDE_APPLICATIONS

ROUTES = (
    Route("/", "index", board.index, READ),
    Route("/results/", "results", results.results, DECIDE),
    Route("/results/decide/", "decide", results.decide, DECIDE, POST),
    # The public notice
    Route("/notices/new/", "choose", open_notice.choose, DECIDE, FORM),
    Route("/notices/open/", "open_notice", open_notice.open_notice, DECIDE, POST),
    # The announcement
    Route("/notices/announce/", "draft_announcement", announce.draft_announcement, DECIDE, FORM),
    Route("/notices/announce/publish/", "announce", announce.announce, DECIDE, POST),
    # Corrections
    Route("/notices/correct/", "draft_correction", correct.draft_correction, DECIDE, FORM),
    Route("/notices/correct/publish/", "publish_correction", correct.publish_correction, DECIDE, POST),
    # Published papers
    Route("/papers/", "papers", list.papers, READ),
    Route("/papers/export/xlsx/", "papers_export", list.export, EXPORT),
    Route("/views/save/", "save_view", list.PAPER_LIST.save_view, READ, POST),
    Route("/views/delete/", "drop_view", list.PAPER_LIST.drop_view, READ, POST),
    Route("/notices/", "notice", page.notice, READ),
    Route("/notices/paper.docx", "paper_file", page.paper_file, READ),
    Route("/notices/paper.pdf", "paper_pdf", page.paper_pdf, READ),
    Route("/notices/list.xlsx", "list_file", page.list_file, EXPORT),
    Route("/notices/file/", "file", page.file, READ),
    Route("/notices/certificate.docx", "certificate_file", page.certificate_file, READ),
    Route("/notices/certificate.pdf", "certificate_pdf", page.certificate_pdf, READ),
    # Objections
    Route("/objections/new/", "new_objection", objections.new_objection, DECIDE, FORM),
    Route("/objections/", "objection", objections.objection, DECIDE, FORM),
    Route("/objections/files/add/", "add_evidence", objections.add_evidence, DECIDE, POST),
    Route("/objections/files/remove/", "remove_evidence", objections.remove_evidence, DECIDE, POST),
    Route("/objections/file/", "evidence", objections.evidence, DECIDE),
)

publication = blueprint_of("publication", "/admin/publication", ROUTES)
