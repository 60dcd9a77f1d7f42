"""Pieces that the description of every route is made of."""

from pydantic import BaseModel

from searchapi.schema.responses import ProblemResponse

SCHEMA_REFERENCE = "#/components/schemas/{model}"


def describe_responses(response_model: type[BaseModel], *problem_statuses: int) -> dict[str, object]:
    """Return the responses of a route: the body of 200, and the statuses of its problem documents."""
    descriptions: dict[str, object] = {"200": {"description": "OK", "content": json_content(response_model)}}
    for status in problem_statuses:
        descriptions[str(status)] = {
            "description": "What was wrong and what to do.",
            "content": {"application/problem+json": json_content(ProblemResponse)["application/json"]},
        }
    return descriptions


def json_content(model: type[BaseModel]) -> dict[str, object]:
    """Return a body of JSON that a model describes."""
    return {"application/json": {"schema": {"$ref": SCHEMA_REFERENCE.format(model=model.__name__)}}}


def path_parameter(name: str) -> dict[str, object]:
    """Return a parameter in the path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
