"""The addresses that anyone may read, without signing in."""

from collections.abc import Callable

from flask.typing import ResponseReturnValue

from public_views import expert_link
from public_views.bases import base_list, base_workbook, certificate
from public_views.notices import notice, notice_list, notice_pdf, notice_workbook

# Rule, endpoint, view: `app.py` declares each of them open to anyone.
ROUTES: tuple[tuple[str, str, Callable[..., ResponseReturnValue]], ...] = (
    ("/notices/", "public.notices", notice_list),
    ("/notices/<paper_id>", "public.notice", notice),
    ("/notices/<paper_id>/list.xlsx", "public.notice_workbook", notice_workbook),
    ("/notices/<paper_id>/paper.pdf", "public.notice_pdf", notice_pdf),
    ("/bases/", "public.bases", base_list),
    ("/bases/list.xlsx", "public.bases_workbook", base_workbook),
    ("/bases/<path:certificate_number>", "public.certificate", certificate),
)

# What the private link of an expert opens; whoever has it needs no account.
EXPERT_LINK: tuple[tuple[str, str, Callable[..., ResponseReturnValue]], ...] = (
    ("/expert-review/<secret>/", "expert_link.index", expert_link.index),
    ("/expert-review/<secret>/<application>/", "expert_link.score", expert_link.score),
    ("/expert-review/<secret>/file/<file_id>", "expert_link.file", expert_link.file),
)
POSTED = frozenset({"expert_link.score"})
