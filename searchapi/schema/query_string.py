"""A query string, turned into the plain values that a JSON body would hold."""

import re
from collections.abc import Callable, Mapping

from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from searchapi.schema.parameters import Parameter, ParameterType, query_parameters

_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

# What is no number or boolean stays text, for the model to reject under the field's own path.
_PARSERS: Mapping[ParameterType, Callable[[str], object]] = {
    "text": lambda value: value,
    "integer": lambda value: int(value) if _INTEGER.fullmatch(value) else value,
    "number": lambda value: float(value) if _NUMBER.fullmatch(value) else value,
    "boolean": lambda value: _BOOLEANS.get(value.lower(), value),
}


def parse_query_string(model: type[BaseModel], arguments: MultiDict[str, str]) -> dict[str, object]:
    """Return the plain values of a request model that a query string asks for, for `validate` to check.

    An empty value is none, as a form sends it for a field left blank. A parameter that comes twice
    where one value is possible stays a list, and an unknown one is kept, for the model to reject.
    """
    payload: dict[str, object] = {}
    unknown: dict[str, object] = {}
    for name, all_values in arguments.lists():
        values = [value for value in all_values if value]
        parameter = _find(model, name)
        if parameter is None:
            unknown[name] = all_values
        elif parameter.is_object:
            key = name.removeprefix(parameter.names[0])
            _set(payload, (*parameter.path, key), [_PARSERS[parameter.value_type](value) for value in values])
        elif parameter.is_repeated:
            _append(payload, parameter, name, values)
        elif values:
            value = _PARSERS[parameter.value_type](values[0]) if len(values) == 1 else values
            _set(payload, parameter.path, value)
    return payload | unknown


def _find(model: type[BaseModel], name: str) -> Parameter | None:
    for parameter in query_parameters(model):
        if name.startswith(parameter.names[0]) if parameter.is_object else name in parameter.names:
            return parameter
    return None


def _append(payload: dict[str, object], parameter: Parameter, name: str, values: list[str]) -> None:
    if name == parameter.comma_name:
        values = [part for value in values for part in value.split(",") if part]
    items = _holder(payload, parameter.path).setdefault(parameter.field, [])
    if isinstance(items, list):
        items.extend(map(_PARSERS[parameter.value_type], values))


def _set(payload: dict[str, object], path: tuple[str, ...], value: object) -> None:
    _holder(payload, path)[path[-1]] = value


def _holder(payload: dict[str, object], path: tuple[str, ...]) -> dict[str, object]:
    """Return the object that holds the field at a path; those on the way are made."""
    for parent in path[:-1]:
        child = payload.setdefault(parent, {})
        if isinstance(child, dict):
            payload = child
    return payload
