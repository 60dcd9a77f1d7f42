"""The suite of the sample shop, over a real index with the real encoder."""

from importlib.resources import files
from pathlib import Path

from relevance.suites.run import run_case
from relevance.suites.suite import read_suite

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
