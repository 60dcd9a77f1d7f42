"""The stored home: made once by `shangsou`'s own commands, stored as one archive, unpacked by the tests."""

import io
import json
import os
import shutil
import sys
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from shangsou.cli import main
from shangsou.search.ranking.versions import RankingVersions
from tests.answers.clock import frozen_clock
from tests.answers.encoder import VECTORS_FOLDER, use_answers_encoder
from tests.answers.sources import BUILT_AT, DICTIONARIES, RECIPE_CHANGES, shelf_rules, write_sources

ARCHIVE = Path(__file__).with_name("home.tar.xz")


class StoredHome(NamedTuple):
    """The two folders of the archive."""

    home: Path
    sources: Path
    """The files that the commands read to make the home."""


def unpack_stored_home(folder: Path) -> StoredHome:
    """Unpack the archive into a folder."""
    with tarfile.open(ARCHIVE) as archive:
        # Python before 3.11.4 knows no filters (PEP 706).
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        archive.extractall(folder)
    return _inside(folder)


def rebuild_stored_home(folder: Path) -> None:
    """Make the home again in an empty folder, and store it in the archive."""
    home, sources = _inside(folder)
    write_sources(sources)
    home.mkdir()
    for name, text in DICTIONARIES.items():
        (home / name).write_text(text, "utf-8")
    (home / "recommend.txt").write_text(shelf_rules(sources), "utf-8")
    with frozen_clock(BUILT_AT):
        versions = RankingVersions(home)
        live = versions.live()
        versions.save({**json.loads(live), **RECIPE_CHANGES}, "by hand", {}, instead_of=live)
    run_commands(home, sources, {})
    shutil.rmtree(home / VECTORS_FOLDER)  # read by indexing alone
    with tarfile.open(ARCHIVE, "w:xz", preset=9) as archive:
        for path in sorted(folder.rglob("*")):
            if not path.name.endswith(("-shm", "-wal")):
                archive.add(path, path.relative_to(folder), recursive=False, filter=_without_origin)


def run_commands(home: Path, sources: Path, environment: Mapping[str, str]) -> None:
    """Index the catalog, import queries and events, and build the shelves."""
    commands: list[list[str | Path]] = [
        ["index", sources / "catalog.jsonl"],
        ["queries", "import", sources / "queries.tsv"],
        ["events", "import", sources / "events.jsonl"],
        ["recommend", "build"],
    ]
    with frozen_clock(BUILT_AT), use_answers_encoder():
        for arguments in commands:
            _run(arguments, {"SHANGSOU_HOME": str(home), **environment})


def copy_dictionaries(stored_home: Path, home: Path) -> None:
    """Make a home with the stored one's files that merchants edit: dictionaries, rules, ranking recipe."""
    home.mkdir(parents=True)
    for path in stored_home.iterdir():
        if path.is_file():
            shutil.copy(path, home)


def _inside(folder: Path) -> StoredHome:
    return StoredHome(folder / "home", folder / "sources")


def _run(arguments: Sequence[str | Path], environment: Mapping[str, str]) -> None:
    """Run a command in this process, with these settings alone."""
    output = io.StringIO()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHANGSOU_")}
    with (
        patch.dict(os.environ, {**inherited, **environment}, clear=True),
        patch.object(sys, "argv", ["shangsou", *map(str, arguments)]),
        redirect_stdout(output),
        redirect_stderr(output),
    ):
        try:
            main()
        except SystemExit as end:
            if end.code:
                raise RuntimeError(
                    f"shangsou {arguments[0]} ended with {end.code}: {output.getvalue()}"
                ) from None


def _without_origin(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return a member of the archive without owner, group and time."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = int(BUILT_AT.timestamp())
    return member
