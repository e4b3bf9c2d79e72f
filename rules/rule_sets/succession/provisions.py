"""Which article of a new text each provision stands in: proposed by likeness to the old article, or to its item."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rules.rule_sets.articles import Article, item_of, items_of, numeral_value
from rules.rule_sets.measures import Measures
from rules.rule_sets.provisions import PROVISIONS
from rules.rule_sets.succession.comparison import LEAST_LIKENESS, likeness, paired

_SPLIT = re.compile(r"(\d+)(?:\((\d+)\))?")
_TYPED = re.compile(
    r"第?\s*([0-9零〇一二两三四五六七八九十百]+)\s*条?\s*(?:第?\s*[（(]?\s*([0-9零〇一二两三四五六七八九十百]+)\s*[)）]?\s*项?)?"
)
_SAME_ARTICLE = 0.15  # so much more alike is an item that stayed in its article
# A word without which an article does not say this: several provisions may have parted from one article.
_WORDS: Mapping[str, str] = {
    "county_review": "初审", "recommendation": "推荐", "expert_review": "专家", "notice": "公示",
    "announcement": "公布", "summary": "工作总结", "county_summary": "报", "inspection": "检查",
    "satisfaction": "满意度", "change_filing": "变更", "validity": "有效期",
    "no_second_application": "重复申报", "renewal": "复核", "cancellation": "取消", "upward": "推荐",
    "revocation": "撤销", "call": "申报", "application": "申请", "materials": "材料", "cases": "案例",
    "ground.no-renewal": "复核", "ground.renewal-failed": "复核", "registered": "注册",
}  # fmt: skip


def words_of(articles: Sequence[Article], reference: str) -> str:
    """Return the words of an article or of one of its items, "" where there is none of that number."""
    match = _SPLIT.fullmatch(reference)
    if match is None:
        return ""
    article = next((article for article in articles if article.number == int(match[1])), None)
    if article is None:
        return ""
    return article.part(int(match[2])) if match[2] else article.text


def references_of(articles: Sequence[Article]) -> tuple[str, ...]:
    """Return every article and item that can be cited, in their order."""
    references: list[str] = []
    for article in articles:
        references.append(str(article.number))
        references += [f"{article.number}({item})" for item in items_of(article)]
    return tuple(dict.fromkeys(references))


def reference_of(typed: str) -> str:
    """Return "5(2)" for 第五条第（二）项, 第5条第2项 or 5(2); "" for a blank. ValueError for anything else."""
    text = "".join(typed.split())
    if not text:
        return ""
    match = _TYPED.fullmatch(text)
    if match is None:
        raise ValueError(typed)
    article = numeral_value(match[1])
    return f"{article}({numeral_value(match[2])})" if match[2] else str(article)


def proposed_articles(old: Measures, new: Sequence[Article]) -> dict[str, str]:
    """Return the article of each provision in the new text; "" where nothing is like enough: it is set by hand."""
    became = {pair.old.number: pair.new.number for pair in paired(old.text, new) if pair.old and pair.new}
    found: dict[tuple[str, str], str] = {}
    proposed = {}
    for provision in PROVISIONS:
        reference, word = old.articles.get(provision.key, ""), _WORDS.get(provision.key, "")
        if (reference, word) not in found:
            found[reference, word] = _proposed(reference, word, old.text, new, became)
        proposed[provision.key] = found[reference, word]
    return proposed


def _proposed(
    reference: str, word: str, old: Sequence[Article], new: Sequence[Article], became: Mapping[int, int]
) -> str:
    match, words = _SPLIT.fullmatch(reference), words_of(old, reference)
    if match is None or not words:
        return ""
    follower = became.get(int(match[1]))
    best, best_score = "", 0.0
    for candidate, text in _parts(new, items=bool(match[2])):
        if word and word not in text:
            continue
        stayed = int(candidate.partition("(")[0]) == follower
        if stayed and not match[2]:
            return candidate
        score = likeness(words, text, least=LEAST_LIKENESS - _SAME_ARTICLE) + (_SAME_ARTICLE if stayed else 0)
        if score > best_score:
            best, best_score = candidate, score
    if best_score >= LEAST_LIKENESS:
        return best
    if word and not match[2]:
        # The article next to where the old one went: it may have parted in two.
        near = follower if follower is not None else int(match[1])
        holding = (candidate for candidate, text in _parts(new, items=False) if word in text)
        return min(holding, key=lambda candidate: abs(int(candidate) - near), default="")
    return ""


def _parts(articles: Sequence[Article], *, items: bool) -> Iterator[tuple[str, str]]:
    for article in articles:
        if not items:
            yield str(article.number), article.text
            continue
        for line in article.lines:
            item = item_of(line)
            if item:
                yield f"{article.number}({item})", article.part(item)
