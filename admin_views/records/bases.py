"""The demonstration bases."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup

from admin_views.applications.labels import begin_action
from admin_views.imports.week import WEEK, week_address
from admin_views.records.page import fact, related_table, shown_item
from admin_views.records.view import RecordView
from admin_views.shared.articles import article_of
from admin_views.shared.guard import current_actor
from admin_views.shared.record_list import RecordList
from admin_views.shared.request_context import office_state, today
from admin_views.shared.translation import gettext
from admin_views.shared.view_models import Action, Fact, FormSection, Link, RelatedTable, Text, badge, figure
from documents.assessment.assessment_counts import staff_figures
from documents.records.ledger_entry import LedgerEntry
from documents.records.service_partner import ServicePartner
from documents.records.staff_member import StaffMember
from documents.records.tenant_company import TenantCompany
from documents.reports.change_filing import ChangeFiling
from forms.record import RecordForm
from rules.access import Permission
from rules.assessment.shares import floored
from rules.change_filings import TitleKept
from rules.errors import Refusal
from rules.titles import REGISTER_CLOSED, TITLE_ONLY_BY_PAPER, TitleSource, TitleState
from rules.words import N_
from schema.bases import (
    BASES,
    KEPT_WITH_TITLE,
    TERM_KEYS,
    TITLE_IS_THE_CITYS,
    TITLE_KEYS,
    running_term,
    with_running_term,
)
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.staff_members import STAFF_MEMBERS
from schema.tenant_companies import TENANT_COMPANIES
from services.assessment.counted import SATISFIED
from services.assessment.rule_sets import set_shown
from services.assessment.satisfaction import satisfaction_of
from services.records.earlier_titles import read_register, refusals_of_entry
from services.reports.change_filings import title_kept_of
from services.revocation.titles import states_of

NEAR_DAYS = 180  # a title that ends within half a year is shown as near
# What a title asks for, and how urgently (Art. 16).
_DUE: Mapping[TitleState, tuple[str, str]] = {
    TitleState.UNDER_RENEWAL: (N_("The title ends on %(day)s; its renewal is under way."), ""),
    TitleState.DUE_FOR_CANCELLATION: (
        N_("The title ended on %(day)s: renewal or cancellation is due (%(article)s)."),
        "due",
    ),
    TitleState.EXPIRING: (
        N_("The title ends on %(day)s: renewal must be applied for this year (%(article)s)."),
        "near",
    ),
}


def _asked_of_operator(raw: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what the title of a base that another legal person runs by now still asks for; None for nothing."""
    if not raw.get("operator_changes"):
        return None
    filing = ChangeFiling.latest_of_new_operator(raw["_id"])
    if filing is None or (kept := title_kept_of(filing)) is TitleKept.KEPT:
        return None
    if kept is None:
        return gettext(N_("Another legal person runs the base: decide whether it keeps the title.")), "near"
    sentence = N_(
        "The base does not keep the title under its new operator: a case decides on it (%(reason)s)."
    )
    return gettext(sentence, reason=filing["title_reason"]), "due"


def _earlier_mark() -> Markup:
    return badge(gettext(TitleSource.EARLIER.label), "grey")


def _status_cell(raw: Mapping[str, Any]) -> Text | None:
    status = office_state().statuses["bases"].get(raw["status"])
    shown = badge(status.label, status.colour) if status else raw["status"]
    if raw.get("title_source") != TitleSource.EARLIER.value:
        return shown
    return Markup("{} {}").format(shown, _earlier_mark())


def _register_is_open() -> bool:
    """Tell whether the register of earlier titles takes entries; read once a request."""
    if "register_is_open" not in g:
        g.register_is_open = read_register()["open"]
    return bool(g.register_is_open)


class BaseView(RecordView):
    """Bases: who runs them, what they have, the title and its term."""

    collection = "bases"
    shown_keys = ("status", "earlier_terms", "title_source", *TERM_KEYS)

    def shown(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return a base with the term that runs today: a renewed one begins when it has ended (Art. 16)."""
        return with_running_term(raw, today())

    @property
    def records(self) -> RecordList:
        """The list; its titles say which are older than the system."""
        return replace(super().records, special={"status": _status_cell})

    fixed_in_list = frozenset(KEPT_WITH_TITLE)

    def make_form(self, raw: Mapping[str, Any], typed: Any = None) -> RecordForm:
        """Return the form; with the title only for a new base, and only while the register of earlier ones is open."""
        form = super().make_form(raw, typed)
        if "_id" in raw or not self._may_bring_title():
            form.drop(TITLE_KEYS)
        return form

    def _may_bring_title(self) -> bool:
        return current_actor().may(Permission.RECORD_TITLES) and _register_is_open()

    def refusals_of_sent(self, form: RecordForm, raw: Mapping[str, Any]) -> tuple[Refusal, ...]:
        """Return why a title that was sent all the same is refused: it is given and taken by papers alone."""
        sent = [key for key in KEPT_WITH_TITLE if key in request.form and key not in form]
        if "_id" in raw:
            return (Refusal(TITLE_ONLY_BY_PAPER),) if sent else ()
        blank = ("", BASES.default_status)
        if all(request.form[key].strip() in blank for key in sent):
            return ()
        if not current_actor().may(Permission.RECORD_TITLES):
            return (Refusal(TITLE_IS_THE_CITYS),)
        return (Refusal(TITLE_ONLY_BY_PAPER if self._may_bring_title() else REGISTER_CLOSED),)

    def shown_only(self, raw: Mapping[str, Any]) -> tuple[FormSection, ...]:
        """Return the title as it stands, where it comes from, and the way to a correction of an earlier one."""
        actor = current_actor()
        if not raw:
            closed = actor.may(Permission.RECORD_TITLES) and not _register_is_open()
            return (FormSection(gettext(N_("Title")), (), gettext(REGISTER_CLOSED)),) if closed else ()
        stored = {**self.document.read(raw["_id"], actor)}
        is_earlier = stored.get("title_source") == TitleSource.EARLIER.value
        link = None
        if actor.may(Permission.RECORD_TITLES):
            if is_earlier:
                link = Link(
                    gettext(N_("Correct the earlier title …")),
                    url_for("earlier_titles.correct", id=raw["_id"]),
                )
            elif not refusals_of_entry(stored):
                link = Link(
                    gettext(N_("Enter an earlier title …")), url_for("earlier_titles.enter", id=raw["_id"])
                )
        keys = [*TITLE_KEYS, *(key for key in ("title_source", "certificate_number") if stored.get(key))]
        items = tuple(shown_item(self, BASES.field(key), stored) for key in keys)
        return (FormSection(gettext(N_("Title")), (), gettext(TITLE_ONLY_BY_PAPER), items, link),)

    def days_left(self, raw: Mapping[str, Any]) -> int | None:
        """Return how many days the title is still valid, the last one included; negative when past."""
        last = raw.get("title_last_day")
        return (last.date() - today()).days if last and raw.get("status") == "certified" else None

    def due_line(self, raw: Mapping[str, Any]) -> tuple[str, str]:
        """Return what the title asks for: renewal in its year of expiry (Art. 16)."""
        if self.days_left(raw) is None:
            return "", ""
        if (asked := _asked_of_operator(raw)) is not None:
            return asked
        _, follows = running_term(raw, today())
        if follows is not None and follows.first_day and follows.last_day:
            days = {"first": follows.first_day.isoformat(), "last": follows.last_day.isoformat()}
            return gettext(N_("Renewed: the next term runs from %(first)s to %(last)s."), **days), ""
        said = _DUE.get(states_of([raw], today())[raw["_id"]])
        if said is None:
            return "", ""
        sentence, tone = said
        return gettext(sentence, day=f"{raw['title_last_day']:%Y-%m-%d}", article=article_of("renewal")), tone

    def facts(self, raw: Mapping[str, Any]) -> tuple[Fact, ...]:
        """Return term, tenants, partners, entries of the year and staff."""
        actor, base = current_actor(), raw["_id"]
        left = self.days_left(raw)
        made = []
        if left is not None:
            tone = "due" if left < 0 else "near" if left <= NEAR_DAYS else ""
            last = self.shown(raw)["title_last_day"]
            if last != raw["title_last_day"]:
                # A renewed title goes on: the days are counted to the end of the term that follows.
                sentence = N_("present term to %(day)s, renewed to %(renewed)s")
                note = gettext(sentence, day=f"{last:%Y-%m-%d}", renewed=f"{raw['title_last_day']:%Y-%m-%d}")
            else:
                note = gettext(N_("to %(day)s"), day=f"{last:%Y-%m-%d}")
            label = N_("Days left") if left >= 0 else N_("Title ended, days ago")
            made.append(fact(label, f"{abs(left):,}", N_("days"), note=note, tone=tone))
        staying = TenantCompany.objects.visible_to(actor).in_base(base).there_on(today())
        made.append(
            fact(
                N_("Tenants now"),
                f"{staying.count():,}",
                N_("companies"),
                url=url_for("tenant_companies.index_view", base=base, status="housed"),
            )
        )
        partners = ServicePartner.objects.visible_to(actor).of_base(base).having("status", ["cooperating"])
        made.append(
            fact(
                N_("Partners now"),
                f"{partners.count():,}",
                N_("partners"),
                url=url_for("service_partners.index_view", cooperations=base, status="cooperating"),
            )
        )
        year = today().replace(month=1, day=1)
        entries = LedgerEntry.objects.visible_to(actor).in_base(base).between("served_on", year, None)
        made.append(
            fact(
                N_("Services this year"),
                f"{entries.count():,}",
                N_("entries"),
                url=url_for("ledger_entries.index_view", base=base, served_on_from=year.isoformat()),
            )
        )
        made += [
            self.satisfaction(raw),
            self._staff(raw),
        ]
        return tuple(made)  # fmt: skip

    def _staff(self, raw: Mapping[str, Any]) -> Fact:
        """Return the full-time staff: those listed with the way to them, or the typed number (Art. 5(3))."""
        base, label = raw["_id"], N_("Full-time service staff")
        members = StaffMember.objects.visible_to(current_actor()).in_base(base)
        listed = staff_figures(members, today()).get(base)
        if listed is None:
            return fact(label, raw.get("service_staff"), N_("people"))
        return fact(label, f"{listed:,}", N_("people"), url=url_for("staff_members.index_view", base=base))

    def satisfaction(self, raw: Mapping[str, Any]) -> Fact:
        """Return how satisfied the companies are this year, with the way to their answers (Art. 15)."""
        base, year = raw["_id"], today().year
        answers = satisfaction_of([base], year, set_shown(today()), today=today())[base]
        percent = answers.percent
        note = gettext(
            N_("%(satisfied)s of %(answered)s answers"),
            satisfied=figure(answers.satisfied), answered=figure(answers.answered),
        )  # fmt: skip
        return fact(
            N_("Satisfaction this year"),
            "" if percent is None else figure(floored(percent), 1),
            "" if percent is None else "%",
            url=url_for("counted.index", id=base, year=year, what=SATISFIED),
            note="" if percent is None else note,
            tone="near" if answers.is_low else "",
        )

    def more_actions(self, raw: Mapping[str, Any]) -> tuple[Action, ...]:
        """Return the ways to the base's assessment and timeline, and to what it may apply for or lose."""
        base, actor = raw["_id"], current_actor()
        made = [
            Action(gettext(N_("Assessment")), url_for("base_assessment.base", id=base), icon="status"),
            Action(gettext(N_("Pictures")), url_for("overview.base", id=base), icon="chart"),
            Action(gettext(N_("Timeline")), url_for("timeline.index", id=base), icon="history"),
        ]
        if actor.may(Permission.IMPORT):
            made.append(Action(gettext(WEEK), week_address(LEDGER_ENTRIES, base), icon="calendar"))
        if (begin := begin_action(raw)) is not None:
            made.append(begin)
        if actor.may(Permission.WRITE) and raw["status"] == "certified":
            made.append(
                Action(gettext(N_("File a change")), url_for("change_filings.new", base=base), icon="edit")
            )
        made += self._register_actions(raw)
        if raw["status"] != "uncertified" and actor.may(Permission.DECIDE_APPLICATIONS):
            label = N_("Revoke or cancel …") if raw["status"] == "certified" else N_("Restore the title …")
            made.append(Action(gettext(label), url_for("revocation.new", base=base), "danger", "revoke"))
        return tuple(made)

    def _register_actions(self, raw: Mapping[str, Any]) -> tuple[Action, ...]:
        if not current_actor().may(Permission.RECORD_TITLES):
            return ()
        if raw.get("title_source") == TitleSource.EARLIER.value:
            label, endpoint = N_("Correct the earlier title …"), "earlier_titles.correct"
        elif raw["status"] == "uncertified" and not refusals_of_entry(raw):
            label, endpoint = N_("Enter an earlier title …"), "earlier_titles.enter"
        else:
            return ()
        return (Action(gettext(label), url_for(endpoint, id=raw["_id"]), icon="edit"),)

    def state_mark(self, raw: Mapping[str, Any]) -> Text:
        """Return the mark of a title that is older than the system."""
        return _earlier_mark() if raw.get("title_source") == TitleSource.EARLIER.value else ""

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return operator and document number."""
        shown, keys = self.shown(raw), ("operator", "document_number")
        return " · ".join(shown[key] for key in keys if shown.get(key))

    def related(self, raw: Mapping[str, Any]) -> tuple[RelatedTable, ...]:
        """Return the base's companies, partners, staff and entries."""
        actor, base = current_actor(), raw["_id"]
        by_name, by_day = (("sort_key", 1), ("_id", 1)), (("served_on", -1), ("_id", -1))
        return (
            related_table(
                N_("Tenant companies"), TENANT_COMPANIES, TenantCompany.objects.visible_to(actor).in_base(base),
                keys=("name", "industry", "people", "size", "moved_in", "status"), order=by_name,
                query=f"?base={base}", new_url=url_for("tenant_companies.create_view", base=base),
                empty=N_("No company has moved in yet."),
            ),
            related_table(
                N_("Service partners"), SERVICE_PARTNERS, ServicePartner.objects.visible_to(actor).of_base(base),
                keys=("name", "functions", "contact_name", "status"), order=by_name,
                query=f"?cooperations={base}", empty=N_("No partner works with this base yet."),
            ),
            related_table(
                N_("Base staff"), STAFF_MEMBERS, StaffMember.objects.visible_to(actor).in_base(base),
                keys=("name", "position", "employment", "qualification", "status"), order=by_name,
                query=f"?base={base}", new_url=url_for("staff_members.create_view", base=base),
                empty=N_("Nobody is on the list of staff yet: the typed number counts."),
            ),
            related_table(
                N_("Service ledger"), LEDGER_ENTRIES, LedgerEntry.objects.visible_to(actor).in_base(base),
                keys=("served_on", "function", "activity", "request", "company_times", "status"), order=by_day,
                query=f"?base={base}", new_url=url_for("ledger_entries.create_view", base=base),
                empty=N_("No service has been recorded yet."),
            ),
        )  # fmt: skip
