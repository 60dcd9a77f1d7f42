"""Errors that end a command of the workbench with exit code 1, after it has printed its figures."""

from shangsou.errors import ShangsouError


class DegradedSearches(ShangsouError):
    """Searches were degraded, so that the figures are not those of the full ranking."""


class JudgementsOutdated(ShangsouError):
    """Too many judged products are not in the index."""


class RankingRegressed(ShangsouError):
    """A set is worse than in the baseline run."""


class SuiteFailed(ShangsouError):
    """A case of a suite failed, or passed though it was known to fail."""


class ModelRefused(ShangsouError):
    """An encoder may not serve in place of the one that does."""
