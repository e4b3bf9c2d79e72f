"""The child process that sets papers as PDF, under limits: `python -m office.papers.pdf_child`.

It reads a job as JSON from standard input and writes the PDF files (`pdf_parts`) to standard output. The layout is
our own file, the papers' words are data to it; its root is an empty folder, so no file of the machine can be read and
no package of the typesetter is found.
"""

import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from office.child_limits import begin
from office.child_process import PROBLEM_EXIT
from office.papers.pdf_parts import joined

_LAYOUT = Path(__file__).with_name("paper.typ")
# What a machine without the standard's own fonts has: Windows, WPS, macOS, Chinese Linux desktops, Debian.
_SERIF = (
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "思源宋体",
    "SimSun",
)
_SANS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "思源黑体", "Microsoft YaHei",
         "PingFang SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback")  # fmt: skip
_SONG = ("SimSun", "宋体", "NSimSun", "STSong", "华文宋体", "Songti SC", "FZShuSong-Z01S", "AR PL UMing CN")
FONTS: Mapping[str, tuple[str, ...]] = {
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "华文仿宋", "FZFangSong-Z02S",
             "FZFangSong-Z02", *_SERIF, *_SONG, *_SANS),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "STZhongsong",
              "华文中宋", *_SERIF, *_SONG, *_SANS),
    "hei": ("SimHei", "黑体", "STHeiti", "Heiti SC", "FZHei-B01S", *_SANS, *_SERIF),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "华文楷体", "Kaiti SC", "FZKai-Z03S",
            "AR PL UKai CN", *_SERIF, *_SONG, *_SANS),
    "song": (*_SONG, *_SERIF, *_SANS),
}  # fmt: skip


def main() -> int:
    """Do the job on standard input; 0 when the PDF was written, PROBLEM_EXIT where there is no Chinese font."""
    job = begin()
    fonts = fonts_here(typst.Fonts(include_embedded_fonts=False).families())
    if not all(fonts.values()):
        return PROBLEM_EXIT
    compile_pdf: Any = typst.compile  # its types want the root to be of the input's own type
    layout = _LAYOUT.read_bytes()
    with tempfile.TemporaryDirectory(prefix="paper-") as empty:
        made = [
            compile_pdf(
                layout, root=empty, package_path=empty, package_cache_path=empty,
                format="pdf", timestamp=datetime.fromtimestamp(one["day"], UTC),
                sys_inputs={"paper": json.dumps({**one["paper"], "fonts": fonts}), "qr": one["qr"]},
            )
            for one in job["papers"]
        ]  # fmt: skip
    sys.stdout.buffer.write(joined(made))
    return 0


def fonts_here(families: Iterable[str]) -> dict[str, list[str]]:
    """Return, by part of a paper, the families to set it in, the best first; [] where there is none."""
    known = {family.casefold() for family in families}
    return {part: [name for name in names if name.casefold() in known] for part, names in FONTS.items()}


if __name__ == "__main__":
    sys.exit(main())
