"""Words that are remembered are read as the library reads them in a whole text."""

import random

import pytest

from rules.likeness.pinyin import first_letters, pinyin, syllables, syllables_of_word, words

TEXTS = [
    "", "山东恒越信息技术有限公司（二期）", "东阿阿胶ABC-12 号", "茌平区单县长兴路",
    "嗯呣", "略绿女旅", "〇一", "㐀𠀀中", "，。", "a b",
]  # fmt: skip


def test_a_text_is_read_as_the_library_reads_it() -> None:
    chance = random.Random(7)
    phrases = list(pinyin().constants.PHRASES_DICT)
    signs = [chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(300)] + list("ab1，( ")
    texts = [
        "".join(chance.choice(kind) for _ in range(chance.randrange(1, 9)))
        for kind in (phrases, signs)
        for _ in range(200)
    ]
    for text in TEXTS + texts:
        assert syllables(text) == pinyin().lazy_pinyin(text)
        by_sign = [syllable for word in words(text) for syllable in syllables_of_word(word)]
        assert by_sign == pinyin().lazy_pinyin(text, errors=list)
        assert first_letters(text) == "".join(pinyin().lazy_pinyin(text, style=pinyin().Style.FIRST_LETTER))


@pytest.mark.parametrize(
    ("text", "expected"), [("东阿", "dong e"), ("莘县", "shen xian"), ("乐陵", "lao ling")]
)
def test_the_citys_own_names_are_read_rightly(text: str, expected: str) -> None:
    assert " ".join(syllables(text)) == expected
