"""The office's stylesheet: a file for each component in static/styles, sent as one answer.

They are joined when the program starts, so that a page asks for one file however many there are. Its address bears a
hash of what is in it: a browser keeps it for a year, and asks anew the day that a part changes.
"""

import hashlib
import io
import re
from pathlib import Path

from flask import Flask, request, send_file, url_for
from flask.typing import ResponseReturnValue

from admin_views.shared.guard import public

# In the order of the cascade: what stands later wins where selectors weigh the same.
PARTS = (
    "tokens", "charts", "told", "ground", "frame", "find", "form", "list", "record", "imports", "desk", "narrow",
    "print", "assessment", "rules", "papers", "rounds/board", "rounds/applications", "today", "titles", "reports",
    "grid", "rounds/scores", "views", "beside", "help",
)  # fmt: skip
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_A_YEAR = 365 * 24 * 3600
_SIGNS = 12  # of the hash, in the address


def joined(folder: Path) -> bytes:
    """Return the parts in `folder` as one sheet, without what only their readers need."""
    texts = (_COMMENT.sub("", (folder / f"{part}.css").read_text("utf-8")) for part in PARTS)
    lines = (line.strip() for text in texts for line in text.splitlines())
    return "\n".join(line for line in lines if line).encode()


def init_stylesheet(app: Flask) -> None:
    """Join the parts, send them from `app`, and let its templates ask for their address as `stylesheet_url()`."""
    sheet = joined(Path(str(app.static_folder)) / "styles")
    version = hashlib.sha256(sheet).hexdigest()[:_SIGNS]

    def view() -> ResponseReturnValue:
        age = _A_YEAR if request.args.get("v") == version else None
        answer = send_file(io.BytesIO(sheet), mimetype="text/css", etag=version, max_age=age)
        answer.cache_control.immutable = age is not None
        return answer

    app.add_url_rule("/static/office.css", "styles.static", public(view))
    app.jinja_env.globals["stylesheet_url"] = lambda: url_for("styles.static", v=version)
