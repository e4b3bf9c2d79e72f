"""From facts to the words of each paper, in the office's official Chinese: pure functions."""

from collections.abc import Sequence
from datetime import date

from office.papers.facts import (
    AnnouncementFacts,
    CertificateFacts,
    CorrectionFacts,
    ListedBase,
    NoticeFacts,
    ObjectionCounts,
    RecommendationFacts,
    RecommendedBase,
    UpwardBase,
    UpwardFacts,
)
from office.papers.paper_text import PaperTable, PaperText, Paragraph, in_chinese
from rules.assessment.shares import share_words
from rules.papers import PaperKind
from rules.rule_sets.articles import articles_zh
from rules.titles import last_valid_day

NAME = "小型微型企业创业创新示范基地"
CITY_NAME = f"聊城市{NAME}"
LIST_HEADINGS = ("序号", "基地名称", "运营主体", "所属县（市、区）")
LIST_WIDTHS = (8, 34, 31, 27)
SUMMARY_HEADINGS = (
    "序号", "基地名称", "运营主体", "统一社会信用代码", "所属县（市、区）", "认定/复核", "小微企业数", "从业人员",
    "专职服务人员", "服务机构", "低收费占比", "达标功能数", "初审意见",
)  # fmt: skip
SUMMARY_WIDTHS = (4, 13, 12, 15, 8, 5, 5, 5, 5, 5, 6, 5, 12)
UPWARD_HEADINGS = (
    "序号", "基地名称", "运营主体", "所属县（市、区）", "入驻小微企业", "从业人员", "服务机构",
    "低收费占比", "达标功能",
)  # fmt: skip
UPWARD_WIDTHS = (5, 22, 21, 12, 8, 8, 8, 8, 8)


def public_notice(facts: NoticeFacts) -> PaperText:
    """Return the 公示 of a preliminary result (Art. 12). ValueError when it lists no base."""
    new, renewed = _counted(facts.bases)
    title = f"关于{_subject(facts.year, renewed)}名单的公示"
    period = f"{in_chinese(facts.first_day)}至{in_chinese(facts.last_day)}"
    listed = "、".join(
        words for count, words in ((new, f"拟认定的{new}家示范基地"), (renewed, f"拟通过复核的{renewed}家示范基地"))
        if count
    )  # fmt: skip
    paragraphs = (
        f"根据{_basis(facts)}，经申报主体自愿申报、所在县（市、区）工信部门初审和现场审核并行文推荐、"
        f"市工业和信息化局组织专家评审，研究确定了初步认定结果。现将{listed}名单予以公示。",
        *_exceptions(facts.bases),
        f"公示时间：{period}，共{facts.working_days}个工作日。",
        f"公示期内，任何单位和个人对公示内容有异议的，请以书面形式向{facts.measures.issued_by}提出，并提供相关证据材料。"
        "以个人名义提出的，请署真实姓名并注明联系方式；以单位名义提出的，请加盖单位公章。",
        *_recorded(facts),
    )
    postcode = f"（邮政编码：{facts.postcode}）" if facts.postcode else ""
    given = (
        (facts.telephone, f"联系电话：{facts.telephone}"),
        (facts.email, f"电子邮箱：{facts.email}"),
        (facts.address, f"通讯地址：{facts.address}{postcode}"),
    )
    return PaperText(
        PaperKind.PUBLIC_NOTICE, title, tuple(Paragraph(text) for text in paragraphs), facts.measures.issued_by,
        facts.dated.isoformat(), in_chinese(facts.dated), header=facts.measures.issued_by,
        table=_list(facts.year, facts.bases), table_after=1,
        contact=tuple(line for value, line in given if value),
        fields={
            **_shared(facts.year, new, renewed), "公示开始": in_chinese(facts.first_day),
            "公示结束": in_chinese(facts.last_day), "工作日数": str(facts.working_days),
            "联系电话": facts.telephone, "电子邮箱": facts.email, "通讯地址": facts.address, "邮政编码": facts.postcode,
        },
    )  # fmt: skip


def announcement(facts: AnnouncementFacts) -> PaperText:
    """Return the 通知 that publishes the final list, granting the title. ValueError when it lists no base."""
    new, renewed = _counted(facts.bases)
    subject = _subject(facts.year, renewed)
    where = f"，{facts.notice_elsewhere}" if facts.notice_elsewhere else ""
    notice = f"{in_chinese(facts.notice_first)}至{in_chinese(facts.notice_last)}{where}"
    table, measures = _list(facts.year, facts.bases), facts.measures
    by_term = _by_term(facts.bases)
    # Where the terms differ, a paragraph says each.
    begins, ends = ("、".join(dict.fromkeys(in_chinese(term[place]) for term in by_term)) for place in (0, 1))
    paragraphs = (
        Paragraph(
            f"根据{measures.cited_with(('announcement',))}规定，经自愿申报、县（市、区）工信部门"
            f"初审推荐、专家评审、研究确定和公示（{notice}），现将{_objected(facts.objections)}{subject}名单予以公布，"
            "并就有关事项通知如下。"
        ),
        Paragraph("一、认定名单及有效期", 1),
        Paragraph(_granted(facts.bases) + (_term(*next(iter(by_term))) if len(by_term) == 1 else "")),
        *_terms(facts.bases),
        *(Paragraph(text) for text in _exceptions(facts.bases)),
        Paragraph("二、对示范基地的要求", 1),
        Paragraph(
            "各示范基地要按照“信息化、平台化、规范化、生态化、绿色化、智慧化、特色化”等发展要求，不断完善创业创新环境，"
            "增强服务能力，提升示范基地品牌影响力，发挥示范带动作用。"  # Art. 14
            f"每年{_month_day(measures.base_summary_by)}前将上一年度工作总结报县（市、区）工信部门，并自觉接受社会监督。"
            "遇有更改名称、地址、法定代表人等重大变更事项的，应在变更完成后"
            f"{measures.change_filing_working_days}个工作日内通过所属辖区的中小企业主管部门报市工业和信息化局备案。"
            "有效期满当年须按照申报条件和程序申请复核。"  # Art. 16
        ),
        Paragraph("三、对县（市、区）工信部门的要求", 1),
        Paragraph(
            "各县（市、区）工信部门要及时掌握辖区内示范基地的建设和运营情况，并给予引导和扶持，"
            "对台账建立、服务质量、服务收费情况以及服务满意度等进行定期检查，"  # Art. 13, 15
            f"并于每年{_month_day(measures.county_summary_by)}前将上一年度示范基地工作总结和检查情况报告报市工业和信息化局。"
        ),
    )
    return PaperText(
        PaperKind.ANNOUNCEMENT, f"关于公布{subject}名单的通知", paragraphs, measures.issued_by, facts.dated.isoformat(),
        in_chinese(facts.dated), number=facts.number, addressee=facts.addressee, header=measures.issued_by,
        table=table, annex=True, attachment_line=f"附件：{table.caption}", note="（此文公开发布）",
        fields={
            **_shared(facts.year, new, renewed), "公示开始": in_chinese(facts.notice_first),
            "公示结束": in_chinese(facts.notice_last),
            "有效期起": begins, "有效期止": ends,
        },
    )  # fmt: skip


def recommendation(facts: RecommendationFacts) -> PaperText:
    """Return a county's letter that recommends its bases (Art. 12). ValueError when it lists none."""
    new, renewed = _counted(facts.bases)
    parts = "、".join(
        words for count, words in ((new, f"申请认定{new}家"), (renewed, f"申请复核{renewed}家")) if count
    )
    whole = (
        f"{facts.bases[0].name}等{len(facts.bases)}家基地" if len(facts.bases) > 1 else facts.bases[0].name
    )
    lines = [
        Paragraph(
            f"根据{_basis(facts)}，我单位对辖区内申报主体的申请材料进行了初审，并对各申报基地进行了现场审核。"
            f"经审查，{whole}初审合格（{parts}），现予推荐。各基地初审意见如下："
        )
    ]
    lines += [_opinion(place, base) for place, base in enumerate(facts.bases, 1)]
    table = summary_table(facts.year, facts.bases)
    lines.append(Paragraph("以上基地申报材料随文报送，请予审核。"))
    return PaperText(
        PaperKind.RECOMMENDATION, f"关于推荐{facts.year}年度{CITY_NAME}的函", tuple(lines), facts.county_office,
        facts.dated.isoformat(), in_chinese(facts.dated), number=facts.number,
        addressee=f"{facts.measures.issued_by}：",
        header=facts.county_office, table=table, annex=True, attachment_line=f"附件：{table.caption}",
        fields={**_shared(facts.year, new, renewed), "县级部门": facts.county_office},
    )  # fmt: skip


def upward_recommendation(facts: UpwardFacts) -> PaperText:
    """Return the city's letter that puts bases forward to the level above (Art. 17). ValueError when it lists none."""
    if not facts.bases:
        raise ValueError("a paper lists at least one base")
    by_target: dict[tuple[int, str], list[UpwardBase]] = {}
    for base in facts.bases:
        by_target.setdefault((base.year, base.level.zh), []).append(base)
    levels = "、".join(dict.fromkeys(level for _, level in by_target))
    wholes = "；".join(
        f"{_targeted(of_target, len(by_target) > 1)}申报{year}年度{level}{NAME}"
        for (year, level), of_target in by_target.items()
    )
    paragraphs = (
        f"根据{facts.measures.cited_with(('upward',))}规定，我局在经认定且称号在有效期内的{CITY_NAME}中择优遴选，"
        f"现推荐{wholes}。",
        "以上示范基地基本情况见附件，请予审核支持。",
        "特此致函。",
    )
    issued_by = facts.measures.issued_by
    rows = tuple(_upward_row(place, base) for place, base in enumerate(facts.bases, 1))
    table = PaperTable(f"择优推荐申报{levels}{NAME}基本情况表", UPWARD_HEADINGS, rows, UPWARD_WIDTHS)
    return PaperText(
        PaperKind.UPWARD_RECOMMENDATION, f"关于择优推荐申报{levels}{NAME}的函",
        tuple(Paragraph(text) for text in paragraphs), issued_by, facts.dated.isoformat(), in_chinese(facts.dated),
        number=facts.number, addressee=f"{facts.addressee}：", header=issued_by, table=table, annex=True,
        attachment_line=f"附件：{table.caption}",
        fields={
            "年度": "、".join(dict.fromkeys(str(base.year) for base in facts.bases)), "申报级别": levels,
            "总家数": str(len(facts.bases)),
        },
    )  # fmt: skip


def certificate(facts: CertificateFacts) -> PaperText:
    """Return the words of a certificate; its QR code is made of the field 网址."""
    how = "经复核合格，继续认定" if facts.renewal else "经评审认定"
    paragraphs = (
        f"{facts.name}（运营主体：{facts.operator}）：",
        f"{how}为{CITY_NAME}，特发此证。",
        f"认定文件：{facts.document_number}",
        f"有 效 期：{in_chinese(facts.term_first)}至{in_chinese(facts.term_last)}",
    )
    return PaperText(
        PaperKind.CERTIFICATE, "证书", tuple(Paragraph(text) for text in paragraphs), facts.measures.issued_by,
        facts.announced_on.isoformat(), in_chinese(facts.announced_on), number=facts.certificate_number,
        header=facts.measures.issued_by,
        fields={
            "基地名称": facts.name, "运营主体": facts.operator, "所属县区": facts.county,
            "证书编号": facts.certificate_number, "认定文件": facts.document_number,
            "有效期起": in_chinese(facts.term_first), "有效期止": in_chinese(facts.term_last), "网址": facts.url,
        },
    )  # fmt: skip


def correction(facts: CorrectionFacts) -> PaperText:
    """Return the paper that corrects a published one, which stays as it is."""
    old = _quoted(facts.old_title)
    paragraphs = [
        Paragraph(
            f"现对我局{in_chinese(facts.old_date)}发布的{old}{_bracketed(facts.old_number)}作如下更正："
        ),
        *(Paragraph(line.strip()) for line in facts.correction.splitlines() if line.strip()),
        Paragraph("除上述更正外，原文其他内容不变。特此公告。"),
    ]
    return PaperText(
        PaperKind.CORRECTION, f"关于{old}的更正公告", tuple(paragraphs), facts.measures.issued_by,
        facts.dated.isoformat(), in_chinese(facts.dated), number=facts.number, addressee=facts.addressee,
        header=facts.measures.issued_by,
        fields={
            "原标题": facts.old_title, "原文号": facts.old_number, "原日期": in_chinese(facts.old_date),
            "更正内容": facts.correction,
        },
    )  # fmt: skip


def summary_table(year: int, bases: Sequence[RecommendedBase]) -> PaperTable:
    """Return the 推荐汇总表 as texts."""
    rows = tuple(
        tuple("" if value is None else str(value) for value in summary_row(place, base))
        for place, base in enumerate(bases, 1)
    )
    return PaperTable(f"{year}年度{CITY_NAME}推荐汇总表", SUMMARY_HEADINGS, rows, SUMMARY_WIDTHS)


def summary_row(place: int, base: RecommendedBase) -> tuple[str | int | None, ...]:
    """Return one line of the 推荐汇总表; the share cut to “35.2%”."""
    share = None if base.low_fee_percent is None else share_words(base.low_fee_percent)
    return (
        place, base.name, base.operator, base.uscc, base.county, "复核" if base.renewal else "认定", base.tenants,
        base.people, base.staff, base.partners, share, base.functions_met, base.opinion,
    )  # fmt: skip


def _upward_row(place: int, base: UpwardBase) -> tuple[str, ...]:
    counts = ("—" if count is None else str(count) for count in (base.tenants, base.people, base.partners))
    share = "—" if base.low_fee_percent is None else share_words(base.low_fee_percent)
    functions = "—" if base.functions_met is None else str(base.functions_met)
    return (str(place), base.name, base.operator, base.county, *counts, share, functions)


def _targeted(bases: Sequence[UpwardBase], several: bool) -> str:
    """Return the bases of one target; of several targets each by name, for the table does not tell them apart."""
    if several and len(bases) > 1:
        return "、".join(base.name for base in bases)
    return f"{bases[0].name}等{len(bases)}家基地" if len(bases) > 1 else bases[0].name


# --- Parts of sentences --------------------------------------------------------------------------


def _counted(bases: Sequence[ListedBase] | Sequence[RecommendedBase]) -> tuple[int, int]:
    """Return how many bases are new and how many renewed."""
    if not bases:
        raise ValueError("a paper lists at least one base")
    renewed = sum(base.renewal for base in bases)
    return len(bases) - renewed, renewed


def _exceptions(bases: Sequence[ListedBase]) -> tuple[str, ...]:
    """Return what is said of each base that misses a condition: of which articles, and why it stands on the list."""
    return tuple(
        f"其中，{base.name}未达到{articles_zh(base.exception.articles)}规定的条件，列入名单的理由：{base.exception.reason.strip().rstrip('。')}。"
        for base in bases
        if base.exception
    )


def _recorded(facts: NoticeFacts) -> tuple[str, ...]:
    """Return that a notice was published elsewhere then, and when that was recorded here."""
    if not facts.elsewhere or facts.recorded_on is None:
        return ()
    return (f"本公示已于上述期间在{facts.elsewhere}发布，{in_chinese(facts.recorded_on)}补录登记。",)


def _objected(counts: ObjectionCounts) -> str:
    """Return to how many bases nobody objected, and what became of the objections to the others."""
    if not counts.rejected and not counts.late:
        return "公示无异议的"
    parts = (
        (counts.without, "公示无异议的{}家"),
        (counts.rejected, "提出异议经核查异议不成立的{}家"),
        (counts.late, "公示期满后收到异议、尚在核查的{}家"),
    )
    return "、".join(words.format(count) for count, words in parts if count)


def _subject(year: int, renewed: int) -> str:
    return f"{year}年度{CITY_NAME}{'（含复核）' if renewed else ''}"


def _basis(facts: NoticeFacts | RecommendationFacts) -> str:
    article = "notice" if isinstance(facts, NoticeFacts) else "recommendation"
    measures = facts.measures.cited_with((article,))
    if not facts.call_title:
        return f"{measures}规定"
    return f"{measures}和{_quoted(facts.call_title)}{_bracketed(facts.call_number)}要求"


def _bracketed(number: str) -> str:
    return f"（{number}）" if number else ""


def _quoted(title: str) -> str:
    """Return a title in book marks; those inside it become single ones (GB/T 15834)."""
    if title.startswith("《") and title.endswith("》") and title.count("《") == 1:
        return title
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


def _list(year: int, bases: Sequence[ListedBase]) -> PaperTable:
    rows = tuple(
        (str(place), f"{base.name}（复核）" if base.renewal else base.name, base.operator, base.county)
        for place, base in enumerate(bases, 1)
    )
    renewed = any(base.renewal for base in bases)
    return PaperTable(f"{_subject(year, renewed)}名单", LIST_HEADINGS, rows, LIST_WIDTHS)


def _several(bases: Sequence[ListedBase]) -> str:
    return f"{bases[0].name}等{len(bases)}家基地" if len(bases) > 1 else bases[0].name


def _granted(bases: Sequence[ListedBase]) -> str:
    fresh = [base for base in bases if not base.renewal]
    renewed = [base for base in bases if base.renewal]
    granted = [f"认定{_several(fresh)}为{CITY_NAME}"] if fresh else []
    granted += [f"{_several(renewed)}通过复核，继续认定为{CITY_NAME}"] if renewed else []
    return "；".join(granted) + "（名单见附件）。"


def _by_term(bases: Sequence[ListedBase]) -> dict[tuple[date, date], list[ListedBase]]:
    """Return announced bases by their term, in the order of the list. ValueError when one has none."""
    by_term: dict[tuple[date, date], list[ListedBase]] = {}
    for base in bases:
        if base.term is None:
            raise ValueError("an announcement grants each base a term")
        by_term.setdefault(base.term, []).append(base)
    return by_term


def _terms(bases: Sequence[ListedBase]) -> list[Paragraph]:
    """Return how long the titles are valid: of several terms each, with the bases that it is for."""
    by_term = _by_term(bases)
    if len(by_term) == 1:
        return []  # one sentence, in the paragraph before
    wholes = {
        tuple(base for base in bases if base.renewal is renewal): words
        for renewal, words in ((False, "新认定的示范基地"), (True, "通过复核的示范基地"))
    }
    return [
        Paragraph(f"{wholes.get(tuple(of_term)) or '、'.join(base.name for base in of_term)}，{_term(*term)}")
        for term, of_term in by_term.items()
    ]


def _term(first: date, last: date) -> str:
    span = last.year - first.year
    whole = next((years for years in (span, span + 1) if years and last_valid_day(first, years) == last), 0)
    length = f"为{whole}年，" if whole else ""
    return f"有效期{length}自{in_chinese(first)}起至{in_chinese(last)}止。"


def _month_day(day: tuple[int, int]) -> str:
    return f"{day[0]}月{day[1]}日"


def _opinion(place: int, base: RecommendedBase) -> Paragraph:
    how = "复核" if base.renewal else "认定"
    opinion = f"初审意见：{base.opinion.strip().rstrip('。')}。" if base.opinion.strip() else "初审合格。"
    return Paragraph(f"{place}.{base.name}（运营主体：{base.operator}，申请{how}）。{opinion}", 3)


def _shared(year: int, new: int, renewed: int) -> dict[str, str]:
    return {"年度": str(year), "认定家数": str(new), "复核家数": str(renewed), "总家数": str(new + renewed)}
