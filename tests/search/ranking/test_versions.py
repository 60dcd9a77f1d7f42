"""Versions of the ranking recipe, none of which is ever lost."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shangsou.errors import RankingNotSaved, UnusableInput
from shangsou.search.ranking.recipe import default_ranking, read_ranking, shipped_ranking
from shangsou.search.ranking.versions import BY_HAND, SHIPPED, RankingVersions

DEFAULT = default_ranking().version
FIGURES = {"held_out": {"mean": 0.01}}


@pytest.fixture
def versions(tmp_path: Path) -> RankingVersions:
    return RankingVersions(tmp_path)


def recipe(weight: float, **other: object) -> dict[str, object]:
    return {**json.loads(shipped_ranking()), "lexical_weight": weight, **other}


def save(versions: RankingVersions, weight: float) -> int:
    return versions.save(recipe(weight), "a test", FIGURES, instead_of=versions.live()).number


def by_hand(home: Path, weight: float, **other: object) -> bytes:
    # Spaces that no program of ours writes.
    text = json.dumps(recipe(weight, **other), indent=7).encode()
    (home / "ranking.json").write_bytes(text)
    return text


def test_a_shop_begins_with_no_version_and_the_recipe_that_ships(versions: RankingVersions) -> None:
    assert versions.versions() == []
    assert versions.live() == shipped_ranking()


def test_a_saved_recipe_is_live_with_its_number_and_the_one_that_ships_is_kept(
    versions: RankingVersions, tmp_path: Path
) -> None:
    assert save(versions, 0.25) == DEFAULT + 1
    assert (read_ranking(tmp_path).lexical_weight, read_ranking(tmp_path).version) == (0.25, DEFAULT + 1)
    newest, oldest = versions.versions()
    assert (newest.number, newest.origin, newest.figures, newest.live) == (
        DEFAULT + 1,
        "a test",
        FIGURES,
        True,
    )
    assert (oldest.number, oldest.origin, oldest.text, oldest.live) == (
        DEFAULT,
        SHIPPED,
        shipped_ranking(),
        False,
    )


def test_a_recipe_written_by_hand_is_kept_byte_for_byte_under_its_own_number(
    versions: RankingVersions, tmp_path: Path
) -> None:
    text = by_hand(tmp_path, 0.3, version=9)
    assert save(versions, 0.25) == 10
    kept = versions.versions()[1]
    assert (kept.number, kept.origin, kept.text) == (9, BY_HAND, text)


def test_a_recipe_written_by_hand_under_a_number_that_is_taken_gets_the_next_one(
    versions: RankingVersions, tmp_path: Path
) -> None:
    save(versions, 0.25)
    text = by_hand(tmp_path, 0.3, version=DEFAULT + 1)
    assert save(versions, 0.35) == DEFAULT + 3
    assert versions.text(str(DEFAULT + 2)) == text


def test_a_broken_recipe_written_by_hand_is_kept_too(versions: RankingVersions, tmp_path: Path) -> None:
    (tmp_path / "ranking.json").write_bytes(b"{ half")
    versions.restore("default")
    assert versions.text(str(DEFAULT + 1)) == b"{ half"


def test_each_version_can_be_gone_back_to_and_what_was_live_is_kept(
    versions: RankingVersions, tmp_path: Path
) -> None:
    save(versions, 0.25)
    text = by_hand(tmp_path, 0.3, version=30)
    assert versions.restore(str(DEFAULT + 1)) == DEFAULT + 1
    assert read_ranking(tmp_path).lexical_weight == 0.25
    assert [version.number for version in versions.versions() if version.live] == [DEFAULT + 1]
    versions.restore("30")
    assert (tmp_path / "ranking.json").read_bytes() == text


def test_back_to_default_takes_the_shops_own_recipe_away_and_keeps_it(
    versions: RankingVersions, tmp_path: Path
) -> None:
    text = by_hand(tmp_path, 0.3, version=30)
    assert versions.restore("default") == DEFAULT
    assert versions.is_default()
    assert versions.text("30") == text


@pytest.mark.parametrize("name", [str(DEFAULT + 2), "-1", "٣", "latest", ""])
def test_a_version_that_is_not_there_is_named_with_those_that_are(
    versions: RankingVersions, name: str
) -> None:
    save(versions, 0.25)
    with pytest.raises(UnusableInput, match=f"no version {name} .*there are {DEFAULT}, {DEFAULT + 1}, live"):
        versions.restore(name)


def test_a_recipe_made_from_one_that_is_not_live_any_more_is_refused(
    versions: RankingVersions, tmp_path: Path
) -> None:
    before = versions.live()
    text = by_hand(tmp_path, 0.3)
    with pytest.raises(RankingNotSaved, match="was changed meanwhile"):
        versions.save(recipe(0.25), "a test", {}, instead_of=before)
    assert (tmp_path / "ranking.json").read_bytes() == text
    assert versions.versions() == []


def test_a_recipe_that_cannot_be_read_back_is_not_saved(versions: RankingVersions) -> None:
    with pytest.raises(UnusableInput, match="lexical_weight"):
        save(versions, 7)
    assert versions.is_default()


def test_of_two_that_write_at_once_neither_loses_what_the_other_made_live(
    versions: RankingVersions, tmp_path: Path
) -> None:
    saved: list[tuple[int, float]] = []
    refused: list[float] = []

    def write(weight: float) -> None:
        own = RankingVersions(tmp_path)
        try:
            saved.append((save(own, weight), weight))
        except RankingNotSaved:
            refused.append(weight)

    writers = [threading.Thread(target=write, args=(number / 100,)) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(saved) + len(refused) == 20
    kept = {version.number: json.loads(version.text)["lexical_weight"] for version in versions.versions()}
    assert {number: kept[number] for number, _ in saved} == dict(saved)
    assert read_ranking(tmp_path).lexical_weight == dict(saved)[max(dict(saved))]


# For each of the homes a process that ends itself at the n-th time that something reaches the disk, n from 0.
# Forked, since each would otherwise import for half a second. Prints how each of them ended.
KILLED = """
import json, os, signal, sys
from pathlib import Path
import shangsou.atomic_files as atomic_files
import shangsou.search.ranking.versions as versions_module
def strike(of):
    def struck(*arguments):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return of(*arguments)
    return struck
versions_module.sync = atomic_files.sync = strike(atomic_files.sync)
versions_module.atomic_replace = strike(versions_module.atomic_replace)
def save(home):
    versions = versions_module.RankingVersions(home)
    live = versions.live()
    versions.save({**json.loads(live), "lexical_weight": .25}, "killed", {}, instead_of=live)
ended = []
for left, home in enumerate(map(Path, sys.argv[1:])):
    if (pid := os.fork()) == 0:
        save(home)
        os._exit(0)
    ended.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(json.dumps(ended))
"""


def test_killed_at_any_point_the_old_recipe_or_the_new_one_is_live_and_the_old_one_is_kept(
    tmp_path: Path,
) -> None:
    homes = [tmp_path / str(step) for step in range(20)]
    for home in homes:
        home.mkdir()
        text = by_hand(home, 0.3, version=30)
    run = subprocess.run([sys.executable, "-c", KILLED, *homes], check=True, stdout=subprocess.PIPE)
    ended = json.loads(run.stdout)
    assert len(ended) == len(homes)
    for home in homes:
        versions = RankingVersions(home)
        numbers = {version.number for version in versions.versions()}
        if versions.live() == text:
            assert numbers <= {30, 31}
        else:
            assert read_ranking(home).lexical_weight == 0.25
            assert versions.text("30") == text
        save(versions, 0.2)
        assert versions.text("30") == text
        assert list((home / "ranking").glob(".writing-*")) == []
    # Two files and two folders for each of two versions, and the live one: more than a few points.
    killed = ended.index(0)
    assert killed >= 8
    assert ended == [-signal.SIGKILL] * killed + [0] * (len(homes) - killed)


FULL = """
import json, resource, signal, sys
from pathlib import Path
from shangsou.errors import RankingNotSaved
from shangsou.search.ranking.versions import RankingVersions
versions = RankingVersions(Path(sys.argv[1]))
live = versions.live()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    versions.save({**json.loads(live), "lexical_weight": .25}, "full", {}, instead_of=live)
except RankingNotSaved as problem:
    print(problem)
"""


def test_where_nothing_can_be_written_an_error_is_reported_and_the_old_recipe_stays(tmp_path: Path) -> None:
    text = by_hand(tmp_path, 0.3, version=30)
    errors = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    assert "File too large; version 30 serves on" in errors
    assert (tmp_path / "ranking.json").read_bytes() == text
    assert RankingVersions(tmp_path).versions() == []
    assert list((tmp_path / "ranking").glob(".writing-*")) == []
