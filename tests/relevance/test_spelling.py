"""Evaluation of query correction."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from relevance.commands.evaluate import evaluate
from relevance.spelling import (
    SpellingCase,
    SpellingOutcome,
    SpellingScores,
    measure_spelling,
    read_cases,
    spelling_table,
    spelling_to_json,
)
from shangsou.errors import NoIndex, UnusableInput
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.ranking.recipe import default_ranking

FIGURES = SpellingScores(
    [
        SpellingOutcome("甲", "甲", "甲", applied=False),  # right, left alone
        SpellingOutcome("乙", "乙", "丙", applied=True),  # right, harmed
        SpellingOutcome("丁", "丁", "戊", applied=False),  # right, something else offered
        SpellingOutcome("己", "庚", "庚", applied=True),  # wrong, corrected
        SpellingOutcome(
            "辛", "壬", "壬", applied=False
        ),  # wrong, corrected if the shopper takes what is offered
        SpellingOutcome("癸", "子", "丑", applied=True),  # wrong, changed to something else
        SpellingOutcome("寅", "卯", "寅", applied=False),  # wrong, left alone
    ]
)


def test_what_became_of_cases_is_counted():
    # The best proposal is what was meant for 甲, 己 and 辛: 3 of 7.
    assert spelling_to_json(FIGURES) == {
        "cases": 7,
        "right": 3,
        "wrong": 4,
        "accuracy": 0.4286,
        "corrected": 2,
        "harmed": 1,
        "automatic": {"corrected": 1, "changed_wrongly": 1},
        "offered": {"corrected": 1, "changed_wrongly": 0, "harmed": 1},
    }


def test_the_table_lists_what_was_proposed_wrongly():
    lines = spelling_table(FIGURES).splitlines()
    assert lines[0] == "accuracy of the best proposal 0.429 (7 queries, 3 of them right)"
    assert lines[5:] == [
        "乙 -> 丙, meant was 乙",
        "丁 -> 戊, meant was 丁 (offered)",
        "癸 -> 丑, meant was 子",
    ]


def test_cases_are_corrected_as_a_search_corrects_them(dress_lexicon: Lexicon):
    cases = [SpellingCase("碎花連依裙", "碎花连衣裙"), SpellingCase("连衣裙", "连衣裙")]
    scores = measure_spelling(cases, default_ranking(), dress_lexicon)
    assert [outcome.proposed for outcome in scores.outcomes] == ["碎花连衣裙", "连衣裙"]
    assert scores.accuracy == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query\tmeant\n甲\t乙\n", "cases.tsv:1: no column corrected in 'query\\tmeant'"),
        ("query\tcorrected\n甲\n", "cases.tsv:2: '甲' has no query or no corrected"),
        ("query\tcorrected\n", "holds no case"),
        ("", "cases.tsv:1: no column query, corrected"),
    ],
)
def test_files_that_hold_no_cases_are_refused_with_the_line(text: str, message: str, tmp_path: Path):
    path = tmp_path / "cases.tsv"
    path.write_text(text, "utf-8")
    with pytest.raises(UnusableInput, match=message.replace("\\", "\\\\")):
        read_cases(path)


def test_without_an_index_the_command_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    cases = tmp_path / "cases.tsv"
    cases.write_text("query\tcorrected\n甲乙丙\t甲乙丁\n", "utf-8")
    arguments = ["spelling", "--cases", str(cases), "--json"]
    with pytest.raises(NoIndex, match='run "shangsou index FILE" again'):
        CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
