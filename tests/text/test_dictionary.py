"""A shop's own dictionary, as its file is read."""

from collections import Counter
from contextlib import suppress

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.errors import UnusableInput
from shangsou.text.dictionary import hash_entries, parse_dictionary
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED
from shangsou.text.terms import words as words_of


def parse(text: str) -> list[tuple[str, int | None, str | None]]:
    return [entry[:3] for entry in parse_dictionary(text, "dictionary.txt")]


def test_frequency_and_tag_may_be_left_out_and_lines_may_be_comments() -> None:
    assert parse("# 零食\n\n奶酪魔方 100 n\n国产机 3  # 手机\n电解质水 nz\n百吉福\n") == [
        ("国产机", 3, None),
        ("奶酪魔方", 100, "n"),
        ("电解质水", None, "nz"),
        ("百吉福", None, None),
    ]


def test_words_are_normalized_as_titles_are() -> None:
    assert parse("國貨之光\nＴ恤\nK歌宝\n") == [
        ("k歌宝", None, None),
        ("t恤", None, None),
        ("国货之光", None, None),
    ]


def test_tabs_and_wide_blanks_separate_too() -> None:
    assert parse("奶酪魔方\t100\tn\n电解质水\u3000nz") == [("奶酪魔方", 100, "n"), ("电解质水", None, "nz")]


def test_a_word_of_letters_and_digits_is_accepted_though_it_is_one_anyway() -> None:
    [entry] = parse_dictionary("iPhone15 100 nz", "dictionary.txt")
    assert (entry.word, entry.is_latin) == ("iphone15", True)
    assert words_of("苹果iphone15手机", PACKAGED) == ["苹果", "iphone15", "手机"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("奶酪 魔方", '"魔方" is neither a frequency nor a tag of jieba, and a word holds no blank'),
        ("ice cream", '"cream" is neither a frequency nor a tag'),
        ("Edu Trust认证 2000", 'the frequency "Trust认证" is no whole number'),
        ("a b c d", "a word holds no blank"),
        ("奶酪魔方 100 brand", '"brand" is neither a frequency nor a tag'),
        ("奶酪魔方 100 N", '"N" is neither a frequency nor a tag'),
        ("奶酪魔方 0", 'the frequency "0" would make it no word'),
        ("奶酪魔方 -3 n", 'the frequency "-3" is no whole number from 1 to 10,000,000'),
        ("奶酪魔方 1.5", 'the frequency "1.5" is no whole number'),
        ("奶酪魔方 １００", 'the frequency "１００" is no whole number'),
        # One more than is allowed, and one that no integer of the segmenter holds.
        ("奶酪魔方 10000001", 'the frequency "10000001" is no whole number'),
        ("奶酪魔方 " + "9" * 50, f'the frequency "{"9" * 40}…" is no whole number'),
        ("机 100 n", '"机" is one character'),
        ("奶" * 21, "has 21 characters, and 20 are the most"),
        # Marks at which texts are cut, another script, and an emoji.
        ("a&b面包", 'holds "&", at which texts are always cut'),
        ("3-6岁", 'holds "-"'),
        ("花の色", 'holds "の"'),
        ("礼物🎁", 'holds "🎁"'),
        ("\u200b", 'holds "\u200b"'),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_what_is_wrong_and_a_way_out(
    line: str, problem: str
) -> None:
    with pytest.raises(UnusableInput) as refused:
        parse(f"电解质水 nz\n{line}\n")
    message = str(refused.value)
    assert message.startswith("dictionary.txt:2: ")
    assert problem in message
    assert any(way_out in message for way_out in ("write", "take", "leave"))


def test_a_word_that_stands_twice_is_refused_also_in_another_spelling() -> None:
    with pytest.raises(UnusableInput, match=r'^dictionary\.txt:3: "國產機 5" gives the word of line 1 again'):
        parse("国产机 3\n奶酪魔方\n國產機 5\n")


def test_a_hash_is_of_what_lines_say_and_not_of_their_order() -> None:
    def file_hash(text: str) -> str:
        return hash_entries(parse_dictionary(text, "dictionary.txt"))

    assert file_hash("国产机 3\n奶酪魔方 n") == file_hash("# 词\n奶酪魔方  n\n\n國產機 3")
    assert file_hash("国产机 3") != file_hash("国产机 4")
    assert file_hash("国产机 n") != file_hash("国产机 nz")
    assert file_hash("# 词") == ""


def test_all_tags_of_jieba_are_accepted() -> None:
    with jieba.Tokenizer().get_dict_file() as file:
        tags = {line.decode().split()[2] for line in file}
    assert [entry.tag for entry in parse_dictionary("奶酪魔方 eng", "d")] == ["eng"]
    for tag in tags:
        assert parse(f"奶酪魔方 {tag}") == [("奶酪魔方", None, tag)]


WORDS = st.text(alphabet="国产机奶酪魔方電解質水Tk5", min_size=2, max_size=8)
FREQUENCIES = st.none() | st.integers(1, 10_000_000)
TAGS = st.none() | st.sampled_from(["n", "nz", "v"])


@given(
    st.lists(
        st.tuples(
            WORDS, st.none() | st.integers(1, 10_000_000), st.none() | st.sampled_from(["n", "nz", "v"])
        ),
        unique_by=lambda fields: normalize(fields[0]),
    ),
    st.sampled_from([" ", "\t", "  "]),
)
def test_what_is_written_is_read(written: list[tuple[str, int | None, str | None]], separator: str) -> None:
    lines = [separator.join(str(field) for field in fields if field is not None) for fields in written]
    read = parse_dictionary("\n".join(lines), "d")
    expected = Counter((normalize(word), frequency, tag) for word, frequency, tag in written)
    assert Counter(entry[:3] for entry in read) == expected
    assert [entry.word for entry in read] == sorted(entry.word for entry in read)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(UnusableInput):
        assert all(len(entry.word) > 1 for entry in parse_dictionary(text, "d"))
