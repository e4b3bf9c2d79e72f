"""What anyone may read of the bases: only public states of the title, only the keys named here; nothing is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bson import ObjectId

from documents.desk.audit_entry import read_head
from documents.publication import bases
from documents.publication.bases import CERTIFIED, StoredPublicBase
from documents.publication.public_search import public_clause
from documents.records.office_state import OfficeState, StatusWord, read_office_state
from documents.revocation.decision import Decision
from rules.choices import Choice
from rules.decisions import TITLE_AFTER
from rules.grounds import DecisionKind
from rules.personal_numbers import mask_all
from rules.titles import Term
from rules.words import N_
from schema.bases import running_term, terms_of
from schema.field import Field
from schema.registry import REGISTRY
from services.shared.office_day import office_day

# What a public page has a place of its own for.
_TOLD = frozenset(
    {
        "name", "operator", "county", "base_type", "address", "status", "announced_on", "document_number",
        "title_first_day", "title_last_day", "certificate_number", "former_names",
    }
)  # fmt: skip
_MOST_ENDED = 200  # of the second list
_MOST_NUMBER = 40  # characters of a certificate number


class TitleState(Choice):
    """How a title stands on a day. An ended one is cancelled or revoked: the office's dictionary has its word."""

    VALID = "valid", N_("Valid"), "有效"
    NOT_BEGUN = "not-begun", N_("Not yet in force"), "未生效"
    RENEWAL = "renewal", N_("Under renewal review"), "复核中"
    EXPIRED = "expired", N_("Expired"), "已到期"
    ENDED = "ended", N_("No longer valid"), "已失效"


def title_state(
    status: str, first: date | None, last: date | None, *, under_renewal: bool, today: date
) -> TitleState:
    """Return how a public title stands: one under renewal review stays certified meanwhile (Art. 16)."""
    if status != CERTIFIED:
        return TitleState.ENDED
    if under_renewal:
        return TitleState.RENEWAL
    if last is not None and last < today:
        return TitleState.EXPIRED
    if first is not None and today < first:
        return TitleState.NOT_BEGUN
    return TitleState.VALID


@dataclass(frozen=True)
class PublicBase:
    """One base as anyone may know it. `county` and `base_type` are codes; `uscc` only with a certificate.

    With a certificate `operator` and `uscc` are those of whom it was issued to, `later_operators` who came after, since
    when: two legal persons are never told as one (Art. 15).

    `term` is the one that runs; `next_term` a renewed one that follows it.
    """

    id: ObjectId
    name: str
    operator: str
    county: str
    county_name: str
    base_type: str
    address: str
    term: Term
    status: StatusWord
    state: TitleState
    former_names: tuple[str, ...] = ()
    uscc: str = ""
    later_operators: tuple[tuple[date, str], ...] = ()
    earlier_terms: tuple[Term, ...] = ()
    next_term: Term | None = None
    more: tuple[
        tuple[Field, Any], ...
    ] = ()  # what the declaration makes public beside, with its stored value


@dataclass(frozen=True)
class Stamp:
    """Which state of the office an answer was made from: every write of the office moves it."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Directory:
    """One page of the certified bases, whose `total` it says; `ended` apart.

    `counts` has the titles that are valid today, `expired` those whose term has ended without a decision yet: both by
    county code, whatever the county asked for.
    """

    rows: tuple[PublicBase, ...]
    counties: tuple[tuple[str, str, str], ...]
    counts: Mapping[str, int]
    expired: Mapping[str, int]
    total: int
    page: int
    pages: int
    ended: tuple[PublicBase, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """The base that a certificate number leads to; `replaced`: the number is that of an earlier term."""

    number: str
    base: PublicBase
    replaced: bool


def read_stamp() -> Stamp:
    """Return the present state, in one command."""
    return Stamp(*read_head())


def read_directory(
    *, today: date, county: str = "", search: str = "", page: int = 1, size: int = 0
) -> Directory:
    """Return one page of the certified bases in the office's order of counties; all of them for a `size` of 0."""
    state = read_office_state()
    public, words = _public(state, today), public_clause(search)
    whole = bases.narrowed(public, certified=True, search=words)
    listed = Counter(bases.public_counts(whole))
    not_valid = _not_valid(whole, today)
    counts = listed - sum(not_valid.values(), Counter())
    total = listed[county] if county else listed.total()
    pages = max(1, -(-total // size)) if size else 1
    page = min(max(page, 1), pages)
    order = [code for code, _, _ in state.counties]
    certified = bases.narrowed(public, certified=True, search=words, county=county)
    rows = bases.public_rows(certified, order, skip=(page - 1) * size, limit=size)
    others = bases.narrowed(public, certified=False, search=words, county=county)
    ended = bases.public_rows(others, order, limit=_MOST_ENDED)
    return Directory(
        _public_bases(rows, state, today), state.counties, counts, not_valid[TitleState.EXPIRED], total, page,
        pages, _public_bases(ended, state, today),
    )  # fmt: skip


def _not_valid(clause: Mapping[str, Any], today: date) -> dict[TitleState, Counter[str]]:
    """Return how many titles are not valid today, or not yet, by state and county."""
    rows = bases.not_in_term(dict(clause), today)
    renewing = bases.under_renewal(row["_id"] for row in rows)
    counts: dict[TitleState, Counter[str]] = {TitleState.EXPIRED: Counter(), TitleState.NOT_BEGUN: Counter()}
    for row in rows:
        state = _state(row, running_term(row, today)[0] or Term(), today, row["_id"] in renewing)
        if state in counts:
            counts[state][row["county"]] += 1
    return counts


def find_certificate(number: str, *, today: date) -> Certificate | None:
    """Return the public base that bears or bore this certificate number; None when none does."""
    wanted = number.strip()
    if not wanted or len(wanted) > _MOST_NUMBER or not wanted.isprintable():
        return None
    state = read_office_state()
    public, numbers = _public(state, today), list(dict.fromkeys((wanted, wanted.upper())))
    for earlier in (False, True):
        row = bases.with_certificate(public, numbers, earlier=earlier)
        if row is not None:
            row["status"] = _standing(row)
            (base,) = _public_bases([row], state, today)
            base = _as_issued(base, row)
            certificates = {base.term.certificate_number.upper()}
            if base.next_term is not None:
                certificates.add(base.next_term.certificate_number.upper())
            return Certificate(wanted, base, replaced=wanted.upper() not in certificates)
    return None


# --- How it is read ------------------------------------------------------------------------------


def _public(state: OfficeState, today: date) -> dict[str, Any]:
    """Return the filter of what anyone may know of: a public state of the title, announced by today."""
    statuses = state.statuses.get("bases", {})
    return bases.public_on(today, [code for code, word in statuses.items() if word.public])


def _public_bases(
    rows: Sequence[StoredPublicBase], state: OfficeState, today: date
) -> tuple[PublicBase, ...]:
    renewing = bases.under_renewal(row["_id"] for row in rows if row.get("status") == CERTIFIED)
    return tuple(_public_base(row, state, today, row["_id"] in renewing) for row in rows)


def _as_issued(base: PublicBase, raw: StoredPublicBase) -> PublicBase:
    """Return a base with the operator that its certificate was issued to, and those after it apart."""
    announced = base.term.announced_on
    later = [
        change for change in raw.get("operator_changes") or ()
        if announced is None or office_day(change["accepted_at"]) >= announced
    ]  # fmt: skip
    if not later:
        return base
    names = [*(change["operator"] for change in later[1:]), raw.get("operator") or ""]
    days = [change["changed_on"].date() for change in later]
    return replace(
        base,
        operator=mask_all(later[0]["operator"]),
        uscc=later[0]["uscc"],
        later_operators=tuple((day, mask_all(name)) for day, name in zip(days, names, strict=True)),
    )


def _standing(raw: StoredPublicBase) -> str:
    """Return the state of a title; what a decision has ended since its announcement is told as that, come what may."""
    decision = Decision.standing_endings([raw["_id"]]).get(raw["_id"])
    announced = raw.get("announced_on")
    if decision is None or (announced is not None and decision["dated"] < announced):
        return raw["status"]
    return TITLE_AFTER[next(kind for kind in DecisionKind if kind.value == decision["kind"])]


def _public_base(raw: StoredPublicBase, state: OfficeState, today: date, under_renewal: bool) -> PublicBase:
    """Return a base as anyone may read it; records change after a list was published, so numbers are masked here."""
    terms = terms_of(raw)
    running, follows = running_term(raw, today)
    term, status = running or Term(), raw["status"]
    return PublicBase(
        id=raw["_id"],
        name=mask_all(raw.get("name") or ""),
        operator=mask_all(raw.get("operator") or ""),
        county=raw.get("county") or "",
        county_name=state.county_names.get(raw.get("county", ""), ""),
        base_type=raw.get("base_type") or "",
        address=mask_all(raw.get("address") or ""),
        term=term,
        status=state.statuses["bases"][status],
        state=_state(raw, term, today, under_renewal),
        former_names=tuple(
            mask_all(str(name)) for name in raw.get("former_names") or () if name != raw.get("name")
        ),
        uscc=raw.get("uscc") or "",
        earlier_terms=tuple(earlier for earlier in reversed(terms[:-1]) if earlier is not term),
        next_term=follows,
        more=tuple(
            (field, mask_all(value) if isinstance(value, str) else value)
            for field in REGISTRY["bases"].fields
            if field.public and field.key not in _TOLD and (value := dict(raw).get(field.key)) is not None
        ),
    )


def _state(raw: StoredPublicBase, term: Term, today: date, under_renewal: bool) -> TitleState:
    return title_state(raw["status"], term.first_day, term.last_day, under_renewal=under_renewal, today=today)
