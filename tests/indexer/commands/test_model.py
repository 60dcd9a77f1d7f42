"""`shangsou model`."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.commands.model import model
from indexer.model_switch import build_with_model, describe_missing_model
from shangsou.cli import SUMMARIES
from shangsou.encoding.registry import mark_erased
from shangsou.settings import Settings
from tests.fixtures.indexer import IndexerHome
from tests.fixtures.trained_models import CARD, install_toy


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


CATALOG = "商品编号,商品名称,价格\n1,红裙子,19.9\n2,蓝杯子,9.9\n"
ON_EVENTS = replace(CARD, trained_on_events_until="2026-11-30T00:00:00+00:00", figures={"mrr@10": 0.41})


@pytest.fixture
def shop(
    home: IndexerHome, write: Callable[[str, str | bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> IndexerHome:
    """Two products, indexed with `first`; `words`, trained on events, is there too."""
    monkeypatch.delenv("SHANGSOU_MODEL", raising=False)
    install_toy(home.folder, "first")
    install_toy(home.folder, "words", "static", ON_EVENTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHANGSOU_MODEL", "first")
        assert home.run("index", write("catalog.csv", CATALOG)).code == 0
    return home


def listed(shop: IndexerHome) -> dict[str, dict[str, object]]:
    models = shop.run("model", "list", "--json").document["models"]
    assert isinstance(models, list)
    return {one["name"]: one for one in models}


def test_the_list_marks_what_serves_and_says_what_is_not_there(shop: IndexerHome):
    models = listed(shop)
    assert list(models) == ["BAAI/bge-small-zh-v1.5", "first", "words"]
    assert [name for name, one in models.items() if one["current"]] == ["first"]
    assert models["first"]["generations"] == ["gen-1"]
    assert models["words"]["kind"] == "static"
    assert "shangsou model fetch" in str(models["BAAI/bge-small-zh-v1.5"]["problem"])
    lines = shop.run("model", "list").out.splitlines()
    assert [line[:7] for line in lines] == ["  BAAI/", "* first", "  words"]


def test_an_incomplete_model_is_listed_as_such(shop: IndexerHome):
    (shop.folder / "models" / "words" / "vectors.npy").unlink()
    assert "no complete model" in str(listed(shop)["words"]["problem"])


def test_show_and_card_say_what_a_model_is(shop: IndexerHome):
    shown = shop.run("model", "show", "words", "--json").document
    assert shown == listed(shop)["words"]
    assert shown["folder"] == str(shop.folder / "models" / "words")
    card = shop.run("model", "card", "words", "--json").document
    assert (card["name"], card["figures"], card["erased_since"]) == ("words", {"mrr@10": 0.41}, "")
    assert "figures:\n  mrr@10: 0.41\n" in shop.run("model", "card", "words").out


def test_show_leads_from_pairs_and_base_to_the_generations(shop: IndexerHome):
    card = replace(
        CARD, base="bert-base-chinese", base_hash="0123456789abcdef", pairs_hash="fedc", run_folder="runs/7"
    )
    install_toy(shop.folder, "third", card=card)
    build_with_model(Settings(home=shop.folder), "third", serves=False)
    lines = dict(line.split(maxsplit=1) for line in shop.run("model", "show", "third").out.splitlines())
    lineage = {name: lines[name] for name in ("pairs_hash", "base", "base_hash", "run_folder", "generations")}
    assert lineage == {
        "pairs_hash": "fedc",
        "base": "bert-base-chinese",
        "base_hash": "0123456789abcdef",
        "run_folder": "runs/7",
        "generations": "gen-2",
    }


def test_the_default_model_has_no_card(shop: IndexerHome):
    finished = shop.run("model", "card", "BAAI/bge-small-zh-v1.5")
    assert (finished.code, finished.out) == (2, "")
    assert "has no card here" in finished.err


@pytest.mark.parametrize("command", ["show", "card", "use"])
def test_an_unknown_name_is_answered_with_those_that_there_are(shop: IndexerHome, command: str):
    finished = shop.run("model", command, "nobody")
    assert (finished.code, finished.out) == (2, "")
    assert "there are BAAI/bge-small-zh-v1.5, first, words" in finished.err


def test_use_names_the_generation_and_the_way_back(shop: IndexerHome):
    finished = shop.run("model", "use", "words")
    assert finished.code == 0
    assert finished.out == (
        'words serves now, with 2 products as gen-2; "shangsou rollback" goes back to gen-1 with first\n'
    )
    back = shop.run("rollback")
    assert "with the model first" in back.out
    assert [name for name, one in listed(shop).items() if one["current"]] == ["first"]


def test_use_says_in_json_whether_it_built_the_generation(shop: IndexerHome):
    build_with_model(Settings(home=shop.folder), "words", serves=False)
    document = shop.run("model", "use", "words", "--json").document
    assert (document["generation"], document["before"], document["built"]) == ("gen-2", "gen-1", False)
    assert shop.run("model", "use", "words").out == "words serves already, with gen-2\n"


def test_use_and_list_say_who_was_erased_since(shop: IndexerHome):
    mark_erased(shop.folder, datetime(2026, 12, 2, tzinfo=UTC))
    assert "2026-12-02T00:00:00+00:00" in shop.run("model", "list").out
    finished = shop.run("model", "use", "words")
    assert finished.code == 0
    assert "train it again without them" in finished.err


def test_a_setting_that_names_another_model_wins_and_says_so(
    shop: IndexerHome, monkeypatch: pytest.MonkeyPatch
):
    shop.run("model", "use", "words")
    monkeypatch.setenv("SHANGSOU_MODEL", "words")
    refused = shop.run("model", "use", "first")
    assert (refused.code, refused.out) == (2, "")
    assert "SHANGSOU_MODEL is words and wins" in refused.err
    back = shop.run("rollback")
    assert back.code == 0
    assert "SHANGSOU_MODEL is words and wins" in back.err
    assert "SHANGSOU_MODEL is words and wins" in shop.run("model", "list").err


@pytest.mark.parametrize("command", ["use", "list", "rollback"])
def test_a_setting_that_is_the_folder_of_a_model_names_it(
    shop: IndexerHome, monkeypatch: pytest.MonkeyPatch, command: str
):
    if command != "use":
        shop.run("model", "use", "words")
    name = "first" if command == "rollback" else "words"
    monkeypatch.setenv("SHANGSOU_MODEL", str(shop.folder / "models" / name))
    finished = shop.run(
        *{"use": ("model", "use", "words"), "list": ("model", "list")}.get(command, ["rollback"])
    )
    assert (finished.code, finished.err) == (0, "")


def test_a_setting_of_another_model_wins_before_the_default_one_is_fetched(
    shop: IndexerHome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("SHANGSOU_MODEL", "first")
    # Where fetching would fail, and say so.
    monkeypatch.setenv("SHANGSOU_MODEL_REPOSITORY", str(tmp_path / "no"))
    refused = shop.run("model", "use", "BAAI/bge-small-zh-v1.5")
    assert refused.code == 2
    assert "SHANGSOU_MODEL is first and wins" in refused.err


@pytest.mark.parametrize("damage", ["gone", "incomplete", "another"])
def test_a_rollback_to_a_model_that_is_gone_says_so(shop: IndexerHome, damage: str):
    shop.run("model", "use", "words")
    folder = shop.folder / "models" / "first"
    if damage == "incomplete":
        (folder / "float32.onnx").unlink()
    else:
        shutil.rmtree(folder)
        if damage == "another":
            install_toy(shop.folder, "first", "static")
    back = shop.run("rollback")
    assert back.code == 0
    assert back.err.startswith("gen-1 will find by words alone: ")
    named = {
        "gone": "first is gone",
        "incomplete": "no complete model",
        "another": "first is another model here",
    }
    assert named[damage] in back.err


def test_a_rollback_to_the_default_model_says_that_it_is_not_fetched(shop: IndexerHome):
    recipe = replace(shop.store.generations()[0].recipe, model="BAAI/bge-small-zh-v1.5", is_trained=False)
    assert "shangsou model fetch" in describe_missing_model(Settings(home=shop.folder), recipe)
    other = replace(recipe, model="some/other")
    assert describe_missing_model(Settings(home=shop.folder), other) == ""


def test_use_is_noted_in_the_audit_log(shop: IndexerHome):
    shop.run("model", "use", "words")
    assert '"model"' in (shop.folder / "audit" / "audit.jsonl").read_text("utf-8")


def test_a_search_with_a_trained_model_imports_no_torch(shop: IndexerHome):
    for name in ("first", "words"):
        shop.run("model", "use", name)
        code = (
            "import sys; sys.argv = ['shangsou', 'search', '红裙', '--json']\n"
            "from shangsou.cli import main\n"
            "try:\n    main()\n"
            "except SystemExit as end:\n    assert not end.code\n"
            "print('imported', 'torch' in sys.modules, 'numpy' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "SHANGSOU_HOME": str(shop.folder)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "红裙子" in done.stdout
        assert done.stdout.splitlines()[-1] == "imported False True"
