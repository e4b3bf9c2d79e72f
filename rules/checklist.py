"""The operating conditions of Art. 6, as a checklist: what a person judges, with remark and evidence."""

from rules.choices import Choice
from rules.words import N_


class CheckState(Choice):
    """What was found of one condition."""

    UNKNOWN = "unknown", N_("Not checked yet"), "未核实"
    MET = "met", N_("Fulfilled"), "符合"
    NOT_MET = "not-met", N_("Not fulfilled"), "不符合"


class Condition(Choice):
    """The conditions of Art. 6, in its order."""

    PREMISES = (
        "premises",
        N_("Premises for tenants, incubation and services"),
        "生产经营、创业孵化、创业创新场地和服务场所",
    )
    GOVERNANCE = "governance", N_("Governance and internal management"), "治理结构和内部运营管理体系"
    PLAN = "plan", N_("Development plan"), "发展规划"
    YEARLY_GOALS = "yearly-goals", N_("Yearly goals"), "年度目标"
    IMPLEMENTATION = "implementation", N_("Implementation plan"), "实施方案"
    MANAGEMENT_SYSTEM = "management-system", N_("Management system"), "管理制度"
    PROCESS_AND_FEES = "process-and-fees", N_("Service process and fees"), "创业创新服务流程和收费标准"
    QUALITY = "quality", N_("Safeguards of service quality"), "服务质量监督保证措施"
    LEDGER = "ledger", N_("A clear service ledger"), "清晰的服务台账"
