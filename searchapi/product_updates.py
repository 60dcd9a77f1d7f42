"""Turn what a request says of products into operations on them."""

from collections.abc import Mapping
from typing import Any

from indexer.patches import read_patch
from searchapi.problems import FieldError, InvalidRequest
from searchapi.schema.requests import BatchOperation, ProductFields
from searchapi.schema.validation import validate
from shangsou.reading.issue import Issue
from shangsou.updates.operation import Operation, OperationKind

# Fields by the names that products are stored with.
_STORED_NAMES = {"price": "price_fen", "list_price": "list_price_fen"}
_LEFT_EMPTY = "left empty"


def parse_fields(kind: OperationKind, product_id: str, payload: object, if_match: str | None) -> Operation:
    """Return an operation that a body states the fields of; raises `InvalidRequest` with each invalid one."""
    return _operation(kind, product_id, validate(ProductFields, payload), if_match)


def parse_batch_operation(payload: object) -> Operation:
    """Return one operation of a batch; raises `InvalidRequest` with each invalid field."""
    body = validate(BatchOperation, payload)
    return _operation(body.op, body.product_id, body, body.if_match)


def _operation(
    kind: OperationKind, product_id: str, model: ProductFields, if_match: str | None
) -> Operation:
    if kind == "delete":
        return Operation(kind, product_id, {}, if_match)
    stated = {name: getattr(model, name) for name in model.model_fields_set & ProductFields.model_fields.keys()}
    if "title" in stated and stated["title"] is None:
        raise InvalidRequest([FieldError("title", "a title cannot be cleared")])
    if kind == "put" and "title" not in stated:
        raise InvalidRequest([FieldError("title", "a product needs a title")])
    cleared: dict[str, Any] = {_STORED_NAMES.get(name, name): None for name, value in stated.items() if value is None}
    attributes: Mapping[str, Any] = stated.get("attributes") or {}
    filled = {name: value for name, value in stated.items() if value is not None}
    if attributes:
        filled["attributes"] = {name: value for name, value in attributes.items() if value is not None}
    patch = read_patch({**filled, "product_id": product_id})
    unusable = [_field_error(issue) for issue in patch.issues if _LEFT_EMPTY in issue.resolution]
    if unusable:
        raise InvalidRequest(unusable)
    fields = {**cleared, **patch.fields}
    gone = [name for name, value in attributes.items() if value is None]
    if gone:
        fields["attributes"] = {**fields.get("attributes", {}), **dict.fromkeys(gone)}
    return Operation(kind, product_id, fields, if_match)


def _field_error(issue: Issue) -> FieldError:
    return FieldError(issue.reason.split(" is ", 1)[0].replace(" ", "_"), issue.problem)
