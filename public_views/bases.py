"""The certified list by county, as a page and as a workbook; and what a certificate's number says."""

from dataclasses import dataclass
from itertools import groupby

from flask import Response
from flask_babel import gettext

from office.excel.cells import show
from office.excel.rows import row_maker
from office.excel.tables_writer import Table
from office.tables.public_list import PUBLIC_BASES
from public_views import query
from public_views.answer_cache import Answer
from public_views.answers import answered, answered_workbook, page, workbook
from public_views.labels import base_type, colour_of, state_of, term_of
from public_views.layout import make_pager, to
from rules.words import N_
from schema.field import Field
from services.publication.public_bases import Directory, PublicBase, find_certificate, read_directory
from services.publication.public_notices import papers_of_base

_SIZE = 50
_MOST_ECHOED = 40  # characters of an unknown number


@dataclass(frozen=True)
class BaseLine:
    """One row of the list, in words."""

    number: int
    name: str
    url: str
    operator: str
    county: str
    base_type: str
    term: str
    document_number: str
    state: str
    colour: str


@dataclass(frozen=True)
class CountyLink:
    """One county of the bar."""

    label: str
    name: str
    url: str
    count: int
    active: bool


def base_list() -> Response:
    """Show the certified bases."""
    county, search, number = query.county(), query.search(), query.page()
    return answered(("bases", county, search, number), lambda: _list_page(county, search, number))


def base_workbook() -> Response:
    """Send the certified bases as a workbook, narrowed as on the page."""
    county, search = query.county(), query.search()
    return answered_workbook(("bases.xlsx", county, search), lambda: _list_workbook(county, search))


def certificate(certificate_number: str) -> Response:
    """Show whether a certificate is valid, and whose it is."""
    return answered(("certificate", certificate_number), lambda: _certificate_page(certificate_number))


def _list_page(county: str, search: str, number: int) -> Answer:
    directory = read_directory(today=query.today(), county=county, search=search, page=number, size=_SIZE)
    pager = make_pager(
        directory.page,
        directory.pages,
        directory.total,
        len(directory.rows),
        _SIZE,
        "public.bases",
        county=county,
        search=search,
    )
    lines = [_line(place, base) for place, base in enumerate(directory.rows, pager.first or 1)]
    names = {code: name for code, name, _ in directory.counties}
    return page(
        "bases",
        "bases",
        groups=[(name, list(group)) for name, group in groupby(lines, key=lambda line: line.county)],
        ended=[_line(place, base) for place, base in enumerate(directory.ended, 1)],
        pills=_pills(directory, county, search),
        pager=pager,
        expired=directory.expired.get(county, 0) if county else sum(directory.expired.values()),
        county=county,
        county_name=names.get(county, ""),
        search=search,
        everything=to("public.bases"),
        without_search=to("public.bases", county=county),
        action=to("public.bases"),
        workbook=to("public.bases_workbook", county=county, search=search),
    )


def _line(number: int, base: PublicBase) -> BaseLine:
    certificate_number = base.term.certificate_number
    return BaseLine(
        number=number,
        name=base.name,
        url=to("public.certificate", certificate_number=certificate_number) if certificate_number else "",
        operator=base.operator,
        county=base.county_name,
        base_type=base_type(base.base_type),
        term=term_of(base.term),
        document_number=base.term.document_number,
        state=state_of(base),
        colour=colour_of(base),
    )


def _pills(directory: Directory, county: str, search: str) -> list[CountyLink]:
    city = gettext(N_("Whole city"))
    pills = [
        CountyLink(city, city, to("public.bases", search=search), sum(directory.counts.values()), not county)
    ]
    for code, name, short in directory.counties:
        url = to("public.bases", county=code, search=search)
        pills.append(CountyLink(short, name, url, directory.counts.get(code, 0), code == county))
    return pills


def _list_workbook(county: str, search: str) -> Answer:
    directory = read_directory(today=query.today(), county=county, search=search)
    make = row_maker(PUBLIC_BASES.fields, county_names={}, status_labels={})
    rows = [make(_cells(base)) for base in directory.rows]
    names = {code: name for code, name, _ in directory.counties}
    note = "    ".join(part for part in (names.get(county, "全市"), search, f"截至{query.today()}") if part)
    title = PUBLIC_BASES.title
    table = Table.of(PUBLIC_BASES, rows, title=title, note=note)
    return workbook(table, f"{title}-{query.today():%Y%m%d}.xlsx")


def _cells(base: PublicBase) -> dict[str, object]:
    """Return a base as the workbook's columns take it; its words are the office's, whatever the page's language."""
    return {
        "name": base.name,
        "operator": base.operator,
        "county": base.county_name,
        "base_type": base.base_type,
        "address": base.address,
        "announced_on": base.term.announced_on,
        "document_number": base.term.document_number,
        "title_first_day": base.term.first_day,
        "title_last_day": base.term.last_day,
        "certificate_number": base.term.certificate_number,
        "status": base.state.zh,
    }


def _certificate_page(number: str) -> Answer:
    certificate_ = find_certificate(number, today=query.today())
    if certificate_ is None:
        echoed = number if len(number) <= _MOST_ECHOED and number.isprintable() else ""
        return page("no_certificate", "bases", status=404, number=echoed, action=to("public.bases"))
    base = certificate_.base
    current = base.term.certificate_number
    return page(
        "certificate",
        "bases",
        base=base,
        number=certificate_.number,
        replaced=certificate_.replaced,
        current=current,
        current_url=to("public.certificate", certificate_number=current) if current else "",
        state=state_of(base),
        colour=colour_of(base),
        base_type=base_type(base.base_type),
        term=term_of(base.term),
        next_term=base.next_term,
        next_term_words=term_of(base.next_term) if base.next_term else "",
        earlier=[(term, term_of(term)) for term in base.earlier_terms],
        papers=[
            (paper, to("public.notice", paper_id=paper.id))
            for paper in papers_of_base(base.id, today=query.today())
        ],
        back=to("public.bases", county=base.county),
        more=[
            (gettext(field.label), _shown(show(field, value, zh=query.language() != query.ENGLISH), field))
            for field, value in base.more
        ],
    )


def _shown(text: str, field: Field) -> str:
    """Return a value with its unit; words of a closed list come as message ids."""
    words = gettext(text) if field.choices and text else text
    return f"{words} {gettext(field.unit)}" if field.unit and text else words
