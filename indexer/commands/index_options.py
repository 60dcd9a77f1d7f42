"""Options of `shangsou index` as values."""

import os
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangsou.errors import UnusableInput
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from indexer.shapes.opening import ReadOptions


class Percent(click.ParamType[float]):
    """A percentage such as `5%`, as a share."""

    name = "percent"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share; fails for what is no percentage."""
        if isinstance(value, float):
            return value
        try:
            share = float(str(value).strip().removesuffix("%")) / 100
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value!r} is no percentage such as 5%", param, ctx)
        return share


_Decorator = Callable[[Callable[..., None]], Callable[..., None]]
_MAPPING_OPTIONS: Sequence[_Decorator] = (
    click.option(
        "--map",
        "pairs",
        multiple=True,
        metavar="FIELD=COLUMN",
        help="Read FIELD from this column; repeatable.",
    ),
    click.option(
        "--map-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help='Read FIELD = "COLUMN" from the table [map] of this TOML file, or from all of it.',
    ),
    click.option(
        "--currency", metavar="CODE", help="The shop's money, CNY unless set; prices in another are left out."
    ),
)
_FILE_OPTIONS: Sequence[_Decorator] = (
    click.argument(
        "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, allow_dash=True)
    ),
    click.option("--encoding", help="The encoding of the files, such as big5, where it cannot be told."),
    click.option(
        "--delimiter", help="What separates cells: one character, tab or ^A. Found by itself otherwise."
    ),
    click.option(
        "--header-row",
        type=click.IntRange(1, 20),
        metavar="N",
        help="The row of the header, blank ones not counted.",
    ),
    click.option(
        "--columns", metavar="NAME,NAME,...", help="The names of the columns of a file without a header."
    ),
)
_INDEXING_OPTIONS: Sequence[_Decorator] = (
    click.option("--dry-run", is_flag=True, help="Only print the report; write nothing."),
    click.option(
        "--max-rejected",
        type=Percent(),
        default="5%",
        show_default=True,
        help="Keep the old index when more rows than this are rejected.",
    ),
    click.option(
        "--allow-fewer", is_flag=True, help="Let fewer than half as many products replace those that serve."
    ),
    click.option(
        "--no-derive-groups",
        is_flag=True,
        help="Group no variants but those that a column of the catalog groups.",
    ),
    click.option(
        "--report",
        "report_file",
        type=click.Path(dir_okay=False, writable=True, path_type=Path),
        help="Write the cleaning report here too; as JSON when the name ends in .json.",
    ),
)


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its FILEs, and the options that say how they are read."""
    return _decorated(command, (*_MAPPING_OPTIONS, *_FILE_OPTIONS))


def mapping_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which column is which field, and the shop's money."""
    return _decorated(command, _MAPPING_OPTIONS)


def indexing_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say when a new index may serve, and where its report goes."""
    return _decorated(command, _INDEXING_OPTIONS)


def read_options(
    encoding: str | None, delimiter: str | None, header_row: int | None, columns: str | None
) -> "ReadOptions":
    """Return what files cannot tell; raises `UnusableInput`."""
    from indexer.shapes.delimited import delimiter_from
    from indexer.shapes.opening import ReadOptions
    from shangsou.reading.encodings import known_encoding

    codec = known_encoding(encoding) if encoding else None
    if encoding and codec is None:
        raise UnusableInput(
            f"--encoding {encoding}: is not known; utf-8, gb18030, big5, shift-jis and euc-kr are"
        )
    names = tuple(name.strip() for name in columns.replace("，", ",").split(",")) if columns else ()
    return ReadOptions(codec, delimiter_from(delimiter) if delimiter else None, header_row, names)


def kept_mapping(map_file: Path | None) -> dict[str, str]:
    """Return the columns by field that a file keeps, and those of `shangsou.toml`; raises `UnusableInput`."""
    from indexer.column_mapping import read_mapping

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


def _decorated(command: Callable[..., None], decorators: Sequence[_Decorator]) -> Callable[..., None]:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def check_report_folder(report_file: Path | None) -> None:
    """Raise `UnusableInput` where a report cannot be written."""
    # Checked before an hour of indexing, not after it.
    if report_file is None:
        return
    folder = report_file.absolute().parent
    if not folder.is_dir():
        raise UnusableInput(f"--report {report_file}: its folder does not exist; make it first")
    if not report_file.exists() and not os.access(folder, os.W_OK | os.X_OK):
        raise UnusableInput(f"--report {report_file}: its folder cannot be written to; name another one")
