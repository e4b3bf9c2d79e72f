"""The routes beside the collections: sign-in, settings, assessment, imports, users, and what anyone may read."""

from collections.abc import Callable
from io import BytesIO

from office.papers.default_templates import default_template
from rules.papers import PaperKind
from rules.rule_sets.measure_lines import LINES, TRANSITIONS
from rules.rule_sets.measures import CITY_2021, DecidedUnder
from schema.definitions.configuration import read_text
from schema.settings import SettingValues
from services.definitions.configuration import take_configuration
from tests.admin_views.routes import ANYONE, BOSS, CITY, SIGNED_IN, WRITERS, Call, Route, fixed, of_shen
from tests.office_with_jobs import CONFIGURED
from tests.sample_office import MADE_AT, PASSWORD, SHEN, Office, code, workbook


def reading(office: Office) -> list[Call]:
    """Upload a workbook that names 莘县's base, and one that takes 莘县's code, as a trial and for good."""
    heading = ("企业名称", "统一社会信用代码", "所属基地")
    own_base = office.one("bases", office.guan.base)["name"]
    other_base = office.one("bases", office.shen.base)["name"]
    taken = office.one("tenant_companies", office.shen.company)["uscc"]
    made = []
    for row in (("来企业", code(7000004), other_base), ("来企业", taken, own_base)):
        for trial in ({"dry_run": "1"}, {}):
            file = (workbook([heading, row]), "企业.xlsx")
            data = {"kind": "tenant-companies", "file": file, **trial}
            made.append(Call("/admin/import/", data, effect=False, says=" ".join(row)))
    return made


def acting_on_a_user(verb: str) -> Callable[[Office], list[Call]]:
    """Return the call of an act on 莘县's clerk, with the password that the administrator types for it."""
    path = verb.replace("_", "-")
    return lambda office: [
        Call(f"/admin/users/{office.users['shen']}/{path}/", {"act-own_password": PASSWORD})
    ]


def taking_a_configuration(office: Office) -> list[Call]:
    """Return the call that takes a configuration which was compared with this office's."""
    seen = take_configuration(
        read_text(CONFIGURED.decode()), dry_run=True, actor=office.actor("boss"), now=MADE_AT
    ).seen
    data = {"upload": str(office.shen.jobs.configured), "seen": seen, "own_password": PASSWORD}
    return [Call("/admin/settings/configuration/take/", data)]


def exposing_a_workbook(office: Office) -> list[Call]:
    """Return the calls that look at a kept workbook and make a collection of it."""
    kept = office.shen.jobs.exposed
    typed = {"label": "政策", "word": "policies", "name_column": "0", "scope": "county", "scope_column": "1"}
    return [Call(f"/admin/settings/exposing/{kept}/"), Call(f"/admin/settings/exposing/{kept}/", typed)]


SHIPPED_FIELD = "/admin/settings/fields/tenant-companies/shipped/"
OWN_FIELD = "/admin/settings/fields/tenant-companies/own_zhuanlishu/"
OWN_COLLECTION = "/admin/settings/collections/visits/"
OWN_CONDITION = "/admin/settings/conditions/tenant-companies/rule1/"


# What a form of a rule set sends; written out, since no page is open here.
RULES_TYPED = {
    "title": "新办法", "level": "city", "first_day": "2026-12-04", "base_summary_by": "01-10",
    "county_summary_by": "01-20", "information__online": "y",
    **{line.key: DecidedUnder.EARLIER.value for line in TRANSITIONS},
    **{line.name: str(line.asked(CITY_2021)) for line in LINES if not line.yes_no},
}  # fmt: skip
SETTINGS_TYPED = {key: str(value) for key, value in SettingValues().by_key().items()}
DRAFT = "/admin/rule-sets/city-2026"  # of the sample
RULES: dict[str, Route] = {
    "succession.begin": Route(
        CITY,
        fixed(
            Call("/admin/succession/"), Call("/admin/succession/", {"title": "新办法", "text": "第一条 甲。"})
        ),
    ),
    "succession.text": Route(
        CITY,
        fixed(
            Call("/admin/succession/city-2026/text/"),
            Call("/admin/succession/city-2026/text/", {"text": "第一条 甲。", "version": "1"}),
        ),
    ),
    "succession.heading": Route(
        CITY,
        fixed(
            Call("/admin/succession/city-2026/heading/"),
            Call("/admin/succession/city-2026/heading/", {**RULES_TYPED, "version": "1"}),
        ),
    ),
    "succession.figures": Route(
        CITY,
        fixed(
            Call("/admin/succession/city-2026/figures/"),
            Call(
                "/admin/succession/city-2026/figures/", {"take": "tenants", "tenants": "30", "version": "1"}
            ),
        ),
    ),
    "succession.articles": Route(
        CITY,
        fixed(
            Call("/admin/succession/city-2026/articles/"),
            Call("/admin/succession/city-2026/articles/", {"article-notice": "第十二条", "version": "1"}),
        ),
    ),
    "succession.what_if": Route(CITY, fixed(Call("/admin/succession/city-2026/what-if/"))),
    "succession.export": Route(CITY, fixed(Call("/admin/succession/city-2026/what-if/export/"))),
    "sent_forms.status": Route(SIGNED_IN, fixed(Call("/admin/sent/none"))),
    "rule_sets.index": Route(SIGNED_IN, fixed(Call("/admin/rule-sets/"))),
    "rule_sets.show": Route(SIGNED_IN, fixed(Call("/admin/rule-sets/city-2021/"))),
    "rule_sets.new": Route(
        CITY, fixed(Call("/admin/rule-sets/new/?start=city-2021"), Call("/admin/rule-sets/new/", RULES_TYPED))
    ),
    "rule_sets.edit": Route(
        CITY,
        fixed(
            Call(f"{DRAFT}/edit/"),
            Call(f"{DRAFT}/edit/", RULES_TYPED | {"version": "1"}),
        ),
    ),
    "rule_sets.delete": Route(
        CITY, fixed(Call(f"{DRAFT}/delete/"), Call(f"{DRAFT}/delete/", {"version": "1"}))
    ),
    "rule_sets.begin": Route(
        BOSS, fixed(Call(f"{DRAFT}/put-in-force/"), Call(f"{DRAFT}/put-in-force/", {"version": "1"}))
    ),
    "rule_sets.last_day": Route(
        BOSS,
        fixed(
            Call("/admin/rule-sets/city-2021/last-day/"),
            Call("/admin/rule-sets/city-2021/last-day/", {"last_day": "2030-12-03", "version": "0"}),
        ),
    ),
    "what_if.index": Route(
        CITY, fixed(Call("/admin/what-if/?year=2026"), Call("/admin/what-if/?draft=nation-2016"))
    ),
    "what_if.export": Route(CITY, fixed(Call("/admin/what-if/export/?year=2026"))),
    "calendar.index": Route(SIGNED_IN, fixed(Call("/admin/calendar/"))),
    "calendar.show": Route(SIGNED_IN, fixed(Call("/admin/calendar/2026/"))),
    "calendar.save": Route(
        BOSS,
        fixed(Call("/admin/calendar/2027/save", {"holidays": "2027-01-01", "workdays": "", "version": "0"})),
    ),
    "calendar.drop": Route(BOSS, fixed(Call("/admin/calendar/2027/drop", {"version": "1"}, effect=False))),
    "ledger_quality.index": Route(
        SIGNED_IN,
        fixed(
            *(
                Call(f"/admin/ledger-quality/?{query}")
                for query in ("", f"county={SHEN}", f"county={SHEN}&view=months")
            )
        ),
    ),
    "ledger_quality.export": Route(
        SIGNED_IN,
        fixed(
            *(
                Call(f"/admin/ledger-quality/export/?county={SHEN}&view={view}")
                for view in ("faults", "months")
            )
        ),
    ),
}

PAPER = "/admin/paper-templates"


def own_template(office: Office) -> list[Call]:
    file = (BytesIO(default_template(PaperKind.CORRECTION)), "更正.docx")
    return [Call(f"{PAPER}/correction/upload", {"file": file, "version": "0"})]


TEMPLATES: dict[str, Route] = {
    "paper_templates.index": Route(SIGNED_IN, fixed(Call(f"{PAPER}/"))),
    "paper_templates.download": Route(SIGNED_IN, fixed(Call(f"{PAPER}/announcement/template.docx"))),
    "paper_templates.default": Route(SIGNED_IN, fixed(Call(f"{PAPER}/announcement/default.docx"))),
    "paper_templates.sample": Route(SIGNED_IN, fixed(Call(f"{PAPER}/certificate/sample.docx"))),
    "paper_templates.upload": Route(BOSS, own_template),
    "paper_templates.drop": Route(
        BOSS, fixed(Call(f"{PAPER}/correction/drop", {"version": "1"}, effect=False))
    ),
}

_LINK = f"/expert-review/{'0' * 43}"  # nobody's; who tries it often has to wait
_NO_LINK = (404, 429)
PUBLIC: dict[str, Route] = {
    "public.notices": Route(ANYONE, fixed(Call("/notices/")), published=True),
    "public.notice": Route(ANYONE, fixed(Call(f"/notices/{'0' * 24}")), answers=(404,)),
    "public.notice_pdf": Route(ANYONE, fixed(Call(f"/notices/{'0' * 24}/paper.pdf")), answers=(404,)),
    "public.notice_workbook": Route(ANYONE, fixed(Call(f"/notices/{'0' * 24}/list.xlsx")), answers=(404,)),
    "public.bases": Route(ANYONE, fixed(Call("/bases/"), Call(f"/bases/?county={SHEN}")), published=True),
    "public.bases_workbook": Route(ANYONE, fixed(Call("/bases/list.xlsx")), published=True),
    "expert_link.index": Route(ANYONE, fixed(Call(f"{_LINK}/")), answers=_NO_LINK),
    "expert_link.score": Route(
        ANYONE,
        fixed(Call(f"{_LINK}/{'0' * 24}/"), Call(f"{_LINK}/{'0' * 24}/", {"opinion": "x"}, effect=False)),
        answers=_NO_LINK,
    ),
    "expert_link.file": Route(ANYONE, fixed(Call(f"{_LINK}/file/{'0' * 24}")), answers=_NO_LINK),
    "public.certificate": Route(ANYONE, fixed(Call("/bases/LCSJ-0000-000")), answers=(404,)),
}

OTHERS: dict[str, Route] = {
    **RULES,
    **TEMPLATES,
    **PUBLIC,
    "components.index": Route(BOSS, fixed(Call("/admin/settings/components/"))),
    "static": Route(ANYONE, fixed(Call("/static/icons.svg"))),
    "styles.static": Route(ANYONE, fixed(Call("/static/office.css"))),
    "admin.static": Route(ANYONE, fixed(Call("/admin/static/admin/js/filters.js"))),
    "healthz": Route(ANYONE, fixed(Call("/healthz"))),
    "readyz": Route(ANYONE, fixed(Call("/readyz"))),
    "home.root": Route(ANYONE, fixed(Call("/"))),
    "account.login": Route(
        ANYONE,
        fixed(Call("/login"), Call("/login", {"username": "x", "password": "y"}, effect=False)),
        own=True,
        answers=(200, 302, 400),
    ),
    "account.logout": Route(SIGNED_IN, fixed(Call("/logout", {})), own=True),
    "account.password": Route(
        SIGNED_IN,
        fixed(
            Call("/account/password"),
            Call(
                "/account/password",
                {
                    "old_password": "wrong",
                    "new_password": "a-b-c-d-e-f-1",
                    "repeat_password": "a-b-c-d-e-f-1",
                },
            ),
        ),
        own=True,
        answers=(200, 400),
    ),
    "account.habits": Route(
        SIGNED_IN,
        fixed(
            Call("/account/habits/"),
            Call(
                "/account/habits/",
                {
                    "density": "close",
                    "text_size": "usual",
                    "keeps_lists": "no",
                    "shows_sums": "no",
                    "start": "",
                },
            ),
        ),
        own=True,
    ),
    "account.language": Route(
        ANYONE, fixed(Call("/account/language", {"locale": "en"}, effect=False)), own=True
    ),
    "account.theme": Route(ANYONE, fixed(Call("/account/theme", {"theme": "dark"}, effect=False)), own=True),
    "account.rail": Route(ANYONE, fixed(Call("/account/rail", {"rail": "folded"}, effect=False)), own=True),
    "admin.index": Route(SIGNED_IN, fixed(Call("/admin/"))),
    "settings.index": Route(SIGNED_IN, fixed(Call("/admin/settings/"))),
    "settings.office": Route(
        BOSS,
        fixed(
            Call("/admin/settings/office/"),
            Call(
                "/admin/settings/office/",
                {**SETTINGS_TYPED, "lock_after": "7", "version": "0", "own_password": PASSWORD},
            ),
        ),
    ),
    "settings.counties": Route(BOSS, fixed(Call("/admin/settings/counties/"))),
    "settings.new_county": Route(
        BOSS,
        fixed(
            Call("/admin/settings/counties/new/"),
            Call(
                "/admin/settings/counties/new/",
                {"code": "xq", "order": "12", "name": "新区", "short": "新区", "version": "0"},
            ),
        ),
    ),
    "settings.county": Route(
        BOSS,
        fixed(
            Call(f"/admin/settings/counties/{SHEN}/"),
            Call(
                f"/admin/settings/counties/{SHEN}/",
                {"order": "1", "name": "莘县", "short": "莘县", "aliases": "莘城", "version": "1"},
            ),
        ),
    ),
    "configuration.index": Route(
        BOSS,
        lambda office: [
            Call("/admin/settings/configuration/"),
            Call("/admin/settings/configuration/", {"file": (BytesIO(CONFIGURED), "a.json")}),
        ],
    ),
    "configuration.file": Route(BOSS, fixed(Call("/admin/settings/configuration/file/"))),
    "configuration.take": Route(BOSS, taking_a_configuration),
    "own_conditions.index": Route(BOSS, fixed(Call("/admin/settings/conditions/"))),
    "own_conditions.new": Route(
        BOSS,
        fixed(
            Call("/admin/settings/conditions/tenant-companies/new/"),
            Call(
                "/admin/settings/conditions/tenant-companies/new/",
                {
                    "purpose": "must",
                    "formula": "营业收入 >= 0",
                    "sentence": "营业收入不应为负",
                    "colour": "red",
                },
            ),
        ),
    ),
    "own_conditions.formula": Route(
        BOSS, fixed(Call("/admin/settings/conditions/tenant-companies/formula/?formula=营业收入>1"))
    ),
    "own_conditions.edit": Route(
        BOSS,
        fixed(
            Call(OWN_CONDITION),
            Call(
                OWN_CONDITION,
                {
                    "purpose": "colour",
                    "formula": "营业收入 > 9",
                    "sentence": "规模较大",
                    "colour": "red",
                    "version": "1",
                },
            ),
        ),
    ),
    "own_conditions.delete": Route(
        BOSS, fixed(Call(f"{OWN_CONDITION}delete/"), Call(f"{OWN_CONDITION}delete/", {"version": "1"}))
    ),
    "exposing.begin": Route(
        BOSS,
        lambda office: [
            Call("/admin/settings/exposing/"),
            Call("/admin/settings/exposing/", {"file": (workbook([("名称", "数"), ("甲", 1)]), "a.xlsx")}),
        ],
    ),
    "exposing.choose": Route(BOSS, exposing_a_workbook),
    "own_fields.index": Route(BOSS, fixed(Call("/admin/settings/fields/"))),
    "own_fields.new": Route(
        BOSS,
        fixed(
            Call("/admin/settings/fields/tenant-companies/new/"),
            Call(
                "/admin/settings/fields/tenant-companies/new/",
                {"label": "网址", "kind": "link", "section": "own", "exported": "y"},
            ),
        ),
    ),
    "own_fields.formula": Route(
        BOSS, fixed(Call("/admin/settings/fields/tenant-companies/formula/?formula=营业收入/从业人员"))
    ),
    "own_fields.shipped": Route(BOSS, fixed(Call("/admin/settings/fields/tenant-companies/shipped/"))),
    "own_fields.change_shipped": Route(
        BOSS,
        fixed(
            Call(f"{SHIPPED_FIELD}people/"),
            Call(f"{SHIPPED_FIELD}people/", {"label": "用工人数", "section": "size", "version": "0"}),
        ),
    ),
    "own_fields.move_shipped": Route(BOSS, fixed(Call(f"{SHIPPED_FIELD}people/move/up/", {"version": "0"}))),
    "own_fields.edit": Route(
        BOSS,
        fixed(
            Call(OWN_FIELD),
            Call(OWN_FIELD, {"label": "专利数量", "section": "own", "version": "1"}),
        ),
    ),
    # A wrong password: nothing is asked for.
    "own_fields.change_kind": Route(
        BOSS,
        fixed(
            Call(f"{OWN_FIELD}kind/"),
            Call(f"{OWN_FIELD}kind/", {"kind": "text", "version": "1", "own_password": "-"}, effect=False),
        ),
        answers=(200, 422),
    ),
    "own_fields.hide": Route(
        BOSS, fixed(Call(f"{OWN_FIELD}hide/"), Call(f"{OWN_FIELD}hide/", {"version": "1"}))
    ),
    "own_fields.show": Route(
        BOSS, fixed(Call(f"{OWN_FIELD}show/"), Call(f"{OWN_FIELD}show/", {"version": "1"}, effect=False))
    ),
    "own_fields.delete": Route(
        BOSS, fixed(Call(f"{OWN_FIELD}delete/"), Call(f"{OWN_FIELD}delete/", {"version": "1"}))
    ),
    "own_fields.move": Route(BOSS, fixed(Call(f"{OWN_FIELD}move/up/", {"version": "1"}, effect=False))),
    "own_collections.index": Route(BOSS, fixed(Call("/admin/settings/collections/"))),
    "own_collections.new": Route(
        BOSS,
        fixed(
            Call("/admin/settings/collections/new/"),
            Call(
                "/admin/settings/collections/new/",
                {
                    "label": "惠企政策",
                    "name_label": "政策名称",
                    "scope": "city",
                    "menu": "records",
                    "icon": "file",
                },
            ),
        ),
    ),
    "own_collections.edit": Route(
        BOSS,
        fixed(
            Call(OWN_COLLECTION),
            Call(
                OWN_COLLECTION,
                {"label": "走访", "name_label": "名称", "menu": "tasks", "icon": "file", "version": "1"},
            ),
        ),
    ),
    "own_collections.show": Route(
        BOSS,
        fixed(
            Call(f"{OWN_COLLECTION}show/"), Call(f"{OWN_COLLECTION}show/", {"act": "hide", "version": "1"})
        ),
    ),
    "own_collections.delete": Route(
        BOSS,
        fixed(
            Call(f"{OWN_COLLECTION}delete/"),
            Call(f"{OWN_COLLECTION}delete/", {"confirmed_name": "走访记录", "version": "1"}),
        ),
    ),
    "search.index": Route(
        SIGNED_IN,
        fixed(
            *(Call(f"/admin/search/?search={words}") for words in ("长沙启程", "yt", "139063509", "律师 sx"))
        ),
    ),
    "search.suggest": Route(
        SIGNED_IN,
        lambda office: [
            *(
                Call(f"/admin/search/suggest/?q={words}")
                for words in (
                    "长沙启程",
                    "yt",
                    "139063509",
                    "新建台账 创业园",
                    "莘县今年还差什么",
                    "从业人员超过5人的企业",
                )
            ),
            Call(
                f"/admin/search/suggest/?recent=/admin/bases/details/?id={office.shen.base}"
                f"&recent=/admin/bases/details/?id={office.guan.base}"
            ),
        ],
    ),
    "assessment.index": Route(
        SIGNED_IN,
        fixed(
            *(
                Call(f"/admin/assessment/?{query}")
                for query in ("", f"county={SHEN}&sort=-tenants", "level=province")
            )
        ),
    ),
    "assessment.export": Route(SIGNED_IN, fixed(Call(f"/admin/assessment/export/xlsx/?county={SHEN}"))),
    "base_assessment.base": Route(SIGNED_IN, of_shen("/admin/assessment/base/?id={shen.base}"), hidden=True),
    "base_assessment.export": Route(
        SIGNED_IN, of_shen("/admin/assessment/base/export/xlsx/?id={shen.base}"), hidden=True
    ),
    "counted.index": Route(
        SIGNED_IN,
        lambda office: [
            Call(f"/admin/assessment/counted/?id={office.shen.base}&what={what}")
            for what in ("tenants", "partners", "low-fee", "training.person_times")
        ],
        hidden=True,
    ),
    "counted.export": Route(
        SIGNED_IN, of_shen("/admin/assessment/counted/export/xlsx/?id={shen.base}&what=services"), hidden=True
    ),
    "checklist.edit": Route(
        WRITERS,
        lambda office: [
            Call(f"/admin/assessment/checklist/?id={office.shen.base}"),
            Call(
                f"/admin/assessment/checklist/?id={office.shen.base}", {"version": "0", "state-plan": "met"}
            ),
        ],
        hidden=True,
    ),
    "registration.edit": Route(
        WRITERS,
        lambda office: [
            Call(f"/admin/assessment/registration/?id={office.shen.base}"),
            Call(
                f"/admin/assessment/registration/?id={office.shen.base}", {"version": "1", "in_city": "yes"}
            ),
        ],
        hidden=True,
    ),
    "audit.index": Route(CITY, of_shen("/admin/audit/?record={shen.base}")),
    "audit.export": Route(CITY, of_shen("/admin/audit/export/xlsx/?record={shen.base}")),
    "recycle_bin.index": Route(
        SIGNED_IN,
        fixed(
            Call("/admin/recycle-bin/"),
            Call("/admin/recycle-bin/?search=已删除&collection=tenant_companies"),
        ),
    ),
    "recycle_bin.bring_back": Route(
        WRITERS, of_shen("/admin/recycle-bin/restore?recycled={shen.recycled}", {}), hidden=True
    ),
    "imports.index": Route(WRITERS, fixed(Call("/admin/import/?kind=bases"))),
    "imports.template": Route(WRITERS, fixed(Call("/admin/import/template/bases.xlsx"))),
    "imports.read": Route(WRITERS, reading, own=True),
    # An upload is for the one who sent it, whoever asks.
    "imports.write": Route(
        WRITERS,
        lambda office: [
            Call(
                "/admin/import/write",
                {"kind": "tenant-companies", "upload": str(office.shen.upload)},
                effect=False,
            )
        ],
        answers=(404, 422),
    ),
    # So is its trial, and what is said of it.
    "imports.trial": Route(
        WRITERS, of_shen("/admin/import/trial/{shen.upload}"), answers=(404,), hidden=True
    ),
    "imports.checked": Route(
        WRITERS, of_shen("/admin/import/trial/{shen.upload}/checked.xlsx"), answers=(404,), hidden=True
    ),
    **{
        f"imports.{word}": Route(
            WRITERS,
            of_shen(f"/admin/import/trial/{{shen.upload}}/{path}", {}, effect=False),
            answers=(404,),
            hidden=True,
        )
        for word, path in (
            ("correct", "cells"),
            ("answer", "answers"),
            ("missing", "missing"),
            ("choose", "reading"),
            ("drop", "drop"),
        )
    },
    "imports.reading": Route(
        WRITERS, of_shen("/admin/import/trial/{shen.upload}/reading"), answers=(404,), hidden=True
    ),
    "imports.matches": Route(WRITERS, fixed(Call("/admin/import/columns"))),
    "imports.forget_matches": Route(
        WRITERS, fixed(Call("/admin/import/columns", {"all": "1"}, effect=False)), own=True
    ),
    "imports.grid": Route(WRITERS, fixed(Call("/admin/import/grid/tenant-companies/"))),
    # What its script sends is no form: tests/admin_views/imports/test_grid.py sends it.
    **{
        f"imports.grid_{word}": Route(
            WRITERS,
            fixed(Call(f"/admin/import/grid/tenant-companies/{word}", {}, effect=False)),
            answers=(422,),
        )
        for word in ("draft", "check", "write")
    },
    "imports.result": Route(WRITERS, of_shen("/admin/import/batch/{shen.batch}"), hidden=True),
    # The workbook is the sender's own, and this import left nothing.
    "imports.settle": Route(
        WRITERS,
        of_shen("/admin/import/batch/{shen.batch}/conflicts", {}, effect=False),
        hidden=True,
        answers=(404,),
    ),
    "imports.rejected": Route(
        WRITERS, of_shen("/admin/import/batch/{shen.batch}/rejected.xlsx"), hidden=True
    ),
    "users.index": Route(BOSS, fixed(Call("/admin/users/"))),
    "users.new": Route(
        BOSS,
        fixed(
            Call("/admin/users/new/"),
            Call(
                "/admin/users/new/",
                {"username": "extra", "role": "reader", "county": "", "own_password": PASSWORD},
            ),
        ),
    ),
    "users.edit": Route(
        BOSS,
        lambda office: [
            Call(f"/admin/users/{office.users['shen']}/"),
            Call(
                f"/admin/users/{office.users['shen']}/",
                {"role": "reader", "county": "", "version": "1", "own_password": PASSWORD},
            ),
        ],
    ),
    **{
        f"users.{verb}": Route(BOSS, acting_on_a_user(verb))
        for verb in ("disable", "enable", "unlock", "reset_password", "end_sessions")
    },
    "own_sessions.index": Route(SIGNED_IN, fixed(Call("/account/sessions/"))),
    "own_sessions.end": Route(
        SIGNED_IN, fixed(Call("/account/sessions/0000000000000000/end/", {}, effect=False)), own=True
    ),
    "api_tokens.index": Route(SIGNED_IN, fixed(Call("/account/tokens/"))),
    "api_tokens.new": Route(
        SIGNED_IN,
        fixed(
            Call("/account/tokens/new/"),
            Call(
                "/account/tokens/new/",
                {"name": "对接", "access": "read", "days": "30", "own_password": PASSWORD},
            ),
        ),
        own=True,
        answers=(200, 422),
    ),
    "api_tokens.revoke": Route(
        SIGNED_IN, of_shen("/account/tokens/{office.users[shen]}/revoke/", {}, effect=False)
    ),
    "users.tokens": Route(BOSS, fixed(Call("/admin/users/tokens/"))),
    "users.revoke_token": Route(
        BOSS, of_shen("/admin/users/{office.users[shen]}/tokens/{office.users[shen]}/revoke/", {})
    ),
    "own_sessions.end_others": Route(SIGNED_IN, fixed(Call("/account/sessions/end-others/", {})), own=True),
}
