"""The journal that the settings name."""

from shangsou.settings import Settings
from shangsou.updates.journal import ChangeJournal


def open_journal(settings: Settings) -> ChangeJournal:
    """Return the journal of the changes of the index; nothing is read or created yet."""
    if settings.engine == "elastic":
        from shangsou.updates.elastic_journal import ElasticJournal

        return ElasticJournal(settings.elastic_url, settings.elastic_index, settings.elastic_timeout_s)
    from shangsou.updates.sqlite_journal import SqliteJournal

    return SqliteJournal(settings.home / "updates" / "changes.sqlite3")
