"""The record of a kind of model: how its models are measured, and what the page calls what it measures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shangsou.settings import Settings
from training.comparison.comparison_input import ComparisonInput, Log
from training.comparison.figure import Measured


@dataclass(frozen=True, slots=True)
class ModelKind:
    """A kind of model."""

    name: str
    """As figures have it."""
    title: str
    """In Chinese, as all below."""
    explanation: str
    measure: Callable[[Settings, ComparisonInput, Log], Measured]
    names: Mapping[str, str] = field(default_factory=dict)
    """Of baselines, parts and measures; others stay as they are."""
    cases: Mapping[str, str] = field(default_factory=dict)
    """What is counted in a part; else queries, since what is of one query is not independent."""
