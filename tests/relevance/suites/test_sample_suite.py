"""The suite of the sample shop, over a real index with the real encoder."""

import re
from importlib.resources import files
from pathlib import Path

from relevance.suites.run import run_case
from relevance.suites.suite import read_suite
from shangsou.search.request import SearchRequest, SuggestRequest

SUITE = read_suite(Path(str(files("shangsou.sample").joinpath("suite.yaml"))))


def test_the_sample_shop_finds_what_its_suite_asks_for(sample_searcher):
    results = [run_case(case, sample_searcher) for case in SUITE.cases]
    problems = [
        f"{result.case.query or 'browsing'}: {[problem.text for problem in result.problems]}"
        for result in results
        if result.fails
    ]
    assert not problems, "\n".join(problems)


def test_the_suite_has_cases_of_many_kinds():
    assert len(SUITE.cases) >= 30
    assert {"script", "brand", "model", "price", "negation", "synonym", "meaning", "filter"} <= {
        tag for case in SUITE.cases for tag in case.tags
    }


# Judged by reading: what each beginning of a query may be completed to, as a pattern of sensible texts.
SENSIBLE = [
    line.split("\t")
    for line in files("shangsou.sample").joinpath("suggestions.tsv").read_text("utf-8").splitlines()[1:]
]


def _first_queries(typed, searcher):
    suggestions = searcher.suggest(SuggestRequest(typed, products=0)).suggestions
    return [one.value for one in suggestions if one.kind == "query"][:3]


def test_the_first_three_suggestions_are_sensible_for_nearly_all_of_sixty_beginnings(sample_searcher):
    assert len(SENSIBLE) >= 60
    wrong = {}
    for typed, pattern in SENSIBLE:
        first = _first_queries(typed, sample_searcher)
        if not first or not all(re.fullmatch(pattern, text) for text in first):
            wrong[typed] = first
    assert len(wrong) <= 0.05 * len(SENSIBLE), wrong


def test_every_suggestion_leads_to_matches(sample_searcher):
    texts = {text for typed, _ in SENSIBLE for text in _first_queries(typed, sample_searcher)}
    empty = [text for text in sorted(texts) if not sample_searcher.search(SearchRequest(text, size=1)).total]
    assert not empty
