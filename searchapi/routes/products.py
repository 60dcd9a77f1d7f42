"""`/v1/products/ID`."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from searchapi.json_text import json_response
from searchapi.state import state
from shangsou.product import product_to_json
from shangsou.search.response import variant_to_json

products = Blueprint("products", __name__)


@products.get("/v1/products/<path:product_id>")
def product(product_id: str) -> Response:
    """Return one product with its variants; ids may contain slashes."""
    found_product = state().searcher.product(product_id)
    if found_product is None:
        raise NotFound(f'there is no product "{product_id}"')
    variants = state().searcher.variants(product_id)
    return json_response(
        {**product_to_json(found_product), "variants": [variant_to_json(variant) for variant in variants]}
    )
