"""The addresses of bringing in a workbook."""

from admin_views.imports import grid, matches, page, reading, trial
from admin_views.shared.routing import POST, Route, blueprint_of
from rules.access import Permission

imports = blueprint_of(
    "imports",
    "/admin/import",
    (
        Route("/", "index", page.index, Permission.IMPORT),
        Route("/", "read", page.read, Permission.IMPORT, POST),
        Route("/template/<kind>.xlsx", "template", page.template, Permission.IMPORT),
        Route("/write", "write", page.write, Permission.IMPORT, POST),
        Route("/trial/<upload>", "trial", trial.show, Permission.IMPORT),
        Route("/trial/<upload>/checked.xlsx", "checked", trial.checked, Permission.IMPORT),
        Route("/trial/<upload>/reading", "reading", reading.show, Permission.IMPORT),
        Route("/trial/<upload>/reading", "choose", reading.choose, Permission.IMPORT, POST),
        Route("/trial/<upload>/drop", "drop", page.drop, Permission.IMPORT, POST),
        Route("/trial/<upload>/cells", "correct", trial.correct, Permission.IMPORT, POST),
        Route("/trial/<upload>/answers", "answer", trial.answer, Permission.IMPORT, POST),
        Route("/trial/<upload>/missing", "missing", trial.missing, Permission.IMPORT, POST),
        Route("/columns", "matches", matches.show, Permission.IMPORT),
        Route("/columns", "forget_matches", matches.forget, Permission.IMPORT, POST),
        Route("/grid/<kind>/", "grid", grid.page, Permission.IMPORT),
        Route("/grid/<kind>/draft", "grid_draft", grid.draft, Permission.IMPORT, POST),
        Route("/grid/<kind>/check", "grid_check", grid.check, Permission.IMPORT, POST),
        Route("/grid/<kind>/write", "grid_write", grid.write, Permission.IMPORT, POST),
        Route("/batch/<batch>", "result", page.result, Permission.IMPORT),
        Route("/batch/<batch>/conflicts", "settle", page.settle, Permission.IMPORT, POST),
        Route("/batch/<batch>/rejected.xlsx", "rejected", page.rejected, Permission.IMPORT),
    ),
)
