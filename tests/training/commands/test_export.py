"""The command says which run it wrote and where, or why it wrote none."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from shangsou.errors import UnusableInput
from training.commands.train import train
from training.encoder.run_folder import RunFolder

pytestmark = pytest.mark.skipif(find_spec("mlflow") is None, reason="the export needs the extra [mlflow]")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(train, ["export", *arguments], catch_exceptions=False)


def test_of_a_run_that_was_not_begun_it_names_those_that_were(home: Path):
    begun = RunFolder(home, "spring")
    with begun.locked():
        begun.begin({"seed": 1}, {})
    with pytest.raises(UnusableInput, match=r"no run autumn in .*runs; there are spring"):
        run("autumn", "--tracking-uri", "sqlite:///mlflow.db")
    assert not (home / "runs" / "autumn").exists()


def test_a_folder_is_refused_before_anything_is_read():
    with pytest.raises(UnusableInput, match="--tracking-uri is no address"):
        run("spring", "--tracking-uri", "mlruns")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_run_is_written_once(home: Path):
    run_folder = RunFolder(home, "spring")
    with run_folder.locked():
        run_folder.begin({"seed": 1}, {})
        run_folder.write("result.json", {"steps": 5})
    place = ("--tracking-uri", f"sqlite:///{home / 'mlflow.db'}", "--experiment", "shop")
    first = json.loads(run("spring", *place, "--json").output)
    assert (first["run"], first["experiment"], first["is_new"]) == ("spring", "shop", True)
    again = run("spring", *place).output
    assert again.startswith("spring was there already")
    assert first["run_id"] in again
