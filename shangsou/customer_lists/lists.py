"""The lists of customers of a home: written, read, erased from and removed, by any number of processes."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from shangsou.customer_lists.customer_list import CUSTOMER, CustomerList, Erasure, Export
from shangsou.customer_lists.exports import exports_that_may_hold, without_old
from shangsou.customer_lists.journal import ErasureEntry, erased_pseudonyms, lists_that_held, with_entry
from shangsou.customer_lists.list_files import ListFiles
from shangsou.customer_lists.list_folder import ListFolder, translate_errors
from shangsou.customer_lists.names import kind_of
from shangsou.customer_lists.pseudonyms import PSEUDONYM, Pseudonyms
from shangsou.customer_lists.stored_list import StoredAbout
from shangsou.errors import ListsUnavailable, UnusableInput

FOLDER = "lists"


class CustomerLists:
    """The lists in `HOME/lists`. Safe for many threads and processes; a kill at any point leaves whole files.

    All methods raise `ListsUnavailable` where the disk does not do its part.
    """

    def __init__(self, home: Path) -> None:
        self._folder = ListFolder(home / FOLDER)
        self._pseudonyms = Pseudonyms(self._folder.path)
        self._files = ListFiles(self._folder, self._pseudonyms)

    def pseudonym(self, customer_id: str) -> str:
        """Return what stands for a customer in every list of this home: 20 hexadecimal digits."""
        with translate_errors(self._folder.path):
            return self._pseudonyms.of(customer_id)

    def begin_run(self) -> datetime:
        """Return the moment now, for `write` at the end of a run that reads events from here on.

        It makes the folder: while there is none, erasures are not noted.
        """
        with translate_errors(self._folder.path):
            self._folder.make()
        return datetime.now(UTC)

    def write(self, customers: CustomerList, read_at: datetime) -> tuple[Path, CustomerList]:
        """Write a list, without those who were erased since its events were read.

        Parameters
        ----------
        customers
            With pseudonyms in its first column. `exports` and `erased` are those of a new list: empty.
        read_at
            The moment before the events were read, from `begin_run`.

        Returns
        -------
        tuple[Path, CustomerList]
            The file of its rows, and the list as it was written.

        Raises
        ------
        UnusableInput
            There is a list of this name, or this is no name of a list of this kind.
        ValueError
            The rows do not fit the header, do not begin with pseudonyms, or name one twice.
        """
        _check(customers)
        with self._folder.locked():
            if customers.name in self._folder.names():
                raise UnusableInput(
                    f"there is a list {customers.name} in {self._folder.path} already; choose another name, "
                    "or remove both of its files if nobody needs it any more"
                )
            erased = erased_pseudonyms(self._files.journal(), customers.kind, read_at)
            rows = tuple(row for row in customers.rows if row[0] not in erased)
            written = replace(customers, rows=rows, exports=(), erased=0)
            return self._files.write(written, read_at), written

    def read(self, name: str) -> CustomerList:
        """Return a list as it is now.

        Raises `UnusableInput` where there is none of this name, where its files do not hold what was written,
        and for one that was copied from another home.
        """
        kind_of(name)
        if not self._folder.exists():
            raise UnusableInput(f"there is no list {name}: {self._folder.path} holds none yet")
        with self._folder.locked():
            return self._files.read(name)

    def names(self) -> list[str]:
        """Return the names of all lists, in order."""
        if not self._folder.exists():
            return []
        with self._folder.locked():
            return self._folder.names()

    def check_export(self, path: Path) -> None:
        """Raise `UnusableInput` for a file among the lists themselves, where it would be taken for one."""
        if path.resolve().parent == self._folder.path.resolve():
            raise UnusableInput(f"{path} lies among the lists of the home; write it to another folder")

    def record_export(self, name: str, path: Path, with_ids: bool) -> CustomerList:
        """Note that a list is being written to a file, and return the list as it is to be written.

        Called before the file is written: who is erased from now on is told of it. Raises `UnusableInput` as
        `read`, and for a file among the lists themselves, where it would be taken for one.
        """
        self.check_export(path)
        with self._folder.locked():
            customers = self._files.read(name)
            export = Export(name, customers.kind, str(path.absolute()), datetime.now(UTC), with_ids)
            self._files.write_exports((*self._files.exports(), export))
            return replace(customers, exports=(*customers.exports, export))

    def erase(self, customer_id: str, kinds: Collection[str] | None = None) -> Erasure:
        """Remove the rows of a customer from all lists, or from those of some kinds, durably.

        Raises `ListsUnavailable`, also where a list is damaged or of another home, so that nobody knows
        whether it holds the customer; the others are done then. It may be asked again at any time.
        """
        if not self._folder.exists():
            return Erasure(0, (), ())
        with self._folder.locked():
            pseudonym = self._pseudonyms.of(customer_id)
            present = self._folder.names()
            concerned = [name for name in present if kinds is None or kind_of(name) in kinds]
            holding, unreadable = self._lists_that_hold(pseudonym, concerned)
            lists = tuple(stored.name for stored in holding)
            held = {*lists, *lists_that_held(self._files.journal(), pseudonym)}
            entry = ErasureEntry(
                pseudonym, tuple(sorted(kinds or ())), datetime.now(UTC), tuple(sorted(held))
            )
            # First: it keeps them out of the lists of runs in progress, and who asks again after a failure
            # is told of the same exports.
            self._files.write_journal(with_entry(self._files.journal(), entry))
            for stored in holding:
                try:
                    self._files.erase(stored, pseudonym)
                except UnusableInput as reason:
                    unreadable.append(str(reason))
            if unreadable:
                raise ListsUnavailable("; ".join(unreadable))
            exports = exports_that_may_hold(self._files.exports(), held, present, kinds)
            return Erasure(len(lists), lists, exports)

    def remove(self, name: str) -> None:
        """Remove a list, whatever it holds; nothing happens where there is none of this name."""
        kind_of(name)
        with self._folder.locked():
            self._folder.remove(name)

    def remove_old(self, before: datetime) -> list[str]:
        """Remove the lists made before a moment, with the erasures of before; return their names."""
        if not self._folder.exists():
            return []
        with self._folder.locked():
            names = self._folder.names()
            old = [name for name in names if self._files.created_at(name) < before]
            for name in old:
                self._folder.remove(name)
            journal = self._files.journal()
            recent = [entry for entry in journal if entry.at >= before]
            if len(recent) < len(journal):
                self._files.write_journal(recent)
            exports = self._files.exports()
            kept = without_old(exports, set(names) - set(old), datetime.now(UTC))
            if len(kept) < len(exports):
                self._files.write_exports(kept)
            return old

    def _lists_that_hold(self, pseudonym: str, names: Collection[str]) -> tuple[list[StoredAbout], list[str]]:
        """Return the lists that hold a customer, and why others cannot be read."""
        holding: list[StoredAbout] = []
        unreadable: list[str] = []
        for name in names:
            try:
                stored = self._files.read_about(name)
                if self._files.mentions(name, pseudonym):
                    holding.append(stored)
            except UnusableInput as reason:
                unreadable.append(str(reason))
        return holding, unreadable


def _check(customers: CustomerList) -> None:
    """Raise for a list that cannot be written; no message holds a value of a row, which might be an id."""
    if kind_of(customers.name) != customers.kind:
        raise UnusableInput(f"{customers.name} is no name of a list of the kind {customers.kind}")
    if customers.header[:1] != (CUSTOMER,):
        raise ValueError(f"the first column of a list is {CUSTOMER}")
    if any(len(row) != len(customers.header) for row in customers.rows):
        raise ValueError(f"a row of {customers.name} has more or fewer cells than the header")
    if not all(PSEUDONYM.fullmatch(row[0]) for row in customers.rows):
        raise ValueError(f"a row of {customers.name} does not begin with a pseudonym")
    if len({row[0] for row in customers.rows}) < len(customers.rows):
        raise ValueError(f"a customer is in {customers.name} twice")
