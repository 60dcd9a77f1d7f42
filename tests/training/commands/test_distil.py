"""`shangsou train distil`: what is refused before anything is encoded."""

import shutil

import pytest
from click.testing import CliRunner

from shangsou.errors import NoIndex, UnusableInput, WeightsUnavailable
from shangsou.settings import Settings
from tests.fixtures.switched_models import PRODUCTS, index
from tests.fixtures.trained_models import install_toy
from training.commands.train import train


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path / "home"))


def run(*arguments):
    return CliRunner().invoke(train, ["distil", *map(str, arguments)], catch_exceptions=False)


def test_without_an_index_the_way_out_is_named():
    with pytest.raises(NoIndex, match="shangsou index"):
        run("--out-name", "small")


def test_an_unknown_teacher_is_not_looked_for_on_a_model_hub():
    with pytest.raises(UnusableInput, match=r"--teacher someone/model: there is no such model.*model list"):
        run("--out-name", "small", "--teacher", "someone/model")


def test_a_trained_teacher_that_is_gone_is_not_looked_for_on_a_model_hub(tmp_path):
    home = tmp_path / "home"
    install_toy(home, "spring")
    index(Settings(home=home, model="spring"), *PRODUCTS)
    shutil.rmtree(home / "models" / "spring")
    with pytest.raises(WeightsUnavailable, match="the trained model spring is gone"):
        run("--out-name", "small")


def test_a_missing_query_log_is_named(tmp_path):
    with pytest.raises(UnusableInput, match="nowhere"):
        run("--out-name", "small", "--queries", tmp_path / "nowhere")


def test_a_line_that_is_no_pair_is_named_with_its_place(tmp_path):
    (tmp_path / "pairs.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(UnusableInput, match=r"pairs\.jsonl:1: no pair"):
        run("--out-name", "small", "--pairs", tmp_path / "pairs.jsonl")


def test_what_cannot_name_a_model_is_refused():
    with pytest.raises(UnusableInput, match="cannot name a model"):
        run("--out-name", "a/b")
