"""What ends a command of the workbench with exit code 1, after it has shown its figures."""

from shangsou.errors import ShangsouError


class DegradedSearches(ShangsouError):
    """Searches were not answered in full, so that the figures are not those of the ranking."""


class RankingRegressed(ShangsouError):
    """A set is worse than in the run that was compared with."""


class SuiteFailed(ShangsouError):
    """A case of a suite failed, or passed though it was known to fail."""
