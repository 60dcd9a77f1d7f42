"""A run is trained by one process, with the same parameters from beginning to end."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shangsou.errors import TrainingFailed, UnusableInput
from tests.fixtures.full_disk import full_disk
from training.encoder.run_folder import Metrics, RunFolder


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
        assert run.metrics() == []
        run.write_metrics(points)
        with (run.path / "metrics.jsonl").open("a") as file:
            file.write('{"step": 100, "ep')
        assert run.metrics() == points


def test_what_a_killed_process_left_is_removed(tmp_path: Path):
    run = RunFolder(tmp_path, "run")
    left = run.checkpoints / ".shangsou-abc"
    left.mkdir(parents=True)
    with run.locked():
        assert not left.exists()


def test_a_run_says_whether_the_process_before_was_killed(tmp_path: Path):
    run = RunFolder(tmp_path, "run")
    killed = "import os, sys, pathlib; from training.encoder.run_folder import RunFolder\n"
    killed += "with RunFolder(pathlib.Path(sys.argv[1]), 'run').locked(): os.kill(os.getpid(), 9)"
    with run.locked() as was_killed:
        assert not was_killed
    subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False)
    with run.locked() as was_killed:
        assert was_killed
    with pytest.raises(UnusableInput), run.locked():
        RunFolder(tmp_path, "..")
    with run.locked() as was_killed:
        assert not was_killed


def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path):
    run, points = RunFolder(tmp_path, "run"), [Metrics(0, 0.0, None, 0.5, 0.0, 0.0)]
    with run.locked():
        run.write_metrics(points)
        with (
            full_disk(10),
            pytest.raises(TrainingFailed, match=r"metrics\.jsonl was not written: .*disk is full"),
        ):
            run.write_metrics([*points, *points])
        assert run.metrics() == points
