"""An invented successor of the 2021 Measures, as its text would come from the bureau; for tests alone.

Art. 4 is dropped, what Art. 12 says of the public notice has an article of its own, so that Art. 5 to 12 have moved;
figures differ, some in Chinese numerals.
"""

from dataclasses import replace

from rules.rule_sets.articles import Article, text_of
from rules.rule_sets.measures import CITY_2021

TITLE = "聊城市小型微型企业创业创新示范基地认定管理办法"
NUMBER = "聊工信发〔2026〕88号"
BODY = "聊城市工业和信息化局"
HEAD = f"""{BODY}文件

{NUMBER}

关于印发《{TITLE}》的通知

各县（市、区）工业和信息化局：现将《{TITLE}》印发给你们，请认真抓好落实。

{TITLE}
"""
NOTICE = "初步认定结果在市工业和信息化局网站公示，公示期为七个工作日，对公示无异议的示范基地予以公布。"
_CHANGES = (
    ("时间一年以上", "时间满两年以上"),
    ("小型微型企业25家以上，从业人员400人以上", "小型微型企业三十家以上，从业人员不少于500人"),
    ("不少于6人", "不少于八人"),
    ("服务机构不少于4家", "服务机构不少于5家"),
    ("总服务工作量的20%", "总服务工作量的百分之二十五"),
    ("不少于以下四种", "不少于以下五种"),
    ("40家次", "六十家次"),
    ("活动4次以上。", "活动6次以上。"),
    ("300人次", "1,200人次"),
    ("产品推介与合作等活动；", "产品推介与合作等活动，年组织展览展销2场以上；"),
    ("对接、合作交流等活动。", "对接、合作交流等活动，年组织龙头企业对接活动三次以上。"),
    ("有效期为5年", "有效期为三年"),
    ("十个工作日内", "15个工作日内"),
    ("不超过3000字", "不超过五千字"),
    ("每年1月10日前", "每年1月15日前"),
    ("每年1月20日前", "每年一月三十一日前"),
    ("入驻企业满意度低、", "入驻企业满意度低于70%、"),
    ("研究确定初步认定结果并在市工业和信息化局网站公示，对公示无异议的示范基地予以公布。", "研究确定初步认定结果。"),
    ("本办法自2021年12月4日起施行，有效期至2026年12月3日。", "本办法自2027年1月11日起施行，有效期5年。"),
)  # fmt: skip
DROPPED, INSERTED = 4, 12  # old and new number
# What the text names, by the key of its line.
FIGURES = {
    "years_operated": 2, "tenants": 30, "people": 500, "staff": 8, "partners": 5, "low_fee_percent": 25,
    "functions_required": 5, "information.online": 1, "information.offline_company_times": 60,
    "information.activities": 6, "start-up.company_times": 10, "innovation.meetings": 4,
    "training.person_times": 1200, "marketing.exhibitions": 2, "marketing.matchmaking": 3,
    "financing.company_times": 20, "financing.meetings": 2, "consulting.company_times": 20,
    "professional.company_times": 20, "years_of_validity": 3, "notice_working_days": 7,
    "change_filing_working_days": 15, "case_characters": 5000, "satisfaction_percent": 70,
    "base_summary_by": (1, 15), "county_summary_by": (1, 31),
}  # fmt: skip


def new_number(old: int) -> int | None:
    """Return the number that an article of 2021 has in the new text; None for the one dropped."""
    if old == DROPPED:
        return None
    return old - 1 if DROPPED < old <= INSERTED else old


def new_articles() -> tuple[Article, ...]:
    """Return the articles of the new text."""
    articles = [replace(article, number=0) for article in CITY_2021.text if article.number != DROPPED]
    articles.insert(INSERTED - 1, Article(0, (NOTICE,), articles[INSERTED - 2].chapter))
    return tuple(
        replace(article, number=number, lines=tuple(_changed(line) for line in article.lines))
        for number, article in enumerate(articles, 1)
    )


def _changed(line: str) -> str:
    for old, new in _CHANGES:
        line = line.replace(old, new)
    return line


def new_text() -> str:
    """Return the whole document, title lines and all."""
    return HEAD + "\n" + text_of(new_articles())
