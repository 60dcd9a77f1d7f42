"""The query-string parameters of a request model, derived from its fields.

A field is a parameter of its own name. The fields of a model inside a model are parameters named
`FIELD_NAME`, as `price_gte`. `QueryNames` on a field says what is named otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel

ParameterType = Literal["text", "integer", "number", "boolean"]
_TYPES: dict[object, ParameterType] = {str: "text", int: "integer", float: "number", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class QueryNames:
    """How a field of a request model is named in a query string; an annotation of the field."""

    name: str | None = None
    """Instead of the field's own name."""
    alias: str | None = None
    """A second name for the same field."""
    comma_alias: str | None = None
    """A second name whose value is several values with commas between them."""
    prefix: str | None = None
    """Of a model: before the names of its fields, instead of `FIELD_`. Of an object: before the names of
    its keys."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query string and the field of a request model that it stands for."""

    names: tuple[str, ...]
    """The one to document first. Of an object with keys of any name: the prefix of all."""
    path: tuple[str, ...]
    """Of the field in the JSON body, as `("filters", "price", "gte")`."""
    value_type: ParameterType
    """Of one value."""
    model: type[BaseModel]
    """The model that has the field."""
    is_repeated: bool = False
    is_object: bool = False
    """Whether its names begin with the prefix and end with a key: `attr.NAME=VALUE`."""
    is_required: bool = False
    comma_name: str | None = None
    """That of `names` whose value is several values with commas between them."""

    @property
    def field(self) -> str:
        """Name of the field in its model."""
        return self.path[-1]


@cache
def query_parameters(model: type[BaseModel]) -> tuple[Parameter, ...]:
    """Return the query-string parameters of a request model, in the order of its fields."""
    return tuple(_walk(model, (), ""))


def _walk(model: type[BaseModel], parents: tuple[str, ...], prefix: str) -> Iterator[Parameter]:
    for field, info in model.model_fields.items():
        names = next((item for item in info.metadata if isinstance(item, QueryNames)), QueryNames())
        annotation = _strip(info.annotation)
        path = (*parents, field)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            nested_prefix = f"{prefix}{field}_" if names.prefix is None else names.prefix
            yield from _walk(annotation, path, nested_prefix)
        elif get_origin(annotation) is dict:
            _, values = map(_strip, get_args(annotation))
            yield Parameter(
                (names.prefix or f"{prefix}{field}.",),
                path, _value_type(_item(values)), model, is_repeated=True, is_object=True,
            )  # fmt: skip
        else:
            name = f"{prefix}{field}" if names.name is None else names.name
            yield Parameter(
                tuple(filter(None, (name, names.alias, names.comma_alias))),
                path,
                _value_type(_item(annotation)),
                model,
                is_repeated=get_origin(annotation) is list,
                is_required=not parents and info.is_required(),
                comma_name=names.comma_alias,
            )


def _strip(annotation: object) -> object:
    """Return a type without its constraints and without `| None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            [annotation] = [kind for kind in get_args(annotation) if kind is not type(None)]
        else:
            return annotation


def _item(annotation: object) -> object:
    return _strip(get_args(annotation)[0]) if get_origin(annotation) is list else annotation


def _value_type(annotation: object) -> ParameterType:
    return "text" if get_origin(annotation) is Literal else _TYPES[annotation]
