"""Known queries that are one edit away."""

from pathlib import Path

import pytest

from shangsou.search.spelling.known_query_edits import KnownQueryEdits
from shangsou.search.spelling.ngram_edits import Edit
from tests.fixtures.lexicon import build_lexicon

# Characters that are written for one another have to be seen three times.
TITLES = {"法式碎花连衣裙": 3, "依靠": 3, "保温杯": 3, "保湿": 3, "iphone15 手机壳": 3}
QUERIES = {"碎花连衣裙": 4, "红色连衣裙": 2, "保温杯 儿童": 3, "iphone15手机壳": 1}


@pytest.fixture(scope="module")
def known_query_edits(tmp_path_factory: pytest.TempPathFactory) -> KnownQueryEdits:
    return KnownQueryEdits(build_lexicon(tmp_path_factory.mktemp("known_query_edits"), TITLES, QUERIES))


@pytest.mark.parametrize(
    ("typed", "edit"),
    [
        ("碎花连依裙", Edit(3, 4, "衣", "sound and shape")),  # 依 is 亻 and 衣
        ("保湿杯儿童", Edit(1, 2, "温", "shape")),
        ("碎花连裙", Edit(3, 3, "衣", "missing")),
        ("碎花连长衣裙", Edit(3, 4, "", "extra")),
        ("碎花连衣衣裙", Edit(3, 4, "", "doubled")),  # of two that are alike the first
        ("碎花连/衣裙", Edit(3, 4, "", "stray mark")),
        ("碎花衣连裙", Edit(2, 4, "连衣", "swapped")),
    ],
)
def test_an_edit_makes_a_known_query(typed: str, edit: Edit, known_query_edits: KnownQueryEdits):
    assert known_query_edits.edits(typed) == [edit]


@pytest.mark.parametrize(
    "typed",
    [
        "碎花连帽裙",  # 帽 is not like 衣
        "碎花依裙",  # two characters away
        "iphone5手机壳",  # a digit is of another model
        "碎花连衣",  # others go on
        "花连衣裙",  # others say more before it
    ],
)
def test_a_text_without_a_typo_has_no_edits(typed: str, known_query_edits: KnownQueryEdits):
    assert known_query_edits.edits(typed) == []


@pytest.mark.parametrize("typed", ["碎花连衣裙", "保温杯儿童"])  # the second but for a space
def test_a_known_query_is_distinguished_from_a_text_without_edits(
    typed: str, known_query_edits: KnownQueryEdits
):
    assert known_query_edits.edits(typed) is None


def test_the_commonest_comes_first(tmp_path: Path):
    both = KnownQueryEdits(build_lexicon(tmp_path, TITLES, {"碎花红连衣裙": 2, "碎花长连衣裙": 4}))
    assert both.edits("碎花连衣裙") == [Edit(2, 2, "长", "missing"), Edit(2, 2, "红", "missing")]


def test_what_is_fixed_stays(known_query_edits: KnownQueryEdits):
    assert known_query_edits.edits("碎花连依裙", {3}) == []
    assert known_query_edits.edits("碎花衣连裙", {3}) == []
    assert known_query_edits.edits("碎花连裙", {2, 3}) == []
    assert known_query_edits.edits("碎花连裙", {3}) == [
        Edit(3, 3, "衣", "missing")
    ]  # between what is fixed and what is not
    assert known_query_edits.edits("碎花连依裙", {0, 1, 2, 4}) == [Edit(3, 4, "衣", "sound and shape")]


def test_a_shop_that_knows_no_queries_knows_none(tmp_path: Path):
    assert KnownQueryEdits(build_lexicon(tmp_path, TITLES)).edits("碎花连依裙") == []
