"""The reports in a browser, on a phone and on a desktop."""

import pytest

from relevance.comparison import compare
from relevance.evaluation import Evaluation, score
from relevance.gate import Limits, judge
from relevance.groups import UNGROUPED
from relevance.judgements import Query
from relevance.reports.comparison import ComparisonReport
from relevance.reports.evaluation import EvaluationReport
from relevance.reports.page import comparison_page, evaluation_page, suites_page
from relevance.suites.run import CaseResult, Reason
from relevance.suites.suite import SuiteCase
from shangsou.engines.query import Hit
from shangsou.product import Product

pytestmark = pytest.mark.browser

# Words without a break, as model numbers and copied links are.
LONG = "x" * 200
QUERIES = [
    Query("1", "女装" + LONG, "连衣裙" + LONG, ("long tail",)),
    Query("2", "数码", "手机"),
    Query("3", "数码", "耳机"),
]
QRELS = {"1": {"dress": 3}, "2": {"phone": 1, "case": 0}, "3": {"phones": 1}}
GOOD = {
    "1": [Hit("dress", 1.0)],
    "2": [Hit("case", 1.0), Hit("phone", 0.5)],
    "3": [Hit("phones", 1.0)],
}
BAD = {"1": [Hit("case", 1.0), Hit("dress", 0.5)], "2": [Hit("phone", 1.0)], "3": [Hit("phones", 1.0)]}
TITLES = {"dress": "红色连衣裙" + LONG, "phone": "新款手机"}


def compared():
    scores = score(GOOD, QUERIES, QRELS), score(BAD, QUERIES, QRELS)
    comparison = compare(scores[1], scores[0], QUERIES)
    verdict = judge(comparison, GOOD, BAD, QUERIES, QRELS, UNGROUPED, Limits())
    return comparison_page(
        ComparisonReport(
            LONG + ".trec", "present", comparison, verdict, (GOOD, BAD), scores, QRELS, TITLES, 20
        )
    )


def evaluated():
    return evaluation_page(
        EvaluationReport(Evaluation(BAD, score(BAD, QUERIES, QRELS), {}), QUERIES, QRELS, TITLES)
    )


def suite():
    case = SuiteCase.model_validate({"query": "手机" + LONG, "description": LONG, "find": "P1"})
    product = Product("P2", "手机壳" + LONG, price_fen=1990)
    failed = CaseResult(case, "failed", (Reason("missing", f"缺少 {LONG}"),), (product,), 12, 3.0)
    passed = CaseResult(SuiteCase.model_validate({"query": "", "find": "P1"}), "passed", (), (), 0, 1.0)
    return suites_page({LONG: [failed, passed]})


@pytest.fixture
def opened(chromium, tmp_path):
    contexts = []

    def open_page(html, width):
        (tmp_path / "report.html").write_text(html, "utf-8")
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        # A file that fetches anything would not be one file.
        page.on("request", lambda request: page.requested.append(request.url))
        page.requested = []
        page.goto((tmp_path / "report.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("report", [compared, evaluated, suite])
def test_nothing_scrolls_sideways_and_nothing_is_fetched(opened, report, width):
    page = opened(report(), width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.requested == [page.url]


def test_the_chart_has_a_bar_for_each_query_that_changed(opened):
    page = opened(compared(), 1280)
    chart = page.get_by_role("img", name="1 条变好，1 条变差")
    assert chart.locator("rect").count() == 2
    first, last = (chart.locator("rect").nth(place).bounding_box() for place in (0, 1))
    # The gain stands on the line, the loss hangs from it; both are 1 - 1/log2(3).
    assert first["height"] == last["height"] == 90
    assert first["y"] + first["height"] == last["y"]


def test_both_lists_stand_side_by_side_on_a_phone_too(opened):
    page = opened(compared(), 390)
    assert not page.locator(".sides").first.is_visible()
    page.get_by_role("button", name="全部展开").click()
    before, after = (
        page.locator(".sides").first.locator("> div").nth(place).bounding_box() for place in (0, 1)
    )
    assert before["y"] == after["y"]
    assert before["x"] + before["width"] <= after["x"]


def test_queries_are_filtered_by_text_and_set(opened):
    page = opened(compared(), 1280)
    shown = page.locator("details.query:visible")
    every = shown.count()
    page.get_by_label("筛选查询").fill("手机")
    assert 0 < shown.count() < every
    assert page.locator("#shown").inner_text() == f"{shown.count()} 条"
    page.get_by_label("筛选查询").fill("什么也没有")
    assert shown.count() == 0
