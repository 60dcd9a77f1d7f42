"""A run is trained by one process, with the same parameters from beginning to end."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from shangsou.errors import TrainingFailed, UnusableInput
from tests.fixtures.full_disk import full_disk
from training.encoder.run_folder import Metrics, RunFolder


@dataclass(frozen=True)
class Other:
    """What another command comes to."""

    units: int


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "x" * 65])
def test_what_cannot_be_a_folder_is_no_name(tmp_path: Path, name: str):
    with pytest.raises(UnusableInput, match=re.escape(repr(name))):
        RunFolder(tmp_path, name)


def test_a_run_that_another_process_trains_is_left_alone(tmp_path: Path):
    with RunFolder(tmp_path, "run").locked():
        other = RunFolder(tmp_path, "run").locked()
        with pytest.raises(UnusableInput, match="another process"):
            other.__enter__()


def test_a_run_goes_on_only_with_the_parameters_it_was_begun_with(tmp_path: Path):
    run = RunFolder(tmp_path, "run")
    with run.locked():
        run.begin({"seed": 1, "dimensions": (512, 256)}, {"torch": "2.14"})
        run.begin({"seed": 1, "dimensions": (512, 256)}, {"torch": "2.15"})
        assert json.loads((run.path / "params.json").read_text())["surroundings"] == {"torch": "2.15"}
        with pytest.raises(UnusableInput, match=r"seed was 1 and is 2\. Choose another --out-name"):
            run.begin({"seed": 2, "dimensions": (512, 256)}, {})


def test_a_line_that_a_killed_process_left_unfinished_does_not_count(tmp_path: Path):
    run, points = (
        RunFolder(tmp_path, "run"),
        [Metrics(0, 0.0, None, 0.5, 0.0, 0.0), Metrics(50, 0.5, 1.5, 0.6, 1e-5, 3.0)],
    )
    with run.locked():
        assert run.metrics(Metrics) == []
        run.write_metrics(points)
        with (run.path / "metrics.jsonl").open("a") as file:
            file.write('{"step": 100, "ep')
        assert run.metrics(Metrics) == points


def test_what_a_killed_process_left_is_removed(tmp_path: Path):
    run = RunFolder(tmp_path, "run")
    left = run.checkpoints / ".shangsou-abc"
    left.mkdir(parents=True)
    with run.locked():
        assert not left.exists()


def test_a_run_knows_how_many_pairs_at_a_time_a_killed_process_had(tmp_path: Path):
    run = RunFolder(tmp_path, "run")
    killed = "import os, sys, pathlib; from training.encoder.run_folder import RunFolder\n"
    killed += "run = RunFolder(pathlib.Path(sys.argv[1]), 'run')\n"
    killed += "with run.locked(), run.training(16): os.kill(os.getpid(), 9)"
    with run.locked(), run.training(16) as before:
        assert before is None
    subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False)
    # What only reads it, as an export, takes nothing away.
    with run.locked():
        pass
    with run.locked(), run.training(8) as before:
        assert before == 16
    with run.locked(), run.training(8) as before:
        assert before is None


def test_a_complete_run_of_another_command_is_left_and_another_name_advised(tmp_path: Path):
    run = RunFolder(tmp_path, "run")
    with run.locked():
        run.write_result(Metrics(0, 0.0, None, 0.5, 0.0, 0.0))
        assert run.read_result(Metrics) == Metrics(0, 0.0, None, 0.5, 0.0, 0.0)
        with pytest.raises(
            UnusableInput, match="complete run of another command or version; choose another --out-name"
        ):
            run.read_result(Other)
    assert (tmp_path / "runs" / "run" / "result.json").exists()


def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path):
    run, points = RunFolder(tmp_path, "run"), [Metrics(0, 0.0, None, 0.5, 0.0, 0.0)]
    with run.locked():
        run.write_metrics(points)
        with (
            full_disk(10),
            pytest.raises(TrainingFailed, match=r"metrics\.jsonl was not written: .*disk is full"),
        ):
            run.write_metrics([*points, *points])
        assert run.metrics(Metrics) == points
