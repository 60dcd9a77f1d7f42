"""`shangsou search`: one search in the terminal."""

import json
import math
from typing import Any

import click

from shangsou.engines.query import Filters
from shangsou.product import Product
from shangsou.search.filter_values import MAX_PRICE_YUAN, parse_category_path, parse_price_limits
from shangsou.search.lack import Lack, MatchCheck
from shangsou.search.request import MAX_DEPTH, MAX_PAGE_SIZE, SearchRequest
from shangsou.search.response import SearchHit, SearchResponse, response_to_json
from shangsou.text.terminal import fit

# Columns of a terminal that the title may take; the other columns need about 40 of the usual 100.
_TITLE_WIDTH = 56
_BRAND_WIDTH = 14


class _YuanRange(click.FloatRange):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        yuan: float = super().convert(value, param, ctx)
        # No comparison finds it outside a range.
        if math.isnan(yuan):
            self.fail(f"{value!r} is no price in yuan", param, ctx)
        return yuan


_YUAN = _YuanRange(min=0, max=MAX_PRICE_YUAN)


@click.command()
@click.argument("text")
@click.option("--mode", type=click.Choice(["hybrid", "lexical", "semantic"]), default="hybrid")
@click.option("--brand", multiple=True, help="Only this brand; may be repeated.")
@click.option("--category", multiple=True, help="Only this category path, as 女装>连衣裙; may be repeated.")
@click.option("--price-gte", type=_YUAN, help="Lowest price, in yuan.")
@click.option("--price-lte", type=_YUAN, help="Highest price, in yuan.")
@click.option("--in-stock", is_flag=True, help="Only products in stock.")
@click.option(
    "--sort",
    type=click.Choice(["relevance", "price_asc", "price_desc", "sales", "newest"]),
    default="relevance",
)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--size", type=click.IntRange(1, MAX_PAGE_SIZE), default=10, show_default=True)
@click.option("--explain", is_flag=True, help="Show every part of each score.")
@click.option("--why-not", "explain_id", metavar="ID", default="", help="Say why this product is no match.")
@click.option("--no-collapse", is_flag=True, help="Show every variant of a product.")
@click.option("--as-typed", is_flag=True, help="Leave typos and pinyin as they are.")
@click.option("--json", "as_json", is_flag=True, help="Print the HTTP response.")
def search(text: str, page: int, size: int, *, as_json: bool, explain: bool, **options: object) -> None:
    """Search for TEXT in the terminal. An empty TEXT browses by sales."""
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import read_settings

    if page * size > MAX_DEPTH:
        raise click.UsageError(f"page {page} x size {size} is over {MAX_DEPTH:,}; narrow the search instead")
    request = SearchRequest(
        query=text,
        filters=_filters(**options),  # type: ignore[arg-type]
        facets=("category", "brand", "price", "attributes") if as_json else (),
        sort=options["sort"],  # type: ignore[arg-type]
        mode=options["mode"],  # type: ignore[arg-type]
        page=page,
        size=size,
        explain=explain,
        explain_id=str(options["explain_id"]),
        correct=not options["as_typed"],
        collapse=not options["no_collapse"],
    )
    searcher = open_searcher(read_settings())
    try:
        response = searcher.search(request)
    finally:
        searcher.close()
    if as_json:
        click.echo(json.dumps(response_to_json(response), ensure_ascii=False))
    else:
        click.echo(_format_table(response, first_rank=(page - 1) * size + 1, explain=explain))
        if response.match_check is not None:
            click.echo(_format_match_check(response.match_check))
    for degradation in response.degraded:
        click.echo(f"degraded: {degradation}", err=True)


def _filters(
    *,
    brand: tuple[str, ...],
    category: tuple[str, ...],
    price_gte: float | None,
    price_lte: float | None,
    in_stock: bool,
    **_: object,
) -> Filters:
    if price_gte is not None and price_lte is not None and price_gte > price_lte:
        raise click.UsageError(f"--price-gte {price_gte:g} is over --price-lte {price_lte:g}")
    price_from_fen, price_to_fen = parse_price_limits(price_gte, price_lte)
    try:
        categories = tuple(parse_category_path(path) for path in category)
    except ValueError as problem:
        raise click.UsageError(f"--category {problem}") from None
    return Filters(
        categories=categories,
        brands=brand,
        price_from_fen=price_from_fen,
        price_to_fen=price_to_fen,
        in_stock=in_stock or None,
    )


def _format_table(response: SearchResponse, *, first_rank: int, explain: bool) -> str:
    words = " ".join(response.understood.words)
    heading = f"{response.total:,} found in {response.took_ms:g} ms" + (f"  [{words}]" if words else "")
    lines = [heading, *_correction_lines(response)]
    for rank, hit in enumerate(response.hits, start=first_rank):
        remark = f"synonym {hit.reached_by}" if hit.reached_by else ""
        lines += _hit_lines(str(rank), hit, remark, explain=explain)
    if not response.hits:
        lines.append("Nothing found. Try fewer words or another spelling.")
    if response.related:
        lines.append("Related:")
    for hit, lacks in response.related:
        lines += _hit_lines("", hit, "; ".join(filter(None, map(_format_short_lack, lacks))), explain=explain)
    return "\n".join(lines)


def _hit_lines(rank: str, hit: SearchHit, remark: str, *, explain: bool) -> list[str]:
    line = (
        f"{rank:>4}  {hit.score:.3f}  {_format_price(hit.product):>11}  "
        f"{fit(hit.product.brand, _BRAND_WIDTH)}  {fit(hit.product.title, _TITLE_WIDTH)}"
    )
    lines = [f"{line}  {remark}".rstrip()]
    if explain:
        lines.append(f"      {json.dumps(hit.explain, ensure_ascii=False)}")
    return lines


def _format_short_lack(lack: Lack) -> str:
    if lack.says is None:
        return "" if lack.kind == "words" else f"not {lack.asked}"
    return f"{lack.says}, not {lack.asked}" if lack.says != lack.asked else ""


def _format_match_check(check: MatchCheck) -> str:
    if check.matches:
        return f"{check.product_id} is a match."
    reasons = "; ".join(map(_format_lack, check.lacks))
    return f"{check.product_id} is no match: {reasons}."


def _format_lack(lack: Lack) -> str:
    match lack.kind:
        case "product":
            return "there is no such product on sale"
        case "product_type":
            return f"it is {lack.says or 'of no known type'}, not {lack.asked}"
        case "brand" | "code" | "colour" | "size" | "amount" | "audience":
            return f"it says {lack.says or 'nothing'} where {lack.asked} is asked for"
        case "words":
            return f'it holds too little of "{lack.asked}"' + (f"; it is {lack.says}" if lack.says else "")
        case _:
            return f"it does not pass {lack.kind} {lack.asked}"


def _correction_lines(response: SearchResponse) -> list[str]:
    correction = response.correction
    if correction is None:
        return []
    if correction.applied:
        return [f'Showing results for "{correction.query}"; --as-typed searches for what was typed.']
    return [f'Did you mean "{correction.query}"?']


def _format_price(product: Product) -> str:
    return "" if product.price_fen is None else f"¥{product.price_fen / 100:,.2f}"
