"""The text of a rule set by articles, and how an article is cited: "18(1)" is 第十八条第（一）项."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_NUMERAL = "[零〇一二两三四五六七八九十百]+"
_CHAPTER = re.compile(rf"第\s*{_NUMERAL}\s*章[\s　]*\S.*")
_ARTICLE = re.compile(rf"第\s*({_NUMERAL}|\d+)\s*条[\s　:：]*(.*)")
_ITEM = re.compile(rf"[-•]?\s*[（(]\s*({_NUMERAL}|\d+)\s*[）)]\s*(.*)")
_REFERENCE = re.compile(r"(\d+)(?:\((\d+)\))?")


class ArticleRef(str):
    """A reference to an article, "16" or "18(1)": shown as the reader's language cites one."""

    __slots__ = ()


@dataclass(frozen=True)
class Article:
    """One article: `lines`, its paragraphs and items as they stand (an item with its mark （一）), and its chapter."""

    number: int
    lines: tuple[str, ...]
    chapter: str = ""

    @property
    def text(self) -> str:
        """The whole article, a line a paragraph."""
        return "\n".join(self.lines)

    def part(self, item: int) -> str:
        """Return one item of the article, "" when it has none of that number."""
        for line in self.lines:
            match = _ITEM.fullmatch(line)
            if match and numeral_value(match[1]) == item:
                return match[2]
        return ""


def numeral(number: int) -> str:
    """Return 1 to 199 in Chinese numerals: 十八, 一百零五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if hundreds and rest and not tens:
        text += "零"
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    return text + (_DIGITS[ones] if ones else "")


def numeral_value(text: str) -> int:
    """Return the number that Chinese numerals or figures say: 十八 → 18. ValueError for anything else."""
    plain = text.strip().replace("〇", "零").replace("两", "二")
    if plain.isdecimal():
        return int(plain)
    total, digit = 0, 0
    for sign in plain:
        if sign == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif sign == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif sign in _DIGITS:
            digit = _DIGITS.index(sign)
        else:
            raise ValueError(text)
    return total + digit


def article_zh(reference: str) -> str:
    """Return an article, "5(2)" or "16", as the Measures write it: 第五条第（二）项, 第十六条; "" for none."""
    return articles_zh((reference,)) if reference else ""


def articles_zh(references: Iterable[str]) -> str:
    """Return several, each article named once: 第十六条、第十八条第（一）项、第（三）项. ValueError for none."""
    items: dict[int, list[int]] = {}
    for reference in references:
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise ValueError(reference)
        items.setdefault(int(match[1]), []).extend([int(match[2])] if match[2] else [])
    return "、".join(
        f"第{numeral(number)}条" + "、".join(f"第（{numeral(item)}）项" for item in dict.fromkeys(parts))
        for number, parts in items.items()
    )


def begins_article(line: str) -> bool:
    """Tell whether a line of a text begins an article."""
    return _ARTICLE.fullmatch(line.strip(" \t　")) is not None


def item_of(line: str) -> int:
    """Return the number of the item that a line of an article is, 0 for a paragraph."""
    match = _ITEM.fullmatch(line)
    return numeral_value(match[1]) if match else 0


def items_of(article: Article) -> tuple[int, ...]:
    """Return the numbers of an article's items."""
    return tuple(item for line in article.lines if (item := item_of(line)))


def is_reference(text: str) -> bool:
    """Tell whether a text is a reference to an article: "16", "18(1)"."""
    return _REFERENCE.fullmatch(text) is not None


def articles_of(text: str) -> tuple[Article, ...]:
    """Return the articles of a document's text, in their order; what stands before the first is passed over.

    An article begins where a line begins with 第…条; chapters with 第…章. A line that begins neither a chapter, an
    article nor an item, and whose predecessor does not end a sentence, goes on with it: scans break lines.
    """
    articles: list[Article] = []
    chapter, number, lines = "", 0, list[str]()
    for raw in text.replace("\r\n", "\n").split("\n"):
        line = raw.strip(" \t　")
        if not line:
            continue
        article = _ARTICLE.fullmatch(line)
        if article is None and _CHAPTER.fullmatch(line):
            if number:
                articles.append(Article(number, tuple(lines), chapter))
                number, lines = 0, []
            chapter = " ".join(line.split())
        elif article is not None:
            if number:
                articles.append(Article(number, tuple(lines), chapter))
            number, lines = numeral_value(article[1]), [article[2].strip()] if article[2].strip() else []
        elif number:
            _add_line(lines, line)
    if number:
        articles.append(Article(number, tuple(lines), chapter))
    return tuple(articles)


def _add_line(lines: list[str], line: str) -> None:
    item = _ITEM.fullmatch(line)
    if item:
        lines.append(f"（{numeral(numeral_value(item[1]))}）{item[2].strip()}")
    elif lines and lines[-1][-1] not in "。；：;:！？":
        lines[-1] += line
    else:
        lines.append(line)


def text_of(articles: Sequence[Article]) -> str:
    """Return the articles as one text, which `articles_of` reads again."""
    lines: list[str] = []
    chapter = ""
    for article in articles:
        if article.chapter and article.chapter != chapter:
            chapter = article.chapter
            lines.append(chapter)
        first, *others = article.lines or ("",)
        lines += [f"第{numeral(article.number)}条　{first}", *others]
    return "\n".join(lines)
