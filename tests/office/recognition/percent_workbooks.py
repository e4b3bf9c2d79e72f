"""One table with percentages as Excel, the Excel of 2003 and LibreOffice keep it.

Row 2 holds 0.5 people shown as 50%, row 3 an amount of 0.125 shown as 12.5%, and row 4 is hidden; the last column
is shown as percentages all through. No library that the program uses writes .xls, so LibreOffice wrote that one.
"""

import io
import zipfile
import zlib
from base64 import b64decode

import openpyxl

HEADINGS = ("企业名称", "统一社会信用代码", "所属基地", "从业人员（人）", "营业收入（万元）", "达产率（%）")
_CODE, _BASE = "91371502MANMLE23Q2", "某某园"
_ROWS = (
    ("甲公司", _CODE, _BASE, 0.5, 12, 0.875),
    ("乙公司", _CODE, _BASE, 3, 0.125, 1),
    ("丙公司", _CODE, _BASE, 4, 5, 0.3),
)
_SHOWN = {(2, 4): "0%", (3, 5): "0.0%", (2, 6): '0.00"号"%', (3, 6): "[Red]0%", (4, 6): "0%"}

_PACKED = (
    "eNrtWHtslEUQn/3u0e/6vJZXObCeaKHQ0lzbCCUKLRwoKFwtlIemEUq9lsrRNm1JqAY8BGJiIGj4Q/8gMSQ8TEh8xEQNvuh/JL6a"
    "GP7QaCz4jwZMTqNBjPTzN/PtHV/rNekVYnx0L/Ptzuzu7OzszM7ODX5eOHTizcAlGlXuIxcNWz7yOmgK4EsifiJD04Yty0qSrcny"
    "ryo3dM1n6Mb5eQB85lkAU59ttq4ny3+vrKcu/PooSKuoE3UP9VMmZTosxslvPHOGxzluvGVy/Ymvz/c33+MuQDr/5/ue/T8HkAvI"
    "A+QDCuwQQIWAIsAUwFTANLEJohmAYsBMQAAwCzAbcAegBHAnIAi4CzAHcLeWq1TXDGVozwcs0LQK1Asn76LbWnwmTtHroffyPuEj"
    "l7O/BIt4wz0gdnEZ0EzdbBvhllhr8O8qK0SGFsUynIeRLkVL0XFQ8+l1ob4v36VifSj1FKzVFr3FqBfZj8h3jnzziee/I3O+EkoV"
    "7PBrsfIXxAkUZakwtVCMOmg77sEOjAjQBfavZ2QEe4daLj086tZ6QyPWhi+piNzDXfCKDRjTSb1ohekhelgoYSpx59JJ9ssHo53R"
    "npZYiTuLTvHUUGmJewqdRpcKUSU4h3Bi1zaUYoaPzvDJhSpDpUPinifpVyvouArOB5nOMgj9l/HRjQzp9L+jn4Tu0um53B6fGE2f"
    "Pwa9Ygz6gjHovrR0T1Iec7Scp2y6ezT99Bj0M3+hHzOAxMni2h93SV0Y90pdFHdLPSWeJfXUuMfaJi54CMHkC4418Lu8po1bD4Ol"
    "wm9AmQCipiOKrtBjHGYS62Ulb4LDCa+cTDucUEM5Cb4IPsIWTdqvELbM86oe33oq+clvBy4TAcxEYDKvwd/+oLMSxHKEqVINgUhe"
    "U6LfJPXtPoos6w80XGoo2/1dRO1Bb/32x5t/3xzaDBf7LBKInItsaTKtcxGfheGlBwORRdFoo2llRcKNPstLPhd9ePRM5LleE+HM"
    "Z3FQtUOrB2FWVe+ONf62AcIuqapZXHVvqHrd8si6tauqaxqr0TvYPtj+4yY0Ho3wMDRmSsNCFM4hj8eOwq3mNMBN85qma4NDtX2l"
    "+0dc6bnQ2hPYL1+ChaJBP/S0MDz7yuVFgbqtQo/fNA8q5VOlCrUfPQPuBTKjXL7PythkqD8gtIPynZua/33dPEe7LNVO1M13tE/g"
    "avZBKpKTN7BahSrO9R4Y2DZUl6wVbUSPSXtl26SeNwv0TvNJm4PeoWn4dbvCvnBVgdBUGpqRhuZy0IKg3ZBnT1K1NqaAqRRmADNS"
    "mAuYK4W5gblTmAeYR2NKeHpTmMKpZKUw5ska+gBhTYHfdPpYHlvVwtOFXStwmqF1eLWOZxnC0ad5GCM4GimO+wzGXOhjzTEnAxyL"
    "k35cZ/cz76RsLuGbncKcfF0OSYuBMd8ikdR+/D0tu75Kj7DNJVbb9pYwtbeyagrIlQjJDHeiTOi+hD/NY9WgbJnHc1iHy4wiettr"
    "R3yi+8V++FlZIPImF0Bph6u3m05GKvlAznb+pzFsubLtN7TfNGxl2F0P8Jt1XUdrT1dvV1tfcNWe1mgsuGTxwqaW7dFYLCp6WtHR"
    "1lZ7K293Zd9nEy7DFonZpOFLQ4de+fl6ww7/2RdNKp/31pes7pf1215pBbKRrtbv/Gatmh36WuzTb/64fvcf1rnCDzfsNzzP6eqO"
    "dnb374mRftdzf0jzTpbR7fhTje8O7v1GOdu3e/9MMS5+evF45Sz/sZew/4rrr61koxxFa9Z5SjKQ+B17XKvzItK5CvfX6v56R+7E"
    "ulre3b0p2tPb0dU5Ukes35rKKvqnltuZ/4v+RvlQujms03iO3d6M1XtoJ17cLMfOjOUvkivO1rOVQV593Uz6SRjr7kKG0wAZnpzQ"
    "+i5HDj6eOfcA1qT8tAH5QHTC58eXdqb5/1ydq0tWgtxiN/a/CzkHn/0aWEGbnAlT+pCvdIEydinT63sy0P88wIXU+iuxQqvIEBUL"
    "zEye2gnsvxzw6uT/P1L+BGKiQQ0="
)


def percent_workbook(kind: str) -> bytes:
    """Return the bytes of the table as .xlsx, .xls or .ods."""
    if kind == "xls":
        return zlib.decompress(b64decode(_PACKED))
    return _open_document() if kind == "ods" else _excel()


def _excel() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (HEADINGS, *_ROWS):
        sheet.append(row)
    for (row, column), number_format in _SHOWN.items():
        sheet.cell(row, column).number_format = number_format
    sheet.row_dimensions[4].hidden = True
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _open_document() -> bytes:
    def cell(row: int, column: int, value: object) -> str:
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        kind = "percentage" if (row, column) in _SHOWN else "float"
        return f'<table:table-cell office:value-type="{kind}" office:value="{value}"/>'

    rows = "".join(
        f"<table:table-row{' table:visibility=' + chr(34) + 'collapse' + chr(34) if row == 4 else ''}>"
        + "".join(cell(row, column, value) for column, value in enumerate(values, 1))
        + "</table:table-row>"
        for row, values in enumerate((HEADINGS, *_ROWS), 1)
    )
    spaces = " ".join(
        f'xmlns:{word}="urn:oasis:names:tc:opendocument:xmlns:{word}:1.0"'
        for word in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="名录">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return data.getvalue()
