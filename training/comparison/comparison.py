"""The comparison of models: what each kind has, in one list. A kind more is one module more."""

from collections.abc import Sequence
from dataclasses import dataclass

from relevance.reason import Reason
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.settings import Settings
from training.comparison.comparison_input import ComparisonInput, Log
from training.comparison.encoders import ENCODERS
from training.comparison.figure import Figure, Measured, no_figures
from training.comparison.installed import unusable
from training.comparison.kind import ModelKind
from training.comparison.rankers import RANKERS
from training.comparison.shelves import SHELVES
from training.comparison.traffic import TRAFFIC

KINDS: Sequence[ModelKind] = (ENCODERS, RANKERS, SHELVES, TRAFFIC)
"""The kinds of models, in the order of the page."""


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """All that was measured."""

    figures: Sequence[Figure]
    remarks: Sequence[Reason]

    @property
    def problems(self) -> list[Figure]:
        """What could not be measured."""
        return [figure for figure in self.figures if figure.value is None]


def compare_models(settings: Settings, wanted: ComparisonInput, log: Log) -> ModelComparison:
    """Measure all kinds of models; what cannot be measured is named with the reason, and the rest goes on.

    Raises `UnusableInput` where there is no figure at all.
    """
    figures: list[Figure] = []
    remarks: list[Reason] = []
    for kind in KINDS:
        try:
            measured = kind.measure(settings, wanted, log)
        except ShangsouError as problem:
            measured = Measured([no_figures(kind.name, "", unusable(problem))])
        figures += measured.figures
        remarks += measured.remarks
    if all(figure.value is None for figure in figures):
        reasons = dict.fromkeys(figure.reason.text for figure in figures if figure.reason)
        raise UnusableInput(f"nothing could be measured: {'; '.join(reasons)}")
    return ModelComparison(figures, remarks)
