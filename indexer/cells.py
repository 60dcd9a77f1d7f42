"""Parse the cells of one raw row, collecting the issues found."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from indexer.attributes import as_text, read_image, split_attributes, split_category, split_tags
from indexer.cell_vocabulary import vocabulary
from indexer.columns import ATTRIBUTE_PREFIX
from indexer.markup import clean_text
from indexer.numbers import MAX_COUNT, MAX_PRICE_FEN, Number, read_count, read_price, read_rating, read_stock
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.times import read_time

# Elasticsearch limits ids to 512 bytes; longer ones cannot be truncated without the risk of collisions.
MAX_ID_BYTES = 512
# Characters kept. The longest of 74,362 real titles has 101 and Taobao allows 60 (30 Chinese
# characters); the longest real description has 547, but merchants export whole pages.
MAX_CHARACTERS = {
    "product_id": MAX_ID_BYTES + 1,
    "title": 500,
    "subtitle": 500,
    "description": 20_000,
    "brand": 100,
    "product_type": 100,
    "shop": 100,
    "group_id": 200,
    "category": 100,
    "tags": 50,
    "codes": 50,
    "attribute name": 50,
    "attributes": 500,
    "image_url": 2_000,
}
# Real products have up to 40 attributes, 8 tags and 4 category levels; more is an export error.
MAX_ATTRIBUTES = 100
MAX_TAGS = 50  # and codes
MAX_LEVELS = 8
# Raw characters read for each one kept, since the rest may be markup.
_RAW_CHARACTERS_PER_KEPT = 20
# The longest placeholder for a missing value.
_MAX_EMPTY_WORD_LENGTH = 9
_LEVEL_FIELDS = ("cat1", "cat2", "cat3", "cat4")


class Cells:
    """The cells of a row by field; `issues` holds the issues found so far."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self.issues: list[Issue] = []

    def text(self, field: str) -> str:
        """Return the text of a cell on one line, truncated if too long."""
        value = self.values.get(field)
        return (
            ""
            if value is None
            else self._clean_text(field, value if isinstance(value, str) else as_text(value))
        )

    def brand(self) -> str:
        """Return the brand, empty for placeholders such as `其他`."""
        brand = self.text("brand")
        if brand and brand.lower() in vocabulary("no_brand"):
            self._add_issue("brand names none", f"brand {excerpt(brand)} names none", "brand left empty")
            return ""
        return brand

    def category(self) -> tuple[str, ...]:
        """Return the path of `category`, or else of `cat1` to `cat4`, without repeated levels."""
        parts = split_category(self.values["category"]) if "category" in self.values else []
        if not any(parts):
            parts = [
                level
                for field in _LEVEL_FIELDS
                if field in self.values
                for level in split_category(self.values[field])
            ]
        levels: list[str] = []
        for part in parts:
            level = self._clean_text("category", part).replace(">", " ").strip()
            if level and levels[-1:] != [level]:
                levels.append(level)
        if len(levels) > MAX_LEVELS:
            self._add_issue(
                "category too deep", f"category has {len(levels)} levels", f"first {MAX_LEVELS} kept"
            )
        return tuple(levels[:MAX_LEVELS])

    def price(self, field: str, fen_field: str) -> int | None:
        """Return a price in fen, from a cell in yuan or else from one in fen."""
        name = field.replace("_", " ")
        text = self._cell_text(field)
        if not text:
            fen = self._count(fen_field, MAX_PRICE_FEN)
            if fen is None or fen >= 0:
                return fen
            self._leave_empty(fen_field, str(fen), "is negative")
            return None
        number = read_price(text)
        if number.value is None:
            self._leave_empty(field, text, number.oddity)
        elif number.oddity:
            resolution = f"read as {number.value / 100:.2f}"
            self._add_issue(f"{name} {number.oddity}", f"{name} {excerpt(text)} {number.oddity}", resolution)
        return number.value

    def stock(self) -> int | None:
        """Return the pieces in stock. A negative number means none, not unknown."""
        text = self._cell_text("stock")
        stock = self._number("stock", text, read_stock(text)) if text else None
        if stock is not None and stock < 0:
            self._add_issue("stock is negative", f"stock {excerpt(text)} is negative", "read as 0")
            return 0
        return stock

    def count(self, field: str) -> int:
        """Return a count, as of pieces sold or reviews; 0 for an unknown one."""
        count = self._count(field)
        if count is not None and count < 0:
            self._leave_empty(field, str(count), "is negative")
        return max(0, count or 0)

    def rating(self) -> float | None:
        """Return the rating of `rating`, or else of `rating_percent`."""
        text = self._cell_text("rating")
        is_percentage = not text
        if is_percentage:
            text = self._cell_text("rating_percent")
        if not text:
            return None
        rating = read_rating(text, is_percentage=is_percentage)
        if rating.value is None:
            self._leave_empty("rating", text, rating.oddity)
        elif rating.oddity:
            problem = f"rating {excerpt(text)} {rating.oddity}"
            self._add_issue(f"rating {rating.oddity}", problem, f"read as {rating.value:g}")
        return rating.value

    def status(self) -> Literal["on", "off"]:
        """Return the status of the product; an unknown one counts as on sale."""
        text = self._cell_text("status")
        word = text.lower().replace(" ", "")
        if word in vocabulary("off"):
            return "off"
        if word and word not in vocabulary("on"):
            self._add_issue("status unknown", f"status {excerpt(text)} is not known", "product counts as on")
        return "on"

    def time(self, field: str, *, end_of_day: bool = False) -> datetime | None:
        """Return a moment; see `read_time`."""
        text = self._cell_text(field)
        if not text or text in vocabulary("no_time"):
            return None
        moment = read_time(text, end_of_day=end_of_day)
        if moment is None:
            self._leave_empty(field, text, "is no date")
        return moment

    def image(self) -> str:
        """Return the address of the first picture."""
        value = self.values.get("image_url")
        if value is None or str(value).strip().lower() in vocabulary("nothing") | {""}:
            return ""
        url, oddity = read_image(value)
        if not url:
            self._leave_empty("image_url", str(value), oddity)
        elif len(url) > MAX_CHARACTERS["image_url"]:
            self._leave_empty("image_url", url, "is too long")
            return ""
        elif oddity:
            self._add_issue(
                f"image url {oddity}", f"image url {excerpt(as_text(value) or value)} {oddity}", "https added"
            )
        return url

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the texts of `tags` or `codes`, each once."""
        value = self.values.get(name)
        if value is None:
            return ()
        texts = dict.fromkeys(self._clean_text(name, text) for text in split_tags(value))
        texts.pop("", None)
        if len(texts) > MAX_TAGS:
            self._add_issue(f"too many {name}", f"there are {len(texts)} {name}", f"first {MAX_TAGS} kept")
        return tuple(texts)[:MAX_TAGS]

    def attributes(self) -> dict[str, tuple[str, ...]]:
        """Return the attributes of `attributes` and of the columns `attributes.NAME`."""
        pairs: list[tuple[str, str]] = []
        value = self.values.get("attributes")
        if value is not None and str(value).strip().lower() not in vocabulary("nothing"):
            attributes = split_attributes(value)
            if attributes is None:
                self._leave_empty("attributes", str(value), "cannot be read")
            pairs = attributes or []
        pairs += [
            (field.removeprefix(ATTRIBUTE_PREFIX), as_text(cell))
            for field, cell in self.values.items()
            if field.startswith(ATTRIBUTE_PREFIX)
        ]
        kept: dict[str, dict[str, None]] = {}
        for raw_name, raw_value in pairs:
            if raw_value:
                name = self._clean_text("attribute name", raw_name)
                cell = self._clean_text("attributes", raw_value)
                if name and cell:
                    kept.setdefault(name, {})[cell] = None
        if len(kept) > MAX_ATTRIBUTES:
            self._add_issue(
                "too many attributes", f"there are {len(kept)} attributes", f"first {MAX_ATTRIBUTES} kept"
            )
        return {name: tuple(cells) for name, cells in list(kept.items())[:MAX_ATTRIBUTES]}

    def _cell_text(self, field: str) -> str:
        """Return a number, date or word as text, empty for a cell without a value."""
        value = self.values.get(field)
        if value is None:
            return ""
        text = as_text(value).strip()
        return "" if text.lower() in vocabulary("nothing") else text

    def _count(self, field: str, maximum: int = MAX_COUNT) -> int | None:
        text = self._cell_text(field)
        return self._number(field, text, read_count(text, maximum)) if text else None

    def _number(self, field: str, text: str, number: Number) -> int | None:
        if number.value is None and number.oddity:
            self._leave_empty(field, text, number.oddity)
        elif number.oddity:
            self._add_issue(
                f"{field} {number.oddity}",
                f"{field} {excerpt(text)} {number.oddity}",
                f"read as {number.value}",
            )
        return number.value

    def _clean_text(self, field: str, raw: str) -> str:
        max_length = MAX_CHARACTERS[field]
        text, oddities = clean_text(
            raw if len(raw) <= max_length else raw[: max_length * _RAW_CHARACTERS_PER_KEPT]
        )
        for oddity in oddities:
            problem = f"{_field_words(field)} {excerpt(raw)} holds {oddity}"
            self._add_issue(f"{oddity} in {_field_words(field)}", problem, f"read as {excerpt(text)}")
        if (
            len(text) <= _MAX_EMPTY_WORD_LENGTH
            and text.lower() in vocabulary("nothing")
            and field != "product_id"
        ):
            return ""
        if len(text) > max_length:
            if field != "product_id":
                problem = f"{_field_words(field)} {excerpt(text)} has more than {max_length:,} characters"
                self._add_issue(f"{_field_words(field)} too long", problem, "cut there")
            text = text[:max_length].rstrip()
        return text

    def _leave_empty(self, field: str, text: str, oddity: str) -> None:
        name = _field_words(field)
        self._add_issue(f"{name} {oddity}", f"{name} {excerpt(text)} {oddity}", f"{name} left empty")

    def _add_issue(self, reason: str, problem: str, resolution: str) -> None:
        self.issues.append(Issue(reason, problem, resolution))


def _field_words(field: str) -> str:
    return field.replace("_", " ")
