"""The grounds of losing a title and of getting it back, by kind of decision (Art. 16, 18)."""

from collections.abc import Mapping
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


GROUNDS: Mapping[DecisionKind, tuple[Ground, ...]] = MappingProxyType(
    {
        DecisionKind.REVOCATION: (Ground.FRAUD, Ground.UNFIT, Ground.NO_REPORTS, Ground.OTHER),
        DecisionKind.CANCELLATION: (Ground.NO_RENEWAL, Ground.RENEWAL_FAILED),
        DecisionKind.REVERSAL: (Ground.OVERTURNED,),
    }
)
