"""Pieces that the description of every route is made of."""

from pydantic import BaseModel

from searchapi.answers import ProblemAnswer

REFERENCE = "#/components/schemas/{model}"


def responses(answer: type[BaseModel], *problems: int) -> dict[str, object]:
    """Return the answers of a route: what 200 holds, and the statuses of its problem documents."""
    described: dict[str, object] = {"200": {"description": "OK", "content": content(answer)}}
    for status in problems:
        described[str(status)] = {
            "description": "What was wrong and what to do.",
            "content": {"application/problem+json": content(ProblemAnswer)["application/json"]},
        }
    return described


def content(model: type[BaseModel]) -> dict[str, object]:
    """Return a body of JSON that a model describes."""
    return {"application/json": {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}}


def path_parameter(name: str) -> dict[str, object]:
    """Return a parameter in the path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
