"""The ten materials of Art. 11: what is handed in, and what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.choices import Choice
from rules.errors import Refusal
from rules.rule_sets.articles import ArticleRef
from rules.rule_sets.measures import Measures
from rules.words import N_


class Material(Choice):
    """The materials of Art. 11, in its order."""

    REPORT = "report", N_("Application report"), "申请报告"
    LICENCE = (
        "licence",
        N_("Operator's legal-person certificate and business licence"),
        "运营主体法人证书和营业执照副本",
    )
    PROPERTY = "property", N_("Property certificates or lease"), "不动产权证书或租赁合同"
    AUDIT = "audit", N_("Last year's special audit report"), "上年度专项审计报告"
    STAFF = (
        "staff",
        N_("Managers and service staff with their qualifications"),
        "管理人员、服务人员名单及资质证明",
    )
    PARTNERS = "partners", N_("List of service partners handed in"), "合作专业服务机构名单"
    TENANTS = "tenants", N_("List of tenants with their licences"), "入驻企业名单及营业执照"
    CASES = "cases", N_("Typical service cases"), "典型服务案例"
    PROOF = "proof", N_("Proof of services given"), "开展服务的证明材料"
    STATEMENT = "statement", N_("Sealed statement of truth"), "真实性声明（加盖公章）"

    @property
    def number(self) -> int:
        """Its number in Art. 11, from 1."""
        return list(Material).index(self) + 1


# Where else files of an application may stand: the form of Art. 10, the on-site checks of county and experts.
FORM = "form"
ON_SITE, EXPERT_ON_SITE, SCORE_SHEETS, DECISION = "on-site", "expert-on-site", "score-sheets", "decision"


@dataclass(frozen=True)
class CaseFile:
    """A file of the service cases that is no picture: its characters, None where they cannot be counted."""

    name: str
    characters: int | None


@dataclass(frozen=True)
class Submission:
    """What an application holds: files by material, the text of the cases and their files, and whether it is sealed."""

    files: Mapping[str, int] = field(default_factory=dict)
    cases: str = ""
    sealed: bool = False
    case_files: tuple[CaseFile, ...] = ()


def characters(text: str) -> int:
    """Return how many characters a text has as a word processor counts them: blanks and line ends are none."""
    return sum(not sign.isspace() for sign in text)


def missing_materials(submission: Submission) -> tuple[Material, ...]:
    """Return the materials that are not there yet; the cases may be typed instead of sent as a file."""
    return tuple(
        material
        for material in Material
        if not submission.files.get(material.value)
        and not (material is Material.CASES and submission.cases.strip())
    )


def refusals_to_submit(submission: Submission, measures: Measures) -> tuple[Refusal, ...]:
    """Return why the materials are not complete (Art. 11)."""
    refusals = [
        Refusal(
            N_("Material %(number)d is missing: %(name)s."),
            {"number": material.number, "name": material},
            field=material.value,
        )
        for material in missing_materials(submission)
    ]
    refusals += refusals_of_cases(submission.cases, measures, submission.case_files)
    if not submission.sealed:
        sentence = N_("Confirm that the statement of truth bears the applicant's seal.")
        refusals.append(Refusal(sentence, field="sealed"))
    return tuple(refusals)


def refusals_of_cases(text: str, measures: Measures, files: Iterable[CaseFile] = ()) -> tuple[Refusal, ...]:
    """Return why the service cases cannot stand: more characters than allowed, or a file that cannot be counted.

    What was typed and what the files hold is one text (Art. 11(8)); photos count nothing.
    """
    uncounted = N_(
        "The characters of “%(name)s” cannot be counted: hand it in as .docx, .pdf with text or .txt, or type the text."
    )
    refusals = [Refusal(uncounted, {"name": file.name}, "cases") for file in files if file.characters is None]
    if refusals:
        return tuple(refusals)
    count = characters(text) + sum(file.characters or 0 for file in files)
    if count <= measures.case_characters:
        return ()
    article = ArticleRef(measures.articles.get("cases", ""))
    params = {"count": count, "most": measures.case_characters, "article": article}
    sentence = N_("The service cases have %(count)d characters; at most %(most)d are allowed (%(article)s).")
    return (Refusal(sentence, params, field="cases"),)
