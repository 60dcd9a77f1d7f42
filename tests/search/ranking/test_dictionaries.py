"""The synonyms that ship with the package, and a shop's own on top."""

from pathlib import Path

import pytest

from shangsou.search.ranking.dictionaries import read_synonyms, shipped_synonyms
from shangsou.text.normalize import normalize


@pytest.mark.parametrize(
    ("regional", "mainland"),
    [
        ("螢幕", "显示器"),
        ("滑鼠", "鼠标"),
        ("行動電源", "充电宝"),
        ("洋裝", "连衣裙"),
        ("冷氣", "空调"),
        ("優格", "酸奶"),
    ],
)
def test_words_of_other_places_stand_for_those_of_the_mainland_and_back(regional: str, mainland: str) -> None:
    synonyms = shipped_synonyms()
    assert mainland in synonyms[normalize(regional)]
    assert normalize(regional) in synonyms[mainland]


@pytest.mark.parametrize(
    "word", ["土豆", "计算机", "奶油", "布鞋", "桌球", "喇叭", "尿袋", "数位", "品质", "公车"]
)
def test_what_means_something_else_on_the_mainland_stays_that(word: str) -> None:
    assert not {"花生", "计算器", "黄油", "运动鞋", "乒乓球", "音箱", "充电宝", "数码"}.intersection(
        shipped_synonyms().get(word, ())
    )


def test_a_shop_adds_to_all_shipped_files_and_takes_lines_away(tmp_path: Path) -> None:
    (tmp_path / "synonyms.txt").write_text("dress =>\nhoodie => 帽衫\n滑鼠 =>\nnike =>\n", "utf-8")
    synonyms = read_synonyms(tmp_path)
    assert synonyms["hoodie"] == ("卫衣", "帽衫")
    assert not {"dress", "滑鼠", "nike"} & synonyms.keys()


def test_a_name_stands_for_names_and_a_word_for_chinese_words() -> None:
    latin = shipped_synonyms().latin
    assert not latin.names.keys() & latin.words.keys()
    assert {"newbalance", "esteelauder", "northface", "loreal", "hm"} <= latin.names.keys()
    assert {"reddress", "apple"} & latin.words.keys() == {"apple"}
