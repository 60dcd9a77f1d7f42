"""Frequencies and tags that jieba adds to a shop's dictionary, and the words that are cut all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from shangsou.lexicon.dictionary_completion import complete_dictionary
from shangsou.text.dictionary import NO_DICTIONARY, parse_dictionary
from shangsou.text.segmenter import Segmenter


def completed(text: str) -> list[str]:
    return complete_dictionary(parse_dictionary(text, "dictionary.txt"))[0].words.splitlines()


def test_what_the_file_says_stays() -> None:
    assert completed("奶酪魔方 100 nz") == ["奶酪魔方 100 nz"]


def test_a_word_without_a_frequency_has_the_one_that_keeps_it_whole() -> None:
    [line] = completed("我们的 r")
    word, frequency, tag = line.split()
    assert (word, tag) == ("我们的", "r")
    assert Segmenter(line).cut("我们的") == ["我们的"]
    less = f"我们的 {int(frequency) // 2} r"
    assert Segmenter(less).cut("我们的") == ["我们", "的"]


def test_a_word_without_a_tag_has_that_of_its_last_part() -> None:
    # 魔方 is a noun, 慢跑 a verb.
    assert [line.split()[2] for line in completed("奶酪魔方\n国产慢跑")] == ["v", "n"]


def test_a_word_that_jieba_knows_keeps_its_frequency() -> None:
    # 61; jieba suggests one more where dividing by the sum of all and multiplying again rounds up.
    assert completed("连衣裙 n")[0] in {"连衣裙 61 n", "连衣裙 62 n"}


def test_words_of_letters_and_digits_are_left_to_the_segmenter() -> None:
    assert completed("iphone15 100 nz\nlv") == []
    assert completed("lv\n奶酪魔方 5 n") == ["奶酪魔方 5 n"]
    assert Segmenter("奶酪魔方 5 n").cut("silver") == ["silver"]


def test_without_words_there_is_no_dictionary() -> None:
    assert complete_dictionary([]) == (NO_DICTIONARY, [])


def test_a_word_whose_frequency_is_too_low_is_named_with_one_that_is_high_enough() -> None:
    entries = parse_dictionary("奶酪魔方 5 n\n我们的 1", "dictionary.txt")
    dictionary, [cut_word] = complete_dictionary(entries)
    assert cut_word.parts == ("我们", "的")
    frequency = cut_word.sufficient_frequency
    assert cut_word.describe() == (
        'dictionary.txt:2: "我们的" is still cut into 我们 and 的 with the frequency 1; '
        f"write {frequency} or more, or leave it out"
    )
    assert "我们的 1 " in dictionary.words
    assert Segmenter(f"我们的 {frequency} r").cut("我们的") == ["我们的"]


def test_jieba_writes_no_cache_and_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    code = (
        "from shangsou.lexicon.dictionary_completion import complete_dictionary\n"
        "from shangsou.text.dictionary import parse_dictionary\n"
        "print(complete_dictionary(parse_dictionary('奶酪魔方', 'd'))[0].words)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert (finished.stdout, finished.stderr) == ("奶酪魔方 1 n\n", "")
    assert list(tmp_path.iterdir()) == []


def test_without_a_dictionary_nothing_imports_jieba() -> None:
    code = (
        "import sys\n"
        "from shangsou.lexicon.dictionary_completion import complete_dictionary\n"
        "from shangsou.text.segmenter import Segmenter\n"
        "complete_dictionary([])\n"
        "Segmenter('奶酪魔方 1 n').cut('奶酪魔方')\n"
        "assert 'jieba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
