"""The OpenAPI 3.1 description, generated from the operations and their request and response types."""

import re
from collections.abc import Mapping
from importlib.metadata import version

from pydantic import BaseModel, ConfigDict, TypeAdapter

from searchapi.schema.operations import OPERATIONS, JsonSchema, Operation
from searchapi.schema.parameters import Parameter, query_parameters
from searchapi.schema.responses import ProblemResponse

RESPONSE_CONFIG = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)
"""How a response's `TypedDict` is read: it has no other fields, and their docstrings describe them."""
_REFERENCE = "#/components/schemas/{model}"
_PATH_PARAMETER = re.compile(r"{(\w+)}")


def describe_api() -> dict[str, object]:
    """Return the description as plain JSON values."""
    schemas = _component_schemas()
    paths: dict[str, dict[str, object]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "商搜 shangsou",
            "summary": "Product search for Chinese shops.",
            "version": version("shangsou"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        # Without one a caller may do what everybody may.
        "security": [{}, {"key": []}],
    }


def response_adapter(response: type) -> TypeAdapter[list[object]]:
    """Return what describes and validates lists of a response; a `TypedDict` alone takes no configuration."""
    return TypeAdapter(list[response], config=RESPONSE_CONFIG)  # type: ignore[valid-type]


def _component_schemas() -> dict[str, Mapping[str, object]]:
    requests: dict[type[BaseModel], None] = {}
    responses: dict[type, None] = {ProblemResponse: None}
    for operation in OPERATIONS:
        requests |= {model: None for model in (operation.query, operation.body) if isinstance(model, type)}
        responses |= {shape: None for shape in (operation.response, operation.unready) if shape is not None}
    _, generated = TypeAdapter.json_schemas(
        [
            *((model.__name__, "validation", TypeAdapter(model)) for model in requests),
            *((shape.__name__, "validation", response_adapter(shape)) for shape in responses),
        ],
        ref_template=_REFERENCE,
    )
    schemas: dict[str, Mapping[str, object]] = generated["$defs"]
    return schemas


def _describe(operation: Operation, schemas: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    description: dict[str, object] = {"operationId": operation.id, "summary": operation.summary}
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": operation.path_schemas.get(name, {"type": "string"}),
        }
        for name in _PATH_PARAMETER.findall(operation.path)
    ]
    if operation.query is not None:
        parameters += [
            _describe_parameter(parameter, schemas) for parameter in query_parameters(operation.query)
        ]
    if parameters:
        description["parameters"] = parameters
    if operation.body is not None:
        description["requestBody"] = {"required": True, "content": _json_content(operation.body)}
    description["responses"] = _describe_responses(operation)
    return description


def _describe_parameter(
    parameter: Parameter, schemas: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    name = parameter.names[0]
    if parameter.is_object:
        values = {"type": "array", "items": {"type": "string"}}
        return {
            "name": parameter.field,
            "in": "query",
            "description": f"`{name}NAME=VALUE`, as `{name}颜色=红色`, repeated for further values.",
            "style": "form",
            "explode": True,
            "schema": {
                "type": "object",
                "patternProperties": {f"^{re.escape(name)}": values},
                "additionalProperties": False,
            },
        }
    properties = schemas[parameter.model.__name__]["properties"]
    if not isinstance(properties, Mapping):
        raise TypeError(f"no properties in {parameter.model.__name__}")
    return {
        "name": name,
        "in": "query",
        "required": parameter.is_required,
        "schema": properties[parameter.field],
    }


# A key that is unknown or has ended, and too many requests.
_OF_EVERY_OPERATION = (401, 429)


def _describe_responses(operation: Operation) -> dict[str, object]:
    content = {"text/plain": {}} if operation.response is None else _json_content(operation.response)
    descriptions: dict[str, object] = {"200": {"description": "OK", "content": content}}
    if operation.may_create:
        descriptions["201"] = {"description": "Created", "content": content}
    for status in (*operation.problems, *_OF_EVERY_OPERATION):
        descriptions[str(status)] = {
            "description": "What was wrong and what to do.",
            "content": {"application/problem+json": _json_content(ProblemResponse)["application/json"]},
        }
    if operation.unready is not None:
        descriptions["503"] = {"description": "Not ready.", "content": _json_content(operation.unready)}
    return descriptions


def _json_content(body: type | JsonSchema) -> dict[str, dict[str, object]]:
    schema = {"$ref": _REFERENCE.format(model=body.__name__)} if isinstance(body, type) else body
    return {"application/json": {"schema": schema}}
