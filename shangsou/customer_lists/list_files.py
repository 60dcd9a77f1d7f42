"""The files of lists read and written as records, under the lock of their folder."""

import json
import mmap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from shangsou.customer_lists.customer_list import CustomerList, Export
from shangsou.customer_lists.exports import export_from_json, export_to_json
from shangsou.customer_lists.journal import (
    ErasureEntry,
    entry_from_json,
    entry_to_json,
    erased_pseudonyms,
)
from shangsou.customer_lists.list_folder import EXPORTS, JOURNAL, ListFolder
from shangsou.customer_lists.pseudonyms import Pseudonyms
from shangsou.customer_lists.stored_list import (
    StoredAbout,
    about_from_bytes,
    about_to_bytes,
    digest,
    rows_from_bytes,
    rows_to_bytes,
    without_row,
)
from shangsou.errors import ListsUnavailable, UnusableInput

R = TypeVar("R")
_DAMAGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, UnusableInput)


class ListFiles:
    """Methods raise `OSError`, and `UnusableInput` for files that do not hold what was written."""

    def __init__(self, folder: ListFolder, pseudonyms: Pseudonyms) -> None:
        self._folder = folder
        self._pseudonyms = pseudonyms

    def write(self, customers: CustomerList, read_at: datetime) -> Path:
        """Write a new list, and return the file of its rows."""
        content = rows_to_bytes(customers.header, customers.rows)
        about = about_to_bytes(
            StoredAbout(
                customers.name,
                customers.kind,
                customers.created_at,
                read_at,
                self._pseudonyms.key_id(),
                customers.about,
                len(customers.rows),
                (digest(content),),
            )
        )
        path = self._folder.rows_path(customers.name)
        self._folder.write(path, content)
        self._folder.write(self._folder.about_path(customers.name), about)
        return path

    def read(self, name: str) -> CustomerList:
        """Return a list; raises `UnusableInput` too where there is none of this name."""
        names = self._folder.names()
        if name not in names:
            there = ", ".join(names) or "none"
            raise UnusableInput(f"there is no list {name} in {self._folder.path}; there is {there}")
        return self.read_rows(self.read_about(name))

    def read_about(self, name: str) -> StoredAbout:
        """Return what a list is about; raises `UnusableInput` too for one of another home."""
        path = self._folder.about_path(name)
        try:
            stored = about_from_bytes(path.read_bytes(), name)
        except _DAMAGE as reason:
            raise self._damaged(path, str(reason)) from None
        if stored.key_id != self._pseudonyms.key_id():
            raise UnusableInput(
                f"{path} was made with the key of another home, whose customers have other pseudonyms here; "
                "use it in its own home, and move both of its files away from here"
            )
        return stored

    def read_rows(self, stored: StoredAbout) -> CustomerList:
        """Return a list, without those who were erased."""
        content = self._read_content(stored)
        try:
            header, rows = rows_from_bytes(content)
        except ValueError as reason:
            raise self._damaged(self._folder.rows_path(stored.name), str(reason)) from None
        # Where a kill came between the journal and the rows, they are there still.
        erased = erased_pseudonyms(self.journal(), stored.kind, stored.read_at)
        rows = tuple(row for row in rows if row[0] not in erased)
        return CustomerList(
            stored.name,
            stored.kind,
            stored.created_at,
            header,
            rows,
            stored.about,
            tuple(export for export in self.exports() if export.list_name == stored.name),
            stored.written - len(rows),
        )

    def mentions(self, name: str, pseudonym: str) -> bool:
        """Return whether a pseudonym is in the file of a list, without reading all files for each erasure."""
        path = self._folder.rows_path(name)
        try:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return content.find(pseudonym.encode()) >= 0
        except FileNotFoundError:
            raise self._damaged(path, "it is missing") from None
        except ValueError:
            raise self._damaged(path, "it is empty") from None

    def erase(self, stored: StoredAbout, pseudonym: str) -> None:
        """Write the rows of a list again, without a customer."""
        before = self._read_content(stored)
        after = without_row(before, pseudonym)
        about = about_to_bytes(replace(stored, digests=(digest(before), digest(after))))
        self._folder.write(self._folder.about_path(stored.name), about)
        self._folder.write(self._folder.rows_path(stored.name), after)

    def created_at(self, name: str) -> datetime:
        """Return when a list was made."""
        path = self._folder.about_path(name)
        try:
            return about_from_bytes(path.read_bytes(), name).created_at
        except _DAMAGE:
            # What is damaged goes too when its time has come.
            return datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def journal(self) -> list[ErasureEntry]:
        """Return the erasures; raises `ListsUnavailable` where their file is damaged, as `exports` does."""
        return self._read_json(JOURNAL, entry_from_json)

    def write_journal(self, entries: Iterable[ErasureEntry]) -> None:
        """Replace the erasures."""
        self._write_json(JOURNAL, map(entry_to_json, entries))

    def exports(self) -> list[Export]:
        """Return all exports, the oldest first."""
        return self._read_json(EXPORTS, export_from_json)

    def write_exports(self, exports: Iterable[Export]) -> None:
        """Replace the exports."""
        self._write_json(EXPORTS, map(export_to_json, exports))

    def _read_content(self, stored: StoredAbout) -> bytes:
        path = self._folder.rows_path(stored.name)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise self._damaged(path, "it is missing") from None
        if digest(content) not in stored.digests:
            raise self._damaged(path, "it was changed, or cut off")
        return content

    def _read_json(self, name: str, parse: Callable[[Mapping[str, object]], R]) -> list[R]:
        path = self._folder.path / name
        try:
            return [parse(payload) for payload in json.loads(path.read_bytes())]
        except FileNotFoundError:
            return []
        except _DAMAGE:
            raise ListsUnavailable(
                f"{path} is damaged, so that nobody knows who was erased, or which exports there are; "
                "restore it from a backup, or move it away with all lists beside it"
            ) from None

    def _write_json(self, name: str, payloads: Iterable[Mapping[str, object]]) -> None:
        content = json.dumps(list(payloads), ensure_ascii=False).encode("utf-8", "surrogatepass")
        self._folder.write(self._folder.path / name, content)

    def _damaged(self, path: Path, words: str) -> UnusableInput:
        return UnusableInput(
            f"{path} is damaged ({words}); restore both files of this list from a backup, or remove them"
        )
