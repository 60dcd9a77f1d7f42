"""Texts that name something: brand, type, tags and codes, moments, pictures."""

from datetime import datetime

from indexer.cell_objects import as_text, split_tags
from indexer.cell_vocabulary import vocabulary
from indexer.cells.cells import Cells
from indexer.cells.limits import MAX_CHARACTERS, MAX_TAGS
from indexer.fields import SLOTS
from indexer.identifiers import read_identifier
from indexer.pictures import read_image
from shangsou.reading.issue import excerpt
from shangsou.reading.times import read_time, states_no_time


def read_brand(cells: Cells) -> str:
    """Return the brand, empty for placeholders such as `其他`."""
    brand = cells.text("brand")
    if brand and brand.lower() in vocabulary("no_brand"):
        cells.add_issue("brand names none", f"brand {excerpt(brand)} names none", "brand left empty")
        return ""
    return brand


def read_product_type(cells: Cells) -> str:
    """Return the kind of product, empty for a kind of shipping such as 实物商品."""
    kind = cells.text("product_type")
    return "" if kind.lower() in vocabulary("no_product_type") else kind


def read_list(cells: Cells, name: str) -> tuple[str, ...]:
    """Return the texts of `tags` or `codes`, each once."""
    values = [cells.values[slot] for slot in SLOTS.get(name, (name,)) if cells.values.get(slot) is not None]
    raw = [text for value in values for text in split_tags(value)]
    # A barcode is wrapped as other numbers are.
    texts = dict.fromkeys(
        cells.clean_text(name, read_identifier(text) if name == "codes" else text) for text in raw
    )
    texts.pop("", None)
    if len(texts) > MAX_TAGS:
        cells.add_issue(f"too many {name}", f"there are {len(texts)} {name}", f"first {MAX_TAGS} kept")
    return tuple(texts)[:MAX_TAGS]


def read_moment(cells: Cells, field: str, *, end_of_day: bool = False) -> datetime | None:
    """Return a moment; see `read_time`."""
    text = cells.cell_text(field)
    if not text or states_no_time(text):
        return None
    moment = read_time(text, end_of_day=end_of_day)
    if moment is None:
        cells.leave_empty(field, text, "is no date")
    return moment


def read_picture(cells: Cells) -> str:
    """Return the address of the variant's first picture, else of the first one of the product."""
    return _read_picture(cells, "sku_image") or _read_picture(cells, "image_url")


def _read_picture(cells: Cells, field: str) -> str:
    value = cells.values.get(field)
    if value is None or str(value).strip().lower() in vocabulary("nothing") | {""}:
        return ""
    url, oddity = read_image(value)
    if not url:
        cells.leave_empty("image_url", str(value), oddity)
    elif len(url) > MAX_CHARACTERS["image_url"]:
        cells.leave_empty("image_url", url, "is too long")
        return ""
    elif oddity:
        cells.add_issue(
            f"image url {oddity}", f"image url {excerpt(as_text(value) or value)} {oddity}", "https added"
        )
    return url
