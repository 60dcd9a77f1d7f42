"""Errors that a caller can act on. Each message names the value, the place and the remedy."""


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
    """The index was built with a recipe that this process cannot read or encode for."""

    exit_code = 2


class WeightsUnavailable(ShangsouError):
    """The weights of a model are not in SHANGSOU_HOME and cannot be fetched."""

    exit_code = 2


class EncoderUnavailable(ShangsouError):
    """A text could not be encoded; a search continues without vectors and reports that."""


class EngineUnavailable(ShangsouError):
    """The engine cannot be reached or did not answer in time; over HTTP a 503."""


class EventsUnavailable(ShangsouError):
    """Events cannot be stored or read now; over HTTP a 503, while a search continues without a history."""


class UpdatesUnavailable(ShangsouError):
    """Changes of products cannot be stored or read now; over HTTP a 503, and nothing was changed."""


class IndexBusy(ShangsouError):
    """Another indexer holds the lock."""


class IndexingFailed(ShangsouError):
    """A generation was not switched to: too many rejected rows, a failed check, a full disk."""


class RankingNotSaved(ShangsouError):
    """The ranking recipe was not changed: the disk is full, or somebody else changed it meanwhile."""
