"""Open files as catalogs."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from indexer.catalog import Catalog
from indexer.column_positions import find_position
from indexer.columns import list_columns, match_columns
from indexer.shapes.opening import OpenedShape, ReadOptions, file_start, open_shapes
from indexer.shapes.shape import Table
from shangsou.errors import UnusableInput
from shangsou.reading.archives import DAMAGED_ZIP, Member, Workspace, keep_standard_input, unpack_zip
from shangsou.reading.files import ZIP

STANDARD_INPUT = "-"
# Files in a workbook's zip: a zip of exports has none of them.
_WORKBOOK_PARTS = ("[Content_Types].xml", "content.xml", "mimetype", "xl/workbook.xml", "xl/workbook.bin")


def open_catalogs(
    paths: Sequence[Path],
    mapping: Mapping[str, str],
    options: ReadOptions | None = None,
    *,
    needs_titles: bool = True,
) -> list[Catalog]:
    """Open files as catalogs; raises `UnusableInput` for the first that is not one.

    Parameters
    ----------
    paths
        At least one file. The content tells the shape, not the name; a zip, or a workbook of several sheets,
        gives several catalogs; `-` is standard input.
    mapping
        Field to column name, from `--map`. Each name must be that of a column in one of the files.
    options
        What the files cannot tell.
    needs_titles
        Whether files without any title are refused: those that change products need none.
    """
    options = options or ReadOptions()
    workspace = Workspace()
    mapped = frozenset(mapping.values())
    opened = [
        shape
        for path, name in _members(paths, workspace)
        for shape in open_shapes(path, name, mapped, options, workspace)
    ]
    _check_mapping(opened, mapping)
    fitting = [_fitting(shape, mapping) if len(opened) > 1 else dict(mapping) for shape in opened]
    columns = [
        # Where there are several files, one may complete another.
        match_columns(
            shape.name,
            shape.header,
            own,
            needs_title=needs_titles and len(opened) == 1,
            has_whole_products=needs_titles,
        )
        for shape, own in zip(opened, fitting, strict=True)
    ]
    if needs_titles and not any("title" in found.names for found in columns):
        match_columns(opened[0].name, opened[0].header, fitting[0])
    return [
        Catalog(shape.name, shape.shape, found, own, workspace)
        for shape, found, own in zip(opened, columns, fitting, strict=True)
    ]


def _members(paths: Sequence[Path], workspace: Workspace) -> Iterator[Member]:
    """Yield the files to read, those in zip files one by one."""
    names = [path.name for path in paths]
    for path in paths:
        name = path.name if names.count(path.name) == 1 else str(path)
        if str(path) == STANDARD_INPUT:
            yield from _unpacked(Member(keep_standard_input(workspace), "standard input"), workspace)
        else:
            yield from _unpacked(Member(path, name), workspace)


def _unpacked(member: Member, workspace: Workspace) -> Iterator[Member]:
    if member.path.is_file() and file_start(member.path).startswith(ZIP) and not _is_workbook(member.path):
        # A zip within a zip is left alone: there is no end to them.
        yield from unpack_zip(member.path, member.name, workspace)
    else:
        yield member


def _is_workbook(path: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return any(name in _WORKBOOK_PARTS for name in archive.namelist())
    except (*DAMAGED_ZIP, OSError):
        return path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods")


def _check_mapping(opened: Sequence[OpenedShape], mapping: Mapping[str, str]) -> None:
    if len(opened) == 1:
        return  # `match_columns` says what the file has.
    for name, column in mapping.items():
        if not any(_has_column(shape, column) for shape in opened):
            have = "; ".join(f"{shape.name} has {list_columns(shape.header)}" for shape in opened)
            raise UnusableInput(f"--map {name}={column} names a column of none of the files: {have}")


def _fitting(shape: OpenedShape, mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the part of a mapping that a file has columns for."""
    return {field: column for field, column in mapping.items() if _has_column(shape, column)}


def _has_column(shape: OpenedShape, column: str) -> bool:
    # Of an object that holds a value of its own, only the first part is a name.
    first = column.partition(".")[0]
    return find_position(shape.header, column) is not None or (
        first != column and not isinstance(shape.shape, Table) and first in shape.header
    )
