"""`/v1/products/ID` and `/v1/products:batch`."""

from collections import Counter

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from searchapi.authorization import audit, require
from searchapi.json_text import json_response, read_json
from searchapi.problems import InvalidRequest, problem
from searchapi.product_updates import parse_batch_operation, parse_fields
from searchapi.restricted_search import search_of_caller
from searchapi.schema.requests import BatchBody
from searchapi.schema.responses import BatchResponse, OutcomeResponse, StoredProductResponse
from searchapi.schema.validation import validate
from searchapi.state import state
from shangsou.product import Product, product_to_json
from shangsou.search.response import variant_to_json
from shangsou.updates.decision import Outcome
from shangsou.updates.operation import Operation, OperationKind, product_version

products = Blueprint("products", __name__)
_NOT_DONE = ("not_found", "conflict", "rejected")


@products.get("/v1/products/<path:product_id>")
def product(product_id: str) -> Response:
    """Return one product with its variants; ids may contain slashes."""
    searcher = search_of_caller()
    found_product = searcher.product(product_id)
    if found_product is None:
        raise NotFound(f'there is no product "{product_id}"')
    variants = searcher.variants(product_id)
    # The version is that of the product in the catalog, whose price may hold at another moment.
    version = product_version(state().searcher.stored([product_id]).get(product_id, found_product))
    response = json_response(
        {
            **product_to_json(found_product),
            "version": version,
            "variants": [variant_to_json(variant) for variant in variants],
        }
    )
    response.set_etag(version)
    return response


@products.patch("/v1/products/<path:product_id>")
def patch_product(product_id: str) -> Response:
    """Change some fields of a product."""
    return _change("patch", product_id)


@products.put("/v1/products/<path:product_id>")
def put_product(product_id: str) -> Response:
    """Make a product, or take the place of all of it."""
    return _change("put", product_id)


@products.delete("/v1/products/<path:product_id>")
def delete_product(product_id: str) -> Response:
    """Remove a product."""
    require("catalog")
    return _respond(_update_one(Operation("delete", product_id, {}, _if_match())))


@products.post("/v1/products:batch")
def change_products() -> Response:
    """Do operations on products; what cannot be done leaves the others alone."""
    require("catalog")
    body = validate(BatchBody, read_json(request))
    outcomes: list[Outcome | None] = []
    operations = []
    for payload in body.operations:
        try:
            operations.append(parse_batch_operation(payload))
            outcomes.append(None)
        except InvalidRequest as reason:
            details = "; ".join(f"{error.path}: {error.detail}" for error in reason.errors)
            outcomes.append(Outcome(str(payload.get("product_id", "")), "rejected", None, details))
    done = iter(state().searcher.update(operations) if operations else ())
    items = [_item(outcome or next(done)) for outcome in outcomes]
    counts: Counter[str] = Counter(item["status"] for item in items)
    response: BatchResponse = {
        "inserted": counts["inserted"],
        "updated": counts["updated"],
        "deleted": counts["deleted"],
        "unchanged": counts["unchanged"],
        "rejected": sum(counts[status] for status in _NOT_DONE),
        "items": items,
    }
    audit("products.batch", details=counts)
    return json_response(response)


def _change(kind: OperationKind, product_id: str) -> Response:
    require("catalog")
    return _respond(_update_one(parse_fields(kind, product_id, read_json(request), _if_match())))


def _update_one(operation: Operation) -> Outcome:
    [outcome] = state().searcher.update([operation])
    audit(
        f"products.{operation.kind}",
        details={"product_id": operation.product_id, "status": outcome.status},
    )
    return outcome


def _if_match() -> str | None:
    """Return the version that the product must have; `*` asks for any, as no header does."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    # What is no tag is the version of no product: nothing is changed by mistake.
    return next(iter(request.if_match.as_set()), "")


def _respond(outcome: Outcome) -> Response:
    match outcome.status:
        case "not_found":
            raise NotFound(outcome.reason)
        case "conflict":
            current = None if outcome.product is None else _stored(outcome.product)
            response = problem(412, outcome.reason, members={"current": current})
            if current is not None:
                response.set_etag(current["version"])
            return response
        case "deleted":
            return json_response(_item(outcome))
    if outcome.product is None:
        raise NotFound(outcome.reason)
    stored = _stored(outcome.product)
    response = json_response(stored)
    response.status_code = 201 if outcome.status == "inserted" else 200
    response.set_etag(stored["version"])
    return response


def _stored(product: Product) -> StoredProductResponse:
    return {**product_to_json(product), "version": product_version(product)}


def _item(outcome: Outcome) -> OutcomeResponse:
    item: OutcomeResponse = {"product_id": outcome.product_id, "status": outcome.status}
    if outcome.product is not None:
        item["version"] = product_version(outcome.product)
    if outcome.reason:
        item["detail"] = outcome.reason
    return item
