"""The record of the gate beside a model's card."""

import json

from click.testing import CliRunner

from indexer.commands.model import model
from shangsou.encoding.gate_record import FILE, read_gate, write_gate
from shangsou.encoding.registry import copy_model, find_model
from tests.fixtures.trained_models import install_toy


def test_the_last_record_counts_and_goes_along_with_a_copy(tmp_path):
    toy = install_toy(tmp_path / "home", "toy", "static")
    assert read_gate(toy.folder) == {}
    write_gate(toy.folder, {"passed": False})
    write_gate(toy.folder, {"passed": True})
    copy_model(toy, tmp_path / "other")
    assert read_gate(find_model(tmp_path / "other", "toy").folder) == {"passed": True}


def test_a_record_that_cannot_be_read_is_none(tmp_path):
    (tmp_path / FILE).write_text("{", "utf-8")
    assert read_gate(tmp_path) == {}
    (tmp_path / FILE).write_text("[]", "utf-8")
    assert read_gate(tmp_path) == {}


def test_the_card_shows_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path / "home"))
    toy = install_toy(tmp_path / "home", "toy", "static")
    write_gate(toy.folder, {"passed": False, "reasons": ["no rise"]})
    shown = CliRunner().invoke(model, ["card", "toy", "--json"], catch_exceptions=False)
    assert json.loads(shown.stdout)["gate"]["reasons"] == ["no rise"]
    assert "no rise" in CliRunner().invoke(model, ["card", "toy"], catch_exceptions=False).stdout
