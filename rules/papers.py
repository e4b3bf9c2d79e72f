"""The kinds of papers that the office issues; each kind has its template."""

from rules.choices import Choice
from rules.errors import Refusal
from rules.words import N_


class PaperKind(Choice):
    """What a paper does. `value` is stored and stands in addresses."""

    PUBLIC_NOTICE = "public-notice", N_("Public notice"), "公示"
    ANNOUNCEMENT = "announcement", N_("Announcement"), "公布通知"
    RECOMMENDATION = "recommendation", N_("Letter of recommendation"), "推荐函"
    CERTIFICATE = "certificate", N_("Certificate"), "证书"
    CORRECTION = "correction", N_("Correction"), "更正公告"
    PRIOR_NOTICE = "prior-notice", N_("Prior notice of a decision"), "事先告知书"
    REVOCATION = "revocation", N_("Revocation decision"), "撤销命名决定"
    CANCELLATION = "cancellation", N_("Cancellation decision"), "取消称号决定"
    REVERSAL = "reversal", N_("Decision to restore the title"), "恢复称号决定"
    UPWARD_RECOMMENDATION = "upward-recommendation", N_("Letter to the level above"), "择优推荐函"
    APPLICATION_FORM = "application-form", N_("Application form"), "认定申请表"
    RENEWAL_FORM = "renewal-form", N_("Renewal form"), "复核申请表"


# What operators fill in and send back; the others the office issues.
FORMS = (PaperKind.APPLICATION_FORM, PaperKind.RENEWAL_FORM)
# Letters (函), with the head of GB/T 9704, 10.1.
LETTERS = (PaperKind.RECOMMENDATION, PaperKind.UPWARD_RECOMMENDATION)


LONGEST_PREFIX = 12


def refusals_of_prefix(prefix: str, field: str = "certificate_prefix") -> tuple[Refusal, ...]:
    """Return why certificate numbers cannot begin so: they stand in addresses, as LCSJ-2026-001."""
    if prefix and prefix.isascii() and prefix.isalnum() and len(prefix) <= LONGEST_PREFIX:
        return ()
    sentence = N_("The beginning of certificate numbers is up to 12 letters and figures.")
    return (Refusal(sentence, field=field),)
