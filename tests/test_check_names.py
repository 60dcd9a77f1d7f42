"""The check of names and module docstrings that `make check` runs."""

import runpy
from pathlib import Path

import pytest

CHECK = Path(__file__).parent.parent / ".ci" / "check_names.py"
CLEAN = '''"""Ranked products of a shop."""

from pathlib import Path as FilePath

MIN_SCORE = 0.5


class SearchContext:
    """The context of one search."""

    def __init__(self, query, *, limit=10):
        self.query, self.limit = query, limit


def normalize(text: str) -> str:
    """Return what was said, as they say: words in prose and in strings are none of the names."""
    match text.split():
        case [first, *rest]:
            return foreign.told(first, mended="slip") + " ".join(rest)
        case _:
            return "What is told aside"
'''


@pytest.fixture(scope="module")
def check():
    return runpy.run_path(str(CHECK))


@pytest.fixture
def problems(check):
    return lambda source, path="shangsou/ranking.py": check["problems"](source, Path(path))


def test_a_clean_module_has_no_problems(problems):
    assert problems(CLEAN) == []


def test_an_empty_module_needs_no_docstring(problems):
    assert problems("", "tests/__init__.py") == []


@pytest.mark.parametrize(
    "line",
    [
        "def told(): ...",
        "async def ask_told_again(): ...",
        "class HistoryTold: ...",
        "def rank(told): ...",
        "rank = lambda *, as_told: None",
        "told = 1",
        "for index, (_told, hit) in hits: ...",
        "search.told_before: int = 1",
        "import products as told",
        "with open(path) as told: ...",
        "match 1:\n    case [*told]: ...",
        "match 1:\n    case {**told}: ...",
    ],
)
def test_a_wrong_word_is_found_wherever_a_name_is_defined(problems, line):
    ((number, problem),) = problems(f'"""Products."""\n{line}\n')
    assert number == 2 + line.count("\n")
    assert problem.startswith('identifier "told" in ')
    assert problem.endswith(': write "reported", "recorded" or "sent"')


@pytest.mark.parametrize("path", ["shangsou/told.py", "shangsou/told_before/rank.py"])
def test_a_wrong_word_is_found_in_the_names_of_files_and_folders(problems, path):
    ((line, problem),) = problems(CLEAN, path)
    assert line == 1
    assert problem.startswith('identifier "told" in told')


@pytest.mark.parametrize(
    ("name", "wrong", "instead"),
    [
        ("_LEAST_SCORE", "LEAST_", '"MIN_"'),
        ("MOST_HITS", "MOST_", '"MAX_"'),
        ("normalise", "normalise", '"normalize"'),
        ("PersonalisedSearch", "personalised", '"personalized"'),
        ("romanisation", "romanisation", '"romanization"'),
        ("is_worth_a_look", "worth_a", '"should_", "shortlist" or a count'),
    ],
)
def test_prefixes_and_spellings_are_found_with_what_to_write(problems, name, wrong, instead):
    assert problems(f'"""Products."""\n{name} = 1\n') == [
        (2, f'identifier "{wrong}" in {name}: write {instead}')
    ]


@pytest.mark.parametrize("name", ["retold", "aftermost_hit", "HitMost", "slipper", "raise_promise"])
def test_a_wrong_word_inside_another_word_is_none(problems, name):
    assert problems(f'"""Products."""\n{name} = 1\n') == []


def test_a_module_without_a_docstring_is_found(problems):
    assert problems("MIN_SCORE = 1\n") == [(1, "module without a docstring")]


@pytest.mark.parametrize("word", ["What", "Which", "How", "Who"])
def test_a_docstring_that_begins_as_a_question_is_found(problems, word):
    assert problems(f'"""{word} is ranked."""\n') == [
        (1, f'module docstring begins with "{word}": name the thing, or begin with a verb')
    ]


def test_a_docstring_may_begin_with_a_longer_word(problems):
    assert problems('"""However many products: their ranks."""\n') == []


def test_each_problem_is_printed_with_its_file_and_line_and_the_check_fails(check, tmp_path, capsys):
    (tmp_path / "indexer").mkdir()
    (tmp_path / "indexer" / "told.py").write_text('"""Rows."""\n\nslips = 1\n', encoding="utf-8")
    assert check["main"](tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        'indexer/told.py:1: identifier "told" in told: write "reported", "recorded" or "sent"',
        'indexer/told.py:3: identifier "slips" in slips: write "typos" or "edits"',
        "2 names or docstrings to fix",
    ]


def test_a_clean_folder_passes(check, tmp_path, capsys):
    (tmp_path / "indexer").mkdir()
    (tmp_path / "indexer" / "rows.py").write_text(CLEAN, encoding="utf-8")
    assert check["main"](tmp_path) == 0
    assert capsys.readouterr().out == "All names are fine\n"
