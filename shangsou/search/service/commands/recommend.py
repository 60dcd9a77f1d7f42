"""`shangsou recommend`: shelves in the terminal, and the model behind them."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangsou.behaviour.commands.options import ACTION
from shangsou.recommend.shelf import (
    DEFAULT_SIZE,
    KINDS,
    MAX_SIZE,
    PRODUCT_KINDS,
    RecommendRequest,
    Shelf,
    ShelfKind,
    shelf_to_json,
)
from shangsou.text.terminal import display_width, fit

if TYPE_CHECKING:
    from shangsou.behaviour.event import Event
    from shangsou.engines.engine import Engine
    from shangsou.settings import Settings

# Columns of a terminal that reason and title may take.
_REASON_WIDTH = 34
_TITLE_WIDTH = 56
_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
# Products looked up at once for their categories.
_BATCH = 500


_SHELVES: dict[ShelfKind, str] = {
    "similar": "Products like one (--product).",
    "together": "What is bought or looked at with one (--product).",
    "cross-category": "What buyers in its category buy elsewhere (--product).",
    "for-you": "What goes with what a shopper was after lately.",
    "trending": "What is in demand now.",
    "new": "New products, those to the shopper's taste first.",
    "on-offer": "Products below their list price, by discount and taste.",
    "recent": "What the shopper looked at.",
}


class _Shelves(click.Group):
    """A group in which the name of any shelf stands for the command `KIND`."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the shelves by their names, and what other commands there are."""
        with formatter.section("Shelves (KIND)"):
            formatter.write_dl(list(_SHELVES.items()))
        super().format_commands(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first argument names, and the arguments for it."""
        if args[0] in KINDS:
            return "KIND", self.commands["KIND"], args
        if args[0] not in self.commands or args[0] == "KIND":
            raise click.UsageError(f"no shelf is called {args[0]!r}; there are {', '.join(KINDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Shelves, subcommand_metavar="KIND|build ...")
def recommend() -> None:
    """Show a shelf of products, or learn from events what stands on it."""


@recommend.command("KIND", hidden=True)
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--product", "product_id", default="", help="The product that the shelf stands beside.")
@click.option("--user", "user_id", default="", help="For this user.")
@click.option("--session", "session_id", default="", help="For this session.")
@click.option("--size", type=click.IntRange(1, MAX_SIZE), default=DEFAULT_SIZE, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the HTTP response.")
def show(  # noqa: PLR0913 - an argument for each option
    kind: ShelfKind, product_id: str, user_id: str, session_id: str, size: int, *, as_json: bool
) -> None:
    """Show a shelf.

    similar, together and cross-category stand beside a product; for-you, trending, new, on-offer and
    recent are for a shopper.
    """
    from shangsou.errors import UnusableInput
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import read_settings

    if kind in PRODUCT_KINDS and not product_id:
        raise click.UsageError(f'missing option "--product": {kind} stands beside a product')
    searcher = open_searcher(read_settings())
    try:
        shelf = searcher.recommend(RecommendRequest(kind, product_id, user_id, session_id, size))
    finally:
        searcher.close()
    if shelf is None:
        raise UnusableInput(f'there is no product "{product_id}" for a shelf to stand beside')
    if as_json:
        click.echo(json.dumps(shelf_to_json(shelf), ensure_ascii=False))
    else:
        click.echo(_format_table(shelf))
    for degradation in shelf.degraded:
        click.echo(f"degraded: {degradation}", err=True)


@recommend.command()
@click.option(
    "--events",
    "paths",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Learn from this file instead of the shop's own events; repeatable.",
)
@ACTION
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def build(paths: Sequence[Path], *, actions: Sequence[str], as_json: bool) -> None:
    """Learn from the shop's events what goes together and what is in demand.

    The model replaces the one before at once, and running servers take it up within 2 seconds.
    """
    from shangsou.engines.stores import open_store
    from shangsou.recommend.model import build_model, select_preference_events
    from shangsou.recommend.model_file import write_model
    from shangsou.search.service.home_sync import shared_home
    from shangsou.settings import read_settings

    settings = read_settings()
    started = time.perf_counter()
    # Before the events are read: without an index there is no shop to recommend from.
    engine = open_store(settings).open()
    preference_events = select_preference_events(_events(settings, paths, actions))
    click.echo(f"learning from {len(preference_events):,} events", err=True)
    ids = list(dict.fromkeys(event.product_id for event in preference_events))
    model = build_model(preference_events, dict(_category_paths(engine, ids)))
    with shared_home(settings):
        write_model(settings.home, model)
    summary = {
        "events": model.events,
        "products": len(model.product_ids),
        "viewed_pairs": len(model.viewed.partners),
        "bought_pairs": len(model.bought.partners),
        "categories": len(model.products_by_category),
        "last_at": model.last_at and model.last_at.isoformat(),
        "seconds": round(time.perf_counter() - started, 1),
    }
    if as_json:
        click.echo(json.dumps(summary))
        return
    click.echo(
        f"{model.events:,} events of {len(model.product_ids):,} products: {len(model.viewed.partners):,} "
        f"pairs seen together, {len(model.bought.partners):,} bought together, in {summary['seconds']} s"
    )


def _events(settings: "Settings", paths: Sequence[Path], actions: Sequence[str]) -> "Iterable[Event]":
    from shangsou.behaviour.actions import read_action_options
    from shangsou.behaviour.event_files import read_events
    from shangsou.behaviour.report import EventReport
    from shangsou.behaviour.stores import open_event_store

    if paths:
        report = EventReport()
        yield from read_events(paths, report, read_action_options(actions))
        if report.rejected:
            sys.stderr.write(report.to_text())
        return
    store = open_event_store(settings)
    try:
        yield from store.scan(_SINCE)
    finally:
        store.close()


def _category_paths(engine: "Engine", product_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the category path of each product that still exists and has one."""
    from shangsou.product import CATEGORY_SEPARATOR

    for start in range(0, len(product_ids), _BATCH):
        for product in engine.products(product_ids[start : start + _BATCH]):
            if product.category:
                yield product.product_id, CATEGORY_SEPARATOR.join(product.category)


def _format_table(shelf: Shelf) -> str:
    if not shelf.items:
        return "Nothing to show: no such products, or nothing known of this shopper."
    width = min(_REASON_WIDTH, max(display_width(item.reason) for item in shelf.items))
    return "\n".join(
        f"{rank:>4}  {_format_price(item.product.price_fen):>11}  {fit(item.reason, width)}  "
        f"{fit(item.product.title, _TITLE_WIDTH).rstrip()}  {item.product.product_id}"
        for rank, item in enumerate(shelf.items, start=1)
    )


def _format_price(price_fen: int | None) -> str:
    return "" if price_fen is None else f"¥{price_fen / 100:,.2f}"
