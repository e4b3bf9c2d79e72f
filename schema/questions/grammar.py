"""The grammar of questions: a text is cut into words, and these are put together into what a list can be asked.

Nothing is guessed: what no rule takes stands in `Meaning.unread`, for the clerk to see before anything is opened.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rules.choices import plain
from schema.field import Field, Kind
from schema.questions.meaning import Asked, Condition, Meaning
from schema.questions.numbers import LARGE, number_at
from schema.questions.periods import Period, month_of, period_at
from schema.questions.phrases import Phrase
from schema.questions.vocabulary import NUMBERS, AskedTable, Vocabulary, WordMeaning, codes_of, is_day

_MOST_MEANINGS = 3
_FILLERS = re.compile(
    "有哪些|哪些|哪几[家个]|有多少[家个条人]?|多少[家个条人]?|有几[家个条]|几[家个条]|列出来?|列一下|查一下|查找|查询|查看|看一下|看看|"
    "给我|帮我|请问|我想|我要|一下|所有|全部|名单|列表|清单|情况|数量|都有|目前|现在|当前|现有|全市|聊城市|聊城|我们|信息|数据|"
    "属于|位于|类型|类别|来自|其中|统计|时间|日期|填写|按照|进行(?!中)|全年|开展|提供|方面|已经|显示|找出|筛选|符合|条件|分别|"
    "[的了过吗呢啊吧里中内和与及还都已在是为被请查找看列家个按于其且又并等填写条做给从、，。？！?!,;；:：()（）《》“”\"'+&/]"
)
_NOT = re.compile(
    "(?:还)?(?:没有|没|未)(?:上报|报送|提交|上交|录入|登记|填报|录|交|报)(?!告)|还没有填写?|还没有|没有填写?|没有|尚未|还没|没填|未填写?|未录入|缺少|不是|不属于|不含|不包括|除了|除去|除|为空|空白|空着|没|未|无|缺|非|不"
)
_HAVE = re.compile("有")
_OUTSIDE = re.compile("以外|之外")
_FILLED = re.compile("(?:均|都)?不(?:能)?为空|非空|不空")
_MORE = re.compile("大于等于|不少于|不低于|不小于|>=|≥|至少|达到|满")
_OVER = re.compile("超过|大于|多于|高于|超出|过(?=[0-9两二三四五六七八九十百千万亿])|>")
_EXACT = re.compile("等于|为|是|=|＝")
_PERIOD_OR_SPAN = re.compile("[年月日号天周季]|个月|到|至|[-~—–]")
_VAGUE = re.compile(
    "(?:好几|几|数|上)[十百千万亿]+|[一二三四五六七八九]?[十百千万亿]+[几多]|[0-9]+多(?=[万亿人家个])"
)
_UP_TO = re.compile(
    "小于等于|不超过|不多于|不高于|不大于|<=|≤|至多|最多(?=[0-9零一二两三四五六七八九十百千])"
)
_UNDER = re.compile("少于|低于|小于|不足|不到|不满|<")
_FROM = re.compile("介于|在")
_UNIT = re.compile("万元|亿元|平方米|平米|㎡|家次|人次|人|元|家|个|名|条|位|分|天|次")
_AND_MORE = re.compile("及?以上|以上|或更多")
_AND_LESS = re.compile("及?以下|以下|以内")
_AND = re.compile("到|至|和|~|—|–|-")
_BETWEEN = re.compile("之间")
_TOP = re.compile("(?:排名)?前|top")
_HIGHEST = re.compile("从高到低|由高到低|从多到少|从大到小|降序|倒序|最多|最高|最大|排名|排序|排列")
_LOWEST = re.compile("从低到高|由低到高|从少到多|从小到大|升序|最少|最低|最小")
_LONGEST, _SHORTEST = re.compile("最长|最久"), re.compile("最短")
_ANY_ORDER = frozenset({"排名", "排序", "排列"})  # says that it is ordered, and not how
_NEWEST = re.compile("最新|最近|最晚|新近")
_OLDEST = re.compile("最早|最旧|最老")
_ORDERINGS = (
    ("highest", _HIGHEST), ("lowest", _LOWEST), ("newest", _NEWEST), ("oldest", _OLDEST), ("longest", _LONGEST),
    ("shortest", _SHORTEST),
)  # fmt: skip
_MOST_WANTED = 200
_SHORTFALL = re.compile(
    "(?:还|都)?(?:差|缺)(?:些|了)?什么(?:指标|条件)?|(?:还)?(?:差|缺)(?:多少|哪些|哪几项|几项)(?:指标|条件)?|"
    "(?:哪些)?(?:指标)?(?:未|没有|没|不)达标|哪些指标不够|达标情况|是否达标|达没达标|达标(?:了)?[吗没]|达标|不(?:符合|满足)条件|(?:符合|满足)条件"
)


_HOW_IT_STANDS = re.compile("达标情况|是否达标|达没达标|.*[吗没]")
_MEETS = frozenset({"达标", "符合条件", "满足条件"})


@dataclass(frozen=True)
class _Token:
    """A word of the question: where it stands, and what it may be."""

    kind: str
    start: int
    end: int
    meanings: tuple[WordMeaning, ...] = ()
    period: Period | None = None
    least: float | None = None
    most: float | None = None
    is_strict: bool = False  # least and most themselves are left out
    unit: str = ""
    many: int = 0


def read_question(text: str, vocabulary: Vocabulary, today: date) -> tuple[Meaning, ...]:
    """Return what a question may mean, at most three; () for what is no question."""
    folded = plain(text)
    found = []
    for table in _heads(folded, vocabulary, today):
        # A word may mean more in this list than the longest of all: 专职 人员, where bases have 专职人员.
        tokens = list(_tokens(folded, vocabulary, today, table.declaration.name))
        found.append(_Reader(folded, tokens, table, vocabulary, today).read())
    least = min((sum(map(len, one.unread)) for one in found), default=0)
    return tuple(one for one in found if sum(map(len, one.unread)) == least)[:_MOST_MEANINGS]


# --- Words ---------------------------------------------------------------------------------------------------


def _tokens(text: str, vocabulary: Vocabulary, today: date, of: str = "") -> Iterator[_Token]:
    place, unread = 0, 0
    while place < len(text):
        token = _token(text, place, vocabulary, today, of)
        if token is None:
            place += 1
            continue
        if unread < place:
            yield _Token("unread", unread, place)
        if token.kind != "filler":
            yield token
        place = unread = token.end
    if unread < place:
        yield _Token("unread", unread, place)


def _token(text: str, place: int, vocabulary: Vocabulary, today: date, of: str) -> _Token | None:
    if found := _SHORTFALL.match(text, place):
        return _Token("shortfall", place, found.end())
    meanings, end = vocabulary.at(text, place, of)
    if (period := period_at(text, place, today)) and period[1] >= end:
        return _Token("period", place, period[1], period=period[0])
    if compared := _comparison(text, place):
        return compared
    denied = _NOT.match(text, place)
    if meanings and not (denied and denied.end() > end):
        return _Token("word", place, end, tuple(meanings))
    if vague := _VAGUE.match(text, place):
        counted = _UNIT.match(text, vague.end())
        return _Token("unread", place, counted.end() if counted else vague.end())
    return _ordering(text, place) or _small_word(text, place)


def _ordering(text: str, place: int) -> _Token | None:
    """Return what orders the list or says how many of it are wanted: 最多, 最新, 前十."""
    for kind, pattern in _ORDERINGS:
        if found := pattern.match(text, place):
            return _Token(kind, place, found.end())
    found = _TOP.match(text, place)
    number = number_at(text, found.end()) if found else None
    if number is None or not 1 <= number[0] <= _MOST_WANTED:
        return None
    counted = _UNIT.match(text, number[1])
    return _Token("top", place, counted.end() if counted else number[1], many=int(number[0]))


def _small_word(text: str, place: int) -> _Token | None:
    for kind, pattern in (
        ("filled", _FILLED),
        ("outside", _OUTSIDE),
        ("not", _NOT),
        ("filler", _FILLERS),
        ("have", _HAVE),
    ):
        if found := pattern.match(text, place):
            return _Token(kind, place, found.end())
    return None


def _comparison(text: str, place: int) -> _Token | None:
    """Return the comparison at a place: 超过50人, 50人以上, 50到100人, 介于50和100之间, 50人."""
    for pattern, is_least, is_strict in (
        (_MORE, True, False), (_OVER, True, True), (_UP_TO, False, False), (_UNDER, False, True),
    ):  # fmt: skip
        if found := pattern.match(text, place):
            number = number_at(text, found.end())
            if number is None:
                return None
            unit, end = _unit(text, number[1])
            least, most = (number[0], None) if is_least else (None, number[0])
            return _Token("compare", place, end, least=least, most=most, is_strict=is_strict, unit=unit)
    return _between(text, place)


def _between(text: str, place: int) -> _Token | None:
    """Return a comparison that begins with its number: 50到100人, 50人以上, 50人."""
    if exact := _exactly(text, place):
        return exact
    begun = _FROM.match(text, place)
    number = number_at(text, begun.end() if begun else place)
    if number is None:
        return None
    unit, end = _unit(text, number[1])
    joined = _AND.match(text, end)
    if joined and (other := number_at(text, joined.end())):
        large = LARGE.get(text[other[1] - 1], 0)
        if large and not unit and text[number[1] - 1] not in LARGE:
            number = number[0] * large, number[1]  # 500到1000万元: both are meant
        unit, end = _unit(text, other[1])
        between = _BETWEEN.match(text, end)
        if not (unit or between or begun or large):
            return None
        return _Token(
            "compare", place, between.end() if between else end, least=number[0], most=other[0], unit=unit
        )
    return None if begun and not unit else _at_an_end(text, place, number[0], unit, end)


def _exactly(text: str, place: int) -> _Token | None:
    """Return a number that is asked for as it is: 等于10人, 为0; 为3月 is none."""
    begun = _EXACT.match(text, place)
    number = number_at(text, begun.end()) if begun else None
    if number is None or _PERIOD_OR_SPAN.match(text, number[1]):
        return None
    unit, end = _unit(text, number[1])
    if _AND_MORE.match(text, end) or _AND_LESS.match(text, end):
        return None
    return _Token("compare", place, end, least=number[0], most=number[0], unit=unit)


def _at_an_end(text: str, place: int, number: float, unit: str, end: int) -> _Token | None:
    if more := _AND_MORE.match(text, end):
        return _Token("compare", place, more.end(), least=number, unit=unit)
    if less := _AND_LESS.match(text, end):
        return _Token("compare", place, less.end(), most=number, unit=unit)
    if unit and unit not in ("天", "次", "分"):
        return _Token("compare", place, end, least=number, most=number, unit=unit)
    return None


def _unit(text: str, place: int) -> tuple[str, int]:
    found = _UNIT.match(text, place)
    return (found[0], found.end()) if found else ("", place)


# --- Which list ----------------------------------------------------------------------------------------------


def _heads(text: str, vocabulary: Vocabulary, today: date) -> list[AskedTable]:
    """Return the lists that may be asked: the one named last, or those of which the words speak."""
    tokens = list(_tokens(text, vocabulary, today))
    named = [one.table for token in tokens for one in token.meanings if _names_table(one)]
    if named:
        last = next(token for token in reversed(tokens) if any(map(_names_table, token.meanings)))
        return [vocabulary.tables[one.table] for one in last.meanings if _names_table(one)]
    if any(token.kind == "shortfall" for token in tokens):
        return [vocabulary.tables["bases"]] if "bases" in vocabulary.tables else []
    if not any(token.meanings or token.kind == "compare" for token in tokens):
        return []
    spoken = {
        name: sum(
            any(one.table == name for one in token.meanings)
            for token in _tokens(text, vocabulary, today, name)
        )
        for name in vocabulary.tables
    }
    most = max(spoken.values(), default=0)
    return [vocabulary.tables[name] for name, count in spoken.items() if count == most and most]


def _names_table(one: WordMeaning) -> bool:
    return bool(one.table) and one.field is None and one.phrase is None


# --- What of it ----------------------------------------------------------------------------------------------


@dataclass
class _Reader:
    """Puts the words together into one meaning, for one list."""

    text: str
    tokens: Sequence[_Token]
    table: AskedTable
    vocabulary: Vocabulary
    today: date
    conditions: list[Condition] = field(default_factory=list)
    unread: list[tuple[int, int]] = field(default_factory=list)
    county: str = ""
    sort: str = ""
    descending: bool = False
    most: int = 0
    elsewhere: str = ""
    asked_elsewhere: tuple[Condition, ...] = ()  # what was asked of that other list
    denied: _Token | None = None
    is_except: bool = False  # 除 was said
    has: _Token | None = None
    named: tuple[_Token, Field] | None = None  # a field that waits for what is asked of it
    phrase: tuple[_Token, Phrase, bool] | None = (
        None  # a phrase that waits for a period, and whether it is denied
    )
    periods: list[_Token] = field(default_factory=list)
    amount: tuple[Field, int] | None = None  # the number that was compared last, and where that ends
    ordering: _Token | None = None  # what orders by the day of a phrase that is still to come: 最早入驻
    ordered_by: _Token | None = None
    shortfall: _Token | None = None

    def read(self) -> Meaning:
        for token in self.tokens:
            getattr(self, f"_{token.kind}")(token)
        self._finish()
        spans = _joined(sorted(self.unread))
        meaning = Meaning(
            self.table.declaration.name, self.county, tuple(self._merged()), self.sort, self.descending, self.most,
            unread=tuple(self.text[start:end] for start, end in spans),
        )  # fmt: skip
        if self.shortfall is not None:
            return self._assessment(meaning)
        return self._told_elsewhere(meaning) if self.elsewhere else meaning

    def _told_elsewhere(self, meaning: Meaning) -> Meaning:
        """Return what is asked of the other list: what was asked of this one beside it has no meaning there."""
        theirs = {one.key for one in self.asked_elsewhere}
        kept = tuple(one for one in meaning.conditions if one.key in theirs)
        by_key = self.table.declaration.by_key
        left = [one.key for one in meaning.conditions if one not in kept] + [meaning.sort] * bool(
            meaning.sort
        )
        headings = tuple(by_key[key].heading for key in left if key in by_key)
        return replace(
            meaning, table=self.elsewhere, conditions=kept, sort="", unread=(*meaning.unread, *headings)
        )

    # --- Each kind of word

    def _unread(self, token: _Token) -> None:
        self.unread.append((token.start, token.end))

    def _filled(self, token: _Token) -> None:
        if self.named is None or self.denied is not None:
            self._unread(token)
            return
        self._ask(Condition(Asked.FILLED, self.named[1].key))
        self.named = None

    def _not(self, token: _Token) -> None:
        if self.denied is not None and self.denied.end == token.start:  # 不缺电话: nothing is made of it
            self.unread.append((self.denied.start, token.end))
            self.denied = None
        elif self.named is not None:
            self._ask(Condition(Asked.FILLED, self.named[1].key, is_filled=False))
            self.named = None
        else:
            self.denied = token
            self.is_except = self.is_except or self._word_of(token).startswith("除")

    def _outside(self, token: _Token) -> None:
        if not self.is_except:  # 冠县以外 without 除: the words before it have been read already
            self._unread(token)

    def _have(self, token: _Token) -> None:
        self.has = token

    def _shortfall(self, token: _Token) -> None:
        if self.table.declaration.name == "bases":
            self.shortfall = token
        else:
            self._unread(token)

    def _period(self, token: _Token) -> None:
        period = token.period
        if self.named is not None and is_day(self.named[1]) and period:
            self._ask(self._days(self.named[1].key, period))
            self.named = None
        elif self.phrase is not None and period:
            self._with_period(self.phrase[1], period)
            self.phrase = None
        elif self.periods and (both := self._as_one(self.periods[-1], token)):
            self.periods[-1] = both
        else:
            self.periods.append(token)

    def _as_one(self, before: _Token, after: _Token) -> _Token | None:
        """Return two periods that lie side by side as one: 9月和10月, 去年和今年."""
        first, second = before.period, after.period
        between = self.text[before.end : after.start].strip("和与及、，,")
        if between or first is None or second is None:
            return None
        for one, next_one in ((first, second), (second, first)):
            ends = one.first, one.last, next_one.first, next_one.last
            if all(ends) and one.last and one.last + timedelta(days=1) == next_one.first:
                return replace(after, start=before.start, period=Period(one.first, next_one.last))
        return None

    def _compare(self, token: _Token) -> None:
        if self.named is None and self._is_how_many(token):
            self.most = int(token.least or 0)
            return
        one = self.named[1] if self.named else self._goes_on(token) or self._counted_in(token.unit)
        if one is None or one.kind not in NUMBERS:
            self._unread(token)
            return
        self.named = None
        self.amount = one, token.end
        least, most = (_in_unit(number, token.unit, one) for number in (token.least, token.most))
        if token.is_strict:
            step = 1 if one.kind is Kind.INTEGER else 0.01
            least = None if least is None else least + step
            most = None if most is None else most - step
        self._ask(Condition(Asked.AMOUNT, one.key, least=least, most=most))

    def _goes_on(self, token: _Token) -> Field | None:
        """Return the number that the comparison just before was of, where this one says more of it: 大于50小于100."""
        if self.amount is None or self.amount[1] != token.start:
            return None
        one = self.amount[0]
        return one if self._counted_in(token.unit) in (None, one) else None

    def _is_how_many(self, token: _Token) -> bool:
        """Tell whether a number says how many are wanted: 最大的三个, 最晚入驻的10家."""
        return (
            bool(self.sort or self.ordering) and token.unit in ("个", "家", "名", "条", "位")
            and token.least == token.most and 1 <= (token.least or 0) <= _MOST_WANTED
        )  # fmt: skip

    def _counted_in(self, unit: str) -> Field | None:
        """Return the one number of the list that is counted in a unit."""
        found = [
            one for one in self.table.declaration.fields
            if one.kind in NUMBERS and self.table.may_ask(one) and unit and f"（{unit}）" in one.heading
        ]  # fmt: skip
        return found[0] if len(found) == 1 else None

    def _highest(self, token: _Token) -> None:
        self._sorted(token, descending=True)

    def _lowest(self, token: _Token) -> None:
        self._sorted(token, descending=False)

    def _newest(self, token: _Token) -> None:
        self._by_day(token, descending=True)

    def _oldest(self, token: _Token) -> None:
        self._by_day(token, descending=False)

    def _longest(self, token: _Token) -> None:
        self._for_long(token, is_longest=True)

    def _shortest(self, token: _Token) -> None:
        self._for_long(token, is_longest=False)

    def _for_long(self, token: _Token, *, is_longest: bool) -> None:
        """Order by how long something has been: the longest is that which began first."""
        if self.named is not None and is_day(self.named[1]) and self.named[1].sortable:
            self.sort, self.descending, self.named = self.named[1].key, not is_longest, None
            self.ordered_by = token
        else:
            self._unread(token)

    def _sorted(self, token: _Token, *, descending: bool) -> None:
        if self.named is not None and self.named[1].sortable:
            self.sort, self.descending, self.named = self.named[1].key, descending, None
            self.ordered_by = token
        elif not self.sort:
            self._drop_named()  # 面积最大的三个: the list is not ordered by it, and 3 is not its size
            self._unread(token)
        elif self.ordered_by is None or self._word_of(self.ordered_by) in _ANY_ORDER:
            self.descending, self.ordered_by = descending, token
        elif descending != self.descending and self._word_of(token) not in _ANY_ORDER:
            self._unread(token)  # 最多和最少: only one can come first

    def _word_of(self, token: _Token) -> str:
        return self.text[token.start : token.end]

    def _by_day(self, token: _Token, *, descending: bool) -> None:
        key = self.named[1].key if self.named and is_day(self.named[1]) else self.table.declaration.asked_day
        if not key or not self.table.declaration.by_key[key].sortable:
            if self.ordering is not None or self.named is not None:
                self._unread(token)
            else:
                self.ordering = token
            return
        self.sort, self.descending, self.named = key, descending, None
        self.ordered_by = token

    def _top(self, token: _Token) -> None:
        self.most = token.many
        if self.named is not None and self.named[1].kind in NUMBERS and self.named[1].sortable:
            self.sort, self.descending, self.named = self.named[1].key, True, None  # 营业收入前五名

    def _word(self, token: _Token) -> None:
        name = self.table.declaration.name
        own = [one for one in token.meanings if one.table == name]
        if any(map(_names_table, own)):  # the list itself, whatever else is called so
            return
        other = next((one.table for one in token.meanings if _names_table(one)), "")
        if other and self.denied is not None and self._is_named_by(other):
            self._other(token, other)  # 没有服务人员的基地: the people, not their number
        elif any(one.values for one in own):
            self._words(token, next(one for one in own if one.values))
        elif phrase := next((one.phrase for one in own if one.phrase), None):
            if phrase.names_field:
                self._field(token, self.table.declaration.by_key[phrase.field])
            else:
                self._phrase(token, phrase)
        elif any(one.field for one in own):
            self._field(token, next(one.field for one in own if one.field))
        elif county := next((one.county for one in token.meanings if one.county), ""):
            self._in_county(token, county)
        elif other:
            self._other(token, other)
        else:
            self._unread(token)

    def _in_county(self, token: _Token, county: str) -> None:
        if self.denied is not None or self.county not in ("", county):
            self._unread(token)
            return
        self.county = county
        if self.named is not None and self.named[1].kind is Kind.COUNTY:
            self.named = None

    def _words(self, token: _Token, one: WordMeaning) -> None:
        assert one.field is not None
        values = one.values
        if self.denied is not None:
            values = tuple(code for code in codes_of(self.table, one.field) if code not in values)
            self.denied = None
        if self.named is not None and self.named[1].key == one.field.key:
            self.named = None
        self._ask(Condition(Asked.WORDS, one.field.key, values))

    def _phrase(self, token: _Token, phrase: Phrase) -> None:
        denied, self.denied = self.denied is not None, None
        if not (denied or self.periods) and self._orders(phrase):
            return
        if phrase.day and not denied and self.periods:
            period = self.periods.pop().period
            assert period is not None
            self._with_period(phrase, period)
        elif phrase.day and not denied and not phrase.is_past:
            self._drop_named()
            self.phrase = token, phrase, denied
        else:
            self._without_period(phrase, denied=denied)

    def _orders(self, phrase: Phrase) -> bool:
        """Tell whether a phrase is what the records are ordered by, 最早入驻, and order them by its day."""
        one = self.table.declaration.by_key.get(phrase.day)
        if self.ordering is None or one is None or not one.sortable or phrase.is_future or phrase.elsewhere:
            return False
        self.sort, self.descending = phrase.day, self.ordering.kind == "newest"
        self.ordered_by, self.ordering = self.ordering, None
        return True

    def _field(self, token: _Token, one: Field | None) -> None:
        assert one is not None
        if self.denied is not None:
            self._ask(Condition(Asked.FILLED, one.key, is_filled=False))
            self.denied = None
            return
        self._drop_named()
        if is_day(one) and self.periods:
            period = self.periods.pop().period
            assert period is not None
            self._ask(self._days(one.key, period))
            return
        self.named = token, one

    def _other(self, token: _Token, other: str) -> None:
        """Take another list's name: 没有台账的基地, 没有服务机构的台账, 基地的企业."""
        declaration = self.table.declaration
        names_it = next(
            (one for one in declaration.fields if one.refers_to == other and self.table.may_ask(one)), None
        )
        is_named = self._is_named_by(other)
        if self.denied is not None:
            if is_named:
                self._ask(Condition(Asked.WITHOUT, other))
            elif names_it is not None:
                self._ask(Condition(Asked.FILLED, names_it.key, is_filled=False))
            else:
                self.unread.append((self.denied.start, token.end))
            self.denied = None
        elif self.has is not None and self.has.end == token.start and names_it is not None:
            self._ask(Condition(Asked.FILLED, names_it.key))
        elif names_it is None or (self.has is not None and self.has.end == token.start):
            self._unread(token)  # 申报中的基地, 有台账的基地: no list is narrowed by that

    def _is_named_by(self, other: str) -> bool:
        """Tell whether the records of another list name these, of which there are few enough to ask for each."""
        theirs, ours = self.vocabulary.tables[other].declaration, self.table.declaration
        return ours.few and any(one.refers_to == ours.name for one in theirs.references)

    # --- Putting it together

    def _ask(self, condition: Condition) -> None:
        self.conditions.append(condition)

    def _drop_named(self) -> None:
        if self.named is not None:
            self._leave(self.named)
            self.named = None

    def _leave(self, named: tuple[_Token, Field]) -> None:
        """Leave a field of which nothing more was asked than 有电话."""
        token, one = named
        if self.has is not None and self.has.end == token.start:
            self._ask(Condition(Asked.FILLED, one.key))
        else:
            self._unread(token)

    def _days(self, key: str, period: Period, *, is_future: bool = False) -> Condition:
        if is_future and period.turned is not None:
            period = period.turned
        if period.is_bare and not is_future and period.first and period.first > self.today:
            # In March, 10月 is that of last year, wherever what is asked has been.
            first, last = period.first, period.last
            year = first.year - 1
            whole = month_of(year, last.month) if last else None
            period = (
                Period(
                    _in_year(first, year),
                    _in_year(last, year) if last and first.day > 1 else whole.last,
                )
                if whole
                else period
            )
        return Condition(Asked.DAYS, key, first=period.first, last=period.last)

    def _with_period(self, phrase: Phrase, period: Period) -> None:
        before = len(self.conditions)
        self._ask(self._days(phrase.day, period, is_future=phrase.is_future))
        if phrase.is_future and phrase.values:  # what may still come to an end has not ended otherwise
            self._ask(Condition(Asked.WORDS, phrase.field, phrase.values))
        if phrase.elsewhere:
            self.elsewhere = phrase.elsewhere
            for key, value in phrase.also:
                self._ask(Condition(Asked.WORDS, key, (value,)))
            self.asked_elsewhere = tuple(self.conditions[before:])

    def _without_period(self, phrase: Phrase, *, denied: bool) -> None:
        if denied and (phrase.is_future or phrase.is_past):  # 没有到期, 未过期: it is still to come
            self._ask(Condition(Asked.DAYS, phrase.day, first=self.today))
        elif phrase.is_past:
            self._ask(Condition(Asked.DAYS, phrase.day, last=self.today - timedelta(days=1)))
        elif phrase.field:
            values = phrase.values
            if denied:
                one = self.table.declaration.by_key[phrase.field]
                values = phrase.opposite or tuple(
                    code for code in codes_of(self.table, one) if code not in phrase.values
                )
            self._ask(Condition(Asked.WORDS, phrase.field, values))
        else:
            self._ask(Condition(Asked.FILLED, phrase.day, is_filled=not denied))

    def _finish(self) -> None:
        if self.phrase is not None:
            _, phrase, denied = self.phrase
            if self.periods and (period := self.periods.pop().period):
                self._with_period(phrase, period)
            else:
                self._without_period(phrase, denied=denied)
        self._drop_named()
        if self.denied is not None:
            self._unread(self.denied)
        if self.ordering is not None:
            self._unread(self.ordering)
        for token in () if self.shortfall else self.periods:
            assert token.period is not None
            place = next((n for n, one in enumerate(self.conditions) if one.asked is Asked.WITHOUT), -1)
            days = self._days("", token.period)
            without = self.vocabulary.tables[self.conditions[place].key].declaration if place >= 0 else None
            taken = {one.key for one in self.conditions if one.asked in (Asked.DAYS, Asked.WORDS)}
            if without and (without.asked_day or without.asked_year) and not self.conditions[place].first:
                self.conditions[place] = replace(self.conditions[place], first=days.first, last=days.last)
            elif (key := self.table.declaration.asked_day) and key not in taken:
                self._ask(replace(days, key=key))
            elif (key := self.table.declaration.asked_year) and days.first and key not in taken:
                self._ask(Condition(Asked.WORDS, key, (str(days.first.year),)))
            else:
                self._unread(token)

    def _merged(self) -> Iterator[Condition]:
        """Yield the conditions; several words of one field are one of them."""
        words: dict[str, tuple[str, ...]] = {}
        for one in self.conditions:
            if one.asked is Asked.WORDS:
                words[one.key] = tuple(dict.fromkeys((*words.get(one.key, ()), *one.values)))
        for one in dict.fromkeys(replace(one, values=words.get(one.key, ())) for one in self.conditions):
            yield one

    def _assessment(self, meaning: Meaning) -> Meaning:
        assert self.shortfall is not None
        word = self.text[self.shortfall.start : self.shortfall.end]
        met = "yes" if word in _MEETS else "no"
        if _HOW_IT_STANDS.fullmatch(word):
            met = ""
        year = next((one.period.first.year for one in self.periods if one.period and one.period.first), 0)
        rest = tuple(one.key for one in meaning.conditions)
        return replace(
            meaning, is_assessment=True, year=year, met=met, conditions=(), unread=(*meaning.unread, *rest)
        )


def _in_year(day: date, year: int) -> date:
    """Return the same day of another year, the last of February where that has no 29th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return month_of(year, 2).last or day if is_leap_day else day.replace(year=year)


def _in_unit(number: float | None, unit: str, one: Field) -> float | None:
    """Return a number in the unit of a field: 1000万元, and 1亿元, of what is kept in 10,000 yuan."""
    if number is None:
        return None
    in_ten_thousands = "万元" in one.heading or "万元" in one.unit
    if unit == "亿元":
        number *= 100_000_000
    elif unit == "万元":
        number *= 10_000
    elif not (in_ten_thousands and (unit == "元" or number >= 10_000)):
        return number
    return number / 10_000 if in_ten_thousands else number


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the parts of the text, those beside one another as one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and joined[-1][1] >= start:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
