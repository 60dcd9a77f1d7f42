"""`shangsou tune`."""

import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from relevance.commands import tune as tune_command
from relevance.commands.tune import GainNotSignificant, tune
from relevance.tuning.evaluator import SettingEvaluator
from relevance.tuning.parameters import PARAMETERS, parameters_of
from relevance.tuning.report import tuning_text
from relevance.tuning.result import Change, Gain, SetGain, TuningResult
from shangsou.engines.stores import open_store
from shangsou.errors import RankingNotSaved, UnusableInput
from shangsou.search.ranking.recipe import default_ranking, read_ranking, shipped_ranking
from shangsou.search.ranking.versions import RankingVersions
from shangsou.settings import Settings
from tests.fixtures.tuning import QUERIES, RIGHT, tuning_products

# Vectors of noise rule: the planted fault.
FAULT = {"lexical_weight": 0.05, "semantic_cutoff": 0.1, "version": 40}


@pytest.fixture
def home(noise_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHANGSOU_HOME", str(noise_settings.home))
    write_recipe(noise_settings.home, **FAULT)
    return noise_settings.home


def write_recipe(home: Path, **changes: object) -> None:
    (home / "ranking.json").write_text(json.dumps(json.loads(shipped_ranking()) | changes), "utf-8")


def judge(home: Path, right: dict[str, str]) -> list[str]:
    queries = "".join(f"{query.qid}\t{query.set}\t{query.text}\n" for query in QUERIES)
    (home / "queries.tsv").write_text("qid\tset\tquery\n" + queries, "utf-8")
    qrels = "".join(f"{qid}\t{product_id}\t1\n" for qid, product_id in right.items())
    (home / "qrels.tsv").write_text("qid\tdoc_id\tgrade\n" + qrels, "utf-8")
    return ["--queries", str(home / "queries.tsv"), "--qrels", str(home / "qrels.tsv")]


def run(*options: str) -> Result:
    return CliRunner().invoke(tune, options)


def right() -> dict[str, str]:
    return {query.qid: f"{query.qid}-right" for query in QUERIES}


def test_a_planted_fault_is_found_and_corrected_and_can_be_had_back(home: Path) -> None:
    files = judge(home, right())
    fault = (home / "ranking.json").read_bytes()
    result = run(*files, "--parameters", "fusion", "--apply", "--json")
    assert result.exit_code == 0, result.exception
    tuned = json.loads(result.stdout)
    changed = {change["parameter"]: (change["before"], change["after"]) for change in tuned["changes"]}
    assert changed["lexical_weight"][0] == 0.05
    assert changed["lexical_weight"][1] >= 0.3
    # Noise orders the matches; words say what they are: all of the two, or some and a cosine of .55.
    assert tuned["before"] < 0.3
    # By words every right product is second or better: 1/log2(3).
    assert tuned["after"] > 0.63
    assert tuned["held_out"]["low"] > 0
    assert tuned["replayed_after"] == pytest.approx(tuned["after"], abs=0.01)
    assert tuned["sets"]["odd"]["queries"] == tuned["sets"]["even"]["queries"] == 30
    assert sum(one["times"] for one in tuned["chosen"]) == 25

    live = read_ranking(home)
    assert (live.version, live.lexical_weight) == (tuned["version"], changed["lexical_weight"][1])
    assert live.version == 41
    newest, oldest = RankingVersions(home).versions()
    assert newest.figures["held_out"] == tuned["held_out"]
    assert set(newest.figures["judgements_sha256"]) == {"queries.tsv", "qrels.tsv"}
    assert "lexical_weight 0.05 → " in live.origin
    RankingVersions(home).restore(str(oldest.number))
    assert (home / "ranking.json").read_bytes() == fault


def test_without_apply_nothing_is_changed(home: Path) -> None:
    fault = (home / "ranking.json").read_bytes()
    result = run(*judge(home, right()), "--parameters", "fusion", "--folds", "2")
    assert result.exit_code == 0, result.exception
    # In a column that is as wide as the longest name that changes.
    assert re.search(r"^lexical_weight +0\.05 → ", result.stdout, re.MULTILINE)
    assert "gain on queries held out" in result.stdout
    assert (home / "ranking.json").read_bytes() == fault
    assert not (home / "ranking").exists()


def test_on_judgements_by_chance_nothing_is_worth_changing(home: Path) -> None:
    source = random.Random(3)
    ids = [product.product_id for product in tuning_products()]
    # Six by chance for each query, so that some are found.
    files = judge(home, {})
    lines = [f"{query.qid}\t{one}\t1\n" for query in QUERIES for one in source.sample(ids, 6)]
    (home / "qrels.tsv").write_text("qid\tdoc_id\tgrade\n" + "".join(lines), "utf-8")
    result = run(*files, "--parameters", "fusion", "--folds", "2", "--apply")
    assert result.exit_code == 0, result.exception
    assert result.stdout.startswith("Nothing is worth changing: on 60 queries")
    assert not (home / "ranking").exists()


def example_result(held_out: Gain, *, regressed: bool = False) -> TuningResult:
    """An outcome as it might be found: of k1, which needs an index, and of the weight of a leg."""
    parameters = {str(parameter): parameter for parameter in PARAMETERS}
    changes = (Change(parameters["lexical_weight"], 0.05, 0.6), Change(parameters["k1"], 0.6, 0.9))
    return TuningResult(
        measure="ndcg@10",
        queries=60,
        changes=changes,
        before=0.5,
        after=0.6,
        gain=Gain(0.1, 0.05, 0.15),
        held_out=held_out,
        spread=(0.01, 0.02),
        sets={"女装": SetGain(60, 0.5, 0.6, 0.02, regressed)},
        chosen=((changes, 20), ((), 3), (changes[:1], 1), (changes[1:], 1)),
        replayed_after=0.6,
        replay_count=100,
        search_count=3,
        generation="gen-1",
    )


@pytest.mark.parametrize(
    ("outcome", "complaint"),
    [
        (
            example_result(Gain(0.02, -0.01, 0.05)),
            "on queries held out the gain may be none (-0.010 to +0.050)",
        ),
        (example_result(Gain(0.02, 0.01, 0.05), regressed=True), "女装 would fall by more than chance"),
    ],
)
def test_a_gain_that_is_not_sure_is_shown_and_not_applied_unless_forced(
    home: Path, monkeypatch: pytest.MonkeyPatch, outcome: TuningResult, complaint: str
) -> None:
    monkeypatch.setattr(tune_command, "_tune", lambda *_, **__: outcome)
    options = [*judge(home, right()), "--apply"]
    refused = run(*options)
    assert isinstance(refused.exception, GainNotSignificant)
    assert f"nothing was applied: {complaint}" in str(refused.exception)
    assert "lexical_weight  0.05 → 0.6" in refused.stdout
    assert not (home / "ranking").exists()
    assert run(*options, "--force").exit_code == 0
    assert read_ranking(home).version == 41


def test_a_change_that_needs_an_index_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune_command, "_tune", lambda *_, **__: example_result(Gain(0.02, 0.01, 0.05)))
    result = run(*judge(home, right()), "--apply")
    assert result.exit_code == 0, result.exception
    assert 'run "shangsou index" on your catalog to bring them in' in result.stdout
    assert "version 41 of the ranking recipe is live" in result.stderr
    assert (read_ranking(home).k1, read_ranking(home).lexical_weight) == (0.9, 0.6)


def test_the_outcome_is_a_table_that_lines_up_and_a_summary() -> None:
    assert tuning_text(example_result(Gain(0.02, 0.01, 0.05))).splitlines()[:-1] == [
        "lexical_weight  0.05 → 0.6",
        "k1              0.6 → 0.9",
        "",
        "set   queries  ndcg@10 before → after  held-out gain",
        "女装       60           0.500 → 0.600         +0.020",
        "",
        "ndcg@10 0.500 → 0.600",
        "gain on the queries it was chosen on  +0.100 [+0.050, +0.150]",
        (
            "gain on queries held out              +0.020 [+0.010, +0.050], by shuffle +0.010 to +0.020; "
            "expect this one"
        ),
        "chosen without a part of the queries, of 25 times:",
        "   20  lexical_weight 0.05 → 0.6, k1 0.6 → 0.9",
        "    3  nothing",
        "    1  lexical_weight 0.05 → 0.6",
        "    1  something else",
    ]


def test_a_recipe_changed_while_tuning_is_left_as_it_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(*_: object, **__: object) -> TuningResult:
        write_recipe(home, lexical_weight=0.4, version=50)
        return example_result(Gain(0.02, 0.01, 0.05))

    monkeypatch.setattr(tune_command, "_tune", meanwhile)
    result = run(*judge(home, right()), "--apply")
    assert isinstance(result.exception, RankingNotSaved)
    assert read_ranking(home).version == 50


def test_k1_and_b_are_tried_in_an_index_of_their_own_and_need_the_index_afterwards(home: Path) -> None:
    judge(home, right())
    parameters = parameters_of(["bm25"])
    settings = Settings(home=home)
    generation = open_store(settings).open().generation
    with SettingEvaluator(settings, RIGHT, parameters, read_ranking(home)) as evaluator:
        assert evaluator.start == (0.6, 0.5)
        assert evaluator.replay_scores((1.6, 1.0)) == pytest.approx(evaluator.search_scores((1.6, 1.0)))
        assert evaluator.replay_scores((1.6, 0.0)) == pytest.approx(evaluator.search_scores((1.6, 0.0)))
        assert evaluator.recipe((1.6, 0.0)).k1 == 1.6
    assert not (home / "trial").exists()
    assert open_store(settings).open().generation == generation


def test_too_few_queries_are_refused_with_how_many_it_takes(home: Path) -> None:
    few = dict(list(right().items())[:49])
    result = run(*judge(home, few))
    assert isinstance(result.exception, UnusableInput)
    assert "49 queries have a relevant product; on fewer than 50" in str(result.exception)
    assert "left out, since no product is relevant: 11 of 60 queries" in result.stderr


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [("fusion,feilds", "there is no 'feilds'; there are fusion, fields, bm25"), (",", "name at least one")],
)
def test_a_group_that_is_not_there_is_named(home: Path, parameters: str, complaint: str) -> None:
    result = run(*judge(home, right()), "--parameters", parameters)
    assert isinstance(result.exception, UnusableInput)
    assert complaint in str(result.exception)


def test_with_elasticsearch_k1_and_b_are_a_reindex_and_it_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANGSOU_ENGINE", "elastic")
    result = run(*judge(home, right()), "--parameters", "fusion,bm25")
    assert isinstance(result.exception, UnusableInput)
    assert "each try of them is a reindex" in str(result.exception)
    assert tune_command._groups(None, "elastic") == ["fusion", "fields"]


def test_the_live_recipe_with_other_k1_is_measured_with_the_k1_of_the_index(home: Path) -> None:
    write_recipe(home, k1=1.2)
    with SettingEvaluator(
        Settings(home=home), RIGHT, parameters_of(["bm25"]), read_ranking(home)
    ) as evaluator:
        assert evaluator.start == (default_ranking().k1, default_ranking().b)
        assert evaluator.unindexed_changes == "k1 1.2 (the index has 0.6)"
        assert np.all(evaluator.search_scores(evaluator.start) >= 0)


@pytest.mark.parametrize("measure", ["matched", "none", "exact@10", "junk@10"])
def test_a_measure_that_cannot_be_maximized_is_refused(home: Path, measure: str) -> None:
    result = run(*judge(home, right()), "--measure", measure)
    assert isinstance(result.exception, UnusableInput)
    assert f"--measure {measure} cannot be maximized" in str(result.exception)
