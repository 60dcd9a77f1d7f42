"""Offline evaluation of recommendations, worked by hand and by the command."""

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from relevance.commands.evaluate import evaluate
from relevance.offline.recommendations import (
    OURS,
    RecommendationCase,
    compare_by_basket,
    compare_by_time,
    measure,
    outcome,
    top,
)
from shangsou.behaviour.event import Event

START = datetime(2026, 1, 1, tzinfo=UTC)
SHARED = Path("../shared/data/behaviour")


def clicked(user, product_id, hour):
    return Event(
        f"{user}{product_id}{hour}",
        "click",
        START + timedelta(hours=hour),
        user_id=user,
        session_id=f"{user}-{hour // 24}",
        product_id=product_id,
    )


def test_a_list_holds_the_best_that_is_new_and_ties_go_by_number():
    assert top(np.array([1.0, 3.0, 1.0, 3.0]), [1]) == [3, 0, 2]
    assert top(np.arange(20.0), []) == [19, 18, 17, 16, 15, 14, 13, 12, 11, 10]


def test_what_a_list_is_worth_is_worked_by_hand():
    # Places 1 and 3 of three wanted things.
    found = outcome([7, 1, 8, 2], frozenset({7, 8, 9}))
    ideal = 1 + 1 / math.log2(3) + 1 / 2
    assert found == pytest.approx((1.0, 2 / 3, (1 + 1 / 2) / ideal))
    assert outcome([1, 2], frozenset({3})) == (0.0, 0.0, 0.0)


def test_coverage_and_novelty_are_those_of_all_lists_together():
    # Half of the shoppers had thing 0 and a quarter had thing 1: 1 and 2 bits; both of two things are shown.
    measured = measure(
        [
            (
                lambda _: np.array([2.0, 1.0]),
                [RecommendationCase((0,), frozenset({1})), RecommendationCase((1,), frozenset({1}))],
            )
        ],
        np.array([0.5, 0.25]),
    )
    assert measured.coverage == 1.0
    assert measured.novelty == pytest.approx((2 + 1) / 2)
    assert measured.mean("hit") == 0.5


def test_nothing_after_the_split_is_known_to_any_method():
    # Before hour 80 tea and cups go together; the last fifth holds cup for v, and a click of w on tea alone.
    before = [clicked(f"s{n}", thing, n) for n in range(38) for thing in ("tea", "cup")]
    known = [clicked("v", "tea", 70), clicked("w", "cup", 71), *before]
    after = [
        clicked("v", "cup", 90),
        clicked("w", "tea", 91),
        *[clicked("x", "new", 92 + n) for n in range(18)],
    ]
    compared = compare_by_time(sorted([*known, *after], key=lambda event: event.at))
    assert compared is not None
    assert compared.split_at == START + timedelta(hours=90)
    assert (compared.cases, compared.items) == (2, 2)
    assert compared.methods[OURS].mean("hit") == 1.0
    assert compared.methods["popular"].mean("hit") == 1.0


def test_a_thing_that_nobody_had_before_is_wanted_and_missed():
    events = [clicked("v", "tea", 1), clicked("v", "cup", 2), *[clicked("w", "tea", n) for n in range(3, 9)]]
    events += [clicked("v", "new", 90), clicked("v", "tea", 91)]
    compared = compare_by_time(events)
    assert compared is not None
    assert compared.cases == 1
    assert compared.methods[OURS].mean("recall") == 0.0


@pytest.mark.parametrize("events", [[], [clicked("v", "tea", 1)]])
def test_a_log_without_a_case_is_not_measured(events):
    assert compare_by_time(events) is None


def test_of_baskets_each_is_a_case_once_and_the_rest_predicts_what_was_taken():
    # Tea always goes with cups, and umbrellas with coats: popularity cannot tell which is missing.
    baskets = [["tea", "cup"], ["umbrella", "coat"]] * 20 + [["tea"]]
    filler = [[f"other {n}", f"another {n}"] for n in range(12)]
    compared = compare_by_basket(baskets + filler)
    assert compared is not None
    assert compared.cases == 52
    assert compared.methods[OURS].mean("ndcg") > compared.methods["popular"].mean("ndcg")
    gain = compared.difference("popular", "ndcg")
    assert gain.low <= gain.mean <= gain.high
    assert compare_by_basket([["tea"], ["cup"]]) is None


def test_the_command_measures_baskets(tmp_path):
    (tmp_path / "b.tsv").write_text(
        "basket_id\tgoods\n" + "".join(f"{n}\ttea\n{n}\tcup\n" for n in range(20)), "utf-8"
    )
    run = CliRunner().invoke(evaluate, ["recommend", "--baskets", str(tmp_path / "b.tsv"), "--json"])
    assert run.exit_code == 0, run.output
    measured = json.loads(run.stdout)["baskets"]
    assert (measured["split"], measured["cases"], measured["things"]) == ("baskets, five folds", 20, 2)
    assert measured["methods"]["shangsou"]["hit@10"] == 1.0
    assert set(measured["gains"]) == {"popular", "item-kNN"}


def test_the_command_can_measure_another_column(tmp_path):
    rows = [f"u{n % 4}\ti{n}\tc{n % 3}\tpv\t{1_700_000_000 + 3600 * n}\n" for n in range(40)]
    (tmp_path / "e.tsv").write_text("user_id\titem_id\tcategory_id\tbehavior\ttimestamp\n" + "".join(rows))
    command = ["recommend", "--events", str(tmp_path / "e.tsv"), "--by"]
    assert CliRunner().invoke(evaluate, [*command, "category_id", "--json"]).exit_code == 1
    run = CliRunner().invoke(evaluate, [*command, "colour"])
    assert "has no column 'colour'" in str(run.exception)


@pytest.mark.parametrize(
    "text", ["", "basket_id\tthings\n1\ttea\n", "basket_id\tgoods\n1\n", "basket_id\tgoods\n1\ttea\n"]
)
def test_baskets_that_cannot_be_used_are_named(tmp_path, text):
    (tmp_path / "b.tsv").write_text(text)
    run = CliRunner().invoke(evaluate, ["recommend", "--baskets", str(tmp_path / "b.tsv")])
    assert "b.tsv" in str(run.exception)


def test_on_real_baskets_it_beats_popularity_and_item_knn_by_more_than_chance():
    file = SHARED / "grocery_baskets.tsv.gz"
    if not file.exists():
        pytest.skip(f"{file} is absent: it is real data that stays outside the project")
    run = CliRunner().invoke(evaluate, ["recommend", "--baskets", str(file), "--json"])
    gains = json.loads(run.stdout)["baskets"]["gains"]
    assert {name: gain["hit@10"]["low"] > 0 for name, gain in gains.items()} == {
        "popular": True,
        "item-kNN": True,
    }
