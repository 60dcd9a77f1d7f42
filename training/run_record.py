"""A complete run as plain values, for other programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from shangsou.encoding.registry import RegisteredModel
from shangsou.errors import UnusableInput
from training.encoder.installing import installed_model
from training.encoder.run_folder import PARAMETERS, RESULT, RunFolder

SURROUNDINGS = "surroundings."
"""With this begin the parameters that do not determine a run: versions and the like."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run that is complete. Names of what was nested are joined by points."""

    name: str
    parameters: Mapping[str, str]
    curve: Sequence[Mapping[str, float]]
    """Points by figure, each with its `step`; none of a distillation."""
    figures: Mapping[str, float]
    """What it came to."""
    card: Mapping[str, str]
    """Of the model that was installed; empty for none."""


def read_run_record(run: RunFolder, home: Path) -> RunRecord:
    """Return what a run left. To be called within `run.locked`.

    Raises
    ------
    UnusableInput
        It is not complete, or the card of its model cannot be read.
    WeightsUnavailable
        The files of its model are damaged.
    TrainingFailed
        One of its files cannot be read.
    """
    parameters, result = run.read(PARAMETERS), run.read(RESULT)
    if parameters is None or result is None:
        raise UnusableInput(
            f"the run {run.name} is not complete: run the command that began it again, to go on where it was "
            "interrupted"
        )
    model = installed_model(home, run.name)
    return RunRecord(
        run.name,
        dict(_flat(parameters)),
        [_numbers(point) for point in run.points()],
        _numbers(dict(_flat_values(result))),
        {} if model is None else _card(model),
    )


def _card(model: RegisteredModel) -> dict[str, str]:
    # Its parameters are those of the run.
    card = asdict(model.card) | {"parameters": {}}
    return dict(_flat(card)) | {"model_hash": model.model_hash, "erased_since": model.erased_since}


def _numbers(values: Mapping[str, object]) -> dict[str, float]:
    return {name: value for name, value in values.items() if isinstance(value, (int, float))}


def _flat(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in _flat_values(values):
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _flat_values(values: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat_values(value, f"{above}{name}.")
        else:
            yield above + name, value
