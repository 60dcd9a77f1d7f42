"""Documents of a merchant as a catalog, read as a file of JSON lines is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from indexer.attached.reading import Reading
from indexer.attached.source import Source
from indexer.attached.spool import Spool
from indexer.attached.state import AttachedState, Choices
from indexer.catalog import Catalog
from indexer.cells.cells import Cells
from indexer.cells.readers import field_of_cell
from indexer.clean import SALE_CELLS
from indexer.columns import match_columns
from indexer.identity import Identity
from indexer.joined_rows import JoinedRow
from indexer.joining import join_rows
from indexer.shapes.json_records import JsonRecords, open_json
from indexer.survey import Survey, survey
from shangsou.reading.files import SourceFile

# Each line is one document: what `open_json` tells from the first line of a file.
_FIRST_LINE = '{"_index": "", "_id": "", "_source": {}}'
_SALE_FIELDS = ("price_fen", "list_price_fen", "offer_from", "offer_until")


def open_documents(
    spool: Spool,
    name: str,
    mapping: Mapping[str, str],
    names: Sequence[str] = (),
    *,
    needs_title: bool = True,
) -> Catalog:
    """Return documents as a catalog; raises `UnusableInput` where no column holds the id or the title.

    Parameters
    ----------
    spool
        At least one document.
    name
        For messages.
    mapping
        Field to the dotted path of its value, from `--map`.
    names
        What values of documents are called that are known already: a few that changed tell less than all.
    needs_title
        Whether documents without titles are refused.
    """
    source = SourceFile(spool.path, name, compressed=False, encoding="utf-8", lines=len(spool))
    records = open_json(source, _FIRST_LINE, frozenset(mapping.values()))
    records = replace(records, names=list(dict.fromkeys((*names, *records.names))))
    columns = match_columns(name, records.names, mapping, needs_title=needs_title)
    return Catalog(name, records, columns, mapping, spool.workspace, spool.place)


def survey_documents(catalog: Catalog, state: AttachedState | None) -> Survey:
    """Return the first reading of documents, numbered as those before, of which these are a few."""
    facts = survey([catalog])
    if state is not None:
        facts.files[0].identity = Identity(*state.identity)
    return facts


def product_ids(catalog: Catalog, state: AttachedState) -> Iterator[str]:
    """Yield the ids of the products that documents name, with titles or without."""
    for row in join_rows([catalog], survey_documents(catalog, state), needs_titles=False):
        if isinstance(row, JoinedRow) and (product_id := Cells(row.values).identifier("product_id")):
            yield product_id


def new_state(  # noqa: PLR0913, PLR0917 - each a part of a pass
    source: Source,
    choices: Choices,
    reading: Reading,
    before: AttachedState | None,
    catalog: Catalog | None,
    facts: Survey | None,
) -> AttachedState:
    """Return what a pass leaves for the next one.

    Parameters
    ----------
    source, choices
        Where was read, and how.
    reading
        What was read.
    before
        The state that the pass before left, None for the first.
    catalog, facts
        Of the documents, and their first reading; None where there was no document.
    """
    names: Sequence[str] = ()
    fields: Sequence[str] = ()
    identity, complete_one_another = ("product_id", "group_id"), False
    if catalog is not None and facts is not None and isinstance(catalog.shape, JsonRecords):
        names, fields = catalog.shape.names, stated_fields(catalog)
        of_file = facts.files[0]
        identity = (of_file.identity.product, of_file.identity.group)
        shares_titles = of_file.has_untitled_rows and "group_id" in catalog.columns.names
        complete_one_another = bool(facts.repeated or facts.parents or shares_titles)
    last = reading.last
    if before is not None and (reading.kind == "changes" or catalog is None):
        names = list(dict.fromkeys((*before.names, *names)))
        fields = sorted({*before.fields, *fields})
        identity, complete_one_another = before.identity, before.complete_one_another or complete_one_another
    if before is not None and last is None and before.choices.follow == choices.follow:
        last = before.last
    return AttachedState(
        source=source.address,
        index=source.name,
        choices=choices,
        indices=dict(reading.indices),
        last=last,
        without=reading.without,
        names=tuple(names),
        fields=tuple(fields),
        identity=identity,
        complete_one_another=complete_one_another,
        read_at=reading.began_at,
        full_at=before.full_at if before is not None and reading.kind == "changes" else reading.began_at,
    )


def stated_fields(catalog: Catalog) -> list[str]:
    """Return the fields of products that documents state, and clear where they leave them out."""
    names = catalog.columns.names
    fields = {field for name in names if (field := field_of_cell(name))}
    if not SALE_CELLS.isdisjoint(names):
        fields.update(_SALE_FIELDS)
    return sorted(fields)
