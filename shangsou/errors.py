"""The errors that a caller can act on. Each message says what, which value, where, and what to do."""


class ShangsouError(Exception):
    """Base of our own errors; `exit_code` is what the program ends with."""

    exit_code = 1


class UnusableInput(ShangsouError):
    """A file, an option or a setting that cannot be used at all; nothing was changed."""

    exit_code = 2


class NoIndex(ShangsouError):
    """There is no generation to search yet."""

    exit_code = 2


class RecipeMismatch(ShangsouError):
    """The index was built by another recipe than this process can read or encode for."""

    exit_code = 2


class WeightsUnavailable(ShangsouError):
    """The weights of a model are neither in SHANGSOU_HOME nor to be fetched."""

    exit_code = 2


class EncoderUnavailable(ShangsouError):
    """A text could not be encoded; a search goes on without vectors and says so."""


class EngineUnavailable(ShangsouError):
    """The engine cannot be reached or did not answer in time; over HTTP a 503."""


class EventsUnavailable(ShangsouError):
    """Events can be neither kept nor read now; over HTTP a 503, and a search goes on without a history."""


class IndexBusy(ShangsouError):
    """Another indexer holds the lock."""


class IndexingFailed(ShangsouError):
    """A generation was not switched to: too many rejected rows, a failed check, a full disk."""
