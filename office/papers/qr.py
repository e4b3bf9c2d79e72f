"""QR codes, made on this machine: as SVG for a page, as PNG for a paper."""

from io import BytesIO

import segno

_QUIET = 4  # modules of white around, ISO/IEC 18004


def qr_svg(text: str) -> str:
    """Return the code as an <svg> element for a page; it has the class `qr` and no inline style.

    ValueError when the text is longer than a code can hold (2,953 bytes).
    """
    svg: str = _code(text).svg_inline(
        border=_QUIET, omitsize=True, svgclass="qr", lineclass=None, light="#fff"
    )
    return svg


def qr_png(text: str, *, scale: int = 10) -> bytes:
    """Return the code as a PNG, `scale` pixels a module. ValueError as `qr_svg`."""
    stream = BytesIO()
    _code(text).save(stream, kind="png", scale=scale, border=_QUIET)
    return stream.getvalue()


def qr_drawing(text: str) -> str:
    """Return the code as a whole SVG file, for the typesetter. ValueError as `qr_svg`."""
    stream = BytesIO()
    _code(text).save(stream, kind="svg", scale=10, border=_QUIET, light="#fff", xmldecl=False)
    return stream.getvalue().decode()


def _code(text: str) -> segno.QRCode:
    try:
        # Level M: a scratch on a framed certificate does no harm.
        return segno.make_qr(text, error="m")
    except segno.DataOverflowError as error:
        raise ValueError("too much text for a QR code") from error
