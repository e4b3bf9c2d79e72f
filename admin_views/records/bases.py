"""The demonstration bases."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.applications.labels import begin_action
from admin_views.records.page import fact, related_table
from admin_views.records.view import RecordView
from admin_views.shared.articles import article_of
from admin_views.shared.guard import current_actor
from admin_views.shared.request_context import today
from admin_views.shared.view_models import Action, Fact, RelatedTable, figure
from documents.records.ledger_entry import LedgerEntry
from documents.records.service_partner import ServicePartner
from documents.records.tenant_company import TenantCompany
from forms.record import RecordForm
from office.tables.assessment import floored
from rules.access import Permission
from rules.titles import TitleState
from rules.words import N_
from schema.bases import TERM_KEYS, TITLE_KEYS, running_term, with_running_term
from schema.ledger_entries import LEDGER_ENTRIES
from schema.service_partners import SERVICE_PARTNERS
from schema.tenant_companies import TENANT_COMPANIES
from services.assessment.counted import SATISFIED
from services.assessment.rule_sets import set_shown
from services.assessment.satisfaction import satisfaction_of
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


class BaseView(RecordView):
    """Bases: who runs them, what they have, the title and its term."""

    collection = "bases"
    shown_keys = ("status", "earlier_terms", *TERM_KEYS)

    def shown(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return a base with the term that runs today: a renewed one begins when it has ended (Art. 16)."""
        return with_running_term(raw, today())

    def make_form(self, raw: Mapping[str, Any], typed: Any = None) -> RecordForm:
        """Return the form; without the title for those who may not record one."""
        form = super().make_form(raw, typed)
        if not current_actor().may(Permission.RECORD_TITLES):
            form.drop(TITLE_KEYS)
        return form

    def days_left(self, raw: Mapping[str, Any]) -> int | None:
        """Return how many days the title is still valid, the last one included; negative when past."""
        last = raw.get("title_last_day")
        return (last.date() - today()).days if last and raw.get("status") == "certified" else None

    def due_line(self, raw: Mapping[str, Any]) -> tuple[str, str]:
        """Return what the title asks for: renewal in its year of expiry (Art. 16)."""
        if self.days_left(raw) is None:
            return "", ""
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
            made.append(fact(N_("Days left"), f"{left:,}", N_("days"), note=note, tone=tone))
        staying = TenantCompany.objects.visible_to(actor).in_base(base).having("status", ["housed"])
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
            fact(N_("Full-time service staff"), raw.get("service_staff"), N_("people")),
        ]
        return tuple(made)  # fmt: skip

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
            Action(gettext(N_("Timeline")), url_for("timeline.index", id=base), icon="history"),
        ]
        if (begin := begin_action(raw)) is not None:
            made.append(begin)
        if actor.may(Permission.WRITE) and raw["status"] == "certified":
            made.append(
                Action(gettext(N_("File a change")), url_for("change_filings.new", base=base), icon="edit")
            )
        if raw["status"] != "uncertified" and actor.may(Permission.DECIDE_APPLICATIONS):
            label = N_("Revoke or cancel …") if raw["status"] == "certified" else N_("Restore the title …")
            made.append(Action(gettext(label), url_for("revocation.new", base=base), "danger", "revoke"))
        return tuple(made)

    def subtitle(self, raw: Mapping[str, Any]) -> str:
        """Return operator and document number."""
        shown, keys = self.shown(raw), ("operator", "document_number")
        return " · ".join(shown[key] for key in keys if shown.get(key))

    def related(self, raw: Mapping[str, Any]) -> tuple[RelatedTable, ...]:
        """Return the base's companies, partners and entries."""
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
                N_("Service ledger"), LEDGER_ENTRIES, LedgerEntry.objects.visible_to(actor).in_base(base),
                keys=("served_on", "function", "activity", "request", "company_times", "status"), order=by_day,
                query=f"?base={base}", new_url=url_for("ledger_entries.create_view", base=base),
                empty=N_("No service has been recorded yet."),
            ),
        )  # fmt: skip
