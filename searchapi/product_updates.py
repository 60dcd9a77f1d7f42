"""Turn what a request says of products into operations on them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from indexer.patches import read_patch
from searchapi.problems import FieldError, InvalidRequest
from searchapi.schema.requests import BatchOperation, ProductFields
from searchapi.schema.validation import validate
from shangsou.reading.issue import Issue
from shangsou.updates.operation import Operation, OperationKind

# Fields by the names that products are stored with.
_STORED_NAMES = {"price": "price_fen", "list_price": "list_price_fen"}
# Numbers and words of a fixed set, which the model of the request has checked.
_AS_THEY_ARE = frozenset({"stock", "status", "sales", "rating", "reviews"})
_LEFT_EMPTY = "left empty"


def parse_fields(kind: OperationKind, product_id: str, payload: object, if_match: str | None) -> Operation:
    """Return an operation that a body states the fields of; raises `InvalidRequest` with each invalid one."""
    return _operation(kind, product_id, validate(ProductFields, payload), if_match)


def parse_batch_operation(payload: object) -> Operation:
    """Return one operation of a batch; raises `InvalidRequest` with each invalid field."""
    body = validate(BatchOperation, payload)
    return _operation(body.op, body.product_id, body, body.if_match)


def _operation(kind: OperationKind, product_id: str, model: ProductFields, if_match: str | None) -> Operation:
    if kind == "delete":
        return Operation(kind, product_id, {}, if_match)
    stated = {
        name: getattr(model, name) for name in model.model_fields_set & ProductFields.model_fields.keys()
    }
    if "title" in stated and stated["title"] is None:
        raise InvalidRequest([FieldError("title", "a title cannot be cleared")])
    if kind == "put" and "title" not in stated:
        raise InvalidRequest([FieldError("title", "a product needs a title")])
    fields: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for name, value in stated.items():
        if value is None:
            fields[_STORED_NAMES.get(name, name)] = None
        elif name in _STORED_NAMES:
            fields[_STORED_NAMES[name]] = int((Decimal(str(value)) * 100).to_integral_value())
        elif name in _AS_THEY_ARE:
            fields[name] = value
        else:
            texts[name] = value
    return Operation(kind, product_id, fields | _read_texts(texts), if_match)


def _read_texts(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields that are texts, or made of some, cleaned as those of a catalog are."""
    if not stated:
        return {}
    attributes: Mapping[str, Any] = stated.get("attributes", {})
    filled = {name: value for name, value in attributes.items() if value is not None}
    others = {name: value for name, value in stated.items() if name != "attributes"}
    patch = read_patch({**others, **({"attributes": filled} if filled else {})})
    unusable = [_field_error(issue) for issue in patch.issues if _LEFT_EMPTY in issue.resolution]
    if unusable:
        raise InvalidRequest(unusable)
    fields = dict(patch.fields)
    if "attributes" in stated:
        gone = dict.fromkeys(name for name, value in attributes.items() if value is None)
        fields["attributes"] = {**fields.get("attributes", {}), **gone}
    return fields


def _field_error(issue: Issue) -> FieldError:
    return FieldError(issue.reason.split(" is ", 1)[0].replace(" ", "_"), issue.problem)
