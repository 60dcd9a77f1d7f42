"""Tuning from recordings to real searches: pairs of faults, and what vetoes a change."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from relevance.suites.suite import read_suite
from relevance.tuning.evaluator import SettingEvaluator
from relevance.tuning.parameters import parameters_of
from relevance.tuning.report import tuning_text, tuning_to_json
from relevance.tuning.selection import Selector, set_weights
from relevance.tuning.tuner import tune
from relevance.tuning.vetoes import Vetoes
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.request import SearchRequest
from shangsou.settings import Settings
from tests.fixtures.tuning import QUERIES, RIGHT

FUSION_AND_SHARE = parameters_of(["fusion"])[:2]
SETS = [query.set for query in QUERIES]
OpenNoise = Callable[..., SettingEvaluator]


@pytest.fixture
def open_noise(noise_settings: Settings) -> OpenNoise:
    """A function from numbers of a recipe to an evaluator over the shop whose vectors say nothing."""

    def opened(**numbers: object) -> SettingEvaluator:
        recipe = replace(default_ranking(), semantic_cutoff=0.1, **numbers)  # type: ignore[arg-type]
        return SettingEvaluator(noise_settings, RIGHT, FUSION_AND_SHARE, recipe)

    return opened


def test_two_faults_that_hide_each_other_are_found_by_a_pair_and_confirmed_by_searches(
    open_noise: OpenNoise,
) -> None:
    # RRF has no use for the share of words, and convex fusion with this share is worse than RRF.
    with open_noise(fusion="rrf", lexical_weight=0.05) as evaluator:
        scores = {
            setting: evaluator.replay_scores(setting).mean()
            for setting in [("rrf", 0.05), ("rrf", 0.6), ("convex", 0.05), ("convex", 0.6)]
        }
        assert scores["rrf", 0.6] == scores["rrf", 0.05]
        assert scores["convex", 0.05] < scores["rrf", 0.05] < scores["convex", 0.6]
        single = Selector(
            lambda settings: np.array([one.measure for one in evaluator.replay(settings)]),
            FUSION_AND_SHARE,
            set_weights(SETS, np.ones(len(SETS), bool)),
            lambda *_: (),
        ).select(evaluator.start)
        assert single.setting == ("rrf", 0.05)

        result = tune(evaluator, 2)
    changes = {str(change.parameter): (change.before, change.after) for change in result.changes}
    assert changes["fusion"] == ("rrf", "convex")
    # By all of the queries .5 to .7 are worth much the same.
    assert 0.4 <= float(changes["lexical_weight"][1]) <= 0.8
    assert result.is_significant
    assert result.after == pytest.approx(result.replayed_after, abs=0.01)
    # All ten folds stall where the selection on all queries does, so that pairs are tried in each.
    assert result.pairs_tried == 11


def test_a_change_that_breaks_a_case_which_passes_is_vetoed_by_name(
    open_noise: OpenNoise, tmp_path: Path
) -> None:
    with open_noise(lexical_weight=0.05) as evaluator:
        with evaluator.searcher(evaluator.recipe(evaluator.start)) as searcher:
            [first] = searcher.search(SearchRequest("儿童雨伞", size=1)).hits
        # By words q0-right is the best: only noise puts another first.
        assert first.product.product_id != "q0-right"
        lines = [
            "name: guard",
            "cases:",
            # Fails now, so that it cannot break; and one that need not pass.
            "  - {query: 儿童雨伞, first: {id: q0-right}}",
            f"  - {{query: 儿童雨伞, must: false, first: {{id: {first.product.product_id}}}}}",
            f"  - {{query: 儿童雨伞, first: {{id: {first.product.product_id}}}}}",
        ]
        (tmp_path / "guard.yaml").write_text("\n".join(lines), "utf-8")
        result = tune(evaluator, 2, {"guard.yaml": read_suite(tmp_path / "guard.yaml")})
    assert result.guards.cases == 1
    assert result.vetoed
    for vetoed in result.vetoed:
        [reason] = vetoed.reasons
        assert reason.startswith("guard.yaml: case 3 (儿童雨伞) would fail: the first is q0-right")
    shares = {float(change.after) for change in result.changes if change.parameter.name == "lexical_weight"}
    assert not shares & {float(change.after) for one in result.vetoed for change in one.changes}
    text = tuning_text(result)
    assert "vetoed: lexical_weight 0.05 → " in text
    assert "  guard.yaml: case 3 (儿童雨伞) would fail" in text
    plain = json.loads(json.dumps(tuning_to_json(result)))
    assert plain["vetoed"][0]["changes"][0]["parameter"] == "lexical_weight"
    assert plain["guards"]["cases"] == 1


def test_a_loss_of_what_queries_state_vetoes_unless_it_is_ignored(
    open_noise: OpenNoise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relevance.tuning.vetoes.find_fact_losses", lambda *_: ["lost"])
    weights = np.ones(len(QUERIES))
    with open_noise() as evaluator:
        assert Vetoes(evaluator, {}).find(("rrf", 0.6), weights) == ["lost"]
        assert Vetoes(evaluator, {}, guards_facts=False).find(("rrf", 0.6), weights) == []
