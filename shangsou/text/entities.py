"""Entities in text: brands, products, colours, models."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from shangsou.errors import UnusableInput
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import Segmenter
from shangsou.text.synonyms import cut_phrases, iter_content_lines

EntityKind = Literal[
    "brand",
    "product",
    "colour",
    "size",
    "material",
    "season",
    "audience",
    "attribute",
    "model",
    "quantity",
]
ENTITY_KINDS: tuple[EntityKind, ...] = get_args(EntityKind)
# Kinds of entities by normalized phrase.
EntityDictionary = Mapping[str, EntityKind]

# Chinese names of kinds, for files written by merchants.
_KIND_NAMES: Mapping[str, EntityKind] = {kind: kind for kind in ENTITY_KINDS} | {
    "color": "colour",
    "品牌": "brand",
    "产品": "product",
    "产品词": "product",
    "颜色": "colour",
    "尺码": "size",
    "尺寸": "size",
    "材质": "material",
    "面料": "material",
    "季节": "season",
    "人群": "audience",
    "属性": "attribute",
    "型号": "model",
    "数量": "quantity",
    "规格": "quantity",
}
_NONE_NAMES = ("none", "无")
_SEPARATORS = re.compile(r"[,，、]")
# Units in which goods are measured and counted; a longer unit comes before its prefix.
_UNITS = (
    "毫升|ml|公升|升|l|千克|公斤|kg|毫克|mg|克|g|斤|两|厘米|cm|毫米|mm|米|m|英寸|寸|支|件|片|包|盒|瓶|袋|个|只|双|条|张|罐|卷|抽"
    "|粒|颗|枚|匹|瓦|w|伏|v|毫安|mah|gb|tb|层|门|键|人|座|孔|位|格|对|套|根|块|台|把|本|册|杯|箱|桶|岁|个月|月"
)
# Chinese numbers only before a measure word: 三 in 三角 is not a count.
_NUMBER = r"(?:\d+(?:\.\d+)?|[一二三四五六七八九十两]+(?=[支件片包盒瓶袋只双条罐卷层门人座位套]))"
_LATIN = "a-z0-9"
_PATTERNS: tuple[tuple[EntityKind, re.Pattern[str]], ...] = (
    (
        "quantity",
        re.compile(
            rf"(?<![{_LATIN}.]){_NUMBER}(?:\s?[-~到至*x×]\s?\d+(?:\.\d+)?)*\s?(?:{_UNITS})(?![a-z])(?:装|套|件套)?"
        ),
    ),
    # Letter sizes of clothes, or Chinese sizes of shoes and clothes.
    ("size", re.compile(rf"(?<![{_LATIN}-])(?:x{{0,4}}[sl]|[2-9]xl|m)(?:码)?(?![{_LATIN}-])|\d{{2,3}}码")),
    (
        "model",
        re.compile(
            r"(?<![a-z0-9])(?=[a-z0-9+./_-]*[a-z])(?=[a-z0-9+./_-]*\d)[a-z0-9]+(?:[-+./_]?[a-z0-9]+)+(?![a-z0-9])"
        ),
    ),
)


class Entity(NamedTuple):
    """A span of a query with the kind of thing it names."""

    kind: EntityKind
    text: str
    start: int
    """The start of the span in the normalized query."""
    end: int


def parse_entities(*files: tuple[str, str]) -> dict[str, EntityKind | None]:
    """Parse files of entities, in order; None marks a phrase that is not an entity.

    `brand: 南极人, 耐克` (or `品牌：…`) names phrases of a kind, `none: 日本` removes an entity that was
    learned from the catalog or given in an earlier line; `#` begins a comment. Full-width marks separate too.

    Parameters
    ----------
    files
        The name of each, for error messages, and its text.

    Raises
    ------
    UnusableInput
        Names the line that is invalid.
    """
    entities: dict[str, EntityKind | None] = {}
    for line, content in iter_content_lines(files):
        name, colon, listed = content.replace("：", ":").partition(":")
        name = name.strip().lower()
        phrases = [phrase for phrase in map(normalize, _SEPARATORS.split(listed)) if phrase]
        if not colon or not phrases or name not in (*_KIND_NAMES, *_NONE_NAMES):
            raise UnusableInput(
                f'{line}: "{content[:80]}" names no entities; write "brand: 南极人, 耐克"; '
                f"kinds are {', '.join(ENTITY_KINDS)} and none"
            )
        entities.update((phrase, _KIND_NAMES.get(name)) for phrase in phrases)
    return entities


def tag_entities(text: str, dictionary: EntityDictionary, segmenter: Segmenter) -> list[Entity]:
    """Return the entities of a normalized text, in order, without overlaps.

    Phrases of the dictionary are found by `cut_phrases`. They take precedence over patterns (quantities,
    sizes, model numbers), so that a brand such as `3m` is not a quantity.
    """
    entities: list[Entity] = []
    position = 0
    for piece, is_known in cut_phrases(text, dictionary, segmenter):
        if is_known:
            entities.append(Entity(dictionary[piece], piece, position, position + len(piece)))
        position += len(piece)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            overlapped = [entity for entity in entities if entity.start < end and start < entity.end]
            # `500ml` against a word inside it: the longer one wins.
            if all(entity.start >= start and entity.end <= end for entity in overlapped) and not any(
                entity.end - entity.start == end - start for entity in overlapped
            ):
                entities = [entity for entity in entities if entity not in overlapped]
                entities.append(Entity(kind, match.group(), start, end))
    return sorted(entities, key=lambda entity: entity.start)
