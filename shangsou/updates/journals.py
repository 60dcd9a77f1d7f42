"""The journal that the settings name."""

from shangsou.settings import Settings
from shangsou.updates.journal import ChangeJournal


def open_journal(settings: Settings) -> ChangeJournal:
    """Return the journal of the changes of the index."""
    return ChangeJournal(settings.home / "updates" / "changes.sqlite3")
