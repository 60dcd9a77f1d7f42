"""Requests to an engine and its responses, as records."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.product import Product

Vector = NDArray[np.float32]
Sort = Literal["relevance", "price_asc", "price_desc", "sales", "newest", "rating"]
VectorField = Literal["title_vector", "description_vector"]


# With a cosine of .55 beside it; half of the bigrams lost .001 of nDCG@10 (docs/adr/0026).
_LOOSE_SHARE = 1 / 3
# Nearest products looked at for each group wanted: variants lie close together.
VARIANTS_LOOKED_AT = 4


class Hit(NamedTuple):
    """A product id with its score; lists of hits are ordered best first, ties by product id."""

    product_id: str
    score: float


@dataclass(frozen=True, slots=True)
class TypeCondition:
    """Product types of which a product must be one, with the shop's own corrections of the index."""

    names: tuple[str, ...]
    ids: tuple[str, ...] = ()
    """Products that are of these types, whatever the index says."""
    other_ids: tuple[str, ...] = ()
    """Products that are of other types."""
    texts: tuple[str, ...] = ()
    """Normalized texts; products that contain one are of these types."""
    other_texts: tuple[str, ...] = ()
    """Normalized texts; products that contain one are of other types."""


@dataclass(frozen=True, slots=True)
class FactCondition:
    """A fact that products must not contradict, as terms that they have (`product_terms`)."""

    holding: tuple[str, ...]
    """A product that has one of these terms holds the fact."""
    stating: tuple[str, ...] = ()
    """A product that has one of these states something of the kind; without holding the fact it fails."""
    must_hold: bool = False
    """Whether a product fails that states nothing of the kind, too."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What products must not have, by what they state or, where they state nothing of the kind, by text."""

    text: str
    """Normalized; a product that contains it fails, unless it states something of the kind."""
    denials: tuple[str, ...] = ()
    """Normalized texts such as `无糖` for 糖; a product that contains one does not contain the text."""
    holding: tuple[str, ...] = ()
    """Terms of facts (`product_terms`); a product that has one fails, whatever its text."""
    stating: tuple[str, ...] = ()
    """A product that has one of these terms states something of the kind."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on every product found: any value within a filter, and all filters together."""

    categories: tuple[tuple[str, ...], ...] = ()
    """Category paths; a product below one of them passes."""
    brands: tuple[str, ...] = ()
    price_from_fen: int | None = None
    """Inclusive, like `price_to_fen`; a product without a price passes neither."""
    price_to_fen: int | None = None
    in_stock: bool | None = None
    """True: in stock or unknown; False: out of stock only; None: no matter."""
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Attribute names with values, of which a product needs one each."""
    contains: tuple[str, ...] = ()
    """Normalized texts that a product must contain: all `terms.containment_terms`, in any searched text."""
    types: TypeCondition | None = None
    facts: tuple[FactCondition, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    within: "Filters | None" = None
    """Further conditions, which no facet leaves out: what a key with filters may see."""

    def intersect(self, further: "Filters") -> "Filters":
        """Return filters that what passes both passes; `further` has prices, texts and exclusions alone."""
        lowest = [fen for fen in (self.price_from_fen, further.price_from_fen) if fen is not None]
        highest = [fen for fen in (self.price_to_fen, further.price_to_fen) if fen is not None]
        return replace(
            self,
            price_from_fen=max(lowest, default=None),
            price_to_fen=min(highest, default=None),
            contains=tuple(dict.fromkeys(self.contains + further.contains)),
            exclusions=tuple(dict.fromkeys(self.exclusions + further.exclusions)),
        )

    def without(self, facet: str) -> "Filters":
        """Return these filters without that of a facet (`brand`, `attributes.颜色`, …)."""
        match facet:
            case "category":
                return replace(self, categories=())
            case "brand":
                return replace(self, brands=())
            case "price":
                return replace(self, price_from_fen=None, price_to_fen=None)
            case _:
                name = facet.removeprefix("attributes.")
                return replace(self, attributes=tuple(pair for pair in self.attributes if pair[0] != name))


NO_FILTERS = Filters()
"""Every product passes."""


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """The terms that BM25 scores, and the conditions of a strict match.

    A product matches strictly when its searchable text holds all `words`, or at least
    `required_count` of the `required_grams`. With alternatives it matches if it matches any of them, and has
    the best of their scores.
    """

    words: tuple[str, ...]
    """Distinct, in query order; scored in the `*.words` fields."""
    grams: tuple[str, ...]
    """Distinct characters and bigrams; scored in the `*.grams` fields."""
    required_grams: tuple[str, ...]
    required_count: int
    weights: Mapping[str, float] = field(hash=False)
    """Weight of each field of `fields.SCORED_FIELDS`, such as `title.grams`; 0 for a missing field."""
    term_weights: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Factor on the scores of a term, in every field; 1 for a missing term."""
    alternatives: tuple["LexicalQuery", ...] = ()
    """Rewordings of the query, which have no alternatives themselves."""

    @property
    def wordings(self) -> tuple["LexicalQuery", ...]:
        """The query itself, then its alternatives."""
        return (self, *self.alternatives)

    def scores_like(self, other: "LexicalQuery") -> bool:
        """Return whether products have the same scores for another query, whatever matches strictly."""
        if self is other:
            return True
        return (
            (self.words, self.grams, self.weights, self.term_weights)
            == (other.words, other.grams, other.weights, other.term_weights)
            and len(self.alternatives) == len(other.alternatives)
            and all(map(LexicalQuery.scores_like, self.alternatives, other.alternatives))
        )

    def loosened(self) -> "LexicalQuery":
        """Return a query that products match strictly which hold a third of the bigrams, or all words."""
        return replace(
            self,
            required_count=ceil(_LOOSE_SHARE * len(self.required_grams)),
            alternatives=tuple(alternative.loosened() for alternative in self.alternatives),
        )

    def tightened(self) -> "LexicalQuery":
        """Return a query that products match strictly which hold all bigrams, or all words."""
        return replace(
            self,
            required_count=len(self.required_grams),
            alternatives=tuple(alternative.tightened() for alternative in self.alternatives),
        )

    @property
    def characters(self) -> tuple[str, ...]:
        """The grams of one character; scored in the coverage field."""
        return tuple(gram for gram in self.grams if len(gram) == 1)


@dataclass(frozen=True, slots=True)
class LexicalLeg:
    """The `k` products with the best weighted sum of BM25 scores, of those that hold any term."""

    query: LexicalQuery
    filters: Filters
    k: int
    strict: bool = False
    """Whether only strict matches are retrieved."""
    ids: tuple[str, ...] | None = None
    """The only products that are scored; None: all."""
    collapse: bool = False
    """Whether of each group only the best variant is retrieved: of equals one in stock, then by id."""


@dataclass(frozen=True, slots=True)
class VectorLeg:
    """The `k` products whose vectors have the largest cosine with `vector`; scores are cosines."""

    field: VectorField
    vector: Vector
    """Shape (dimensions,), of length 1."""
    filters: Filters
    k: int
    ids: tuple[str, ...] | None = None
    """The only products that are scored; None: all."""
    collapse: bool = False
    """Whether of each group only the nearest is retrieved, as in `LexicalLeg`; of the nearest `depth`."""

    @property
    def depth(self) -> int:
        """How many of the nearest products are looked at."""
        return VARIANTS_LOOKED_AT * self.k if self.collapse else self.k


@dataclass(frozen=True, slots=True)
class FilterLeg:
    """Those of some products that pass filters, in no order; their scores are 0."""

    ids: tuple[str, ...]
    filters: Filters


ScoredLeg = LexicalLeg | VectorLeg
Leg = ScoredLeg | FilterLeg


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """The result set of a search: the union of its parts, within the filters."""

    filters: Filters
    query: LexicalQuery | None = None
    """The query whose strict matches are included, and that orders what is no candidate."""
    candidates: tuple[str, ...] = ()
    """Ids of products that match, best first; one of each group. They already satisfy the filters."""
    unranked: tuple[str, ...] = ()
    """Ids of other products that match, and satisfy the filters. So do all variants of both."""
    match_all: bool = False
    """Browsing: every product within the filters."""
    types: TypeCondition | None = None
    """Products of these types are included, instead of strict matches."""
    collapse: bool = True
    """Whether the variants of a group are one: in total, page and facets."""

    @property
    def strict_query(self) -> LexicalQuery | None:
        """The query whose strict matches are included."""
        return self.query if self.types is None else None


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a candidate set in some order.

    `relevance` is the order of the candidates, then the others by BM25. Ties are broken by
    product id. Products without the value sorted by come last. The variant of a group that comes first in
    this order stands for it.
    """

    sort: Sort
    offset: int
    size: int
    demoted: tuple[FactCondition, ...] = ()
    """In every other order, products come the later the more of these they fail."""
    sold_out_last: bool = False
    """Whether what is sold out comes behind what can be bought and fails as few of these; candidates stay
    where they are."""


@dataclass(frozen=True, slots=True)
class FacetRequest:
    """A request to count the values of a facet over a candidate set.

    `name` is `category`, `brand`, `price`, `attributes.NAME`, or `attributes` for all names at once.
    """

    name: str
    candidate_set: CandidateSet


class FacetValue(NamedTuple):
    """A value with the number of found products that have it; of groups, where these are found.

    A category is its path joined by `>`, counted at every level of the tree. For the facet
    `attributes` the value is `NAME` + `ATTRIBUTE_SEPARATOR` + `VALUE`. A price range has
    `from_fen` (inclusive) and `to_fen` (exclusive, None at the open end).
    """

    value: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which is not used here
    from_fen: int | None = None
    to_fen: int | None = None


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Total, page and facets of a candidate set."""

    total: int
    products: tuple[Product, ...]
    """The products of the page."""
    facets: tuple[tuple[FacetValue, ...], ...]
    """In the order of the requests; values by descending count, then by value; prices ascending."""


# Joins the name and value of an attribute into one term; occurs in no text, since cleaning drops it.
ATTRIBUTE_SEPARATOR = "\x1f"
# Maximum number of values in a facet: what a page can show behind "more". Attribute pairs of all names share
# one list, which is longer.
FACET_SIZE = 50
ATTRIBUTES_FACET_SIZE = 500
# Lower ends of the price ranges in fen: the usual steps of Chinese shops, in yuan 0, 20, 50, …
PRICE_STEPS_FEN = tuple(100 * yuan for yuan in (0, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10000))


def attribute_pair(name: str, value: str) -> str:
    """Return the term of an attribute's value."""
    return f"{name}{ATTRIBUTE_SEPARATOR}{value}"


def price_range_label(from_fen: int, to_fen: int | None) -> str:
    """Return the value of a price range, in yuan: `50-100`, and `10000-` for the open one."""
    return f"{from_fen // 100}-" + ("" if to_fen is None else str(to_fen // 100))
