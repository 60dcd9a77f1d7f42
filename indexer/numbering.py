"""The numbers by which products and their groups go."""

from collections.abc import Mapping, Sequence

from indexer.catalog import Row
from indexer.cell_objects import split_tags
from indexer.fields import MORE_NUMBERS, MORE_SKUS
from indexer.identifiers import read_identifier
from indexer.identity import NUMBER_FIELDS, SKU_FIELDS
from indexer.joined_rows import JoinedRow
from indexer.parents import parent_key
from indexer.survey import FileSurvey, Survey
from indexer.variation import variant_suffix
from shangsou.reading.issue import Issue

# Fields that only say which number is which.
ROLES = frozenset(("sku", *MORE_SKUS, *MORE_NUMBERS, "row_type", "variant_skus"))


class Numbering:
    """Puts the numbers of a product and of its group in their places."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        # The one number by which the group of a parent with several is called.
        self._group_names: dict[str, str] = {}

    def name_parent(self, numbers: Sequence[str]) -> None:
        """Call the group of a parent by the last of its numbers."""
        self._group_names.update(dict.fromkeys(numbers, numbers[-1]))

    def parent_numbers(self, values: Mapping[str, object]) -> list[str]:
        """Return the numbers of a row that others name as their parent."""
        own = [read_identifier(values.get(field)) for field in ("product_id", "sku")]
        group = parent_key(values["group_id"]) if "group_id" in values else ""
        if group and group not in own:
            return []
        return [number for number in own if number and hash(number) in self._survey.parents]

    def key_hash(self, values: Mapping[str, object], facts: FileSurvey) -> int:
        """Return the hash by which the rows of one product are known; see `indexer.survey`."""
        key = hash(read_identifier(values.get(facts.identity.product)))
        for field in NUMBER_FIELDS:
            if key == 0 and field in values:
                key = ~hash(read_identifier(values[field]))
        return key

    def group(self, values: Mapping[str, object], facts: FileSurvey) -> str:
        """Return the number of a row's group, empty for none."""
        field = facts.identity.group
        if field and field in values:
            return parent_key(values[field])
        if self._survey.parent_of:
            return self._survey.parent_of.get(read_identifier(values.get("product_id")), "")
        return ""

    def finished(
        self, row: Row, facts: FileSurvey, *, suffix: str = "", notes: Sequence[Issue] = (), rows: int = 1
    ) -> JoinedRow:
        """Return a row with the number of the product and of its group in their places."""
        values = dict(row.values)
        number = read_identifier(values.get(facts.identity.product))
        group = self.group(values, facts)
        group = self._group_names.get(group, group)
        if not number:
            number = next(filter(None, (read_identifier(values.get(field)) for field in NUMBER_FIELDS)), "")
            suffix = suffix or (
                variant_suffix(values) if group and facts.identity.product != "group_id" else ""
            )
        if suffix:
            group = group or number
            number = f"{number}{suffix}"
        roles = (facts.identity.product, facts.identity.group)
        further = [field for field in (*SKU_FIELDS, *MORE_NUMBERS) if field in values and field not in roles]
        # What number the variant or the product has besides: shoppers and clerks search by it.
        codes = [code for field in further if (code := read_identifier(values[field])) not in (number, "")]
        if codes:
            values["codes"] = [*split_tags(values.get("codes", ())), *codes]
        for field in ROLES & values.keys():
            del values[field]
        values.pop("group_id", None)
        if number:
            values["product_id"] = number
        else:
            values.pop("product_id", None)
        if group:
            values["group_id"] = group
        return JoinedRow(row.file, row.line, values, row.issue, notes, rows)
