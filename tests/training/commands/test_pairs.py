"""`shangsou train pairs`: what is refused before anything is read."""

import pytest
from click.testing import CliRunner

from shangsou.errors import NoIndex, UnusableInput
from training.commands.train import train


def run(*arguments):
    return CliRunner().invoke(
        train, ["pairs", *map(str, arguments)], catch_exceptions=False, standalone_mode=True
    )


@pytest.fixture
def events(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path / "home"))
    path = tmp_path / "events.tsv"
    path.write_text("timestamp\tuser_id\taction_name\tuser_query\tproduct_id\n", "utf-8")
    return path


def test_without_an_index_the_way_out_is_named(events, tmp_path):
    with pytest.raises(NoIndex, match="shangsou index"):
        run("--events", events, "--out", tmp_path / "pairs.jsonl")
    assert not (tmp_path / "pairs.jsonl").exists()


def test_the_events_are_not_written_over(events):
    result = run("--events", events, "--out", events)
    assert result.exit_code == 2
    assert "would overwrite" in result.output


def test_a_missing_file_of_judgements_is_refused(events, tmp_path):
    with pytest.raises(UnusableInput, match="cannot be read"):
        run("--events", events, "--exclude-products", tmp_path / "none", "--out", tmp_path / "pairs.jsonl")
