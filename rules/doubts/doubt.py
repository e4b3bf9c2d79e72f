"""The kinds of doubts, as pages and sheets call them."""

from collections.abc import Mapping

from rules.choices import Choice
from rules.words import N_


class DoubtGroup(Choice):
    """The kinds of doubts, by which a page is narrowed."""

    DOUBLE = "double", N_("Likely the same"), "疑似重复"
    FIGURE = "figure", N_("Impossible figures"), "数字矛盾"
    CODE = "code", N_("Doubtful codes"), "代码存疑"
    DAY = "day", N_("Status and days disagree"), "状态与日期不符"


class Doubt(Choice):
    """One thing that may be wrong with a record, or with two."""

    SAME_COMPANY = "same-company", N_("Likely the same company"), "疑似同一企业"
    OTHER_REGISTER = "other-register", N_("Code of another register"), "非市场监管部门登记代码"
    WRONG_CODE = "wrong-code", N_("The check character of the code is wrong"), "代码校验位有误"
    ODD_PEOPLE = "odd-people", N_("Number of people hardly possible"), "从业人员数异常"
    REVENUE_IN_YUAN = "revenue-in-yuan", N_("Revenue perhaps in yuan"), "营业收入疑以元计"
    ASSETS_IN_YUAN = "assets-in-yuan", N_("Assets perhaps in yuan"), "资产总额疑以元计"
    LEFT_WITHOUT_DAY = "left-without-day", N_("Has left, without a day"), "已离开而无日期"
    DAY_BUT_THERE = (
        "day-but-there",
        N_("There, although a day of leaving has passed"),
        "在状态中而离开日期已过",
    )
    LEAVES_LATER = "leaves-later", N_("Has left, on a day to come"), "已离开而日期未到"
    COMES_LATER = "comes-later", N_("There, from a day to come"), "在状态中而开始日期未到"
    ENDED_BUT_RUNNING = (
        "ended-but-running",
        N_("Ended, although a cooperation goes on"),
        "已终止而合作仍在期内",
    )
    RUNNING_BUT_ENDED = (
        "running-but-ended",
        N_("Cooperating, although every cooperation has ended"),
        "合作中而合作均已到期",
    )

    @property
    def group(self) -> DoubtGroup:
        """The kind it belongs to."""
        return _GROUPS.get(self, DoubtGroup.DAY)


_GROUPS: Mapping[Doubt, DoubtGroup] = {
    Doubt.SAME_COMPANY: DoubtGroup.DOUBLE,
    Doubt.OTHER_REGISTER: DoubtGroup.CODE,
    Doubt.WRONG_CODE: DoubtGroup.CODE,
    Doubt.ODD_PEOPLE: DoubtGroup.FIGURE,
    Doubt.REVENUE_IN_YUAN: DoubtGroup.FIGURE,
    Doubt.ASSETS_IN_YUAN: DoubtGroup.FIGURE,
}
