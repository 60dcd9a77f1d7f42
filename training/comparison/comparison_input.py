"""The input of a comparison: files and options."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from relevance.offline.personal import Target
from shangsou.behaviour.event import Event
from training.gate.judged_sets import JudgedSets
from training.pairs.pair import Pair

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ComparisonInput:
    """Files and options of a comparison; empty is what is not given."""

    names: Sequence[str] = ()
    """Models to compare; none: all encoders, the default ranker and the one that serves."""
    judged: JudgedSets = field(default_factory=JudgedSets)
    pairs: Sequence[Pair] = ()
    pairs_hash: str = ""
    """SHA-256 of their file."""
    events: Sequence[Event] = ()
    """In time order."""
    targets: Sequence[Target] | None = None
    """Personal searches; None: those of the last fifth of the events."""
    served: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    """Events by what served, where they say so."""
    max_absent_percent: float = 100.0

    def wants(self, name: str) -> bool:
        """Return whether a model is to be compared."""
        return not self.names or name in self.names
