"""Type words in texts: which name what is sold, and which what it goes with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.lexicon.type_words import (
    Mention,
    TypeWordScanner,
    ends_like_type,
    goes_with,
    is_noun,
    is_type_like,
    word_suffixes,
)
from shangsou.text.segmenter import PACKAGED


def heads(text: str, *vocabulary: str) -> list[str]:
    return TypeWordScanner(vocabulary).heads(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        # What is joined behind a word makes it a modifier.
        ("透明手机壳", "手机"),
        ("手机壳防摔", "手机"),
        ("手机壳 防摔", "手机"),
        ("桌面手机支架", "手机"),
        ("手机保护套", "手机"),
        ("空调遥控器", "空调"),
        ("洗衣机清洗服务", "洗衣机"),
        # A colour, a taste.
        ("咖啡色连衣裙", "咖啡"),
        ("草莓味牙膏", "草莓"),
        # What is said before it.
        ("蓝牙耳机适用手机", "手机"),
        ("钢化膜 适用于华为手机", "手机"),
        ("数据线 兼容小米手机", "手机"),
        ("鼠标 送鼠标垫", "鼠标垫"),
        ("键盘 不含电池", "电池"),
        ("拖把 类似扫帚", "扫帚"),
    ],
)
def test_a_word_that_says_what_the_product_goes_with_is_no_head(text: str, word: str) -> None:
    scanner = TypeWordScanner([word])
    assert [mention.word for mention in scanner.mentions(text)] == [word]
    assert scanner.heads(text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("智能手机", "手机"),
        ("手机 壳", "手机"),
        ("手机8GB", "手机"),
        ("手机新款", "手机"),
        ("连衣裙子", "连衣裙"),
        ("咖啡 色泽饱满", "咖啡"),
        ("适用于华为 手机", "手机"),
        ("适用男士,手机", "手机"),
        # Eleven characters further on.
        ("适用男士女士老人小孩学生手机", "手机"),
        ("鼠标 送鼠标垫", "鼠标"),
        # 板栗, 包装: what follows is a word of its own, not 板 or 包.
        ("坚果板栗仁", "坚果"),
        ("月饼包装精美", "月饼"),
    ],
)
def test_a_word_that_names_what_is_sold_is_a_head(text: str, word: str) -> None:
    assert heads(text, word) == [word]


@pytest.mark.parametrize(
    "text", ["钢化膜 适用小米", "滤芯 替换装", "空调 上门安装", "洗衣机 维修服务", "相机 租赁", "旧手机回收"]
)
def test_accessories_refills_and_services_go_with_a_thing(text: str) -> None:
    assert goes_with(text)
    assert not goes_with("智能手机 8GB")


def test_mentions_say_where_they_are() -> None:
    # 0 适用 2 华为 4 手机 6 壳 7 手机支架
    assert TypeWordScanner(["手机", "手机壳", "支架"]).mentions("适用华为手机壳手机支架") == [
        Mention("手机壳", 4, 7, is_head=False),
        Mention("手机", 7, 9, is_head=False),
        Mention("支架", 9, 11, is_head=True),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The longest that begins there, and none inside it.
        ("智能手机壳", ["手机壳"]),
        ("移动电源线", ["移动电源"]),
        # Two that cross are both there, in their order.
        ("连衣裙裤", ["连衣裙", "裙裤"]),
        # At the very end, also where a longer one would go beyond it.
        ("真皮沙发", ["沙发"]),
        ("手机", ["手机"]),
        ("手", []),
        ("", []),
    ],
)
def test_of_words_that_begin_alike_the_longest_is_mentioned(text: str, expected: list[str]) -> None:
    scanner = TypeWordScanner(
        ["手机", "手机壳", "手机壳支架", "移动电源", "电源", "连衣裙", "裙裤", "沙发", "沙发垫"]
    )
    assert [mention.word for mention in scanner.mentions(text)] == expected


def test_a_head_that_is_mentioned_twice_is_named_once() -> None:
    assert heads("手机 老人手机 平板", "手机", "平板") == ["手机", "平板"]


WORDS = st.text("手机壳垫色送适用 a裙", min_size=1, max_size=4)


@given(st.lists(WORDS, max_size=8), st.text("手机壳垫色送适用 a裙", max_size=20))
def test_mentions_lie_inside_the_text_and_each_goes_beyond_the_one_before(
    vocabulary: list[str], text: str
) -> None:
    mentions = TypeWordScanner(vocabulary).mentions(text)
    covered, started = 0, -1
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.word
        assert mention.word in vocabulary
        assert started < mention.start < mention.end <= len(text)
        assert mention.end > covered
        started, covered = mention.start, mention.end


@pytest.mark.parametrize("word", ["手机", "连衣裙", "女装", "四件套", "智能手机", "保温杯"])
def test_words_for_things_are_like_types(word: str) -> None:
    assert is_type_like(word)


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("裙", id="one character"),
        pytest.param("法式复古碎花连衣裙", id="longer than a type"),
        pytest.param("iphone手机", id="Latin"),
        pytest.param("黑色", id="a colour"),
        pytest.param("黑白", id="colours"),
        pytest.param("礼盒", id="a bundle"),
        pytest.param("盒装", id="a package"),
    ],
)
def test_other_words_are_not(word: str) -> None:
    assert not is_type_like(word)


def test_a_word_ends_like_a_thing_by_its_last_character() -> None:
    assert ends_like_type("连衣裙")
    assert not ends_like_type("妈妈")


def test_jieba_tells_nouns() -> None:
    assert is_noun("手机", PACKAGED)
    assert not is_noun("透明", PACKAGED)


def test_a_word_ends_in_what_stands_behind_its_borders() -> None:
    assert word_suffixes("翻盖手机", PACKAGED) == ("手机",)
    assert word_suffixes("手机", PACKAGED) == ()
    # 壳 alone is no word for a thing.
    assert word_suffixes("手机壳", PACKAGED) == ()


@given(
    st.lists(st.text("手机壳套保护适用于 ,ab12膜\U0001f600", max_size=14), max_size=6),
    st.sets(st.text("手机壳套保护膜ab", min_size=1, max_size=5)),
)
def test_the_heads_of_many_texts_are_those_of_each(texts: list[str], vocabulary: set[str]) -> None:
    scanner = TypeWordScanner(vocabulary)
    assert list(scanner.heads_of(texts)) == [scanner.heads(text) for text in texts]


def test_no_word_is_found_across_two_texts() -> None:
    assert list(TypeWordScanner(["手机"]).heads_of(["二手", "机械表", "", "手机"])) == [[], [], [], ["手机"]]


@given(st.text("手机壳套膜a", max_size=12), st.sets(st.text("手机壳套膜a", min_size=1, max_size=5)))
def test_mentions_are_the_longest_words_that_no_earlier_one_holds(text: str, vocabulary: set[str]) -> None:
    spans = [
        (start, end)
        for start in range(len(text))
        for end in range(start + 2, len(text) + 1)
        if text[start:end] in vocabulary
    ]
    expected = [
        (start, end)
        for start, end in spans
        if not any(
            (other, other_end) != (start, end) and other <= start and end <= other_end
            for other, other_end in spans
        )
    ]
    found = [(mention.start, mention.end) for mention in TypeWordScanner(vocabulary).mentions(text)]
    assert found == expected
