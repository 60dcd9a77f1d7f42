"""`shangsou model fetch`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from shangsou.cli import SUMMARIES
from shangsou.encoding.commands.model import model


def test_it_says_where_the_weights_are_and_in_which_precision_they_encode(shangsou_home: Path):
    result = CliRunner().invoke(model, ["fetch"], catch_exceptions=False)
    assert result.exit_code == 0
    assert str(shangsou_home / "models" / "bge-small-zh-v1.5") in result.stdout
    assert result.stderr == ""


def test_json_is_one_document(shangsou_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHANGSOU_PRECISION", "float32")
    result = CliRunner().invoke(model, ["fetch", "--json"], catch_exceptions=False)
    assert json.loads(result.stdout) == {
        "model": "BAAI/bge-small-zh-v1.5",
        # Of the file that Maven Central publishes; another would be another model.
        "model_hash": "69a0b846f4f116b5",
        "precision": "float32",
        "folder": str(shangsou_home / "models" / "bge-small-zh-v1.5"),
        "file": "float32.onnx",
    }


def test_a_fetch_that_fails_ends_with_2_and_one_line(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", "from shangsou.cli import main; main()", "model", "fetch", "--json"],
        env={**os.environ, "SHANGSOU_HOME": str(tmp_path), "SHANGSOU_MODEL_REPOSITORY": str(tmp_path / "no")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "SHANGSOU_MODEL_REPOSITORY" in done.stderr


def test_its_summary_in_the_help_is_its_own():
    assert model.help == SUMMARIES["model"]
