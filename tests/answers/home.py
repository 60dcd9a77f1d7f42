"""The stored home: made once by `shangsou`'s own commands, kept as one file, unpacked by the tests."""

import io
import json
import os
import shutil
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import indexer.encoder
import shangsou.search.service.live_index
from shangsou.cli import main
from shangsou.encoding.cache import CachedEncoder
from shangsou.engines.engine import GenerationStore
from shangsou.search.ranking.versions import RankingVersions
from shangsou.settings import Settings
from tests.answers import sources
from tests.answers.clock import standing_clock
from tests.answers.encoder import AnswersEncoder

STORED = Path(__file__).with_name("home.tar.xz")
_HOME, _SOURCES = "home", "sources"
# Is read when products are indexed, never when they are searched.
_VECTORS = "vectors"


@contextmanager
def answers_encoder() -> Iterator[None]:
    """Let the encoder of the answers be the one that indexes and the one that searches."""

    def open_to_index(settings: Settings, store: GenerationStore) -> CachedEncoder:
        return CachedEncoder(AnswersEncoder(), settings.home / _VECTORS)

    with (
        patch.object(indexer.encoder, "open_index_encoder", open_to_index),
        patch.object(
            shangsou.search.service.live_index, "open_encoder", lambda *_args, **_options: AnswersEncoder()
        ),
    ):
        yield


def unpack(folder: Path) -> tuple[Path, Path]:
    """Unpack what is stored, and return the home and the folder of what it was made of."""
    with tarfile.open(STORED) as packed:
        packed.extractall(folder, filter="data")
    return folder / _HOME, folder / _SOURCES


def store(folder: Path) -> None:
    """Make the home anew in an empty folder, and store it."""
    home, made_of = folder / _HOME, folder / _SOURCES
    sources.write_sources(made_of)
    home.mkdir()
    for name, text in sources.DICTIONARIES.items():
        (home / name).write_text(text, "utf-8")
    (home / "recommend.txt").write_text(sources.rules(made_of), "utf-8")
    with standing_clock(sources.MADE_AT):
        versions = RankingVersions(home)
        live = versions.live()
        versions.save({**json.loads(live), **sources.RECIPE_CHANGES}, "by hand", {}, instead_of=live)
    fill(home, made_of, {})
    shutil.rmtree(home / _VECTORS)
    with tarfile.open(STORED, "w:xz", preset=9) as packed:
        for path in sorted(folder.rglob("*")):
            if not path.name.endswith(("-shm", "-wal")):
                packed.add(path, path.relative_to(folder), recursive=False, filter=_plain)


def fill(home: Path, made_of: Path, settings: Mapping[str, str]) -> None:
    """Index the catalog, import queries and events, and learn the shelves, by the settings of the engine."""
    commands: list[list[str | Path]] = [
        ["index", made_of / "catalog.jsonl"],
        ["queries", "import", made_of / "queries.tsv"],
        ["events", "import", made_of / "events.jsonl"],
        ["recommend", "build"],
    ]
    with standing_clock(sources.MADE_AT), answers_encoder():
        for arguments in commands:
            _run(arguments, {"SHANGSOU_HOME": str(home), **settings})


def copy_of_what_was_said(stored: Path, home: Path) -> None:
    """Give a new home what people wrote into the stored one: dictionaries, rules, the ranking recipe."""
    home.mkdir(parents=True)
    for path in stored.iterdir():
        if path.is_file():
            shutil.copy(path, home)


def _run(arguments: Sequence[str | Path], settings: Mapping[str, str]) -> None:
    out = io.StringIO()
    own = {name: value for name, value in os.environ.items() if not name.startswith("SHANGSOU_")}
    with (
        patch.dict(os.environ, {**own, **settings}, clear=True),
        patch.object(sys, "argv", ["shangsou", *map(str, arguments)]),
        redirect_stdout(out),
        redirect_stderr(out),
    ):
        try:
            main()
        except SystemExit as end:
            if end.code:
                raise RuntimeError(
                    f"shangsou {arguments[0]} ended with {end.code}: {out.getvalue()}"
                ) from None


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return a member without what tells where and by whom it was packed."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = int(sources.MADE_AT.timestamp())
    return member
