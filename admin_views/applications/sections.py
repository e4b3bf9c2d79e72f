"""The sections of an application's page: materials, county review, letter, expert review, decision."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from admin_views.applications.labels import may_take, shows_result
from admin_views.applications.shared import PICTURES, FilesBySlot, file_place
from admin_views.applications.snapshot import further_lines
from admin_views.applications.view_models import (
    DimensionRow,
    ExpertRow,
    ExpertsSection,
    FilePlace,
    FormSectionView,
    InnovationItem,
    InnovationsSection,
    MaterialRow,
    MaterialsSection,
    ReviewSection,
)
from admin_views.assessment.page import TONES, check_lines
from admin_views.assessment.view_models import CheckLine
from admin_views.publication.labels import missing_indicators
from admin_views.shared.articles import article_of
from admin_views.shared.files import HINT
from admin_views.shared.guard import current_actor
from admin_views.shared.history import name_of
from admin_views.shared.request_context import shown_moment
from admin_views.shared.retry_state import RetryState
from admin_views.shared.view_models import Item, Link, badge, figure
from documents.applications.application import CountyReview, OnSiteCheck, StoredApplication
from forms.applications import ConcludeForm, ReviewForm, day_of, innovations_form
from forms.sentences import sentence
from office.application_forms.form_text import FormFacts
from rules.access import Permission
from rules.applications import Stage, Verb
from rules.assessment.checklist import CheckState, Condition
from rules.assessment.indicators import VERIFIED
from rules.innovations import PLACES, Aspect, slot_of
from rules.materials import (
    DECISION,
    EXPERT_ON_SITE,
    ON_SITE,
    SCORE_SHEETS,
    Material,
    characters,
)
from rules.materials import (
    FORM as FORM_PLACE,
)
from rules.rule_sets.measures import Measures
from rules.rule_sets.provisions import condition_key
from rules.scoring import Average, ScoreSheet
from rules.words import N_
from schema.application_form import MOST_CHARACTERISTICS
from services.applications.application_form import asked_fields, is_filled
from services.applications.county_review import OTHER
from services.applications.expert_review import average_of
from services.applications.innovations import innovations_text, shown_innovations
from services.applications.materials_lists import MaterialList
from services.applications.steps import last_step, stage_of
from services.assessment.checklist import read_checklist

MATERIALS, REVIEW, EXPERTS, FORM = "materials", "review", "experts", "application-form"
INNOVATIONS = "innovations"


def _own(retry: RetryState | None, section: str) -> RetryState | None:
    """Return what a form could not carry out where it is the form of this section."""
    return retry if retry and retry.section == section else None


def _version(raw: StoredApplication, retry: RetryState | None) -> int:
    return retry.version if retry and retry.version is not None else raw["version"]


# --- The ten materials ---------------------------------------------------------------------------


def materials_section(
    raw: StoredApplication,
    files: FilesBySlot,
    lists: Mapping[Material, MaterialList],
    measures: Measures,
    retry: RetryState | None,
) -> MaterialsSection:
    """Return the checklist of Art. 11; a form for who may hand in. `lists` are those that the records hold."""
    retry = _own(retry, MATERIALS)
    editable = may_take(raw, Verb.SUBMIT)
    typed = retry.values if retry else {}
    stored_cases = raw.get("cases") or ""
    cases = str(typed.get("cases", stored_cases))
    returned = stage_of(raw) is Stage.RETURNED
    reasons = raw.get("returned", {}).get("reasons", {}) if returned else {}
    rows = tuple(
        _material(raw, material, files, lists.get(material), editable, reasons, retry, cases)
        for material in Material
    )
    in_files = sum(entry.get("characters", 0) for entry in files.get(Material.CASES.value, ()))
    return MaterialsSection(
        rows=rows,
        there=sum(row.there for row in rows),
        cases=cases,
        cases_count=characters(cases) + in_files,
        cases_most=measures.case_characters,
        cases_in_files=in_files,
        article=article_of("materials", measures),
        characteristics=str(typed.get("characteristics", raw.get("characteristics") or "")),
        characteristics_most=MOST_CHARACTERISTICS,
        innovations_article=article_of("innovations", measures),
        innovations=_innovations_form(raw, files, measures, retry) if editable else None,
        characteristics_problem=_sentences(retry, "characteristics"),
        sealed=bool(typed.get("sealed", raw.get("sealed"))),
        action=url_for("applications.materials", id=raw["_id"]) if editable else "",
        version=_version(raw, retry),
        submit_label=gettext(N_("Submit again")) if returned else gettext(N_("Submit to the county review")),
        cases_problem=_sentences(retry, "cases"),
        sealed_problem=_sentences(retry, "sealed"),
        theirs=stored_cases if retry and retry.is_stale and stored_cases != cases else "",
        other_reason=reasons.get(OTHER, ""),
        file_hint=gettext(HINT),
    )


def _material(
    raw: StoredApplication,
    material: Material,
    files: FilesBySlot,
    made: MaterialList | None,
    editable: bool,
    reasons: Mapping[str, str],
    retry: RetryState | None,
    cases: str,
) -> MaterialRow:
    place = file_place(material.value, gettext(material.label), files, open_to=editable, retry=retry)
    is_cases = material is Material.CASES
    is_typed = is_cases and bool(cases.strip())
    is_listed = made is not None and made.count > 0
    note = gettext(N_("typed below")) if is_typed and not place.files else ""
    if made is not None and is_listed:
        note = gettext(N_("listed: %(count)s"), count=f"{made.count:,}")
    return MaterialRow(
        number=material.number,
        place=place,
        there=bool(place.files) or is_typed or is_listed,
        reason=reasons.get(material.value, ""),
        note=note,
        lists=_list_links(raw, material) if is_listed else (),
        is_cases=is_cases,
        is_statement=material is Material.STATEMENT,
    )


def _list_links(raw: StoredApplication, material: Material) -> tuple[Link, ...]:
    """Return where the list that the records hold of a material can be fetched."""
    return tuple(
        Link(
            f".{ending}",
            url_for("applications.material_list", id=raw["_id"], material=material.value, format=ending),
        )
        for ending in ("xlsx", "docx")
    )


# --- The innovations of Art. 8 -----------------------------------------------------------------


def innovations_section(
    raw: StoredApplication, files: FilesBySlot, measures: Measures
) -> InnovationsSection | None:
    """Return the innovations as they are read; None without any, and where they stand in the form of the materials."""
    innovations = shown_innovations(raw)
    if not innovations or may_take(raw, Verb.SUBMIT):
        return None
    items = []
    for stored in innovations:
        aspect = Aspect.worded(stored["aspect"]) if stored["aspect"] else None
        place = file_place(slot_of(stored["place"]), gettext(N_("Evidence")), files, open_to=False)
        items.append(
            InnovationItem(
                stored["place"], gettext(aspect.label) if aspect else "", stored["title"], stored["description"], place
            )
        )  # fmt: skip
    return InnovationsSection(article_of("innovations", measures), tuple(items))


def _innovations_form(
    raw: StoredApplication, files: FilesBySlot, measures: Measures, retry: RetryState | None
) -> InnovationsSection:
    """Return the ten places for innovations, as fields; those that hold anything, and the next one, are open."""
    innovations = raw.get("innovations") or ()
    form = retry.form if retry and retry.form else innovations_form(stored=innovations)
    items, has_blank = [], False
    for place in PLACES:
        slot = slot_of(place)
        of_files = file_place(
            slot,
            gettext(N_("Evidence of innovation %(number)d"), number=place),
            files,
            open_to=True,
            retry=retry,
        )
        is_used = form.is_typed_at(place) or bool(of_files.files or of_files.problem)
        is_next = not is_used and not has_blank
        has_blank = has_blank or is_next
        items.append(
            InnovationItem(
                place, "", form.at(place)["title"]._value(), "", of_files, tuple(form.at(place).values()),
                is_open=is_used or is_next,
            )
        )  # fmt: skip
    theirs = innovations_text(innovations) if retry and retry.is_stale else ""
    return InnovationsSection(article_of("innovations", measures), tuple(items), theirs)


def _sentences(retry: RetryState | None, field: str) -> str:
    return " ".join(sentence(refusal) for refusal in retry.beside(field)) if retry else ""


# --- The form of Art. 10 ---------------------------------------------------------------------------


def form_section(
    raw: StoredApplication,
    facts: FormFacts,
    files: FilesBySlot,
    measures: Measures,
    retry: RetryState | None,
) -> FormSectionView:
    """Return the form: what it knows already, where it is fetched, where it is sent back."""
    editable = may_take(raw, Verb.SUBMIT)
    asked = asked_fields(facts)
    blank = [field for field in asked if not is_filled(facts, field)]
    downloads = tuple(
        Link(f".{ending}", url_for("applications.form_file", id=raw["_id"], format=ending), icon="download")
        for ending in ("docx", "xlsx", "pdf")
    )
    return FormSectionView(
        title=gettext(facts.kind.label),
        article=article_of("application", measures),
        filled=len(asked) - len(blank),
        asked=len(asked),
        blank=tuple(gettext(field.column.label) for field in blank),
        downloads=downloads,
        place=file_place(FORM_PLACE, gettext(N_("Forms that came back")), files, open_to=False),
        characteristics=raw.get("characteristics") or "",
        action=url_for("applications.form_read", id=raw["_id"]) if editable else "",
        problem=_sentences(_own(retry, FORM), FORM_PLACE),
    )


# --- County review -------------------------------------------------------------------------------


def review_section(
    raw: StoredApplication, files: FilesBySlot, measures: Measures, year: int, retry: RetryState | None
) -> ReviewSection | None:
    """Return the county's review: a form while it is due, else what was found; None before that.

    `year` is the one whose operating conditions are verified.
    """
    retry = _own(retry, REVIEW)
    review, editable = raw.get("review", {}), may_take(raw, Verb.PASS)
    photos = file_place(
        ON_SITE, gettext(N_("Photos of the on-site check")), files, open_to=editable, retry=retry, accept=PICTURES,
        hint=gettext(N_(".jpg or .png, several at once.")),
    )  # fmt: skip
    if editable:
        return ReviewSection(
            place=replace(photos, must=True),
            # What the county verifies itself may have changed since the hand-in: it stands in a part of its own.
            failing=missing_indicators(raw, apart_from=VERIFIED),
            form=retry.form if retry and retry.form else _filled_review(review),
            action=url_for("applications.review", id=raw["_id"]),
            version=_version(raw, retry),
            return_url=url_for("applications.give_back", id=raw["_id"]),
            name=raw["base_name"],
            article=article_of("county_review", measures),
            checks=check_lines(read_checklist(raw["base"], year), raw["base"], measures),
            checks_article=article_of("conditions", measures),
            checks_url=url_for("checklist.edit", id=raw["base"], year=year),
            registration_url=url_for("registration.edit", id=raw["base"]),
        )
    if not review and not photos.files:
        return None
    return ReviewSection(
        place=photos,
        items=_review_items(review),
        state=_result_badge(review),
        name=raw["base_name"],
        article=article_of("county_review", measures),
        checks=_frozen_checks(review, measures),
        checks_article=article_of("conditions", measures),
        further=further_lines(review.get("further", ()), raw.get("submission", {}).get("base", {})),
    )


def _frozen_checks(review: CountyReview, measures: Measures) -> tuple[CheckLine, ...]:
    """Return what was found of each operating condition when the county reviewed it; () before that."""
    checks = review.get("checks")
    if checks is None:
        return ()
    lines = []
    for condition in Condition:
        check = checks.get(condition.value)
        state = CheckState.worded(check["state"]) if check else None
        lines.append(
            CheckLine(
                gettext(condition.label), article_of(condition_key(condition), measures),
                gettext((state or CheckState.UNKNOWN).label), TONES[state or CheckState.UNKNOWN],
                check["remark"] if check else "", tuple(Link(name, "") for name in check["files"]) if check else (),
            )
        )  # fmt: skip
    return tuple(lines)


def _filled_review(review: CountyReview) -> ReviewForm:
    check = review.get("on_site", {})
    values = {"people": check.get("people"), "findings": check.get("findings")}
    return ReviewForm(data=values | {"checked_on": day_of(check.get("checked_on"))})


def _on_site_items(check: OnSiteCheck) -> tuple[Item, ...]:
    day = check.get("checked_on")
    return (
        Item(gettext(N_("Day of the on-site check")), f"{day:%Y-%m-%d}" if day else ""),
        Item(gettext(N_("Present at the check")), check.get("people")),
        Item(gettext(N_("What was found")), check.get("findings"), wide=True),
    )


def _review_items(review: CountyReview) -> tuple[Item, ...]:
    items = [*_on_site_items(review.get("on_site", {}))]
    if review.get("result"):
        reviewer = f"{name_of(review.get('by_name'))} {shown_moment(review.get('at'))}"
        items += [
            Item(gettext(N_("Opinion of the county")), review.get("opinion"), wide=True),
            Item(gettext(N_("Reviewed by")), reviewer),
        ]
    return tuple(items)


def _result_badge(review: CountyReview) -> Markup:
    if review.get("result") == Verb.PASS.value:
        return badge(gettext(N_("Passed")), "green")
    return badge(gettext(N_("Not passed")), "red") if review.get("result") else Markup("")


# --- Expert review -------------------------------------------------------------------------------


def experts_section(
    raw: StoredApplication,
    sheet: ScoreSheet,
    files: FilesBySlot,
    measures: Measures,
    retry: RetryState | None,
) -> ExpertsSection | None:
    """Return the expert review: a form while it runs, else what was found; None before the recommendation.

    Each expert's scores are for the city alone; a county reads the conclusion once it is public.
    """
    if last_step(raw, Verb.RECOMMEND) is None:
        return None
    dimensions = tuple(
        DimensionRow(line.label, figure(line.weight), line.of_innovations) for line in sheet.dimensions
    )
    article = article_of("expert_review", measures)
    if current_actor().county is not None:
        return replace(_experts_for_a_county(raw, dimensions), article=article)
    retry = _own(retry, EXPERTS)
    editable, average = may_take(raw, Verb.CONCLUDE), average_of(raw, sheet)
    form = None
    if editable:
        form = retry.form if retry and retry.form else _filled_conclusion(raw)
    return ExpertsSection(
        dimensions=dimensions,
        rows=_expert_rows(raw, sheet, average, editable),
        average=f"{average.value:.2f}" if average else "",
        note=_average_note(raw, sheet, average, editable),
        places=_expert_places(files, editable, retry),
        items=() if editable else _conclusion_items(raw),
        form=form,
        action=url_for("applications.experts", id=raw["_id"]) if editable else "",
        version=_version(raw, retry),
        add_url=url_for("applications.expert", id=raw["_id"]) if editable else "",
        name=raw["base_name"],
        article=article,
        papers=_expert_papers(raw),
    )


def _expert_papers(raw: StoredApplication) -> tuple[Link, ...]:
    """Return the papers of the review, for who may decide on it, once somebody has scored."""
    if not raw.get("experts") or not current_actor().may(Permission.DECIDE_APPLICATIONS):
        return ()
    papers = (
        (N_("Score sheet (.docx)"), "score_sheet"),
        (N_("Score sheet (PDF)"), "score_sheet_pdf"),
        (N_("Opinion of the experts (.docx)"), "review_opinion"),
        (N_("Opinion of the experts (PDF)"), "review_opinion_pdf"),
    )
    return tuple(
        Link(gettext(label), url_for(f"applications.{endpoint}", id=raw["_id"])) for label, endpoint in papers
    )


def _experts_for_a_county(raw: StoredApplication, dimensions: tuple[DimensionRow, ...]) -> ExpertsSection:
    conclusion = raw.get("conclusion", {})
    if not conclusion or not shows_result(raw):
        hidden = gettext(N_("The experts' scores and opinions are the city's until the result is public."))
        return ExpertsSection(dimensions=dimensions, rows=(), average="", note="", places=(), hidden=hidden)
    average = conclusion.get("average")
    opinion = Item(gettext(N_("Joint opinion of the experts")), conclusion.get("opinion"), wide=True)
    return ExpertsSection(
        dimensions=dimensions,
        rows=(),
        average=f"{average:.2f}" if average is not None else "",
        note="",
        places=(),
        items=(opinion,),
    )


def _expert_rows(
    raw: StoredApplication, sheet: ScoreSheet, average: Average | None, editable: bool
) -> tuple[ExpertRow, ...]:
    dropped = average.dropped if average else ()
    return tuple(
        ExpertRow(
            place=place,
            name=expert["name"],
            organization=expert.get("organization", ""),
            points=tuple(figure(expert["scores"].get(line.key), 2) for line in sheet.dimensions),
            total=f"{float(round(Fraction(str(expert['total'])), 2)):.2f}",
            opinion=expert.get("opinion", ""),
            dropped=place in dropped,
            edit_url=url_for("applications.expert", id=raw["_id"], place=place) if editable else "",
        )
        for place, expert in enumerate(raw.get("experts", ()))
    )


def _average_note(raw: StoredApplication, sheet: ScoreSheet, average: Average | None, editable: bool) -> str:
    count, sentences = len(raw.get("experts", ())), []
    if average and average.dropped:
        sentences.append(
            gettext(
                N_("%(counted)d of %(count)d totals counted: one highest and one lowest are dropped."),
                counted=average.counted, count=count,
            )
        )  # fmt: skip
    if editable and count < sheet.least_experts:
        sentences.append(
            gettext(N_("At least %(least)d experts; %(more)d more."), least=sheet.least_experts,
                    more=sheet.least_experts - count)
        )  # fmt: skip
    if sheet.pass_score is not None:
        sentences.append(gettext(N_("Pass line %(line)d."), line=sheet.pass_score))
    return " ".join(sentences)


def _expert_places(files: FilesBySlot, editable: bool, retry: RetryState | None) -> tuple[FilePlace, ...]:
    labels = {
        SCORE_SHEETS: N_("Score sheets"),
        EXPERT_ON_SITE: N_("Files of the experts' on-site check"),
    }
    places = [
        file_place(slot, gettext(label), files, open_to=editable, retry=retry, hint=gettext(HINT))
        for slot, label in labels.items()
    ]
    return tuple(place for place in places if editable or place.files)


def _conclusion_items(raw: StoredApplication) -> tuple[Item, ...]:
    check, conclusion = raw.get("expert_on_site", {}), raw.get("conclusion", {})
    items = list(_on_site_items(check)) if any(check.values()) else []
    if conclusion:
        concluded_by = f"{name_of(conclusion.get('by_name'))} {shown_moment(conclusion.get('at'))}"
        items += [
            Item(gettext(N_("Joint opinion of the experts")), conclusion.get("opinion"), wide=True),
            Item(gettext(N_("Concluded by")), concluded_by),
        ]
    return tuple(items)


def _filled_conclusion(raw: StoredApplication) -> ConcludeForm:
    check, opinion = raw.get("expert_on_site", {}), raw.get("conclusion", {}).get("opinion")
    values = {"people": check.get("people"), "findings": check.get("findings"), "opinion": opinion}
    return ConcludeForm(data=values | {"checked_on": day_of(check.get("checked_on"))})


# --- Letter, decision ----------------------------------------------------------------------------


def letter_items(raw: StoredApplication) -> tuple[Item, ...]:
    """Return the letter that recommends it; () before that."""
    letter = raw.get("letter")
    if not letter:
        return ()
    return (
        Item(gettext(N_("Number of the letter")), letter["number"]),
        Item(gettext(N_("Dated")), f"{letter['dated']:%Y-%m-%d}"),
    )


def decision_items(raw: StoredApplication) -> tuple[Item, ...]:
    """Return what was decided, with the papers it stands in; () before that, and for whom it is not yet public."""
    if not shows_result(raw):
        return ()
    items: list[Item] = []
    step = last_step(raw, Verb.SELECT, Verb.DECLINE, Verb.FAIL)
    if step and stage_of(raw) not in (Stage.RECOMMENDED, Stage.SCORED):
        verb = next(verb for verb in Verb if verb.value == step["verb"])
        decided_by = f"{name_of(step.get('by_name'))} {shown_moment(step['at'])}"
        items.append(Item(gettext(N_("Preliminary result")), gettext(verb.label)))
        items.append(Item(gettext(N_("Decided by")), decided_by))
        if step.get("opinion"):
            items.append(Item(gettext(N_("Reason")), step["opinion"], wide=True))
    papers = {N_("Public notice"): raw.get("notice"), N_("Announcement"): raw.get("announcement")}
    for label, paper_id in papers.items():
        if paper_id:
            address = url_for("publication.notice", id=paper_id)
            link = Markup('<a href="%s">%s</a>') % (address, gettext(N_("Open the paper")))
            items.append(Item(gettext(label), link))
    if raw.get("certificate_number"):
        items.append(Item(gettext(N_("Certificate number")), raw["certificate_number"], align="code"))
    return tuple(items)


def decision_files(files: FilesBySlot) -> FilePlace | None:
    """Return the files of the decision, for who may read them."""
    if not files.get(DECISION) or current_actor().county is not None:
        return None
    return file_place(DECISION, gettext(N_("Files of the decision")), files, open_to=False)
