"""Requests against their models: what cannot be used is named with its place, its value and the way out."""

from collections.abc import Sequence
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError

from searchapi.problems import InvalidRequest, WrongField
from shangsou.reading.repair import shown

# Of a request with more wrong fields than these, the rest is not listed; no path is longer.
MAX_WRONG_FIELDS = 50
MAX_PATH_LENGTH = 200

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], plain: object) -> M:
    """Return plain JSON values as a model, or raise `InvalidRequest` with every wrong field."""
    try:
        return model.model_validate(plain)
    except ValidationError as problem:
        errors = problem.errors(include_url=False)[:MAX_WRONG_FIELDS]
    raise InvalidRequest(
        [
            WrongField(
                ".".join(map(str, error["loc"]))[:MAX_PATH_LENGTH],
                _said(model, error["type"], error["loc"], error["msg"], error["input"]),
            )
            for error in errors
        ]
    )


def _said(model: type[BaseModel], kind: str, path: Sequence[str | int], message: str, given: object) -> str:
    if kind == "extra_forbidden":
        return f"there is no such field here; there are {', '.join(_fields(model, path[:-1]))}"
    if kind == "missing":
        return message
    # Of an object or a list its kind says enough.
    value = type(given).__name__ if isinstance(given, dict | list) else shown(given)
    return f"{value}: {message}"


def _fields(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the names of the fields of the model at a path."""
    for step in path:
        annotation = model.model_fields[str(step)].annotation
        within = [one for one in (annotation, *get_args(annotation)) if isinstance(one, type)]
        model = next(one for one in within if issubclass(one, BaseModel))
    return [field.alias or name for name, field in model.model_fields.items()]
