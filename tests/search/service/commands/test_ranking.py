"""`shangsou ranking`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shangsou.errors import UnusableInput
from shangsou.search.ranking.recipe import default_ranking, parse_ranking, shipped_ranking
from shangsou.search.ranking.versions import RankingVersions
from shangsou.search.service.commands.ranking import ranking

DEFAULT = default_ranking().version


def test_a_recipe_that_is_not_complete_is_refused_with_what_it_lacks_and_where_to_begin() -> None:
    with pytest.raises(
        UnusableInput, match=r"mine is no ranking recipe: it lacks version, .*ranking\.json and"
    ):
        parse_ranking(b'{"lexical_weight": 0.5}', "mine")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(ranking, arguments)


def save(home: Path, **changes: object) -> None:
    versions = RankingVersions(home)
    figures = {
        "measure": "ndcg@10",
        "before": 0.5,
        "after": 0.52,
        "held_out": {"mean": 0.01, "low": 0.005, "high": 0.02},
    }
    versions.save(
        {**json.loads(versions.live()), **changes}, "shangsou tune", figures, instead_of=versions.live()
    )


def test_without_a_recipe_of_its_own_a_shop_is_shown_the_default_one_live(home: Path) -> None:
    assert run("list").stdout == "* default  the recipe that ships with this version of shangsou\n"


def test_the_list_marks_the_live_version_and_shows_what_each_gained(home: Path) -> None:
    save(home, lexical_weight=0.5)
    first, second, third = run("list").stdout.splitlines()
    assert first.startswith(f"*     {DEFAULT + 1}  ")
    assert first.endswith("shangsou tune  ndcg@10 0.500 → 0.520, held out +0.010 [+0.005, +0.020]")
    assert second.startswith(f"      {DEFAULT}  ")
    assert third.startswith("  default")


def test_a_recipe_written_by_hand_is_marked_in_the_list(home: Path) -> None:
    (home / "ranking.json").write_bytes(shipped_ranking() + b"\n")
    assert run("list").stdout.startswith("* ranking.json was written by hand")
    assert json.loads(run("list", "--json").stdout) == {"live": "ranking.json", "versions": []}


def test_the_difference_of_two_versions_names_each_number_that_changed(home: Path) -> None:
    save(home, lexical_weight=0.5, field_weights={"title.grams": 0.9})
    shown = run("diff", str(DEFAULT)).stdout.splitlines()
    assert "lexical_weight  0.6 → 0.5" in shown
    assert "field_weights.title.grams  1.0 → 0.9" in shown
    assert "field_weights.title.words  0.1 → not there" in shown
    assert not any(line.startswith(("version", "origin")) for line in shown)
    assert run("diff", "default", str(DEFAULT)).stdout == f"default and {DEFAULT} rank alike\n"
    assert json.loads(run("diff", "default", "live", "--json").stdout)["lexical_weight"] == {
        "before": 0.6,
        "after": 0.5,
    }


def test_a_version_is_gone_back_to(home: Path) -> None:
    save(home, lexical_weight=0.5)
    assert json.loads(run("back-to", str(DEFAULT), "--json").stdout) == {
        "live": str(DEFAULT),
        "version": DEFAULT,
    }
    assert (home / "ranking.json").read_bytes() == shipped_ranking()


def test_a_version_that_is_not_there_is_unusable_input(home: Path) -> None:
    assert isinstance(run("back-to", "99").exception, UnusableInput)
    assert isinstance(run("diff", "99").exception, UnusableInput)
