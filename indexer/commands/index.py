"""`shangsou index`."""

import os
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.cpu import calculate_in_one_thread
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from indexer.catalog_files import Catalog, ReadOptions
    from indexer.report import Report
    from shangsou.encoding.cache import CachedEncoder
    from shangsou.engines.engine import Generation
    from shangsou.lexicon.catalog_learner import TypeSummary
    from shangsou.text.dictionary import Dictionary
    from shangsou.text.facts import FactTable

# As many as a merchant reads.
_MAX_CUT_WORDS = 10


class _Percent(click.ParamType[float]):
    name = "percent"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            share = float(str(value).strip().removesuffix("%")) / 100
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value!r} is no percentage such as 5%", param, ctx)
        return share


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, allow_dash=True)
)
@click.option(
    "--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="Read FIELD from this column; repeatable."
)
@click.option(
    "--map-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help='Read FIELD = "COLUMN" from the table [map] of this TOML file, or from all of it.',
)
@click.option("--encoding", help="The encoding of the files, such as big5, where it cannot be told.")
@click.option(
    "--delimiter", help="What separates cells: one character, tab or ^A. Found by itself otherwise."
)
@click.option(
    "--header-row",
    type=click.IntRange(1, 20),
    metavar="N",
    help="The row of the header, blank ones not counted.",
)
@click.option(
    "--columns", metavar="NAME,NAME,...", help="The names of the columns of a file without a header."
)
@click.option(
    "--currency", metavar="CODE", help="The shop's money, CNY unless set; prices in another are left out."
)
@click.option("--dry-run", is_flag=True, help="Only print the report; write nothing.")
@click.option(
    "--max-rejected",
    type=_Percent(),
    default="5%",
    show_default=True,
    help="Keep the old index when more rows than this are rejected.",
)
@click.option(
    "--allow-fewer", is_flag=True, help="Let fewer than half as many products replace those that serve."
)
@click.option(
    "--no-derive-groups",
    is_flag=True,
    help="Group no variants but those that a column of the catalog groups.",
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the cleaning report here too; as JSON when the name ends in .json.",
)
@json_option
def index(  # noqa: PLR0913, PLR0917 - click passes each option
    files: tuple[Path, ...],
    pairs: tuple[str, ...],
    map_file: Path | None,
    encoding: str | None,
    delimiter: str | None,
    header_row: int | None,
    columns: str | None,
    currency: str | None,
    dry_run: bool,
    max_rejected: float,
    allow_fewer: bool,
    no_derive_groups: bool,
    report_file: Path | None,
    as_json: bool,
) -> None:
    """Index a catalog from FILEs.

    CSV and other delimited text, Excel, JSON, XML feeds, Parquet, in zip or gzip, or - for standard
    input. The new index replaces the old one only when it is complete and checked.
    """
    calculate_in_one_thread()
    from indexer.catalog_files import open_catalogs
    from indexer.columns import read_mapping
    from indexer.report import Report

    run = _Run(
        Report(),
        time.monotonic(),
        allow_fewer=allow_fewer,
        derive_groups=not no_derive_groups,
        currency=currency,
        dry_run=dry_run,
    )
    failure: ShangsouError | None = None
    try:
        _check_report_folder(report_file)
        if not dry_run:
            run.check_writable()
        table, dictionary = run.read_facts(), run.read_dictionary()
        options = _read_options(encoding, delimiter, header_row, columns)
        mapping = {**_kept_mapping(map_file), **read_mapping(pairs)}
        run.index(open_catalogs(files, mapping, options), max_rejected, table, dictionary)
    except ShangsouError as problem:
        failure = problem
    if report_file is not None and run.report.read:
        text = to_json_text(run.report.to_json()) if report_file.suffix == ".json" else run.report.to_text()
        try:
            report_file.write_text(text, "utf-8")
        except OSError as problem:
            failure = failure or ShangsouError(
                f"--report {report_file}: cannot be written: {problem}; the new index is complete and serves"
            )
    if as_json:
        click.echo(to_json_text(run.outcome(failure)), nl=False)
    elif run.report.read:
        click.echo(run.report.to_text())
    if failure is not None:
        raise failure
    if not as_json:
        click.echo(run.summary())


def _read_options(
    encoding: str | None, delimiter: str | None, header_row: int | None, columns: str | None
) -> "ReadOptions":
    from indexer.catalog_files import ReadOptions
    from indexer.shapes.delimited import delimiter_from
    from shangsou.reading.encodings import known_encoding

    codec = known_encoding(encoding) if encoding else None
    if encoding and codec is None:
        raise UnusableInput(
            f"--encoding {encoding}: is not known; utf-8, gb18030, big5, shift-jis and euc-kr are"
        )
    names = tuple(name.strip() for name in columns.replace("，", ",").split(",")) if columns else ()
    return ReadOptions(codec, delimiter_from(delimiter) if delimiter else None, header_row, names)


def _kept_mapping(map_file: Path | None) -> dict[str, str]:
    """Return the columns by field that a file keeps, and those of `shangsou.toml`; raises `UnusableInput`."""
    from indexer.columns import read_mapping

    mapping = read_mapping(f"{field}={column}" for field, column in read_settings().map.items())
    if map_file is None:
        return mapping
    try:
        table = tomllib.loads(map_file.read_text("utf-8-sig"))
    except (OSError, ValueError) as problem:
        raise UnusableInput(
            f"--map-file {map_file}: cannot be read: {problem}; "
            "TOML wants quotation marks around Chinese names"
        ) from None
    pairs = table.get("map", table)
    if not isinstance(pairs, dict) or not all(isinstance(column, str) for column in pairs.values()):
        raise UnusableInput(f'--map-file {map_file}: write FIELD = "COLUMN", a line each')
    return mapping | read_mapping(f"{field}={column}" for field, column in pairs.items())


def _check_report_folder(report_file: Path | None) -> None:
    # Checked before an hour of indexing, not after it.
    if report_file is None:
        return
    folder = report_file.absolute().parent
    if not folder.is_dir():
        raise UnusableInput(f"--report {report_file}: its folder does not exist; make it first")
    if not report_file.exists() and not os.access(folder, os.W_OK | os.X_OK):
        raise UnusableInput(f"--report {report_file}: its folder cannot be written to; name another one")


class _Run:
    """One run of `shangsou index`, with its progress and report."""

    def __init__(  # noqa: PLR0913 - the choices of whoever runs it
        self,
        report: "Report",
        started: float,
        *,
        allow_fewer: bool,
        derive_groups: bool,
        currency: str | None,
        dry_run: bool,
    ) -> None:
        self.report = report
        self._currency, self._dry_run = currency, dry_run
        self._started = started
        self._allow_fewer = allow_fewer
        self._derive_groups = derive_groups
        self._encoder: CachedEncoder | None = None
        self._generation: Generation | None = None

    def check_writable(self) -> None:
        """Raise errors that can be known before hours of work."""
        from shangsou.engines.stores import open_store

        open_store(read_settings()).check_writable()

    def read_facts(self) -> "FactTable":
        """Return what texts are read by; raises `UnusableInput` for a wrong entry in the shop's own."""
        from shangsou.lexicon.fact_tables import read_fact_table

        return read_fact_table(read_settings().home)

    def read_dictionary(self) -> "Dictionary":
        """Return the shop's own words; raises `UnusableInput` for a wrong line."""
        from shangsou.lexicon.dictionary_completion import complete_dictionary
        from shangsou.lexicon.dictionary_file import read_dictionary

        dictionary, cut_words = complete_dictionary(read_dictionary(read_settings().home))
        for cut_word in cut_words[:_MAX_CUT_WORDS]:
            click.echo(cut_word.describe(), err=True)
        if len(cut_words) > _MAX_CUT_WORDS:
            click.echo(f"and so are {len(cut_words) - _MAX_CUT_WORDS:,} more", err=True)
        return dictionary

    def index(
        self,
        catalogs: "Sequence[Catalog]",
        max_rejected: float,
        fact_table: "FactTable",
        dictionary: "Dictionary",
    ) -> None:
        from tqdm import tqdm

        from indexer.build import index_products, refuse_fewer
        from indexer.encoder import open_index_encoder
        from indexer.products import read_products
        from shangsou.engines.stores import open_store
        from shangsou.lexicon.lexicon import LexiconStore
        from shangsou.search.ranking.recipe import read_ranking
        from shangsou.text.segmenter import Segmenter

        settings = read_settings()
        store = open_store(settings)
        ranking = read_ranking(settings.home)
        products = read_products(
            catalogs,
            self.report,
            max_rejected,
            fact_table,
            Segmenter(dictionary.words),
            derive_groups=self._derive_groups and settings.derive_groups,
            currency=(self._currency or settings.currency).upper(),
        )
        if self._dry_run:
            for _ in products:
                pass
            return
        rows = sum(catalog.max_rows for catalog in catalogs)
        if not self._allow_fewer:
            refuse_fewer(rows, store)
        self._encoder = open_index_encoder(settings, store)
        # disable=None: no bar if stderr is not a terminal.
        with tqdm(total=rows, desc="indexing", unit=" rows", disable=None) as bar:
            self._generation = index_products(
                products,
                store=store,
                encoder=self._encoder,
                source=", ".join(catalog.name for catalog in catalogs),
                lexicons=LexiconStore(settings),
                ranking=ranking,
                fact_table=fact_table,
                dictionary=dictionary,
                allow_fewer=self._allow_fewer,
                progress=lambda _: bar.update(self.report.read - bar.n),
                on_types=self._keep_types,
            )

    def _keep_types(self, types: "TypeSummary") -> None:
        self.report.types = types

    def outcome(self, failure: ShangsouError | None) -> dict[str, object]:
        outcome: dict[str, object] = {} if failure is None else {"error": str(failure)}
        report, generation = self.report, self._generation
        return outcome | {
            "read": report.read,
            "indexed": generation.documents if generation else 0,
            "skipped": report.skipped,
            "rejected": report.rejected,
            "duplicates": report.duplicates,
            "joined": report.joined,
            "repaired": report.repaired,
            "encoded": self._encoder.encoded if self._encoder else 0,
            "generation": generation.name if generation else None,
            "dry_run": self._dry_run,
            "seconds": round(time.monotonic() - self._started, 3),
            "report": report.to_json(),
        }

    def summary(self) -> str:
        if self._dry_run:
            return f"{self.report.accepted:,} products would be indexed; nothing was written"
        outcome = self.outcome(None)
        return (
            f"{outcome['indexed']:,} products serve as {outcome['generation']}, "
            f"{outcome['encoded']:,} texts encoded, {time.monotonic() - self._started:.1f} s"
        )
