"""`shangsou train pairs`: what an encoder is trained on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from shangsou.behaviour.commands.options import ACTION
from shangsou.output_files import check_folders, write_text
from shangsou.text.plurals import quantity

if TYPE_CHECKING:
    from shangsou.engines.engine import LiveEngine
    from training.pairs.build import ShopPairs

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--events",
    "events_paths",
    type=_FILE,
    multiple=True,
    required=True,
    help="TSV or UBI JSON Lines, as `shangsou events import` reads; repeatable.",
)
@ACTION
@click.option(
    "--queries",
    "query_paths",
    type=_FILE,
    multiple=True,
    help="More of the shop's query log, by which queries are written from titles; repeatable. What was "
    "imported before is not read.",
)
@click.option(
    "--exclude-queries",
    "query_judgements",
    type=_FILE,
    multiple=True,
    help="Queries that judge the encoder, as of `evaluate`, or one a line: no pair has one; repeatable.",
)
@click.option(
    "--exclude-products",
    "product_judgements",
    type=_FILE,
    multiple=True,
    help="Judged products, as qrels or an id a line: no pair has one, nor its variants; repeatable.",
)
@click.option("--out", "out_path", type=_FILE, required=True, help="Write the pairs, as JSON Lines.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another one draws others.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def pairs(  # noqa: PLR0913 - an argument for each option
    *,
    events_paths: Sequence[Path],
    actions: Sequence[str],
    query_paths: Sequence[Path],
    query_judgements: Sequence[Path],
    product_judgements: Sequence[Path],
    out_path: Path,
    seed: int,
    as_json: bool,
) -> None:
    """Make pairs of a query and a product that it means, from events and the catalog that serves.

    Split so that what judges is in no training: neither its words, nor its product, nor its shopper.
    """
    check_folders({"--out": out_path}, [*events_paths, *query_paths, *query_judgements, *product_judgements])
    from shangsou.behaviour.commands.event_log import read_event_log
    from shangsou.behaviour.stores import open_event_store
    from shangsou.errors import UnusableInput
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import read_settings
    from training.pairs.build import build_pairs
    from training.pairs.exclusions import read_excluded_products, read_query_texts
    from training.pairs.pair import pair_line
    from training.pairs.read_products import read_products

    excluded_queries = read_query_texts(query_judgements)
    excluded_products = read_excluded_products(product_judgements)
    settings = read_settings()
    searcher, store = open_searcher(settings), open_event_store(settings)
    try:
        # Of all products it is the live engine itself.
        engine, lexicon = cast("LiveEngine", searcher.context().engine), searcher.lexicon()
        if lexicon is None:
            raise UnusableInput('the index has no lexicon; run "shangsou index FILE" again')
        made = build_pairs(
            list(read_products(engine)),
            lexicon,
            read_event_log(events_paths, actions),
            store,
            sorted(read_query_texts(query_paths)),
            excluded_queries=excluded_queries,
            excluded_products=excluded_products,
            seed=seed,
        )
    finally:
        searcher.close()
        store.close()
    write_text(out_path, "".join(map(pair_line, made.pairs)))
    if not any(pair.shopper_hash for pair in made.pairs):
        click.echo("no pair is of a shopper: an encoder learns the words of the catalog alone", err=True)
    click.echo(json.dumps(_to_json(made), ensure_ascii=False) if as_json else _to_text(made))


def _to_text(made: "ShopPairs") -> str:
    splits = made.splits
    return (
        f"{made.events.to_text()}"
        f"{made.products:,} products on sale, {made.groups:,} without near-duplicates\n"
        f"{quantity(len(made.pairs), 'pair')}: {_counts(made)}\n"
        f"{splits.train:,} to train, {splits.validation:,} and {splits.test:,} to judge; "
        f"{splits.dropped:,} in between dropped, {splits.excluded:,} of judgements excluded; "
        "no query, product or shopper is on both sides"
    )


def _counts(made: "ShopPairs") -> str:
    from collections import Counter

    return ", ".join(f"{count:,} {source}" for source, count in Counter(p.source for p in made.pairs).items())


def _to_json(made: "ShopPairs") -> dict[str, object]:
    from collections import Counter
    from dataclasses import asdict

    return {
        "pairs": len(made.pairs),
        "sources": dict(Counter(pair.source for pair in made.pairs)),
        "splits": asdict(made.splits),
        "products": made.products,
        "groups": made.groups,
        "events": made.events.to_json(),
    }
