"""The operating conditions of Art. 6, as a checklist: what a person judges, with remark and evidence."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.choices import Choice
from rules.errors import Refusal
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


@dataclass(frozen=True)
class Check:
    """What was found of one condition, and whether evidence or a finding in writing stands behind it."""

    state: CheckState = CheckState.UNKNOWN
    grounded: bool = False

    @property
    def verified(self) -> CheckState:
        """The state as far as it holds: without evidence or finding nothing is verified."""
        return self.state if self.grounded else CheckState.UNKNOWN


Checks = Mapping[Condition, Check]


def count_of(checks: Checks, state: CheckState) -> int:
    """Return how many conditions are in a state, those without evidence or finding being unknown."""
    return sum(checks.get(condition, Check()).verified is state for condition in Condition)


def refusals_of_checks(checks: Checks) -> tuple[Refusal, ...]:
    """Return which conditions are not verified yet, or have neither evidence nor finding: one refusal each."""
    refusals = []
    for condition in Condition:
        check = checks.get(condition, Check())
        if check.verified is not CheckState.UNKNOWN:
            continue
        sentence = N_("“%(name)s” is not verified yet: check it in the list of operating conditions.")
        if check.state is not CheckState.UNKNOWN:
            sentence = N_(
                "“%(name)s” has neither evidence nor a finding: add one in the list of operating conditions."
            )
        refusals.append(Refusal(sentence, {"name": condition}, "conditions"))
    return tuple(refusals)
