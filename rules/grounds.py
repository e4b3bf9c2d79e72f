"""The grounds of losing a title and of getting it back, by kind of decision (Art. 16, 18)."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from rules.choices import Choice
from rules.words import N_


class DecisionKind(Choice):
    """What is decided."""

    REVOCATION = "revocation", N_("Revocation"), "撤销命名"
    CANCELLATION = "cancellation", N_("Cancellation"), "取消称号"
    REVERSAL = "reversal", N_("Title restored"), "恢复称号"


class Ground(Choice):
    """The grounds of Art. 18 and Art. 16, and the one for overturning."""

    FRAUD = "fraud", N_("Fraud, or breach of laws and regulations"), "弄虚作假，或违反相关法律法规"
    UNFIT = "unfit", N_("Proven not to meet the Measures"), "被证实不符合规定的示范基地条件和要求"
    NO_REPORTS = (
        "no-reports",
        N_("Reports not handed in, or no cooperation"),
        "不按要求报送工作总结和基地情况汇总表，或不接受、不配合相关工作",
    )
    OTHER = (
        "other",
        N_("Low satisfaction, many complaints, or other cause"),
        "入驻企业满意度低、反映问题较多等其他应予以撤销的情形",
    )
    NO_RENEWAL = "no-renewal", N_("Term ended without an application for renewal"), "期满未申请复核"
    RENEWAL_FAILED = "renewal-failed", N_("Renewal review failed"), "经复核未达标"
    OVERTURNED = "overturned", N_("The earlier decision is overturned"), "原决定被依法撤销或变更"


class Finding(Choice):
    """The alternatives that a ground names: a decision says which of them was found, and only that."""

    FALSIFIED = "falsified", N_("Fraud"), "弄虚作假"
    BREACH = "breach", N_("Breach of laws and regulations"), "违反相关法律法规"
    NO_SUMMARY = "no-summary", N_("Yearly summary not handed in as asked"), "不按要求报送工作总结"
    NO_TABLE = "no-table", N_("Summary table not handed in as asked"), "不按要求报送基地情况汇总表"
    NO_COOPERATION = "no-cooperation", N_("No cooperation"), "不接受、不配合相关工作"
    LOW_SATISFACTION = "low-satisfaction", N_("Low satisfaction of tenants"), "入驻企业满意度低"
    COMPLAINTS = "complaints", N_("Many complaints"), "反映问题较多"
    OTHER_CAUSE = "other-cause", N_("Other cause for revocation"), "存在其他应予以撤销的情形"
    ANNULLED = "annulled", N_("The earlier decision is annulled"), "原决定被依法撤销"
    VARIED = "varied", N_("The earlier decision is varied"), "原决定被依法变更"
    CORRECTED = "corrected", N_("The office corrects its own decision"), "原决定由我局自行纠正"


_F = Finding
# A ground that is not named here has no alternatives: it says itself what was found.
FINDINGS: Mapping[Ground, tuple[Finding, ...]] = MappingProxyType(
    {
        Ground.FRAUD: (_F.FALSIFIED, _F.BREACH),
        Ground.NO_REPORTS: (_F.NO_SUMMARY, _F.NO_TABLE, _F.NO_COOPERATION),
        Ground.OTHER: (_F.LOW_SATISFACTION, _F.COMPLAINTS, _F.OTHER_CAUSE),
        Ground.OVERTURNED: (_F.ANNULLED, _F.VARIED, _F.CORRECTED),
    }
)


def findings_of(ground: Ground, findings: Collection[Finding]) -> tuple[Finding, ...]:
    """Return which of some findings are alternatives of a ground, in its order."""
    return tuple(finding for finding in FINDINGS.get(ground, ()) if finding in findings)


class OverturnedBy(Choice):
    """On what a title is restored."""

    REVIEW = "review", N_("Decision on administrative review"), "行政复议决定"
    JUDGMENT = "judgment", N_("Judgment of a court"), "人民法院判决"
    OWN = "own", N_("Corrected by the office itself"), "自行纠正"


class StatementOutcome(Choice):
    """What became of a base's statement."""

    ACCEPTED = "accepted", N_("Statement accepted"), "予以采纳"
    PARTLY = "partly", N_("Statement accepted in part"), "部分采纳"
    NOT_ACCEPTED = "not-accepted", N_("Statement not accepted"), "不予采纳"


GROUNDS: Mapping[DecisionKind, tuple[Ground, ...]] = MappingProxyType(
    {
        DecisionKind.REVOCATION: (Ground.FRAUD, Ground.UNFIT, Ground.NO_REPORTS, Ground.OTHER),
        DecisionKind.CANCELLATION: (Ground.NO_RENEWAL, Ground.RENEWAL_FAILED),
        DecisionKind.REVERSAL: (Ground.OVERTURNED,),
    }
)
