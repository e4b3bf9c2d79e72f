"""The papers about a title that is lost or restored, word for word: each kind, one ground and several, heard or not."""

from dataclasses import replace
from datetime import date

import pytest

from office.papers.decision_texts import (
    DecisionFacts,
    PriorNoticeFacts,
    Remedies,
    decision_notice,
    decision_paper,
    ending_facts,
    prior_notice,
)
from office.papers.paper_text import PaperText
from rules.decisions import Overturning
from rules.grounds import FINDINGS, GROUNDS, DecisionKind, Finding, Ground, OverturnedBy, StatementOutcome
from rules.papers import PaperKind
from rules.rule_sets.measures import CITY_2021

TITLE = "聊城市小型微型企业创业创新示范基地"
MEASURES = "《聊城市小型微型企业创业创新示范基地建设管理办法》（聊工信发〔2021〕133号）"
OPENING = (
    "清泉创业园（运营主体：清泉园区运营有限公司）于2021年12月20日经聊工信发〔2021〕150号认定为"
    f"{TITLE}，有效期自2021年12月20日起至2026年12月19日止。"
)
MAY = "可自收到决定之日起60日内向聊城市人民政府申请行政复议，或者在6个月内依法向聊城市东昌府区人民法院提起行政诉讼。"
REMEDY = f"如对本决定不服，{MAY}"
REVIEW = Overturning(OverturnedBy.REVIEW, "聊城市人民政府", "聊政复决字〔2026〕3号", date(2026, 11, 12))
VOID = "自本决定作出之日起，不得再以示范基地名义开展活动，认定证书同时作废。"
SECRET = "举报人张某反映虚报台账十七场"


def facts(kind=DecisionKind.REVOCATION, grounds=None, **more):
    grounds = grounds or {Ground.FRAUD: SECRET}
    given = {
        "kind": kind, "measures": CITY_2021, "number": "聊工信发〔2026〕201号", "name": "清泉创业园",
        "operator": "清泉园区运营有限公司",
        "county": "冠县", "county_office": "冠县工业和信息化局", "announced_on": date(2021, 12, 20),
        "announced_number": "聊工信发〔2021〕150号", "term_first": date(2021, 12, 20), "term_last": date(2026, 12, 19),
        "grounds": tuple((one, found) for one, found in grounds.items()),
        "findings": tuple(FINDINGS[one][0] for one in grounds if one in FINDINGS),
        "remedies": Remedies("聊城市人民政府", 60, "聊城市东昌府区人民法院", 6),
        "dated": date(2026, 11, 24), "served_on": date(2026, 11, 16), "statement_by": date(2026, 11, 20),
    }  # fmt: skip
    return DecisionFacts(**given | more)


def lines(text: PaperText) -> list[str]:
    return [one.text for one in text.paragraphs]


def test_a_revocation_on_one_ground():
    text = decision_paper(facts())
    assert (text.kind, text.number, text.title) == (
        PaperKind.REVOCATION, "聊工信发〔2026〕201号", f"关于撤销清泉创业园{TITLE}命名的决定",
    )  # fmt: skip
    assert text.addressee == "清泉园区运营有限公司、冠县工业和信息化局："
    assert lines(text) == [
        f"{OPENING}经查：",
        f"弄虚作假。{SECRET}。",
        "我局于2026年11月16日将拟作出的决定及事实、理由和依据事先告知你单位。至2026年11月20日你单位未提出陈述、申辩意见。",
        f"根据{MEASURES}第十八条第（一）项规定，经研究，我局决定：撤销清泉创业园的{TITLE}命名。",
        VOID,
        REMEDY,
    ]
    assert (text.signature, text.dated, text.dated_zh) == (
        "聊城市工业和信息化局",
        "2026-11-24",
        "2026年11月24日",
    )


def test_several_grounds_are_numbered_and_every_article_is_named():
    grounds = {one: f"事实{number}。" for number, one in enumerate(GROUNDS[DecisionKind.REVOCATION], 1)}
    text = decision_paper(facts(grounds=grounds))
    assert [(one.level, one.text) for one in text.paragraphs[1:5]] == [
        (3, "1.弄虚作假。事实1。"),
        (3, "2.被证实不符合规定的示范基地条件和要求。事实2。"),
        (3, "3.不按要求报送工作总结。事实3。"),
        (3, "4.入驻企业满意度低。事实4。"),
    ]
    assert lines(text)[6] == (
        f"根据{MEASURES}第十八条第（一）项、第（二）项、第（三）项、第（四）项规定，经研究，"
        f"我局决定：撤销清泉创业园的{TITLE}命名。"
    )


@pytest.mark.parametrize(
    ("ground", "article"), list(zip(GROUNDS[DecisionKind.REVOCATION], "一二三四", strict=True))
)
def test_each_ground_names_its_own_article(ground, article):
    text = decision_paper(facts(grounds={ground: "实"}))
    assert f"第十八条第（{article}）项规定" in lines(text)[3]
    found = FINDINGS[ground][0].zh if ground in FINDINGS else ground.zh
    assert lines(text)[1] == f"{found}。实。"


@pytest.mark.parametrize(
    ("ground", "findings", "words"),
    [
        (ground, findings, "、".join(finding.zh for finding in findings))
        for ground, alternatives in FINDINGS.items()
        if ground is not Ground.OVERTURNED
        for findings in (*((finding,) for finding in alternatives), alternatives)
    ],
)
def test_paper_and_announcement_name_what_was_found_and_nothing_else(ground, findings, words):
    given = facts(grounds={ground: "实"}, findings=findings)
    assert lines(decision_paper(given))[1] == f"{words}。实。"
    assert f"因{words}，根据" in lines(decision_notice(given))[1]
    whole = str(decision_paper(given).stored()) + str(decision_notice(given).stored())
    assert "，或" not in whole.replace("，或者在6个月内", "")
    for other in set(FINDINGS[ground]) - set(findings):
        assert other.zh not in whole


def test_a_statement_is_named_with_what_became_of_it_and_why():
    heard = decision_paper(
        facts(
            statement_on=date(2026, 11, 18), statement="称系经办人失误。",
            statement_outcome=StatementOutcome.NOT_ACCEPTED, statement_answer="台账由负责人签字确认。",
            prior_number="聊工信告〔2026〕5号",
        )
    )  # fmt: skip
    assert lines(heard)[2:4] == [
        "我局于2026年11月16日以聊工信告〔2026〕5号事先告知书将拟作出的决定及事实、理由和依据事先告知你单位。"
        "你单位于2026年11月18日提出陈述、申辩意见：称系经办人失误。",
        "经复核，我局认为：台账由负责人签字确认。对上述陈述、申辩意见不予采纳。",
    ]


@pytest.mark.parametrize("ground", GROUNDS[DecisionKind.CANCELLATION])
def test_a_cancellation(ground):
    text = decision_paper(facts(DecisionKind.CANCELLATION, {ground: "实。"}))
    assert text.kind is PaperKind.CANCELLATION
    assert text.title == f"关于取消清泉创业园{TITLE}称号的决定"
    assert lines(text)[3] == f"根据{MEASURES}第十六条规定，经研究，我局决定：取消清泉创业园的{TITLE}称号。"
    assert lines(text)[-2:] == [VOID, REMEDY]


def test_both_grounds_of_article_16_name_it_once():
    text = decision_paper(
        facts(DecisionKind.CANCELLATION, dict.fromkeys(GROUNDS[DecisionKind.CANCELLATION], "实"))
    )
    assert "第十六条规定" in lines(text)[4]
    assert lines(text)[4].count("第十六条") == 1


def restored(**more):
    return facts(
        DecisionKind.REVERSAL, {Ground.OVERTURNED: "复议机关认为原决定证据不足。"}, served_on=None,
        statement_by=None, **{"overturning": REVIEW, **more},
    )  # fmt: skip


def test_a_restored_title_names_the_decision_before_and_keeps_its_term():
    text = decision_paper(restored(reversed_number="聊工信发〔2026〕190号", reversed_on=date(2026, 11, 2)))
    assert text.kind is PaperKind.REVERSAL
    assert text.title == f"关于恢复清泉创业园{TITLE}称号的决定"
    assert lines(text) == [
        f"{OPENING}我局于2026年11月2日作出聊工信发〔2026〕190号决定。"
        "聊城市人民政府于2026年11月12日作出聊政复决字〔2026〕3号行政复议决定。现查明：",
        "原决定被依法撤销。复议机关认为原决定证据不足。",
        f"根据聊城市人民政府聊政复决字〔2026〕3号行政复议决定，经研究，我局决定：恢复清泉创业园的{TITLE}称号，"
        "有效期仍至2026年12月19日。",
        "原认定文件和认定证书在有效期内继续有效。",
    ]


def test_a_loss_that_is_only_on_record_can_be_overturned_too():
    assert lines(decision_paper(restored()))[0].endswith("聊政复决字〔2026〕3号行政复议决定。现查明：")


def test_a_judgment_is_cited_as_one():
    judged = Overturning(
        OverturnedBy.JUDGMENT, "聊城市东昌府区人民法院", "（2026）鲁1502行初3号", date(2026, 11, 12)
    )
    text = decision_paper(restored(overturning=judged, findings=(Finding.VARIED,)))
    assert "聊城市东昌府区人民法院于2026年11月12日作出（2026）鲁1502行初3号行政判决。" in lines(text)[0]
    assert lines(text)[1].startswith("原决定被依法变更。")
    assert lines(text)[2].startswith("根据聊城市东昌府区人民法院（2026）鲁1502行初3号行政判决，")


def test_the_office_corrects_its_own_decision_by_the_measures():
    own = restored(overturning=Overturning(OverturnedBy.OWN), findings=(Finding.CORRECTED,))
    text = decision_paper(own)
    assert "经我局自行复核，该决定应予纠正。" in lines(text)[0]
    assert lines(text)[1].startswith("原决定由我局自行纠正。")
    assert lines(text)[2].startswith(f"根据{MEASURES}有关规定，")


@pytest.mark.parametrize(
    ("given", "title", "last"),
    [
        (facts(), f"关于撤销清泉创业园{TITLE}命名的公告",
         f"因弄虚作假，根据{MEASURES}第十八条第（一）项规定，我局于2026年11月24日以聊工信发〔2026〕201号"
         f"决定撤销清泉创业园的{TITLE}命名。"),
        (facts(DecisionKind.CANCELLATION, {Ground.NO_RENEWAL: SECRET}), f"关于取消清泉创业园{TITLE}称号的公告",
         f"因期满未申请复核，根据{MEASURES}第十六条规定，我局于2026年11月24日以聊工信发〔2026〕201号决定取消清泉创业园的{TITLE}称号。"),
        (restored(reversed_number="聊工信发〔2026〕190号"), f"关于恢复清泉创业园{TITLE}称号的公告",
         "因原决定（聊工信发〔2026〕190号）被依法撤销，根据聊城市人民政府聊政复决字〔2026〕3号行政复议决定，我局于2026年11月24日以聊工信发〔2026〕201号"
         f"决定恢复清泉创业园的{TITLE}称号，有效期仍至2026年12月19日。"),
    ],
)  # fmt: skip
def test_the_public_reads_that_when_and_why_but_nothing_of_the_case(given, title, last):
    text = decision_notice(given)
    assert text.title == title
    assert text.number == ""  # the number is the decision's, not a second paper's
    remedies = [] if given.kind is DecisionKind.REVERSAL else [f"清泉园区运营有限公司如对该决定不服，{MAY}"]
    assert lines(text) == [
        "清泉创业园（运营主体：清泉园区运营有限公司，所属县（市、区）：冠县）于2021年12月20日经聊工信发〔2021〕150号认定为"
        f"{TITLE}。",
        last,
        *remedies,
        "特此公告。",
    ]
    plain = str(text.stored())
    assert SECRET not in plain
    assert "事先告知" not in plain


def test_facts_that_end_in_a_full_stop_do_not_end_in_two():
    assert lines(decision_paper(facts(grounds={Ground.OTHER: " 来信反映多。 "})))[1].endswith(
        "满意度低。来信反映多。"
    )


def test_what_the_system_proposes_with():
    last = date(2026, 10, 19)
    assert ending_facts(last) == "该基地称号有效期至2026年10月19日，期满当年未按程序申请复核。"
    assert ending_facts(last, date(2026, 3, 13), "2026年度申报") == (
        "该基地称号有效期至2026年10月19日，在2026年度申报中申请复核，2026年3月13日经审核未达标。"
    )


def test_a_paper_is_kept_and_read_back_whole():
    text = decision_paper(replace(facts(), statement="说明"))
    assert PaperText.from_stored(text.stored()) == text


def notice_facts(kind=DecisionKind.REVOCATION, grounds=None, **more):
    grounds = grounds or {Ground.FRAUD: SECRET}
    given = {
        "kind": kind, "measures": CITY_2021, "number": "聊工信告〔2026〕5号", "name": "清泉创业园",
        "operator": "清泉园区运营有限公司", "county": "冠县", "announced_on": date(2021, 12, 20),
        "announced_number": "聊工信发〔2021〕150号", "term_first": date(2021, 12, 20), "term_last": date(2026, 12, 19),
        "grounds": tuple(grounds.items()), "findings": tuple(FINDINGS[one][0] for one in grounds if one in FINDINGS),
        "dated": date(2026, 11, 24), "statement_by": date(2026, 11, 30), "address": "东昌西路1号",
        "telephone": "0635-0000000",
    }  # fmt: skip
    return PriorNoticeFacts(**given | more)


@pytest.mark.parametrize(
    ("kind", "ground", "found", "article", "about", "does"),
    [
        (DecisionKind.REVOCATION, Ground.FRAUD, "弄虚作假", "第十八条第（一）项", f"撤销清泉创业园{TITLE}命名的",
         f"撤销清泉创业园的{TITLE}命名"),
        (DecisionKind.CANCELLATION, Ground.NO_RENEWAL, "期满未申请复核", "第十六条", f"取消清泉创业园{TITLE}称号的",
         f"取消清泉创业园的{TITLE}称号"),
    ],
)  # fmt: skip
def test_a_prior_notice_tells_facts_ground_intention_and_right(kind, ground, found, article, about, does):
    text = prior_notice(notice_facts(kind, {ground: "查实"}))
    assert (text.kind, text.number, text.title) == (
        PaperKind.PRIOR_NOTICE, "聊工信告〔2026〕5号", f"关于拟{about}事先告知书",
    )  # fmt: skip
    assert (text.addressee, text.signature, text.dated_zh, text.note) == (
        "清泉园区运营有限公司：", "聊城市工业和信息化局", "2026年11月24日", "",
    )  # fmt: skip
    assert lines(text) == [
        f"{OPENING}经查：",
        f"{found}。查实。",
        f"根据{MEASURES}{article}规定，我局拟决定：{does}。现将拟作出的决定及事实、理由和依据告知你单位。",
        "你单位对上述内容享有陈述、申辩的权利，可在2026年11月30日前（含当日）以书面形式向我局（地址：东昌西路1号，"
        "联系电话：0635-0000000）提出陈述、申辩意见。逾期未提出的，视为放弃陈述、申辩，我局将依法作出决定。",
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"address": ""}, "向我局（联系电话：0635-0000000）提出"),
        ({"telephone": ""}, "向我局（地址：东昌西路1号）提出"),
        ({"address": "", "telephone": ""}, "向我局提出"),
    ],
)
def test_a_prior_notice_names_what_the_settings_know_of_the_office(more, words):
    assert words in lines(prior_notice(notice_facts(**more)))[3]


def test_a_prior_notice_that_replaces_another_says_so():
    text = prior_notice(notice_facts(replaces="聊工信告〔2026〕3号"))
    assert lines(text)[-1] == "我局聊工信告〔2026〕3号事先告知书不再适用，以本告知书为准。"
