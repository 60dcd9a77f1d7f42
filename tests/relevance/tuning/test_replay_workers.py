"""Replays in several processes."""

import sys

import numpy as np
import pytest

from relevance.tuning import replay_workers
from relevance.tuning.parameters import neighbour_settings
from relevance.tuning.replay_workers import ReplayFailed, ReplayWorkers
from tests.fixtures.tuning import OpenEvaluator

KEY = (0.6, 0.5)


def test_three_processes_score_as_one_does(
    open_evaluator: OpenEvaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_workers, "_MIN_RANKINGS", 1)
    with open_evaluator() as evaluator, ReplayWorkers(3) as workers:
        recorded = evaluator._recorded(KEY)
        settings = neighbour_settings(evaluator.start, evaluator.parameters)[::30]
        workers.add(KEY, recorded)
        for setting, scores in zip(settings, workers.scores(KEY, settings), strict=True):
            expected = recorded.scores(setting)
            assert np.array_equal(scores.measure, expected.measure)
            assert np.array_equal(scores.facts, expected.facts, equal_nan=True)


def test_a_process_that_ends_is_reported(
    open_evaluator: OpenEvaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_workers, "_MIN_RANKINGS", 1)
    with open_evaluator() as evaluator, ReplayWorkers(2, (sys.executable, "-c", "")) as workers:
        workers.add(KEY, evaluator._recorded(KEY))
        with pytest.raises(ReplayFailed, match="a process that replays settings ended"):
            workers.scores(KEY, [evaluator.start])
