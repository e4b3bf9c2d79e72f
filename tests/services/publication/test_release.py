"""There is one door to the public, and every paper goes through it."""

import ast
from pathlib import Path

import pytest

from rules.errors import Refused
from rules.release import UNREAD, Treated, Treatment
from services.publication.release import release_file

ROOT = Path(__file__).parents[3]
ROOMS = ("admin_views", "commands", "documents", "forms", "office", "public_views", "schema", "services")


def test_nothing_publishes_but_the_one_door() -> None:
    callers = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "publish" and ast.unparse(node.value) == "Notice"
    }
    assert callers == {"services/publication/release.py"}


def test_a_file_is_released_when_each_number_and_what_could_not_be_read_has_its_reason(db, tmp_path) -> None:
    path = tmp_path / "名单.txt"
    path.write_text("负责人13906351234", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        release_file(path, {})
    (refusal,) = refused.value.refusals
    assert refusal.field is not None
    for treatment in (Treated(Treatment.MASK), Treated(Treatment.REMOVE), Treated(Treatment.KEEP)):
        with pytest.raises(Refused):
            release_file(path, {refusal.field: treatment})
    kept = {refusal.field: Treated(Treatment.KEEP, "本人同意")}
    assert release_file(path, kept) == "手机号码 保留 1 处（本人同意）"

    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    with pytest.raises(Refused) as refused:
        release_file(picture, {})
    assert [refusal.field for refusal in refused.value.refusals] == [UNREAD]
    looked = {UNREAD: Treated(Treatment.KEEP, "已逐页看过")}
    assert release_file(picture, looked) == "未能识读 1 处（已逐页看过）"
