"""The figures that a text names: the 2021 text reads back as shipped, an altered one as it was altered."""

import pytest

from rules.rule_sets.articles import Article, articles_of
from rules.rule_sets.measure_lines import figures_of
from rules.rule_sets.measures import CITY_2021
from rules.rule_sets.succession.figures import SUMMARIES, named_figures, not_named
from rules.rule_sets.succession.numerals import number_of
from tests.new_measures import FIGURES, new_articles

# The 2021 text names no number for these: they are decisions of the office.
DECIDED = {"marketing.exhibitions", "marketing.matchmaking", "notice_working_days", "satisfaction_percent"}


def test_the_text_of_2021_reads_back_exactly_the_figures_shipped():
    shipped = figures_of(CITY_2021) | {key: getattr(CITY_2021, key) for key in SUMMARIES}
    named = named_figures(CITY_2021.text)
    assert {figure.key: figure.value for figure in named} == {
        key: value for key, value in shipped.items() if key not in DECIDED
    }
    assert len(named) == len(shipped) - len(DECIDED)
    assert set(not_named(named)) == DECIDED


def test_an_altered_text_reads_back_what_was_altered():
    named = named_figures(new_articles())
    assert {figure.key: figure.value for figure in named} == FIGURES
    assert len(named) == len(FIGURES)
    assert not_named(named) == ()


def test_each_figure_shows_its_sentence_and_where_it_stands():
    by_key = {figure.key: figure for figure in named_figures(new_articles())}
    assert by_key["tenants"].reference == "4(2)"
    assert by_key["tenants"].sentence.startswith("（二）基地入驻小型微型企业三十家以上")
    assert by_key["notice_working_days"].reference == "12"
    assert by_key["information.activities"].reference == "6(1)"
    assert by_key["information.activities"].sentence.startswith("具有便于入驻企业查询的")


@pytest.mark.parametrize(
    ("sentence", "key", "value"),
    [
        ("基地入驻小微企业不少于三十家。", "tenants", 30),
        ("基地入驻小型微型企业达到35户。", "tenants", 35),
        ("基地内从业人员1,200人以上。", "people", 1200),
        ("专职服务人员10名以上。", "staff", 10),
        ("专职从事创业创新服务的人员至少六人。", "staff", 6),
        ("合作的专业服务机构五家以上。", "partners", 5),
        ("提供的公益性服务不低于总服务量的25％。", "low_fee_percent", 25),
        ("低收费服务不少于百分之三十。", "low_fee_percent", 30),
        ("应至少具备不少于下列5项服务功能。", "functions_required", 5),
        ("申报主体运营本基地满三年。", "years_operated", 3),
        ("示范基地命名有效期限为3年。", "years_of_validity", 3),
        ("本办法有效期为5年。", "years_of_validity", None),
        ("名单在网站公示不少于7个工作日。", "notice_working_days", 7),
        ("公示期为五个工作日。", "notice_working_days", 5),
        ("变更完成后二十个工作日内报市工信局备案。", "change_filing_working_days", 20),
        ("基地典型服务案例（三千字以内）。", "case_characters", 3000),
        ("入驻企业满意率低于80%的，予以整改。", "satisfaction_percent", 80),
        ("每年2月底前报送。", "base_summary_by", None),
        ("每年二月十日前将工作总结报送至县工信部门。", "base_summary_by", (2, 10)),
        ("并于次年3月1日前报市工信局。", "county_summary_by", (3, 1)),
        ("每年13月1日前将工作总结报县工信部门。", "base_summary_by", None),
        ("每年0月1日前将工作总结报县工信部门。", "base_summary_by", None),
        ("每年1月1日前将工作总结报县工信部门。", "base_summary_by", (1, 1)),
        ("每年12月31日前将工作总结报县工信部门。", "base_summary_by", (12, 31)),
        ("每年12月32日前将工作总结报县工信部门。", "base_summary_by", None),
        ("每年12月0日前将工作总结报县工信部门。", "base_summary_by", None),
        ("每年万月1日前将工作总结报县工信部门。", "base_summary_by", None),
        # Only the text's own validity is none of a title; its other figures count.
        ("本办法所称示范基地，入驻小微企业25家以上。", "tenants", 25),
        ("本办法所称示范基地，运营满一年以上。", "years_operated", 1),
        ("按本办法公示5个工作日。", "notice_working_days", 5),
        ("本办法有效期为5年，公示期为7个工作日。", "notice_working_days", 7),
        ("本办法有效期为5年，案例不超过3000字。", "case_characters", 3000),
        ("基地环境优美，入驻企业多。", "tenants", None),
    ],
)
def test_a_figure_is_found_however_it_is_written(sentence, key, value):
    named = {figure.key: figure.value for figure in named_figures((Article(1, (sentence,)),))}
    assert named.get(key, "none") == ("none" if value is None else value)


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("（一）信息服务。线下年服务企业不少于六十家次。", "information.offline_company_times", 60),
        ("（一）信息服务。线下服务六十家次，年组织服务活动不少于5场。", "information.activities", 5),
        ("（一）信息服务。定期发布政策信息。", "information.online", None),
        ("（三）创新支持。年组织技术对接会不少于8次。", "innovation.meetings", 8),
        ("（四）人员培训。年培训一千五百人次以上。", "training.person_times", 1500),
        ("（四）人员培训。年培训万人次以上。", "training.person_times", None),  # no number that can be read
        ("（五）市场营销。年组织展览展销3次以上，与龙头企业对接2次以上。", "marketing.exhibitions", 3),
        ("（五）市场营销。年组织展览展销3次以上，与龙头企业对接2次以上。", "marketing.matchmaking", 2),
        ("（六）投融资服务。年服务企业30家次以上，组织融资对接会4次以上。", "financing.meetings", 4),
        ("（九）其他服务。年服务企业30家次以上。", "professional.company_times", None),
        ("专业服务。年服务企业30家次以上。", "professional.company_times", None),
    ],
)  # fmt: skip
def test_a_functions_figure_is_found_in_its_item_alone(line, key, value):
    named = {figure.key: figure.value for figure in named_figures((Article(7, (line,)),))}
    assert named.get(key, "none") == ("none" if value is None else value)


def test_a_figure_that_a_text_names_twice_is_proposed_twice_and_a_repeated_one_once():
    twice = articles_of(
        "第一条 入驻小微企业30家以上。\n第二条 入驻小微企业40家以上。\n第三条 入驻小微企业30家以上。"
    )
    assert [(figure.value, figure.reference) for figure in named_figures(twice)] == [(30, "1"), (40, "2")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30", 30), ("3,000", 3000), ("3，000", 3000), ("三十", 30), ("十", 10), ("两", 2), ("一百二十", 120),
        ("三千", 3000), ("一千五百", 1500), ("五千零三十", 5030), ("一万二千", 12000), ("零", 0),
    ],
)  # fmt: skip
def test_numbers_in_figures_and_in_chinese_numerals(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", "许多", "万", "3.5"])
def test_what_says_no_number(text):
    with pytest.raises(ValueError):
        number_of(text)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("（六）投融资服务。对接会4次以上。", "对接会4次以上。"),
        ("（六）投融资服务。每年对接会4次以上；另有路演。", "每年对接会4次以上；"),
        ("（六）投融资服务：对接会4次以上。其他。", "（六）投融资服务：对接会4次以上。"),
        ("（六）投融资服务。面向企业。对接会4次以上", "对接会4次以上"),
    ],
)
def test_a_functions_figure_shows_the_sentence_that_it_stands_in(line, sentence):
    (figure,) = (one for one in named_figures((Article(7, (line,)),)) if one.key == "financing.meetings")
    assert (figure.value, figure.sentence) == (4, sentence)
