"""The journal that the settings name."""

from pathlib import Path

from shangsou.settings import Settings
from shangsou.updates.journal import ChangeJournal


def open_journal(settings: Settings) -> ChangeJournal:
    """Return the journal of the changes of the index; nothing is read or created yet."""
    if settings.engine == "elastic":
        from shangsou.engines.elastic.access import ElasticAccess
        from shangsou.updates.elastic_journal import ElasticJournal

        return ElasticJournal(ElasticAccess(settings))
    from shangsou.updates.sqlite_journal import SqliteJournal

    return SqliteJournal(journal_path(settings.home))


def journal_path(home: Path) -> Path:
    """Return the file of the changes that lie in a home."""
    return home / "updates" / "changes.sqlite3"
