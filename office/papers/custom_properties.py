"""Properties of a .docx of our own: what a word processor keeps with the file and nobody sees on the page."""

from xml.sax.saxutils import escape

from docx.document import Document as DocumentType
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

FORM_PROPERTY = "application-form"  # which application, and what version of it, a form was made from
PART_NAME = "docProps/custom.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{name}">'
    "<vt:lpwstr>{value}</vt:lpwstr></property></Properties>"
)


def set_custom_property(document: DocumentType, name: str, value: str) -> None:
    """Give a document one property of its own, in place of those that it had."""
    blob = _PROPERTIES.format(name=escape(name), value=escape(value)).encode()
    package = document.part.package
    assert package is not None
    for relation in package.rels.values():
        if relation.reltype == _RELATION and not relation.is_external:
            relation.target_part._blob = blob
            return
    package.relate_to(Part(PackURI(f"/{PART_NAME}"), _TYPE, blob, package), _RELATION)


def custom_property(root: etree._Element, name: str) -> str:
    """Return one property of a parsed part of custom properties; "" when there is none."""
    found = next((one for one in root if one.get("name") == name), None)
    return "".join(found.itertext()) if found is not None else ""
