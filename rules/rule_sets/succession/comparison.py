"""Two texts of the Measures side by side: which article became which, and what differs inside it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rules.errors import Refusal
from rules.rule_sets.articles import Article, articles_of, begins_article, numeral
from rules.words import N_

# Below this likeness (0 to 1) two articles are not the same one.
LEAST_LIKENESS = 0.5
_TOKEN = re.compile(r"\d+|[A-Za-z]+|.", re.DOTALL)
_ISLAND = 1  # so few equal signs between two differences are part of them
MOST_SIGNS = 200_000  # of a whole text
_MOST_SHOWN = 60  # of a line that could not be cut


@dataclass(frozen=True)
class Span:
    """A piece of a text: in both ("same"), only in the old one ("del") or only in the new one ("ins")."""

    kind: str
    text: str


@dataclass(frozen=True)
class ArticlePair:
    """An article of the old text and the one of the new text that it became; None where there is none."""

    old: Article | None
    new: Article | None

    @property
    def moved(self) -> bool:
        """Whether it has another number now."""
        return self.old is not None and self.new is not None and self.old.number != self.new.number

    @property
    def changed(self) -> bool:
        """Whether its words differ, or one of the two is missing."""
        return self.old is None or self.new is None or self.old.text != self.new.text

    @property
    def spans(self) -> tuple[Span, ...]:
        """The words of both, with what was taken out and put in."""
        return differences(self.old.text if self.old else "", self.new.text if self.new else "")


def likeness(first: str, second: str, *, least: float = 0.0) -> float:
    """Return how alike two texts are, 0 to 1; 0 at once where that is surely below `least`."""
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()


def paired(old: Sequence[Article], new: Sequence[Article]) -> tuple[ArticlePair, ...]:
    """Return every article once, matched by likeness whatever its number; in the new order, dropped ones in place."""
    candidates = sorted(
        (
            (likeness(before.text, after.text, least=LEAST_LIKENESS), before.number == after.number, -i, -j)
            for i, before in enumerate(old)
            for j, after in enumerate(new)
        ),
        reverse=True,
    )
    became: dict[int, int] = {}
    for like, _, minus_i, minus_j in candidates:
        if like >= LEAST_LIKENESS and -minus_i not in became and -minus_j not in became.values():
            became[-minus_i] = -minus_j
    was = {j: i for i, j in became.items()}
    # A dropped article stands behind what the one before it became, or first of all.
    dropped: dict[int | None, list[ArticlePair]] = {}
    last = None
    for i, before in enumerate(old):
        if i in became:
            last = became[i]
        else:
            dropped.setdefault(last, []).append(ArticlePair(before, None))
    pairs = dropped.get(None, [])
    for j, after in enumerate(new):
        pairs += [ArticlePair(old[was[j]] if j in was else None, after), *dropped.get(j, ())]
    return tuple(pairs)


def differences(old: str, new: str) -> tuple[Span, ...]:
    """Return both texts as one, sign by sign but numbers whole, with what differs marked."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    spans: list[Span] = []
    for kind, i1, i2, j1, j2 in _quiet(SequenceMatcher(None, before, after, autojunk=False).get_opcodes()):
        if kind == "equal":
            spans.append(Span("same", "".join(before[i1:i2])))
            continue
        spans += [
            Span(word, "".join(piece)) for word, piece in (("del", before[i1:i2]), ("ins", after[j1:j2])) if piece
        ]  # fmt: skip
    return tuple(spans)


Opcode = tuple[str, int, int, int, int]


def _quiet(opcodes: Iterable[Opcode]) -> list[Opcode]:
    """Return the steps with differences put together that one equal sign parts."""
    steps: list[Opcode] = []
    for step in opcodes:
        if len(steps) > 1 and _is_island(steps[-1]):
            (_, i1, _, j1, _), (_, _, i2, _, j2) = steps[-2], step
            steps[-2:] = [("replace", i1, i2, j1, j2)]
        else:
            steps.append(step)
    return steps


def _is_island(step: Opcode) -> bool:
    kind, first, end, _, _ = step
    return kind == "equal" and end - first <= _ISLAND


def lines_before(text: str) -> tuple[str, ...]:
    """Return what stands before the first article: title lines and chapters, without blank lines."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if begins_article(line):
            break
        if line.strip():
            lines.append(" ".join(line.split()))
    return tuple(lines)


def said_of_cutting(text: str) -> tuple[Refusal, ...]:
    """Return what could not be cut into articles: nothing at all, gaps in the numbers, doubled and disordered ones."""
    articles = articles_of(text)
    if not articles:
        return (
            Refusal(N_("No line begins with 第…条: the text could not be cut into articles."), field="text"),
        )
    said: list[Refusal] = []
    seen: set[int] = set()
    highest = articles[0].number
    for article in articles:
        number = f"第{numeral(article.number)}条"
        shown = {"article": number, "line": article.text[:_MOST_SHOWN]}
        if article.number in seen:
            said.append(Refusal(N_("%(article)s stands there twice: %(line)s"), shown))
        elif article.number < highest:
            said.append(Refusal(N_("%(article)s stands after a higher one: %(line)s"), shown))
        if not article.text:
            said.append(Refusal(N_("%(article)s has no words."), shown))
        seen.add(article.number)
        highest = max(highest, article.number)
    missing = [number for number in range(1, highest) if number not in seen]
    if missing:
        names = "、".join(f"第{numeral(number)}条" for number in missing)
        said.append(Refusal(N_("Missing between the first and the last: %(articles)s."), {"articles": names}))
    return tuple(said)


def refusals_of_text(text: str) -> tuple[Refusal, ...]:
    """Return why a text cannot be kept: empty, too long, or an article twice (it could not be cited)."""
    if not text.strip():
        return (Refusal(N_("Paste the text, or choose its file."), field="text"),)
    if len(text) > MOST_SIGNS:
        params = {"most": f"{MOST_SIGNS:,}"}
        return (Refusal(N_("The text is too long: at most %(most)s signs."), params, "text"),)
    if not articles_of(text):
        return said_of_cutting(text)
    return ()
