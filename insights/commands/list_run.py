"""A run that makes lists of customers: kept in the home under pseudonyms, exported where it is asked for."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shangsou.atomic_files import remove_unfinished
from shangsou.audit import AuditLog
from shangsou.behaviour.retention import clock_file
from shangsou.customer_lists.customer_list import CustomerList
from shangsou.customer_lists.lists import CustomerLists
from shangsou.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class ListRun:
    """A run from the moment before it reads anything of customers."""

    settings: Settings
    lists: CustomerLists
    read_at: datetime
    _audit: AuditLog

    @classmethod
    def begin(cls) -> "ListRun":
        """Begin a run, and remove the lists that are older than `SHANGSOU_LISTS_DAYS`.

        Where a server runs on the home it is the one to remove them, as it knows whether the clock is steady.
        """
        settings = read_settings()
        lists, audit = CustomerLists(settings.home), AuditLog(settings.home)
        if not clock_file(settings.home).exists():
            for name in lists.remove_old(datetime.now(UTC) - timedelta(days=settings.lists_days)):
                audit.write_of_program("lists.remove", list=name)
        return cls(settings, lists, lists.begin_run(), audit)

    def check_export(self, path: Path | None) -> None:
        """Raise `UnusableInput` for a file of the user among the lists, where it would be taken for one."""
        if path is not None:
            self.lists.check_export(path)

    def keep(self, customers: CustomerList) -> CustomerList:
        """Write a list to the home, and return what of it was written: not who was erased meanwhile."""
        _, written = self.lists.write(customers, self.read_at)
        self._audit.write_of_program("lists.write", list=customers.name, customers=len(written.rows))
        return written

    def remove(self, name: str) -> None:
        """Remove a list from the home."""
        self.lists.remove(name)
        self._audit.write_of_program("lists.remove", list=name)

    def export(
        self,
        name: str,
        path: Path,
        customers: Sequence[str],
        write: Callable[[Mapping[str, str]], None],
        *,
        with_ids: bool,
    ) -> None:
        """Write a list to a file of the user, which erasures from then on do not reach.

        Parameters
        ----------
        name
            Of a list that is kept.
        path
            The file.
        customers
            The ids of the customers of the list, before it was kept.
        write
            Called with what stands for the id of each customer who is still in the list, by id.
        with_ids
            Whether that is the id itself, else a pseudonym.
        """
        pseudonyms = {customer: self.lists.pseudonym(customer) for customer in customers}
        current = {row[0] for row in self.lists.record_export(name, path, with_ids).rows}
        # For its owner alone, as the lists are: a file that is replaced keeps its mode.
        before = os.umask(0o077)
        try:
            if path.is_file():
                path.chmod(0o600)
            remove_unfinished(path.parent)
            write(
                {
                    customer: customer if with_ids else pseudonym
                    for customer, pseudonym in pseudonyms.items()
                    if pseudonym in current
                }
            )
        finally:
            os.umask(before)
        self._audit.write_of_program("lists.export", list=name, file=str(path.absolute()), with_ids=with_ids)
