"""Validate requests against their models: each invalid field with its path, value and problem."""

from collections.abc import Sequence
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError

from searchapi.problems import FieldError, InvalidRequest
from shangsou.reading.issue import excerpt

# Limits on the invalid fields listed for a request, and on the length of their paths.
MAX_FIELD_ERRORS = 50
MAX_PATH_LENGTH = 200

M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], payload: object) -> M:
    """Validate plain JSON values as a model; raises `InvalidRequest` with every invalid field."""
    try:
        return model.model_validate(payload)
    except ValidationError as problem:
        errors = problem.errors(include_url=False)[:MAX_FIELD_ERRORS]
    raise InvalidRequest(
        [
            FieldError(
                ".".join(map(str, error["loc"]))[:MAX_PATH_LENGTH],
                _error_detail(model, error["type"], error["loc"], error["msg"], error["input"]),
            )
            for error in errors
        ]
    )


def _error_detail(
    model: type[BaseModel], kind: str, path: Sequence[str | int], message: str, value: object
) -> str:
    if kind == "extra_forbidden":
        return f"there is no such field here; there are {', '.join(_field_names(model, path[:-1]))}"
    if kind == "missing":
        return message
    # For an object or a list, its type is enough.
    shown_value = type(value).__name__ if isinstance(value, dict | list) else excerpt(value)
    return f"{shown_value}: {message}"


def _field_names(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the names of the fields of the model at a path."""
    for step in path:
        annotation = model.model_fields[str(step)].annotation
        types = [kind for kind in (annotation, *get_args(annotation)) if isinstance(kind, type)]
        model = next(kind for kind in types if issubclass(kind, BaseModel))
    return [field.alias or name for name, field in model.model_fields.items()]
