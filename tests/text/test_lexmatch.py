"""Terms are found behind wrong homophones, with little noise on clean text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.text.compact import compact
from auditor.text.lexmatch import SoundMatcher
from auditor.text.normalise import Normaliser
from auditor.text.pinyin import Syllables
from auditor.text.prob import WordFrequencies

TERMS = {
    "验证码": "code",
    "支付密码": "code",
    "密码": "code",
    "通讯录": "family",
    "派出所": "police",
    "信用卡": "card",
    "老赖": "abuse",
    "去死": "abuse",
    "起诉": "law",
    "骗子": "abuse",
    "app登录": "login",
}


@pytest.fixture(scope="module")
def by_sound(syllables: Syllables, frequencies: WordFrequencies) -> SoundMatcher[str]:
    """Terms of two characters and more by sound."""
    return SoundMatcher(TERMS, syllables, frequencies, min_chars=2, never=("去世",))


def test_a_term_of_marks_is_refused(syllables: Syllables, frequencies: WordFrequencies) -> None:
    """A term that no text can hold is a mistake of the policy."""
    with pytest.raises(ValueError, match="needs a letter"):
        SoundMatcher({"。": 1}, syllables, frequencies)


def test_no_terms_find_nothing(syllables: Syllables, frequencies: WordFrequencies) -> None:
    """An empty lexicon is fine."""
    assert SoundMatcher[int]({}, syllables, frequencies).find(compact("验证码")) == ()


@pytest.mark.parametrize(
    ("text", "term", "heard"),
    [
        ("请您把收到的验正码告诉我", "验证码", "验正码"),
        ("打爆你的通训录", "通讯录", "通训录"),
        ("叫派处所来找你", "派出所", "派处所"),
        ("您的信用咖逾期了", "信用卡", "信用咖"),
        ("您的心用卡逾期了", "信用卡", "心用卡"),
        ("把支付蜜码报一下", "支付密码", "支付蜜码"),
        ("请您把烟，增码告诉我", "验证码", "烟增码"),
        ("你就是个老癞", "老赖", "老癞"),
        ("你去四吧", "去死", "去四"),
    ],
)
def test_terms_behind_homophones(
    normaliser: Normaliser, by_sound: SoundMatcher[str], text: str, term: str, heard: str
) -> None:
    """Same and near sounds lead to the term, with what was heard and by how much it is likelier."""
    hits = [hit for hit in by_sound.find(compact(normaliser.fold(text))) if hit.term == term]
    assert [hit.heard for hit in hits] == [heard]
    assert hits[0].margin >= 2
    assert compact(hits[0].span.of(text)).text == heard


@pytest.mark.parametrize(
    "text",
    [
        "请您把验证码告诉我",
        "他爷爷去世了",
        "我去试一下",
        "这是市场的趋势",
        "期数已经选好了",
        "照片子目录",
        "老来得子",
        "他统计的",
        "他们在竞争",
        "这个片子很好看",
        "严重吗您现在的情况",
        "眼睁睁看着",
        "您贵姓",
        "好的谢谢再见",
        "我老奶奶在家",
        "密密麻麻的字",
        "您稍等我查一下",
        "去是可以去",
    ],
)
def test_ordinary_words_of_the_same_sound_stay_ordinary(
    by_sound: SoundMatcher[str], text: str
) -> None:
    """Collisions of toneless syllables with real words, and exact terms, give no sound hit."""
    assert by_sound.find(compact(text)) == ()


def test_short_terms_are_left_out_by_default(
    syllables: Syllables, frequencies: WordFrequencies
) -> None:
    """Two syllables are searched by sound on request only, one syllable never."""
    matcher = SoundMatcher(TERMS, syllables, frequencies)
    assert matcher.find(compact("你去四吧")) == ()
    with pytest.raises(ValueError, match="one syllable"):
        SoundMatcher(TERMS, syllables, frequencies, min_chars=1)


CARRIERS = (
    "请您把收到的{}告诉我",
    "我跟您说{}的事情",
    "这个{}我们已经登记了",
    "您那个{}现在在不在手边",
)


def test_recall_on_damaged_terms(
    by_sound: SoundMatcher[str], syllables: Syllables, frequencies: WordFrequencies
) -> None:
    """Of long terms with one character swapped for a common one of the same sound, 95 % return."""
    draw = random.Random(5)
    homophones: dict[int, list[str]] = {}
    for code in range(0x4E00, 0xA000):
        char = chr(code)
        if frequencies.table.get(char, 0) >= 500:
            homophones.setdefault(syllables.ids(char)[0], []).append(char)
    tried = back = 0
    for term in (term for term in TERMS if len(term) >= 3 and not term.isascii()):
        if any(char.isascii() for char in term):
            continue
        for carrier in CARRIERS:
            for place, char in enumerate(term):
                pool = [other for other in homophones[syllables.ids(char)[0]] if other != char]
                wrong = term[:place] + draw.choice(pool) + term[place + 1 :]
                tried += 1
                hits = by_sound.find(compact(carrier.format(wrong)))
                back += any(hit.term == term for hit in hits)
    assert tried >= 60
    assert back / tried >= 0.95


@given(
    text=st.text(
        st.one_of(st.sampled_from("验正证码通训录,。去四老癞"), st.characters()), max_size=30
    )
)
def test_any_text_gives_spans_inside_it(by_sound: SoundMatcher[str], text: str) -> None:
    """Hits quote the original."""
    for hit in by_sound.find(compact(text)):
        assert compact(hit.span.of(text)).text == hit.heard


def test_route_prefers_words(frequencies: WordFrequencies) -> None:
    """A real word is likelier than the same sound in odd characters; own words change that."""
    assert frequencies.route("验证") > frequencies.route("验正")
    own = WordFrequencies({"验正码": 50_000})
    assert own.route("验正码") > frequencies.route("验正码")
    assert frequencies.route("") == 0.0
