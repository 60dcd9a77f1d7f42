"""Versions of a shop's ranking recipe: each is kept, and any can be made live again.

`SHANGSOU_HOME/ranking.json` is live; `SHANGSOU_HOME/ranking/N/` keeps version N: `ranking.json`, byte for
byte what was live, and `about.json`, where it comes from. A version never changes once its folder has its
name. What is live is kept as a version before anything takes its place, also if it was written by hand.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from shangsou.atomic_files import atomic_replace, sync
from shangsou.errors import RankingNotSaved, UnusableInput
from shangsou.search.ranking.recipe import RECIPE_FILE, default_ranking, parse_ranking, shipped_ranking

FOLDER = "ranking"
_METADATA_FILE = "about.json"
_TEMPORARY_PREFIX = ".writing-"
_NUMBER = re.compile(r"[1-9][0-9]*")
BY_HAND = "ranking.json as it was found"
SHIPPED = "shipped with shangsou"
# Of a recipe written by hand; a longer number is no count of versions.
_MAX_NUMBER = 999_999


@dataclass(frozen=True, slots=True)
class RankingVersion:
    """A ranking recipe that is, or was, live."""

    number: int
    kept_at: str
    """ISO 8601, UTC."""
    origin: str
    """The command it comes from, or `BY_HAND` or `SHIPPED`."""
    figures: Mapping[str, Any]
    """What that command measured, and on what; empty where nothing was."""
    text: bytes
    """Its JSON."""
    live: bool


class RankingVersions:
    """The versions of one SHANGSOU_HOME. Any number of processes may write at once."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / FOLDER
        self._live = home / RECIPE_FILE

    def versions(self) -> list[RankingVersion]:
        """Return all versions, newest first."""
        own_text = self._read_own()
        live = shipped_ranking() if own_text is None else own_text
        return [self._read(number, live) for number in reversed(self._numbers())]

    def files(self) -> list[Path]:
        """Return the files of all versions."""
        folders = [self._folder / str(number) for number in self._numbers()]
        return [folder / name for folder in folders for name in (RECIPE_FILE, _METADATA_FILE)]

    def text(self, name: str) -> bytes:
        """Return the JSON of a version by its number, of the `live` recipe or the `default` one.

        Raises `UnusableInput` where there is none of that name.
        """
        if name == "default":
            return shipped_ranking()
        if name == "live":
            return self.live()
        numbers = {str(number): number for number in self._numbers()}
        if name not in numbers:
            names = ", ".join([*numbers, "live", "default"])
            raise UnusableInput(f"there is no version {name} of the ranking recipe; there are {names}")
        return self._read(numbers[name], b"").text

    def live(self) -> bytes:
        """Return the JSON of the recipe that is live: the shop's own, or the one that ships."""
        own_text = self._read_own()
        return shipped_ranking() if own_text is None else own_text

    def is_default(self) -> bool:
        """Return whether the shop has no recipe of its own."""
        return self._read_own() is None

    def save(
        self, recipe: Mapping[str, Any], origin: str, figures: Mapping[str, Any], *, instead_of: bytes
    ) -> RankingVersion:
        """Keep a recipe as the next version and make it live.

        Parameters
        ----------
        recipe
            Its JSON values; `version` is set to the number it gets.
        origin, figures
            As in `RankingVersion`.
        instead_of
            The live recipe that it was made from. Where another is live by now, `RankingNotSaved` is raised:
            nobody's change is lost without being seen. So it is where the disk is full.
        """
        with self._locked():
            if self.live() != instead_of:
                raise RankingNotSaved(
                    f"{self._live} was changed meanwhile, and stays as it is now; look at "
                    '"shangsou ranking list", then run it again'
                )
            self._archive_live()
            number = self._next_number()
            text = _to_json_bytes({**recipe, "version": number})
            # Before it is kept: what cannot be read back is no recipe.
            parse_ranking(text, f"version {number}")
            version = self._archive(number, text, origin, figures)
            self._make_live(text)
        return version

    def restore(self, name: str) -> int:
        """Make a version live again, or with `default` the recipe that ships; return its `version`.

        What was live until now is kept, if it is no version yet.
        """
        with self._locked():
            text = self.text(name)
            version = parse_ranking(text, f"version {name}").version
            self._archive_live()
            if name == "default":
                self._live.unlink(missing_ok=True)
                sync(self._home)
            else:
                self._make_live(text)
        return version

    def _read_own(self) -> bytes | None:
        try:
            return self._live.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise UnusableInput(f"{self._live} cannot be read: {problem.strerror}") from None

    def _numbers(self) -> list[int]:
        """Return the numbers of the versions, oldest first."""
        if not self._folder.is_dir():
            return []
        return sorted(int(path.name) for path in self._folder.iterdir() if _NUMBER.fullmatch(path.name))

    def _read(self, number: int, live: bytes) -> RankingVersion:
        folder = self._folder / str(number)
        try:
            text = (folder / RECIPE_FILE).read_bytes()
            metadata = json.loads((folder / _METADATA_FILE).read_bytes())
            return RankingVersion(
                number,
                metadata["kept_at"],
                metadata["origin"],
                metadata.get("figures", {}),
                text,
                live=text == live,
            )
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise UnusableInput(
                f"{folder} is damaged ({problem}); restore it, or move the folder away"
            ) from None

    def _archive_live(self) -> None:
        """Keep what is live as a version of its own, unless it is one."""
        own_text = self._read_own()
        text = shipped_ranking() if own_text is None else own_text
        numbers = self._numbers()
        if any(self._read(number, b"").text == text for number in numbers):
            return
        declared = _declared_version(text)
        number = declared if declared is not None and declared not in numbers else self._next_number()
        self._archive(number, text, SHIPPED if own_text is None else BY_HAND, {})

    def _next_number(self) -> int:
        """Return a number higher than all that `applied.ranking` may have shown."""
        declared = _declared_version(self.live()) or 0
        return 1 + max([default_ranking().version, declared, *self._numbers()])

    def _archive(self, number: int, text: bytes, origin: str, figures: Mapping[str, Any]) -> RankingVersion:
        kept_at = datetime.now(UTC).isoformat(timespec="seconds")
        metadata = {"kept_at": kept_at, "origin": origin, "figures": figures}
        building = Path(mkdtemp(dir=self._folder, prefix=_TEMPORARY_PREFIX))
        building.chmod(0o755)
        for name, content in ((RECIPE_FILE, text), (_METADATA_FILE, _to_json_bytes(metadata))):
            (building / name).write_bytes(content)
            sync(building / name)
        sync(building)
        # Fails where a version has this number: none is ever written over.
        building.rename(self._folder / str(number))
        sync(self._folder)
        return RankingVersion(number, kept_at, origin, figures, text, live=True)

    def _make_live(self, text: bytes) -> None:
        temporary = self._folder / f"{_TEMPORARY_PREFIX}{RECIPE_FILE}"
        temporary.write_bytes(text)
        atomic_replace(temporary, self._live)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock of all that write here, and leave nothing half written behind."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # A lock of the operating system goes with its process, also on kill -9.
            with (self._folder / "LOCK").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._remove_leftovers()
                try:
                    yield
                finally:
                    self._remove_leftovers()
        except OSError as problem:
            raise RankingNotSaved(
                f"the ranking recipe could not be written in {self._home}: {os.strerror(problem.errno or 0)}"
                f"; version {_declared_version(self.live())} serves on, fix that and run it again"
            ) from problem

    def _remove_leftovers(self) -> None:
        for leftover in self._folder.glob(f"{_TEMPORARY_PREFIX}*"):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def _declared_version(text: bytes) -> int | None:
    """Return the `version` in a recipe's JSON, None where it has no sensible one."""
    try:
        number = json.loads(text)["version"]
    except (ValueError, KeyError, TypeError):
        return None
    return number if isinstance(number, int) and 0 < number <= _MAX_NUMBER else None


def _to_json_bytes(payload: Mapping[str, Any]) -> bytes:
    return (json.dumps(payload, ensure_ascii=False, indent=2) + "\n").encode()
