"""Words that are never suggested."""

from pathlib import Path

import pytest

from shangsou.errors import UnusableInput
from shangsou.search.ranking.never_suggest import read_never_suggest, shipped_never_suggest


def test_what_is_bought_in_private_is_on_the_shipped_list() -> None:
    assert shipped_never_suggest().search("阴道紧致正品女性产后收缩")
    assert not shipped_never_suggest().search("女鞋")


def test_a_shop_adds_words_and_allows_others_again(tmp_path: Path) -> None:
    (tmp_path / "never_suggest.txt").write_text("# ours\n白酒\n- 验孕\n", "utf-8")
    pattern = read_never_suggest(tmp_path)
    assert [bool(pattern.search(text)) for text in ("白酒礼盒", "验孕棒", "避孕套")] == [True, False, True]


def test_without_a_file_only_the_shipped_words_count(tmp_path: Path) -> None:
    assert read_never_suggest(tmp_path).pattern == shipped_never_suggest().pattern


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "never_suggest.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnusableInput, match=r"never_suggest\.txt is no text in UTF-8"):
        read_never_suggest(tmp_path)
