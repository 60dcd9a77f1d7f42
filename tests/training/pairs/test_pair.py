"""The file of pairs."""

import pytest

from shangsou.errors import UnusableInput
from training.pairs.pair import Pair, pair_line, read_pairs

CLICK = Pair("红裙", "p1", "红色连衣裙", 1.5, "click", 7, 8, "ab12", "test")
WRITTEN = Pair("连衣裙 红色", "p2", "连衣裙 \u2028红色", 1.0, "written", 8)


def test_pairs_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text(pair_line(CLICK) + pair_line(WRITTEN), "utf-8")
    assert list(read_pairs(path)) == [CLICK, WRITTEN]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x", "pairs.jsonl:2: no pair"),
        ("{}", "pairs.jsonl:2: no pair"),
        ("[1]", "pairs.jsonl:2: no pair"),
        (pair_line(CLICK).replace('"click"', '"rumour"'), "as source"),
        (pair_line(CLICK).replace('"test"', '"exam"'), "as split"),
        (pair_line(CLICK).replace("1.5", "0"), "a weight of 0 is no number above 0"),
        (pair_line(CLICK).replace("1.5", "NaN"), "a weight of nan"),
        (pair_line(CLICK).replace("红裙", ""), "needs query"),
    ],
)
def test_a_line_that_is_no_pair_is_refused_with_its_place(tmp_path, line, message):
    path = tmp_path / "pairs.jsonl"
    path.write_text(pair_line(CLICK) + line, "utf-8")
    with pytest.raises(UnusableInput, match=message):
        list(read_pairs(path))


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(UnusableInput, match="cannot be read as pairs"):
        list(read_pairs(tmp_path / "none.jsonl"))
