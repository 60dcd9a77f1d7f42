"""The pages of the shop: rendered with their first answer, which their scripts take over."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import NotFound

from searchapi.authorization import caller, public_root
from searchapi.identity import opts_out_of_tracking
from searchapi.json_text import dump_json
from searchapi.pages import static_files, wording
from searchapi.pages.attribute_names import is_named, variant_names
from searchapi.pages.first_page import (
    NO_SEARCHES,
    for_cards,
    popular_searches,
    related_searches,
    search_first_page,
    shelves_for,
)
from searchapi.pages.shop_page import SORT_NAMES, Failure, ShopPage
from searchapi.pages.shop_state import ShopState, address, read_state
from searchapi.pages.sort_orders import SortOrders
from searchapi.pages.structured_data import description, json_for_script, picture_url, product_data
from searchapi.pages.variant_choices import choice_rows
from searchapi.problems import RETRY_AFTER_S, InvalidRequest
from searchapi.restricted_search import search_of_caller
from searchapi.security import SECURITY_HEADERS
from searchapi.state import state
from shangsou.errors import ShangsouError
from shangsou.product import product_to_json
from shangsou.search.response import variant_to_json
from shangsou.search.response_json import VariantJson

SESSION_COOKIE = "shangsou_session"
"""Set by the page's script, so that the first page is in the shopper's own order."""
_SESSION_ID = re.compile(r"[0-9a-f]{32}")
# A year, the longest that means anything: the address changes with the content.
IMMUTABLE = "public, max-age=31536000, immutable"
# A page holds a shopper's own order, and the id of one search.
PRIVATE = "private, no-cache"

log = logging.getLogger(__name__)
pages = Blueprint(
    "pages",
    __name__,
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/static",
)


@pages.get("/")
def shop() -> Response:
    """Return the shop page, whose address holds the whole search, with its answer."""
    shop_state = read_state(request.args)
    try:
        page, status = _answered_page(shop_state), 200
    except InvalidRequest:
        page, status = _failed_page(shop_state, "搜索条件有误", "请去掉部分条件后重试。"), 422
    except ShangsouError as reason:
        log.warning("a page without its results: %s", reason)
        page, status = _failed_page(shop_state, "搜索服务暂时不可用", f"请在 {RETRY_AFTER_S} 秒后重试。"), 503
    return _page("shop.html", status, page=page, state=shop_state, popular_searches=page.popular_searches)


@pages.get("/products/<path:product_id>")
def product(product_id: str) -> Response:
    """Return the page of a product, with choices among its variants."""
    try:
        search = search_of_caller()
        found = search.product(product_id)
        variants = search.variants(product_id) if found else []
    except ShangsouError as reason:
        log.warning("a page without its product: %s", reason)
        return _page("product.html", 503, product_id=product_id, title="出错了")
    if found is None:
        return _page("product.html", 404, product_id=product_id, title="没有这件商品", is_unknown=True)
    payload = product_to_json(found)
    url = _root() + wording.product_address(product_id)
    return _page(
        "product.html",
        200,
        product_id=product_id,
        title=found.title,
        product=payload,
        path=found.category,
        choices=choice_rows(product_id, [variant_to_json(variant) for variant in variants]),
        canonical=url,
        description=description(payload),
        picture_url=picture_url(payload, url),
        data=product_data(payload, url),
    )


@pages.get("/judge")
def judge() -> Response:
    """Return the judging page; its script requests the books, which only operators may see."""
    return _page("judge.html", 200, retention_days=0)


@pages.get("/assets/<version>/<name>")
def asset(version: str, name: str) -> Response:
    """Return a file of the pages; a page that was opened before an update may ask for another version."""
    content = static_files.read(name)
    if content is None:
        raise NotFound(f'the pages have no file "{name}"')
    response = Response(content, content_type=static_files.content_type(name))
    response.headers["Cache-Control"] = IMMUTABLE if version == static_files.version() else "no-cache"
    return response


@pages.after_request
def protect(response: Response) -> Response:
    """Add the headers that keep foreign content out of the page."""
    response.headers.update(SECURITY_HEADERS)
    return response


def _answered_page(shop_state: ShopState) -> ShopPage:
    app, session_id = state(), _session_id()
    answer = for_cards(search_first_page(shop_state, app, request, session_id))
    page = ShopPage(shop_state, f"{_root()}/", _sorts(), answer)
    needs_help = page.is_home or not answer["hits"]
    return replace(
        page,
        shelves=shelves_for(request, session_id) if page.is_home else (),
        popular_searches=popular_searches(answer) if needs_help else NO_SEARCHES,
        related_searches=related_searches(shop_state.query) if shop_state.query else (),
    )


def _failed_page(shop_state: ShopState, title: str, advice: str) -> ShopPage:
    return ShopPage(shop_state, f"{_root()}/", list(SORT_NAMES.items()), failure=Failure(title, advice))


def _sorts() -> list[tuple[Any, str]]:
    orders: SortOrders = current_app.extensions.setdefault("shangsou.sort_orders", SortOrders())
    offered = orders.offered(state().searcher.generation(), search_of_caller(), caller().within)
    return [(sort, name) for sort, name in SORT_NAMES.items() if sort in offered]


def _root() -> str:
    return public_root(request, state().settings.trusted_proxies)


def _session_id() -> str:
    """Return the session of the visit, empty where there is none or no record is wanted."""
    session_id = request.cookies.get(SESSION_COOKIE, "")
    return session_id if _SESSION_ID.fullmatch(session_id) and not opts_out_of_tracking(request) else ""


def _page(template: str, status: int, **context: Any) -> Response:
    days = state().settings.retention_days
    response = make_response(render_template(template, **{"retention_days": days, **context}), status)
    response.headers["Cache-Control"] = PRIVATE
    response.vary.add("Cookie")
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _asset_address(name: str) -> str:
    return f"/assets/{static_files.version()}/{name}"


def _variant_name(variant: VariantJson, variants: list[VariantJson]) -> str:
    names = variant_names(variants)
    return wording.variant_label(variant.get("attributes", {}), names) or variant["title"]


def _variant_on_card(variant: VariantJson) -> str:
    """Return what a card shows of a variant that is chosen, as JSON for its script."""
    yuan = {"list_price_fen": variant.get("list_price"), "price_fen": variant.get("price")}
    fen = {name: round(price * 100) for name, price in yuan.items() if price is not None}
    return dump_json({**fen, "stock": variant.get("stock"), "title": variant["title"]}).decode()


pages.add_app_template_global(_asset_address, "asset")
pages.add_app_template_global(static_files.modules, "modules")
pages.add_app_template_test(wording.is_allowed_picture, "allowed_picture")
pages.add_app_template_test(is_named, "named")
_FILTERS: dict[str, Callable[..., Any]] = {
    "address": address,
    "at_page": lambda shop_state, number: replace(shop_state, page=number),
    "brand_address": lambda brand: "/?" + urlencode({"brand": brand}),
    "category_address": lambda path: "/?" + urlencode({"category": path}),
    "changed": lambda shop_state, **fields: replace(shop_state, page=1, **fields),
    "choice_text": wording.choice_text,
    "highlighted": wording.highlighted,
    "in_category": lambda shop_state, path: replace(shop_state, categories=(path,), page=1),
    "json_for_script": json_for_script,
    "lack_text": wording.lack_text,
    "price_parts": wording.price_parts,
    "product_address": wording.product_address,
    "search_address": lambda text: address(ShopState(query=text)),
    "short_number": wording.short_number,
    "swatches": wording.swatches,
    "variant_name": _variant_name,
    "variant_on_card": _variant_on_card,
}
for _name, _filter in _FILTERS.items():
    pages.add_app_template_filter(_filter, _name)
