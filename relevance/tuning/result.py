"""The result of tuning: recommended changes with their measured gain, and what was vetoed."""

from dataclasses import dataclass

from relevance.tuning.parameters import Parameter, Value


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one number of the recipe."""

    parameter: Parameter
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Gain:
    """The mean gain of queries in the measure, with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SetGain:
    """The gain of the queries of one set."""

    queries: int
    before: float
    after: float
    held_out: float
    regressed: bool
    """Whether the held-out loss is significant."""


@dataclass(frozen=True, slots=True)
class VetoedChange:
    """Changes that gain more than chance, and were not chosen."""

    changes: tuple[Change, ...]
    gain: float
    """On all queries, by replay, over the setting that they were to follow."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guards:
    """What might veto a change."""

    cases: int = 0
    """Cases of suites that pass now."""
    fact_queries: int = 0
    """Queries that state a fact, as a brand or a model number."""
    facts_before: float = 0.0
    """How much of what these state their first pages hold, from 0 to 1."""
    facts_after: float = 0.0


@dataclass(frozen=True, slots=True)
class TuningResult:
    """The result of tuning. All gains are measured by real searches."""

    measure: str
    queries: int
    changes: tuple[Change, ...]
    """In the order of the parameters. Empty if no change pays off."""
    before: float
    after: float
    gain: Gain
    """On the queries that the changes were chosen on: too optimistic."""
    held_out: Gain
    """The gain of settings chosen in the same way without the queries that they are measured on."""
    spread: tuple[float, float]
    """The lowest and highest held-out mean of a shuffle."""
    sets: dict[str, SetGain]
    chosen: tuple[tuple[tuple[Change, ...], int], ...]
    """The changes chosen without a fold, with their frequency, most frequent first."""
    replayed_after: float
    """The replay's estimate of `after`."""
    replay_count: int
    """The number of settings replayed."""
    search_count: int
    """The number of settings measured by real searches."""
    generation: str
    vetoed: tuple[VetoedChange, ...] = ()
    """In the selection on all queries."""
    guards: Guards = Guards()
    pairs_tried: int = 0
    """In how many of the selections pairs of changes were tried too, that on all queries first."""

    @property
    def is_significant(self) -> bool:
        """Whether the gain on held-out queries is significant, and no set falls."""
        return (
            bool(self.changes)
            and self.held_out.low > 0
            and not any(set_gain.regressed for set_gain in self.sets.values())
        )

    @property
    def needs_reindex(self) -> bool:
        """Whether a change only takes effect with the next `shangsou index`."""
        return any(change.parameter.group == "bm25" for change in self.changes)
