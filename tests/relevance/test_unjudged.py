"""Two rankings without judgements: how much they differ, worked by hand."""

import pytest

from relevance.groups import UNGROUPED, ProductGroups
from relevance.judgements import Query
from relevance.run_records import AskedRun
from relevance.unjudged import differences_text, find_differences, rank_biased_overlap
from shangsou.engines.query import Hit
from shangsou.product import Product


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("", "", 1),
        ("", "a", 0),
        ("abc", "abc", 1),
        ("abc", "xyz", 0),
        # p = .9: (.1 / .9) (1 x .9 + 1 x .81 + 2/3 x .729) + 2/3 x .729.
        ("abc", "abx", 0.73),
        # The first places differ: (.1 / .9) (0 + 1 x .81) + 1 x .81.
        ("ab", "ba", 0.9),
    ],
)
def test_rank_biased_overlap_is_that_of_its_paper(first: str, second: str, expected: float) -> None:
    assert rank_biased_overlap(list(first), list(second)) == pytest.approx(expected, abs=1e-9)
    assert rank_biased_overlap(list(second), list(first)) == pytest.approx(expected, abs=1e-9)


def test_a_shorter_ranking_that_agrees_as_far_as_it_goes_is_the_same() -> None:
    # Webber et al.: what is beyond the shorter one is taken to agree as what was seen.
    assert rank_biased_overlap(["a", "b"], ["a", "b", "c", "d"]) == pytest.approx(1)


def asked(**found: str) -> AskedRun:
    run = {qid: [Hit(product_id, 1.0) for product_id in ids] for qid, ids in found.items()}
    return AskedRun(run, frozenset(found), 100, took_ms=(10.0, 20.0, 30.0))


QUERIES = [Query(qid, "all", qid) for qid in ("same", "other", "gone")]


def test_differences_are_counted_and_the_least_alike_come_first() -> None:
    differences = find_differences(
        asked(same="ab", other="ab", gone="a"), asked(same="ab", other="ba", gone=""), QUERIES, UNGROUPED
    )
    payload = differences.to_json()
    assert [one.query.qid for one in differences.queries] == ["gone", "other", "same"]
    assert (payload["queries"], payload["changed_first_pages"], payload["emptied"], payload["filled"]) == (
        3,
        2,
        1,
        0,
    )
    assert payload["overlap@10"] == pytest.approx(2 / 3, abs=1e-6)
    assert payload["rbo"] == pytest.approx((0 + 0.9 + 1) / 3, abs=1e-6)
    assert payload["latency_ms"] == {"before": {"p50": 20, "p95": 29}, "after": {"p50": 20, "p95": 29}}
    text = differences_text(differences, {"before": "old", "after": "new"}, 1)
    assert "new against old, 3 queries" in text
    assert "gone  (1 hit, now 0)" in text


def test_another_variant_of_a_product_is_no_difference() -> None:
    groups = ProductGroups([Product("a", "裙", group_id="g"), Product("b", "裙", group_id="g")])
    [one] = find_differences(asked(same="a"), asked(same="b"), QUERIES[:1], groups).queries
    assert (one.overlap, one.rbo, one.is_changed) == (1, 1, False)
