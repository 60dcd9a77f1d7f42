"""The merchant's rules for shelves."""

import pytest

from shangsou.errors import UnusableInput
from shangsou.recommend.rules import Pin, parse_rules, read_rules_text, write_rules
from shangsou.recommend.shelf import KINDS


def test_rules_are_read_line_by_line():
    rules = parse_rules(
        "# ours\nexclude 坏/伞 1\nexclude old => new, trending   # 清仓\n"
        "pin tea => trending\npin cup => together of tea\n"
    )
    assert all(rules.excluded_from(kind) >= {"坏/伞 1"} for kind in KINDS)
    assert "old" in rules.excluded_from("new")
    assert "old" not in rules.excluded_from("similar")
    assert rules.pins == (Pin("tea", "trending"), Pin("cup", "together", "tea"))
    assert rules.pinned_to("together", "tea") == ["cup"]
    assert rules.pinned_to("together", "mug") == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("hide tea", id="no verb of ours"),
        pytest.param("pin tea", id="pinned nowhere"),
        pytest.param("exclude", id="no product"),
        pytest.param("exclude tea => nowhere", id="no such shelf"),
        pytest.param("pin tea => trending of cup", id="trending stands beside nothing"),
        pytest.param("exclude tea => together of cup", id="excluded beside one product"),
    ],
)
def test_a_wrong_line_is_named(line):
    with pytest.raises(UnusableInput, match=r"^recommend\.txt:2: "):
        parse_rules(f"exclude cup\n{line}")


def test_wrong_rules_leave_those_before(tmp_path):
    assert read_rules_text(tmp_path) == ""
    write_rules(tmp_path, "exclude 伞")
    with pytest.raises(UnusableInput):
        write_rules(tmp_path, "exclude 伞\nhide 茶")
    assert read_rules_text(tmp_path) == "exclude 伞"
    assert [path.name for path in tmp_path.iterdir()] == ["recommend.txt"]


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path):
    (tmp_path / "recommend.txt").write_bytes("exclude 雨伞".encode("gb18030"))
    with pytest.raises(UnusableInput, match="save it as UTF-8"):
        read_rules_text(tmp_path)
